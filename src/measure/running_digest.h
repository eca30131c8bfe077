/*
 * A digest of a stream of bytes that does not depend on how the stream was cut into pieces: what a
 * relay to the end of its source compares, whose two sides see other pieces. After Fletcher ("An
 * arithmetic checksum for serial transmissions", IEEE Transactions on Communications 1982) a sum
 * over words of eight bytes, little end first, and the sum of all its values, modulo 2^64. The sum
 * is rotated by one place before each word: modulo 2^64 the high bits of a word would otherwise
 * weigh nothing in messages that are a power of two long, and many files (floating-point numbers,
 * integers with the big end first) have no others. As rotating and adding can both be undone, a
 * change of one word is always seen. It shows errors, not forgery.
 */
#ifndef RUNNING_DIGEST_H
#define RUNNING_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts as {0}. Plain memory: may be copied and shared. */
struct running_digest {
    uint64_t bytes;
    uint64_t sum;
    uint64_t sum_of_sums;
    unsigned char pending[8]; /* the first bytes % 8 of an unfinished word */
};

void running_digest_add(struct running_digest *digest, const void *bytes, size_t size);

/* Both sums in one number; the digest itself is unchanged. */
uint64_t running_digest_value(const struct running_digest *digest);

/* Whether length and both sums are the same. */
bool running_digest_equal(const struct running_digest *one, const struct running_digest *other);

#endif
