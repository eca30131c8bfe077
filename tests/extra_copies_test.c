/* The padded control's copies: how many, of what, whereto, and that none runs into another. */
#include "measure/extra_copies.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct extra_copies prepared(uint64_t count, enum working_set working_set,
                                    size_t message_bytes)
{
    struct extra_copies extra;
    struct failure failure = {0};
    assert_int_equal(extra_copies_prepare(&extra, count, working_set, message_bytes, &failure), 0);
    return extra;
}

static void fill(unsigned char *message, size_t size, unsigned first)
{
    for (size_t index = 0; index < size; index++)
        message[index] = (unsigned char)(first + index * 7);
}

static void without_copies_the_view_itself_comes_back(void **state)
{
    (void)state;
    const char message[] = "message";
    struct extra_copies extra = prepared(0, WORKING_SET_NONE, sizeof message);
    assert_null(extra.region);
    assert_ptr_equal(extra_copies_make(&extra, message, sizeof message), message);
    assert_int_equal(extra.copied_bytes, 0);
    extra_copies_free(&extra);
}

static void every_byte_of_every_copy_is_counted(void **state)
{
    (void)state;
    const uint64_t counts[] = {1, 2, 3, EXTRA_COPIES_MOST};
    unsigned char message[1000];
    for (size_t index = 0; index < 4; index++) {
        struct extra_copies extra = prepared(counts[index], WORKING_SET_HOT, sizeof message);
        for (unsigned round = 1; round <= 5; round++) {
            fill(message, sizeof message, round);
            const void *last = extra_copies_make(&extra, message, sizeof message);
            assert_ptr_not_equal(last, message);
            assert_memory_equal(last, message, sizeof message);
            assert_int_equal(extra.copied_bytes, round * counts[index] * sizeof message);
        }
        extra_copies_free(&extra);
    }
}

static void one_byte_is_a_message(void **state)
{
    (void)state;
    for (int set = WORKING_SET_HOT; set <= WORKING_SET_COLD; set++) {
        struct extra_copies extra = prepared(3, (enum working_set)set, 1);
        const unsigned char *last = extra_copies_make(&extra, "x", 1);
        assert_int_equal(*last, 'x');
        assert_int_equal(extra.copied_bytes, 3);
        extra_copies_free(&extra);
    }
}

static void hot_copies_go_to_two_places_in_turn(void **state)
{
    (void)state;
    unsigned char message[100];
    fill(message, sizeof message, 1);
    struct extra_copies extra = prepared(1, WORKING_SET_HOT, sizeof message);
    assert_int_equal(extra.region_bytes, 256); /* 100 bytes are two lines of 64 */
    for (int round = 0; round < 6; round++)
        assert_ptr_equal(extra_copies_make(&extra, message, sizeof message),
                         extra.region + (round % 2 == 0 ? 0 : 128));
    extra_copies_free(&extra);
}

static void cold_copies_go_through_the_whole_region(void **state)
{
    (void)state;
    const size_t size = (size_t)16 << 20;
    unsigned char *message = test_malloc(size);
    memset(message, 5, size);
    struct extra_copies extra = prepared(1, WORKING_SET_COLD, size);
    assert_true(extra.region_bytes >= EXTRA_COPIES_COLD_BYTES);
    size_t places = extra.region_bytes / size;
    assert_true(places >= 4);
    /* Three copies are enough to see that they go on, and a short way to the end to see it turn. */
    for (size_t place = 0; place < 3; place++)
        assert_ptr_equal(extra_copies_make(&extra, message, size), extra.region + place * size);
    extra.offset = (places - 1) * size;
    assert_ptr_equal(extra_copies_make(&extra, message, size), extra.region + (places - 1) * size);
    assert_ptr_equal(extra_copies_make(&extra, message, size), extra.region);
    extra_copies_free(&extra);
    test_free(message);
}

/* A relay from standard input has pieces of any length. */
static void a_copy_never_runs_into_the_one_before(void **state)
{
    (void)state;
    unsigned char message[1000];
    for (int set = WORKING_SET_HOT; set <= WORKING_SET_COLD; set++) {
        struct extra_copies extra = prepared(2, (enum working_set)set, sizeof message);
        for (size_t round = 0; round < 2000; round++) {
            size_t size = 1 + round * 389 % sizeof message;
            fill(message, size, (unsigned)round);
            const unsigned char *last = extra_copies_make(&extra, message, size);
            assert_memory_equal(last, message, size);
            /* The copy before the last is whole, too, unless the last one was laid over it. */
            const unsigned char *before =
                last >= extra.region + extra.place_bytes
                    ? last - extra.place_bytes
                    : extra.region +
                          (extra.region_bytes / extra.place_bytes - 1) * extra.place_bytes;
            assert_memory_equal(before, message, size);
        }
        extra_copies_free(&extra);
    }
}

static void the_region_is_known_before_it_is_made(void **state)
{
    (void)state;
    assert_int_equal(extra_copies_region_bytes(0, WORKING_SET_COLD, 4096), 0);
    assert_int_equal(extra_copies_region_bytes(16, WORKING_SET_HOT, 4096), 8192);
    assert_int_equal(extra_copies_region_bytes(1, WORKING_SET_HOT, 1), 128);
    assert_true(extra_copies_region_bytes(1, WORKING_SET_COLD, 4096) >= EXTRA_COPIES_COLD_BYTES);
    /* A message beyond every cache is cold in two places already. */
    assert_int_equal(extra_copies_region_bytes(1, WORKING_SET_COLD, (size_t)1 << 40),
                     (size_t)2 << 40);
}

static void too_large_a_region_is_refused(void **state)
{
    (void)state;
    struct extra_copies extra = {.count = 77};
    struct failure failure = {0};
    assert_int_equal(extra_copies_prepare(&extra, 1, WORKING_SET_HOT, (size_t)1 << 50, &failure),
                     -ENOMEM);
    assert_non_null(strstr(failure.text, "--size"));
    assert_int_equal(extra.count, 77); /* outputs are set on success only */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_copies_the_view_itself_comes_back),
        cmocka_unit_test(every_byte_of_every_copy_is_counted),
        cmocka_unit_test(one_byte_is_a_message),
        cmocka_unit_test(hot_copies_go_to_two_places_in_turn),
        cmocka_unit_test(cold_copies_go_through_the_whole_region),
        cmocka_unit_test(a_copy_never_runs_into_the_one_before),
        cmocka_unit_test(the_region_is_known_before_it_is_made),
        cmocka_unit_test(too_large_a_region_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
