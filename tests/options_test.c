/* The option table: every kind, every refusal with its line, and the help page. */
#include "base/options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/terms.h"

struct point {
    int x;
    int y;
};

struct target {
    uint64_t size_bytes; /* first: a bool at offset 0 could not be a given_offset */
    uint64_t count;
    double seconds;
    int wait;
    const char *label;
    struct point point;
    bool size_given;
    bool quick;
    uint64_t seed;
};

static const struct target defaults = {
    .size_bytes = 65536, .seconds = 0.05, .wait = WAIT_SPIN, .label = NULL, .point = {1, 2}};

static int parse_point(const char *text, void *field)
{
    struct point point;
    char rest;
    if (sscanf(text, "%d,%d%c", &point.x, &point.y, &rest) != 2)
        return -EINVAL;
    memcpy(field, &point, sizeof point);
    return 0;
}

static void print_point(const void *field, char *text, size_t text_bytes)
{
    const struct point *point = field;
    snprintf(text, text_bytes, "%d,%d", point->x, point->y);
}

static const struct option_row rows[] = {
    {.name = "size",
     .operand = "BYTES",
     .help = "payload of one message",
     .kind = OPTION_BYTES,
     .offset = offsetof(struct target, size_bytes),
     .least = 1,
     .most = 1073741824,
     .given_offset = offsetof(struct target, size_given)},
    {.name = "count",
     .operand = "N",
     .help = "messages",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct target, count),
     .least = 1,
     .most = 1000},
    {.name = "seconds",
     .operand = "S",
     .help = "how long",
     .kind = OPTION_DECIMAL,
     .offset = offsetof(struct target, seconds),
     .least = 0.001,
     .most = 3600},
    {.name = "wait",
     .operand = "HOW",
     .help = "how to wait",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct target, wait),
     .names = wait_names},
    {.name = "label",
     .operand = "TEXT",
     .help = "any text",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct target, label)},
    {.name = "point",
     .operand = "X,Y",
     .help = "a pair",
     .kind = OPTION_CUSTOM,
     .offset = offsetof(struct target, point),
     .parse = parse_point,
     .allowed = "two whole numbers",
     .print = print_point},
    {.name = "seed",
     .operand = "N",
     .help = "any number",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct target, seed),
     .least = 0,
     .most = (double)UINT64_MAX},
    {.name = "quick",
     .help = "be quick",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct target, quick)},
    {0},
};

static struct target target;
static struct failure failure;

static int start_from_defaults(void **state)
{
    (void)state;
    target = defaults;
    failure = (struct failure){0};
    return 0;
}

/* Parses the words up to NULL; without operands. */
static int parse(const char *const *words)
{
    char *arguments[16] = {0};
    int count = 0;
    for (; words[count] != NULL; count++)
        arguments[count] = (char *)(uintptr_t)words[count];
    return options_parse(rows, &target, count, arguments, NULL, &failure);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

/* Refused with exactly this line; the target's values stay as they were. */
static void assert_refused(int result, const char *line)
{
    assert_int_equal(result, -EINVAL);
    assert_int_equal(failure.error, -EINVAL);
    assert_string_equal(failure.text, line);
    assert_int_equal(target.size_bytes, defaults.size_bytes);
    assert_int_equal(target.count, defaults.count);
    assert_true(target.seconds == defaults.seconds);
    assert_int_equal(target.wait, defaults.wait);
    assert_int_equal(target.point.x, defaults.point.x);
    failure = (struct failure){0};
}

/* --- What is taken ---------------------------------------------------------------------------- */

static void nothing_given_leaves_the_defaults(void **state)
{
    (void)state;
    assert_int_equal(options_parse(rows, &target, 0, NULL, NULL, &failure), 0);
    assert_memory_equal(&target, &defaults, sizeof target);
}

static void every_kind_is_read(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--size", "4K", "--count", "1000", "--seconds", "0.5", "--wait", "block",
                           "--label", "--odd text", "--point", "-3,4", "--quick"),
                     0);
    assert_int_equal(target.size_bytes, 4096);
    assert_int_equal(target.count, 1000);
    assert_true(target.seconds == 0.5);
    assert_int_equal(target.wait, WAIT_BLOCK);
    assert_string_equal(target.label, "--odd text");
    assert_int_equal(target.point.x, -3);
    assert_int_equal(target.point.y, 4);
    assert_true(target.quick);
    assert_true(target.size_given);
}

