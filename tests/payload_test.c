/* Filling and checking of payload: known answers by hand, and every kind of damage noticed. */
#include "transfer/payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STEP       UINT64_C(0x9e3779b97f4a7c15)
#define MULTIPLIER UINT64_C(0xbf58476d1ce4e5b9)

enum { SEED = 42, SIZE = 1000 };

static bool same(const struct payload_digest *left, const struct payload_digest *right)
{
    return memcmp(left, right, sizeof *left) == 0;
}

/* Word i of message m, from the definition in the header. */
static uint64_t word_of(uint64_t seed, uint64_t message, uint64_t index)
{
    return (seed ^ (message + 1)) * MULTIPLIER + index * STEP;
}

static void bytes_are_as_defined(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 300; size++) {
        unsigned char buffer[304];
        struct payload_digest digest = {0};
        memset(buffer, 0xaa, sizeof buffer);
        payload_fill(buffer, size, SEED, 7, &digest);
        for (size_t index = 0; index < size; index++) {
            uint64_t word = word_of(SEED, 7, index / 8);
            assert_int_equal(buffer[index], (word >> (8 * (index % 8))) & 0xff);
        }
        assert_int_equal(buffer[size], 0xaa); /* not a byte too far */
    }
}

/* Three words: lanes 0, 1 and 2 get one each; then a second message adds to them. */
static void digest_is_the_sum_by_hand(void **state)
{
    (void)state;
    uint64_t words[3] = {5, 7, 11};
    struct payload_digest digest = {0};
    payload_check(words, sizeof words, &digest);
    payload_check(words, sizeof words, &digest);
    for (int lane = 0; lane < 3; lane++) {
        assert_int_equal(digest.sums[lane], 2 * words[lane]);
        assert_int_equal(digest.sums_of_sums[lane], 3 * words[lane]); /* w + (w + w) */
    }
    assert_int_equal(digest.sums[3], 0);
}

static void nine_words_fold_into_eight_lanes(void **state)
{
    (void)state;
    uint64_t words[9] = {1, 2, 3, 4, 5, 6, 7, 8, 100};
    struct payload_digest digest = {0};
    payload_check(words, sizeof words, &digest);
    assert_int_equal(digest.sums[0], 101);
    assert_int_equal(digest.sums_of_sums[0], 1 + 101);
    assert_int_equal(digest.sums[7], 8);
}

static void what_is_filled_is_what_is_checked(void **state)
{
    (void)state;
    unsigned char *buffer = malloc(70000);
    for (int touch = 0; touch < TOUCH_COUNT; touch++) {
        struct payload_digest sent = {0};
        struct payload_digest received = {0};
        for (size_t size = 1; size < 70000; size = size < 200 ? size + 1 : size * 2 + 3) {
            payload_touches[touch].produce(buffer, size, SEED, size, &sent);
            payload_touches[touch].consume(buffer, size, &received);
            if (!same(&sent, &received))
                fail_msg("touch %s, %zu bytes", touch_names[touch], size);
        }
    }
    free(buffer);
}

/* The digest of messages 0..count-1, with `damage` done to the stream of buffers before. */
static struct payload_digest digest_of(unsigned char messages[][SIZE], const int *order, int count)
{
    struct payload_digest digest = {0};
    for (int index = 0; index < count; index++)
        payload_check(messages[order[index]], SIZE, &digest);
    return digest;
}

/* A byte, a word and a lane at a time, as the header has it. */
static void fill_plainly(unsigned char *bytes, size_t size, uint64_t start, uint64_t step)
{
    for (size_t index = 0; index < size; index++)
        bytes[index] = (unsigned char)((start + index / 8 * step) >> (index % 8 * 8));
}

static void digest_plainly(const unsigned char *bytes, size_t size, struct payload_digest *digest)
{
    for (size_t word = 0; word * 8 < size; word++) {
        size_t lane = word % PAYLOAD_LANES;
        for (size_t byte = 0; byte < 8 && word * 8 + byte < size; byte++)
            digest->sums[lane] += (uint64_t)bytes[word * 8 + byte] << (byte * 8);
        digest->sums_of_sums[lane] += digest->sums[lane];
    }
}

