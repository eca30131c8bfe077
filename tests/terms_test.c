/* The name tables: complete, without doubles, and found again by name. */
#include "base/terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check_table(const char *const *names, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        assert_non_null(names[index]);
        assert_true(strlen(names[index]) > 0);
        /* A name found at another index would be a double. */
        assert_int_equal(term_find(names, names[index]), index);
    }
    assert_null(names[count]);
}

static void every_table_has_a_name_per_value(void **state)
{
    (void)state;
    check_table(test_names, TEST_COUNT);
    check_table(wait_names, WAIT_KIND_COUNT);
    check_table(copies_names, COPIES_COUNT);
    check_table(touch_names, TOUCH_COUNT);
    check_table(placement_names, PLACEMENT_COUNT);
}

static void names_stand_at_their_value(void **state)
{
    (void)state;
    assert_string_equal(test_names[TEST_LATENCY], "latency");
    assert_string_equal(test_names[TEST_THROUGHPUT], "throughput");
    assert_string_equal(wait_names[WAIT_BLOCK], "block");
    assert_string_equal(wait_names[WAIT_SPIN], "spin");
    assert_string_equal(wait_names[WAIT_HYBRID], "hybrid");
    assert_string_equal(wait_names[WAIT_SEMOP], "semop");
    assert_string_equal(copies_names[COPIES_OWN], "own");
    assert_string_equal(copies_names[COPIES_INPLACE], "inplace");
    assert_string_equal(touch_names[TOUCH_FULL], "full");
    assert_string_equal(touch_names[TOUCH_WRITE], "write");
    assert_string_equal(touch_names[TOUCH_EDGES], "edges");
    assert_string_equal(placement_names[PLACEMENT_CACHE], "cache");
    assert_string_equal(placement_names[PLACEMENT_SAME], "same");
    assert_string_equal(placement_names[PLACEMENT_SIBLING], "sibling");
    assert_string_equal(placement_names[PLACEMENT_FAR], "far");
    assert_string_equal(placement_names[PLACEMENT_EXPLICIT], "explicit");
}

static void only_whole_words_are_found(void **state)
{
    (void)state;
    assert_int_equal(term_find(wait_names, ""), -1);
    assert_int_equal(term_find(wait_names, "blo"), -1);
    assert_int_equal(term_find(wait_names, "blocks"), -1);
    assert_int_equal(term_find(wait_names, "BLOCK"), -1);
    assert_int_equal(term_find(wait_names, " block"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_has_a_name_per_value),
        cmocka_unit_test(names_stand_at_their_value),
        cmocka_unit_test(only_whole_words_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