static void an_equals_sign_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--size=1G", "--wait=hybrid", "--label=a=b", "--seconds=.25"), 0);
    assert_int_equal(target.size_bytes, 1073741824);
    assert_int_equal(target.wait, WAIT_HYBRID);
    assert_string_equal(target.label, "a=b");
    assert_true(target.seconds == 0.25);
}

static void an_empty_text_is_a_text(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--label="), 0);
    assert_string_equal(target.label, "");
}

static void the_later_option_wins(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--size", "1", "--size=2"), 0);
    assert_int_equal(target.size_bytes, 2);
}

static void both_ends_of_a_range_are_allowed(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--size", "1", "--count", "1", "--seconds", "3600"), 0);
    assert_int_equal(PARSE("--size", "1G", "--count", "1000", "--seconds", "0.001"), 0);
}

static void what_was_not_given_is_not_noted(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--count", "5"), 0);
    assert_false(target.size_given);
}

static void the_largest_count_is_allowed_and_named_rightly(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--seed", "18446744073709551615"), 0);
    assert_true(target.seed == UINT64_MAX);
    assert_refused(PARSE("--seed", "18446744073709551616"),
                   "--seed: '18446744073709551616' is not allowed; "
                   "allowed: 0 to 18446744073709551615");
}

static void operands_are_moved_to_the_front(void **state)
{
    (void)state;
    char one[] = "one", size[] = "--size", value[] = "2", two[] = "two", end[] = "--";
    char dashed[] = "--three", dash[] = "-";
    char *arguments[] = {one, size, value, two, dash, end, dashed};
    int operands = -1;
    assert_int_equal(options_parse(rows, &target, 7, arguments, &operands, &failure), 0);
    assert_int_equal(operands, 4);
    assert_string_equal(arguments[0], "one");
    assert_string_equal(arguments[1], "two");
    assert_string_equal(arguments[2], "-");
    assert_string_equal(arguments[3], "--three");
    assert_int_equal(target.size_bytes, 2);
}

/* --- What is refused -------------------------------------------------------------------------- */

static void values_out_of_range(void **state)
{
    (void)state;
    assert_refused(PARSE("--size", "0"), "--size: '0' is not allowed; allowed: 1 B to 1 GiB");
    assert_refused(PARSE("--size=2G"), "--size: '2G' is not allowed; allowed: 1 B to 1 GiB");
    assert_refused(PARSE("--count", "1001"), "--count: '1001' is not allowed; allowed: 1 to 1000");
    assert_refused(PARSE("--seconds", "0"),
                   "--seconds: '0' is not allowed; allowed: 0.001 to 3600");
    assert_refused(PARSE("--size", "99999999999999999999"),
                   "--size: '99999999999999999999' is not allowed; allowed: 1 B to 1 GiB");
}

static void values_of_another_kind(void **state)
{
    (void)state;
    assert_refused(PARSE("--size", "64X"), "--size: '64X' is not allowed; allowed: 1 B to 1 GiB");
    assert_refused(PARSE("--size", "-1"), "--size: '-1' is not allowed; allowed: 1 B to 1 GiB");
    assert_refused(PARSE("--size="), "--size: '' is not allowed; allowed: 1 B to 1 GiB");
    assert_refused(PARSE("--count", "1K"), "--count: '1K' is not allowed; allowed: 1 to 1000");
    assert_refused(PARSE("--seconds", "1e3"),
                   "--seconds: '1e3' is not allowed; allowed: 0.001 to 3600");
    assert_refused(PARSE("--wait", "sleep"),
                   "--wait: 'sleep' is not allowed; allowed: block|spin|hybrid|semop");
    assert_refused(PARSE("--point", "1"),
                   "--point: '1' is not allowed; allowed: two whole numbers");
}

