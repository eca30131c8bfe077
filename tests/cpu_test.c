/* CPU lists and pairs, on this machine's own CPUs. */
#include "machine/cpu.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cpu_set_t affinity_before;

static int save_affinity(void **state)
{
    (void)state;
    return sched_getaffinity(0, sizeof affinity_before, &affinity_before);
}

static int restore_affinity(void **state)
{
    (void)state;
    return sched_setaffinity(0, sizeof affinity_before, &affinity_before);
}

static void test_pair_is_read(void **state)
{
    (void)state;
    struct cpu_pair pair;
    assert_int_equal(cpu_parse_pair("0,1", &pair), 0);
    assert_int_equal(pair.writer, 0);
    assert_int_equal(pair.reader, 1);
    assert_int_equal(cpu_parse_pair("1023,17", &pair), 0);
    assert_int_equal(pair.writer, 1023);
    assert_int_equal(pair.reader, 17);
}

static void test_wrong_pair_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",          ",",    "0",    "0,",   ",1",  "0,1,2",
                                        "-1,0",      "0;1",  " 0,1", "0, 1", "a,b", "0x1",
                                        "9999999,1", "0,1 ", "+0,1", "1.0,2"};
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        struct cpu_pair pair = {.writer = 7, .reader = 8};
        if (cpu_parse_pair(wrong[index], &pair) != -EINVAL)
            fail_msg("'%s' was taken for a pair of CPUs", wrong[index]);
        assert_int_equal(pair.writer, 7);
        assert_int_equal(pair.reader, 8);
    }
}

static void test_pair_is_printed_as_it_is_read(void **state)
{
    (void)state;
    char text[32];
    cpu_print_pair(&(struct cpu_pair){3, 12}, text, sizeof text);
    assert_string_equal(text, "3,12");
    cpu_print_pair(&(struct cpu_pair){-1, -1}, text, sizeof text);
    assert_string_equal(text, "");
}

static void test_list_is_written_as_ranges(void **state)
{
    (void)state;
    char text[32];
    const int cpus[] = {0, 1, 2, 3, 8, 10, 11};
    assert_string_equal(cpu_format_list(cpus, 7, text, sizeof text), "0-3,8,10-11");
    assert_string_equal(cpu_format_list(cpus + 4, 1, text, sizeof text), "8");
    assert_string_equal(cpu_format_list(cpus, 0, text, sizeof text), "");
}

static void test_list_that_is_too_long_says_so(void **state)
{
    (void)state;
    char text[12];
    const int cpus[] = {0, 2, 4, 6, 8, 10, 12};
    cpu_format_list(cpus, 7, text, sizeof text);
    assert_string_equal(text, "0,2,4,6...");
}

static void test_allowed_cpus_are_those_of_the_affinity(void **state)
{
    (void)state;
    int *cpus = NULL;
    size_t count = 0;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    assert_int_equal(count, (size_t)CPU_COUNT(&affinity_before));
    for (size_t index = 0; index < count; index++) {
        assert_true(CPU_ISSET((size_t)cpus[index], &affinity_before));
        if (index > 0)
            assert_true(cpus[index] > cpus[index - 1]);
    }
    free(cpus);
}

static void test_pin_stays_on_the_cpu(void **state)
{
    (void)state;
    int *cpus = NULL;
    size_t count = 0;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    int last = cpus[count - 1];
    free(cpus);
    assert_int_equal(cpu_pin(last), 0);
    assert_int_equal(sched_getcpu(), last);
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(cpus[0], last);
    free(cpus);
}

static void test_pin_to_no_cpu_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(cpu_pin(-1), -EINVAL);
    assert_int_equal(cpu_pin(999999), -EINVAL);
}

static void test_check_names_the_missing_cpu_and_the_allowed(void **state)
{
    (void)state;
    int *cpus = NULL;
    size_t count = 0;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    int first = cpus[0];
    char allowed[64];
    cpu_format_list(cpus, count, allowed, sizeof allowed);
    free(cpus);

    struct failure failure = {0};
    assert_int_equal(cpu_check_pair(&(struct cpu_pair){first, first}, &failure), 0);
    assert_int_equal(failure.error, 0);
    assert_int_equal(cpu_check_pair(&(struct cpu_pair){first, 999999}, &failure), -ENODEV);
    assert_int_equal(failure.error, -ENODEV);
    assert_non_null(strstr(failure.text, "999999"));
    assert_non_null(strstr(failure.text, allowed));
}

static void test_check_heeds_the_affinity(void **state)
{
    (void)state;
    int *cpus = NULL;
    size_t count = 0;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    int first = cpus[0];
    int last = cpus[count - 1];
    free(cpus);
    if (first == last)
        skip();
    assert_int_equal(cpu_pin(last), 0);
    struct failure failure = {0};
    assert_int_equal(cpu_check_pair(&(struct cpu_pair){last, last}, &failure), 0);
    assert_int_equal(cpu_check_pair(&(struct cpu_pair){first, last}, &failure), -ENODEV);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, save_affinity, restore_affinity)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pair_is_read),
        TEST(test_wrong_pair_is_refused_and_changes_nothing),
        TEST(test_pair_is_printed_as_it_is_read),
        TEST(test_list_is_written_as_ranges),
        TEST(test_list_that_is_too_long_says_so),
        TEST(test_allowed_cpus_are_those_of_the_affinity),
        TEST(test_pin_stays_on_the_cpu),
        TEST(test_pin_to_no_cpu_is_an_error),
        TEST(test_check_names_the_missing_cpu_and_the_allowed),
        TEST(test_check_heeds_the_affinity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