/* Every size up to some blocks, at every place within a block; message after message. */
static void the_fast_way_is_the_plain_one(void **state)
{
    (void)state;
    enum { MOST = 330, PLACES = 64 };
    unsigned char filled[MOST + PLACES];
    unsigned char plain[MOST];
    uint64_t words[2];
    struct payload_digest unused = {{0}, {0}};
    struct payload_digest sent = {{0}, {0}};
    struct payload_digest received = {{0}, {0}};
    struct payload_digest expected = {{0}, {0}};
    for (size_t size = 0; size <= MOST; size++) {
        unsigned char *place = filled + size * 7 % PLACES;
        payload_fill(words, sizeof words, 5, size, &unused);
        fill_plainly(plain, size, words[0], words[1] - words[0]);
        digest_plainly(plain, size, &expected);
        memset(filled, 0xa5, sizeof filled);
        payload_fill(place, size, 5, size, &sent);
        assert_memory_equal(place, plain, size);
        assert_int_equal(place[size], 0xa5);
        payload_check(place, size, &received);
        assert_memory_equal(&sent, &expected, sizeof sent);
        assert_memory_equal(&received, &expected, sizeof received);
    }
}

static void every_damage_is_noticed(void **state)
{
    (void)state;
    static unsigned char messages[4][SIZE];
    struct payload_digest sent = {0};
    for (int message = 0; message < 4; message++)
        payload_fill(messages[message], SIZE, SEED, (uint64_t)message, &sent);
    struct payload_digest whole = digest_of(messages, (int[]){0, 1, 2, 3}, 4);
    assert_true(same(&sent, &whole));
    struct payload_digest swapped = digest_of(messages, (int[]){0, 2, 1, 3}, 4);
    struct payload_digest lost = digest_of(messages, (int[]){0, 1, 3}, 3);
    struct payload_digest doubled = digest_of(messages, (int[]){0, 1, 1, 3}, 4);
    assert_false(same(&sent, &swapped));
    assert_false(same(&sent, &lost));
    assert_false(same(&sent, &doubled));
    for (size_t index = 0; index < SIZE; index++) {
        messages[2][index] ^= 1;
        struct payload_digest flipped = digest_of(messages, (int[]){0, 1, 2, 3}, 4);
        assert_false(same(&sent, &flipped));
        messages[2][index] ^= 1;
    }
    /* Two neighbouring cache lines exchanged. */
    unsigned char line[64];
    memcpy(line, messages[1], 64);
    memmove(messages[1], messages[1] + 64, 64);
    memcpy(messages[1] + 64, line, 64);
    struct payload_digest exchanged = digest_of(messages, (int[]){0, 1, 2, 3}, 4);
    assert_false(same(&sent, &exchanged));
}

static void touches_do_what_they_say(void **state)
{
    (void)state;
    unsigned char buffer[100];
    struct payload_digest digest = {0};
    memset(buffer, 0, sizeof buffer);
    payload_touches[TOUCH_EDGES].produce(buffer, sizeof buffer, SEED, 0, &digest);
    for (size_t index = 8; index < 92; index++)
        assert_int_equal(buffer[index], 0); /* the middle is left alone */
    assert_int_not_equal(buffer[0] | buffer[1] | buffer[2], 0);
    assert_int_not_equal(buffer[97] | buffer[98] | buffer[99], 0);
    payload_touches[TOUCH_WRITE].produce(buffer, sizeof buffer, SEED, 0, &digest);
    uint64_t middle;
    memcpy(&middle, buffer + 40, 8);
    assert_int_equal(middle, word_of(SEED, 0, 5)); /* the middle is written ... */
    struct payload_digest before = {0};
    struct payload_digest after = {0};
    payload_touches[TOUCH_WRITE].consume(buffer, sizeof buffer, &before);
    buffer[50] ^= 1;
    payload_touches[TOUCH_WRITE].consume(buffer, sizeof buffer, &after);
    assert_true(same(&before, &after)); /* ... but not read */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_as_defined),
        cmocka_unit_test(digest_is_the_sum_by_hand),
        cmocka_unit_test(nine_words_fold_into_eight_lanes),
        cmocka_unit_test(what_is_filled_is_what_is_checked),
        cmocka_unit_test(the_fast_way_is_the_plain_one),
        cmocka_unit_test(every_damage_is_noticed),
        cmocka_unit_test(touches_do_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
