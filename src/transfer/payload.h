/*
 * What the messages contain, and the proof that it arrived. Every message of 8
 * bytes or more differs from every other (of shorter ones, from its neighbours), so that a byte
 * left over from an earlier one, a message lost, doubled or out of order is noticed. Filling and
 * checking are simple enough for compilers to vectorise and run at memory speed, so that they do
 * not become what is measured.
 *
 * Word i (64 bits, little end first) of message m is  start(seed, m) + i * step.  The digest is a
 * Fletcher sum (Fletcher, "An arithmetic checksum for serial transmissions", IEEE Transactions on
 * Communications 1982) over the words, modulo 2^64, in eight interleaved lanes: lane l sums words
 * l, l + 8, ... and sums its running sums, which makes it depend on the order. A last part of a
 * word counts as a word with zero bytes above it.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "base/terms.h"

#include <stddef.h>
#include <stdint.h>

enum { PAYLOAD_LANES = 8 };

/* The digest of all messages so far, in order. Start with {0}; two are equal when memcmp says so.
 * Plain memory: may be copied and shared. */
struct payload_digest {
    uint64_t sums[PAYLOAD_LANES];
    uint64_t sums_of_sums[PAYLOAD_LANES];
};

/* Writes message number `message` of the stream `seed` into size bytes at `buffer` and adds it
 * to the digest. */
void payload_fill(void *buffer, size_t size, uint64_t seed, uint64_t message,
                  struct payload_digest *digest);

/* Reads size bytes at `buffer` and adds them to the digest. */
void payload_check(const void *buffer, size_t size, struct payload_digest *digest);

/*
 * What the two sides do to a message for a touch: `produce` writes it and adds to the digest what
 * the consumer will read; `consume` reads it. TOUCH_WRITE fills every byte and reads the edges,
 * TOUCH_EDGES writes and reads the first and the last 8 bytes (all bytes, up to 8) only.
 */
struct payload_touch {
    void (*produce)(void *buffer, size_t size, uint64_t seed, uint64_t message,
                    struct payload_digest *digest);
    void (*consume)(const void *buffer, size_t size, struct payload_digest *digest);
};

extern const struct payload_touch payload_touches[TOUCH_COUNT];

#endif
