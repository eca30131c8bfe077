/*
 * The second witness of copies: bytes that memcpy copied in this process, counted at link level,
 * apart from the counter of copy.h. Only an audit build has it (the linker replaces memcpy by
 * bench/audit/memcpy_witness.c there); a program that is measured must not be slowed down by it.
 */
#ifndef COPY_WITNESS_H
#define COPY_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this program was built with the witness. */
bool copy_witness_is_there(void);

/* The bytes copied so far by this process; 0 without the witness. */
uint64_t copy_witness_bytes(void);

#endif