static void unknown_options(void **state)
{
    (void)state;
    assert_refused(PARSE("--sise", "1"), "unknown option --sise; --help lists them");
    assert_refused(PARSE("--siz=1"), "unknown option --siz; --help lists them");
    assert_refused(PARSE("--sizes", "1"), "unknown option --sizes; --help lists them");
    assert_refused(PARSE("-s"), "unknown option -s; --help lists them");
}

static void a_missing_value(void **state)
{
    (void)state;
    assert_refused(PARSE("--quick", "--size"), "--size needs a value: BYTES");
}

static void a_value_for_a_flag(void **state)
{
    (void)state;
    assert_refused(PARSE("--quick=1"), "--quick takes no value");
}

static void an_operand_where_none_is_allowed(void **state)
{
    (void)state;
    assert_refused(PARSE("latency"), "unexpected argument 'latency'; --help lists what is allowed");
    assert_refused(PARSE("--", "--quick"),
                   "unexpected argument '--quick'; --help lists what is allowed");
}

static void a_long_value_leaves_room_for_the_range(void **state)
{
    (void)state;
    char value[2000];
    memset(value, '9', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    assert_int_equal(PARSE("--size", value), -EINVAL);
    assert_non_null(strstr(failure.text, "allowed: 1 B to 1 GiB"));
}

/* --- Help ------------------------------------------------------------------------------------- */

static char *help_page(const struct target *values)
{
    char *page = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&page, &length);
    assert_non_null(stream);
    options_print_help(rows, values, stream);
    assert_int_equal(fclose(stream), 0);
    return page;
}

static void help_shows_ranges_and_live_defaults(void **state)
{
    (void)state;
    char *page = help_page(&defaults);
    assert_string_equal(
        page, "  --size BYTES           payload of one message [1 B to 1 GiB] (default 64 KiB)\n"
              "  --count N              messages [1 to 1000]\n"
              "  --seconds S            how long [0.001 to 3600] (default 0.05)\n"
              "  --wait HOW             how to wait [block|spin|hybrid|semop] (default spin)\n"
              "  --label TEXT           any text\n"
              "  --point X,Y            a pair [two whole numbers] (default 1,2)\n"
              "  --seed N               any number [0 to 18446744073709551615]\n"
              "  --quick                be quick\n");
    free(page);
}

static void help_follows_changed_defaults(void **state)
{
    (void)state;
    struct target changed = defaults;
    changed.size_bytes = 100;
    changed.count = 12;
    changed.wait = WAIT_SEMOP;
    changed.label = "mine";
    char *page = help_page(&changed);
    assert_non_null(strstr(page, "(default 100 B)"));
    assert_non_null(strstr(page, "[1 to 1000] (default 12)"));
    assert_non_null(strstr(page, "(default semop)"));
    assert_non_null(strstr(page, "any text (default mine)"));
    free(page);
}

#define OPTIONS_TEST(test) cmocka_unit_test_setup(test, start_from_defaults)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPTIONS_TEST(nothing_given_leaves_the_defaults),
        OPTIONS_TEST(every_kind_is_read),
        OPTIONS_TEST(an_equals_sign_is_the_same),
        OPTIONS_TEST(an_empty_text_is_a_text),
        OPTIONS_TEST(the_later_option_wins),
        OPTIONS_TEST(both_ends_of_a_range_are_allowed),
        OPTIONS_TEST(what_was_not_given_is_not_noted),
        OPTIONS_TEST(the_largest_count_is_allowed_and_named_rightly),
        OPTIONS_TEST(operands_are_moved_to_the_front),
        OPTIONS_TEST(values_out_of_range),
        OPTIONS_TEST(values_of_another_kind),
        OPTIONS_TEST(unknown_options),
        OPTIONS_TEST(a_missing_value),
        OPTIONS_TEST(a_value_for_a_flag),
        OPTIONS_TEST(an_operand_where_none_is_allowed),
        OPTIONS_TEST(a_long_value_leaves_room_for_the_range),
        OPTIONS_TEST(help_shows_ranges_and_live_defaults),
        OPTIONS_TEST(help_follows_changed_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
