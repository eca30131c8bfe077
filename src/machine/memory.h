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

/* Bytes of the largest cache that the kernel tells of for the calling thread's CPU; 0 where it
 * tells of none, as in some virtual machines. The C library is not asked: where the kernel knows
 * nothing, it can only add up the caches of a whole package, most of which no single CPU uses. */
uint64_t memory_largest_cache_bytes(void);

#endif
