/*
 * How much memory a run may still take, so that one that cannot fit is refused in a line instead
 * of ended by the kernel's out-of-memory killer.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

/* Bytes that can be had without swapping, within the limit of this process's control group (v2)
 * where it has one. UINT64_MAX when the kernel does not say. */
uint64_t memory_available_bytes(void);

#endif
