#include "transfer/copy_witness.h"

#include <stddef.h>

/* The audit build's definition, which is not in the library, goes before this one. */
__attribute__((weak)) const uint64_t *copy_witness_counter(void);

__attribute__((weak)) const uint64_t *copy_witness_counter(void)
{
    return NULL;
}

bool copy_witness_is_there(void)
{
    return copy_witness_counter() != NULL;
}

uint64_t copy_witness_bytes(void)
{
    const uint64_t *counter = copy_witness_counter();
    return counter != NULL ? *counter : 0;
}
