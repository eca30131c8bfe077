/* The digest of a stream: independent of how it was cut, dependent on every byte and its place. */
#include "measure/running_digest.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { STREAM_BYTES = 100 };

#define FACTOR UINT64_C(0x9e3779b97f4a7c15)

static unsigned char stream[STREAM_BYTES];

static int fill_stream(void **state)
{
    (void)state;
    struct random generator = random_seeded(7);
    for (size_t index = 0; index < STREAM_BYTES; index++)
        stream[index] = (unsigned char)random_next(&generator);
    return 0;
}

static struct running_digest digest_of(const void *bytes, size_t size)
{
    struct running_digest digest = {0};
    running_digest_add(&digest, bytes, size);
    return digest;
}

static void assert_same(const struct running_digest *one, const struct running_digest *other)
{
    assert_true(running_digest_equal(one, other));
    assert_int_equal(running_digest_value(one), running_digest_value(other));
}

static void assert_differs(const void *bytes, size_t size)
{
    struct running_digest right = digest_of(stream, STREAM_BYTES);
    struct running_digest wrong = digest_of(bytes, size);
    assert_false(running_digest_equal(&right, &wrong));
    if (size == STREAM_BYTES)
        assert_int_not_equal(running_digest_value(&right), running_digest_value(&wrong));
}

/* ---- known answers ---- */

/* The sum of sums, its halves exchanged, times an odd factor, plus the sum. */
static uint64_t value_of(uint64_t sum, uint64_t sum_of_sums)
{
    return (sum_of_sums << 32 | sum_of_sums >> 32) * FACTOR + sum;
}

