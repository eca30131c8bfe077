/*
 * How large the environment of this process is. It lies above the stack, so its size moves the
 * stack, and with it how data and caches fall together: it can change what is measured.
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <stdint.h>

/* The bytes of all its strings, each with its NUL; without the pointers to them. */
uint64_t environment_bytes(void);

#endif
