#include "transfer/payload.h"

/*
 * Words are loaded from and stored to any address by __builtin_memcpy of a few bytes: a load or a
 * store, no copy of payload, and under this name even the audit build, which counts every memcpy,
 * does not make a call of it.
 */
enum { WORD_BYTES = 8, BLOCK_BYTES = PAYLOAD_LANES * WORD_BYTES };

/* Odd constants with well mixed bits: the fractional part of the golden ratio, and a multiplier of
 * SplitMix64 (see base/random.h). */
#define STEP       UINT64_C(0x9e3779b97f4a7c15)
#define MULTIPLIER UINT64_C(0xbf58476d1ce4e5b9)

static uint64_t first_word(uint64_t seed, uint64_t message)
{
    return (seed ^ (message + 1)) * MULTIPLIER;
}

/* Adds one word to lane `lane`. */
static void digest_word(struct payload_digest *digest, size_t lane, uint64_t word)
{
    digest->sums[lane] += word;
    digest->sums_of_sums[lane] += digest->sums[lane];
}

/* The words after the last whole block: fewer than eight, the last one perhaps in part. */
static void fill_rest(unsigned char *rest, size_t size, uint64_t word,
                      struct payload_digest *digest)
{
    size_t lane = 0;
    for (; size >= WORD_BYTES; size -= WORD_BYTES, rest += WORD_BYTES, word += STEP) {
        __builtin_memcpy(rest, &word, WORD_BYTES);
        digest_word(digest, lane++, word);
    }
    if (size == 0)
        return;
    uint64_t part = 0;
    __builtin_memcpy(&part, &word, size);
    __builtin_memcpy(rest, &part, size);
    digest_word(digest, lane, part);
}

static void check_rest(const unsigned char *rest, size_t size, struct payload_digest *digest)
{
    size_t lane = 0;
    uint64_t word;
    for (; size >= WORD_BYTES; size -= WORD_BYTES, rest += WORD_BYTES) {
        __builtin_memcpy(&word, rest, WORD_BYTES);
        digest_word(digest, lane++, word);
    }
    if (size == 0)
        return;
    word = 0;
    __builtin_memcpy(&word, rest, size);
    digest_word(digest, lane, word);
}

/*
 * A block is worked on as four vectors of two lanes, the width that every 64-bit processor has in
 * registers, and the compilers' own vector type: left to find the parallelism in a loop over
 * lanes, gcc took up to ten times as long for the filling.
 */
typedef uint64_t lane_pair __attribute__((vector_size(16)));

enum { PAIRS = PAYLOAD_LANES / 2 };

/* Lets the compiler keep the pairs of a block in registers. */
#define FOR_EACH_PAIR(pair) _Pragma("GCC unroll 4") for (size_t pair = 0; pair < PAIRS; pair++)

/* The digest while it is worked on. */
struct running_digest {
    lane_pair sums[PAIRS];
    lane_pair sums_of_sums[PAIRS];
};

_Static_assert(sizeof(struct running_digest) == sizeof(struct payload_digest),
               "both hold the same words in the same order");

void payload_fill(void *buffer, size_t size, uint64_t seed, uint64_t message,
                  struct payload_digest *digest)
{
    unsigned char *place = buffer;
    uint64_t word = first_word(seed, message);
    if (size >= BLOCK_BYTES) {
        struct running_digest running;
        lane_pair words[PAIRS];
        __builtin_memcpy(&running, digest, sizeof running);
        FOR_EACH_PAIR(pair)
        {
            words[pair] = (lane_pair){word + 2 * pair * STEP, word + (2 * pair + 1) * STEP};
        }
        for (; size >= BLOCK_BYTES; size -= BLOCK_BYTES, place += BLOCK_BYTES) {
            FOR_EACH_PAIR(pair)
            {
                __builtin_memcpy(place + pair * sizeof(lane_pair), &words[pair], sizeof(lane_pair));
                running.sums[pair] += words[pair];
                running.sums_of_sums[pair] += running.sums[pair];
                words[pair] += PAYLOAD_LANES * STEP;
            }
        }
        __builtin_memcpy(digest, &running, sizeof running);
        word = words[0][0];
    }
    fill_rest(place, size, word, digest);
}

void payload_check(const void *buffer, size_t size, struct payload_digest *digest)
{
    const unsigned char *place = buffer;
    if (size >= BLOCK_BYTES) {
        struct running_digest running;
        __builtin_memcpy(&running, digest, sizeof running);
        for (; size >= BLOCK_BYTES; size -= BLOCK_BYTES, place += BLOCK_BYTES) {
            FOR_EACH_PAIR(pair)
            {
                lane_pair words;
                __builtin_memcpy(&words, place + pair * sizeof words, sizeof words);
                running.sums[pair] += words;
                running.sums_of_sums[pair] += running.sums[pair];
            }
        }
        __builtin_memcpy(digest, &running, sizeof running);
    }
    check_rest(place, size, digest);
}

static size_t edge_bytes(size_t size)
{
    return size < WORD_BYTES ? size : WORD_BYTES;
}

/* Digests the first and the last word; in a message of at most 8 bytes the two are one. */
static void check_edges(const void *buffer, size_t size, struct payload_digest *digest)
{
    const unsigned char *place = buffer;
    size_t edge = edge_bytes(size);
    check_rest(place, edge, digest);
    if (size > edge)
        check_rest(place + size - edge, edge, digest);
}

static void fill_edges(void *buffer, size_t size, uint64_t seed, uint64_t message,
                       struct payload_digest *digest)
{
    unsigned char *place = buffer;
    uint64_t first = first_word(seed, message);
    uint64_t last = first + STEP;
    size_t edge = edge_bytes(size);
    __builtin_memcpy(place, &first, edge);
    if (size > edge)
        __builtin_memcpy(place + size - edge, &last, edge);
    check_edges(buffer, size, digest);
}

static void fill_all_digest_edges(void *buffer, size_t size, uint64_t seed, uint64_t message,
                                  struct payload_digest *digest)
{
    struct payload_digest unused = {0};
    payload_fill(buffer, size, seed, message, &unused);
    check_edges(buffer, size, digest);
}

const struct payload_touch payload_touches[TOUCH_COUNT] = {
    [TOUCH_FULL] = {payload_fill, payload_check},
    [TOUCH_WRITE] = {fill_all_digest_edges, check_edges},
    [TOUCH_EDGES] = {fill_edges, check_edges},
};
