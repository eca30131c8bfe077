#include "measure/running_digest.h"

#include <string.h>

enum { WORD_BYTES = sizeof(uint64_t) };

static uint64_t word_at(const unsigned char *bytes)
{
    uint64_t word = 0;
    for (size_t index = 0; index < WORD_BYTES; index++)
        word |= (uint64_t)bytes[index] << (8 * index);
    return word;
}

static void add_word(struct running_digest *digest, uint64_t word)
{
    digest->sum += word;
    digest->sum_of_sums += digest->sum;
}

void running_digest_add(struct running_digest *digest, const void *bytes, size_t size)
{
    const unsigned char *next = bytes;
    size_t pending = (size_t)(digest->bytes % WORD_BYTES);
    digest->bytes += size;
    for (; pending > 0 && size > 0; size--) {
        digest->pending[pending++] = *next++;
        if (pending == WORD_BYTES) {
            add_word(digest, word_at(digest->pending));
            pending = 0;
        }
    }
    for (; size >= WORD_BYTES; size -= WORD_BYTES, next += WORD_BYTES)
        add_word(digest, word_at(next));
    for (size_t index = 0; index < size; index++)
        digest->pending[index] = next[index];
}

uint64_t running_digest_value(const struct running_digest *digest)
{
    struct running_digest last = *digest;
    size_t pending = (size_t)(last.bytes % WORD_BYTES);
    if (pending > 0) {
        memset(last.pending + pending, 0, WORD_BYTES - pending);
        add_word(&last, word_at(last.pending));
    }
    /* Both sums in one number: an odd factor loses none of either. */
    return last.sum_of_sums * UINT64_C(0x9e3779b97f4a7c15) + last.sum;
}
