#include "transfer/payload.h"

/*
 * Words are loaded from and stored to any address through types without alignment, never by a
 * memcpy of a few bytes: some compilers, and all without optimisation, make a call of that, which
 * the audit build, where every memcpy counts as a copy of payload, would count.
 */
typedef uint64_t any_word __attribute__((aligned(1), may_alias));

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

/* The low `size` bytes of a word, to and from memory; at most a word. */
static void store_bytes(unsigned char *bytes, size_t size, uint64_t word)
{
    if (size == WORD_BYTES) {
        *(any_word *)bytes = word;
        return;
    }
    for (size_t index = 0; index < size; index++)
        bytes[index] = (unsigned char)(word >> (8 * index));
}

static uint64_t load_bytes(const unsigned char *bytes, size_t size)
{
    if (size == WORD_BYTES)
        return *(const any_word *)bytes;
    uint64_t word = 0;
    for (size_t index = 0; index < size; index++)
        word |= (uint64_t)bytes[index] << (8 * index);
    return word;
}

/* The words after the last whole block: fewer than eight, the last one perhaps in part. */
static void fill_rest(unsigned char *rest, size_t size, uint64_t word,
                      struct payload_digest *digest)
{
    size_t lane = 0;
    for (; size >= WORD_BYTES; size -= WORD_BYTES, rest += WORD_BYTES, word += STEP) {
        store_bytes(rest, WORD_BYTES, word);
        digest_word(digest, lane++, word);
    }
    if (size == 0)
        return;
    store_bytes(rest, size, word);
    digest_word(digest, lane, load_bytes(rest, size));
}

static void check_rest(const unsigned char *rest, size_t size, struct payload_digest *digest)
{
    size_t lane = 0;
    for (; size >= WORD_BYTES; size -= WORD_BYTES, rest += WORD_BYTES)
        digest_word(digest, lane++, load_bytes(rest, WORD_BYTES));
    if (size > 0)
        digest_word(digest, lane, load_bytes(rest, size));
}

/*
 * A block is worked on as four vectors of two lanes, the width that every 64-bit processor has in
 * registers, and the compilers' own vector type: left to find the parallelism in a loop over
 * lanes, gcc took up to ten times as long for the filling.
 */
typedef uint64_t lane_pair __attribute__((vector_size(16)));
typedef lane_pair any_pair __attribute__((aligned(1), may_alias));

enum { PAIRS = PAYLOAD_LANES / 2 };

/* Lets the compiler keep the pairs of a block in registers. */
#define FOR_EACH_PAIR(pair) _Pragma("GCC unroll 4") for (size_t pair = 0; pair < PAIRS; pair++)

/* The digest while it is worked on. */
struct running_digest {
    lane_pair sums[PAIRS];
    lane_pair sums_of_sums[PAIRS];
};

static void begin_digest(struct running_digest *running, const struct payload_digest *digest)
{
    FOR_EACH_PAIR(pair)
    {
        running->sums[pair] = *(const any_pair *)&digest->sums[2 * pair];
        running->sums_of_sums[pair] = *(const any_pair *)&digest->sums_of_sums[2 * pair];
    }
}

static void end_digest(const struct running_digest *running, struct payload_digest *digest)
{
    FOR_EACH_PAIR(pair)
    {
        *(any_pair *)&digest->sums[2 * pair] = running->sums[pair];
        *(any_pair *)&digest->sums_of_sums[2 * pair] = running->sums_of_sums[pair];
    }
}

void payload_fill(void *buffer, size_t size, uint64_t seed, uint64_t message,
                  struct payload_digest *digest)
{
    unsigned char *place = buffer;
    uint64_t word = first_word(seed, message);
    if (size >= BLOCK_BYTES) {
        struct running_digest running;
        lane_pair words[PAIRS];
        begin_digest(&running, digest);
        FOR_EACH_PAIR(pair)
        {
            words[pair] = (lane_pair){word + 2 * pair * STEP, word + (2 * pair + 1) * STEP};
        }
        for (; size >= BLOCK_BYTES; size -= BLOCK_BYTES, place += BLOCK_BYTES) {
            FOR_EACH_PAIR(pair)
            {
                *(any_pair *)(place + pair * sizeof(lane_pair)) = words[pair];
                running.sums[pair] += words[pair];
                running.sums_of_sums[pair] += running.sums[pair];
                words[pair] += PAYLOAD_LANES * STEP;
            }
        }
        end_digest(&running, digest);
        word = words[0][0];
    }
    fill_rest(place, size, word, digest);
}

void payload_check(const void *buffer, size_t size, struct payload_digest *digest)
{
    const unsigned char *place = buffer;
    if (size >= BLOCK_BYTES) {
        struct running_digest running;
        begin_digest(&running, digest);
        for (; size >= BLOCK_BYTES; size -= BLOCK_BYTES, place += BLOCK_BYTES) {
            FOR_EACH_PAIR(pair)
            {
                lane_pair words = *(const any_pair *)(place + pair * sizeof words);
                running.sums[pair] += words;
                running.sums_of_sums[pair] += running.sums[pair];
            }
        }
        end_digest(&running, digest);
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
    store_bytes(place, edge, first);
    if (size > edge)
        store_bytes(place + size - edge, edge, last);
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
