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

static uint64_t rotated(uint64_t word, unsigned places)
{
    return word << places | word >> (64 - places);
}

static void add_word(struct running_digest *digest, uint64_t word)
{
    digest->sum = rotated(digest->sum, 1) + word;
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

/* With the unfinished word, zeros above it. */
static struct running_digest finished(const struct running_digest *digest)
{
    struct running_digest last = *digest;
    size_t pending = (size_t)(last.bytes % WORD_BYTES);
    if (pending > 0) {
        memset(last.pending + pending, 0, WORD_BYTES - pending);
        add_word(&last, word_at(last.pending));
    }
    return last;
}

uint64_t running_digest_value(const struct running_digest *digest)
{
    struct running_digest last = finished(digest);
    /* Rotated, so that a difference in the highest bit of both does not cancel out. */
    return rotated(last.sum_of_sums, 32) * UINT64_C(0x9e3779b97f4a7c15) + last.sum;
}

bool running_digest_equal(const struct running_digest *one, const struct running_digest *other)
{
    struct running_digest one_last = finished(one);
    struct running_digest other_last = finished(other);
    return one->bytes == other->bytes && one_last.sum == other_last.sum &&
           one_last.sum_of_sums == other_last.sum_of_sums;
}
