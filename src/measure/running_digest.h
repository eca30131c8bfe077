/*
 * A digest of a stream of bytes that does not depend on how the stream was cut into pieces: what a
 * relay to the end of its source compares, whose two sides see other pieces. A Fletcher sum
 * (Fletcher, "An arithmetic checksum for serial transmissions", IEEE Transactions on Communications
 * 1982) over words of eight bytes, little end first, modulo 2^64; it shows errors, not forgery.
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

/* The digest as one number and the length; the digest itself is unchanged. */
uint64_t running_digest_value(const struct running_digest *digest);

static inline bool running_digest_equal(const struct running_digest *one,
                                        const struct running_digest *other)
{
    return one->bytes == other->bytes && running_digest_value(one) == running_digest_value(other);
}

#endif
