/*
 * The second witness of copies, linked into audit builds only: the linker sends every memcpy and
 * memmove of our code here (--wrap), where its bytes are counted, apart from the ledger's own
 * counter. Compiled with -fno-builtin, so that the compiler hides none of them.
 */
#include <stddef.h>
#include <stdint.h>

/* One per process; no thread of ours copies payload. */
static uint64_t copied_bytes;

const uint64_t *copy_witness_counter(void);
/* The linker's names for a function and what stands in its place; they are not ours to choose.
 * NOLINTBEGIN(bugprone-reserved-identifier) */
void *__real_memcpy(void *restrict destination, const void *restrict source, size_t size);
void *__wrap_memcpy(void *restrict destination, const void *restrict source, size_t size);
void *__real_memmove(void *destination, const void *source, size_t size);
void *__wrap_memmove(void *destination, const void *source, size_t size);

const uint64_t *copy_witness_counter(void)
{
    return &copied_bytes;
}

void *__wrap_memcpy(void *restrict destination, const void *restrict source, size_t size)
{
    copied_bytes += size;
    return __real_memcpy(destination, source, size);
}

void *__wrap_memmove(void *destination, const void *source, size_t size)
{
    copied_bytes += size;
    return __real_memmove(destination, source, size);
}
/* NOLINTEND(bugprone-reserved-identifier) */