static void known_values(void **state)
{
    (void)state;
    const unsigned char one_byte[] = {3};
    const unsigned char two_words[] = {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0};
    const unsigned char part[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const unsigned char high[] = {0, 0, 0, 0, 0, 0, 0, 0x80, 1};
    struct running_digest digest = {0};
    assert_int_equal(running_digest_value(&digest), 0);
    /* A word of 3: the sum is 3, and so is the sum of sums. */
    digest = digest_of(one_byte, sizeof one_byte);
    assert_int_equal(running_digest_value(&digest), value_of(3, 3));
    /* Sums 1, then 1 rotated by one place plus 2 = 4. */
    digest = digest_of(two_words, sizeof two_words);
    assert_int_equal(running_digest_value(&digest), value_of(4, 1 + 4));
    /* Little end first, zeros above: the words 1 and 256. */
    digest = digest_of(part, sizeof part);
    assert_int_equal(running_digest_value(&digest), value_of(258, 1 + 258));
    /* The highest bit comes back at the lowest place. */
    digest = digest_of(high, sizeof high);
    assert_int_equal(running_digest_value(&digest), value_of(2, (UINT64_C(1) << 63) + 2));
}

static void zeros_are_told_by_their_number(void **state)
{
    (void)state;
    const unsigned char zeros[32] = {0};
    struct running_digest eight = digest_of(zeros, 8);
    for (size_t size = 0; size <= sizeof zeros; size++) {
        struct running_digest digest = digest_of(zeros, size);
        assert_int_equal(digest.bytes, size);
        assert_true(running_digest_equal(&digest, &eight) == (size == 8));
    }
}

/* ---- cuts ---- */

static void every_cut_into_three_gives_the_same(void **state)
{
    (void)state;
    struct running_digest whole = digest_of(stream, STREAM_BYTES);
    for (size_t first = 0; first <= STREAM_BYTES; first++) {
        for (size_t second = first; second <= STREAM_BYTES; second++) {
            struct running_digest cut = digest_of(stream, first);
            running_digest_add(&cut, stream + first, second - first);
            running_digest_add(&cut, stream + second, STREAM_BYTES - second);
            assert_same(&cut, &whole);
        }
    }
}

static void pieces_of_every_length_give_the_same(void **state)
{
    (void)state;
    for (size_t length = 0; length <= STREAM_BYTES; length++) {
        struct running_digest whole = digest_of(stream, length);
        for (size_t piece = 1; piece <= length; piece++) {
            struct running_digest cut = {0};
            for (size_t done = 0; done < length; done += piece)
                running_digest_add(&cut, stream + done,
                                   length - done < piece ? length - done : piece);
            assert_same(&cut, &whole);
        }
    }
}

static void asking_for_the_value_changes_nothing(void **state)
{
    (void)state;
    struct running_digest whole = digest_of(stream, STREAM_BYTES);
    struct running_digest asked = {0};
    for (size_t index = 0; index < STREAM_BYTES; index++) {
        running_digest_add(&asked, stream + index, 1);
        (void)running_digest_value(&asked);
    }
    assert_same(&asked, &whole);
}

/* ---- errors ---- */

static void every_flipped_bit_shows(void **state)
{
    (void)state;
    unsigned char wrong[STREAM_BYTES];
    for (size_t bit = 0; bit < 8 * sizeof wrong; bit++) {
        memcpy(wrong, stream, sizeof wrong);
        wrong[bit / 8] ^= (unsigned char)(1U << bit % 8);
        assert_differs(wrong, sizeof wrong);
    }
}

static void every_dropped_or_doubled_byte_shows(void **state)
{
    (void)state;
    unsigned char wrong[STREAM_BYTES + 1];
    for (size_t index = 0; index < STREAM_BYTES; index++) {
        memcpy(wrong, stream, index);
        memcpy(wrong + index, stream + index + 1, STREAM_BYTES - index - 1);
        assert_differs(wrong, STREAM_BYTES - 1);
        /* The same length, as where one message is lost and another one comes twice. */
        wrong[STREAM_BYTES - 1] = stream[STREAM_BYTES - 1];
        if (memcmp(wrong, stream, STREAM_BYTES) != 0)
            assert_differs(wrong, STREAM_BYTES);
        memcpy(wrong, stream, index + 1);
        memcpy(wrong + index + 1, stream + index, STREAM_BYTES - index);
        assert_differs(wrong, STREAM_BYTES + 1);
    }
}

/* Swaps every two different pieces of that many bytes. */
static void check_swaps(size_t piece)
{
    unsigned char wrong[STREAM_BYTES];
    for (size_t one = 0; one + 2 * piece <= STREAM_BYTES; one++) {
        for (size_t other = one + piece; other + piece <= STREAM_BYTES; other++) {
            if (memcmp(stream + one, stream + other, piece) == 0)
                continue;
            memcpy(wrong, stream, sizeof wrong);
            memcpy(wrong + one, stream + other, piece);
            memcpy(wrong + other, stream + one, piece);
            assert_differs(wrong, sizeof wrong);
        }
    }
}

static void every_swap_shows(void **state)
{
    (void)state;
    check_swaps(1);
    check_swaps(8);
    check_swaps(16);
}

static void every_dropped_word_shows(void **state)
{
    (void)state;
    unsigned char wrong[STREAM_BYTES];
    for (size_t index = 0; index + 8 <= STREAM_BYTES; index++) {
        memcpy(wrong, stream, index);
        memcpy(wrong + index, stream + index + 8, STREAM_BYTES - index - 8);
        assert_differs(wrong, STREAM_BYTES - 8);
    }
}

/* Floating-point numbers and integers with the big end first have all their bits at the top of a
 * word, and messages are a power of two long: a sum modulo 2^64 would see nothing of it. */
static void swapped_messages_of_high_bits_show(void **state)
{
    (void)state;
    enum { MESSAGE_WORDS = 8192, MESSAGES = 4 };
    static unsigned char file[MESSAGES][MESSAGE_WORDS][8];
    static unsigned char message[MESSAGE_WORDS][8];
    struct random generator = random_seeded(11);
    for (size_t index = 0; index < MESSAGES; index++) {
        for (size_t word = 0; word < MESSAGE_WORDS; word++)
            file[index][word][7] = (unsigned char)random_next(&generator);
    }
    struct running_digest right = digest_of(file, sizeof file);
    memcpy(message, file[1], sizeof message);
    memcpy(file[1], file[2], sizeof message);
    memcpy(file[2], message, sizeof message);
    struct running_digest wrong = digest_of(file, sizeof file);
    assert_false(running_digest_equal(&right, &wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(zeros_are_told_by_their_number),
        cmocka_unit_test(every_cut_into_three_gives_the_same),
        cmocka_unit_test(pieces_of_every_length_give_the_same),
        cmocka_unit_test(asking_for_the_value_changes_nothing),
        cmocka_unit_test(every_flipped_bit_shows),
        cmocka_unit_test(every_dropped_or_doubled_byte_shows),
        cmocka_unit_test(every_swap_shows),
        cmocka_unit_test(every_dropped_word_shows),
        cmocka_unit_test(swapped_messages_of_high_bits_show),
    };
    return cmocka_run_group_tests(tests, fill_stream, NULL);
}
