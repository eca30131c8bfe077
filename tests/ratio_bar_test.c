/* Bars of which every column is known. On a scale to 16 a factor of two is four columns. */
#include "report/ratio_bar.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LIMIT 16.0

static void assert_bar(double median, double lo, double hi, const char *expected)
{
    struct estimate ratio = {.median = median, .ci95_lo = lo, .ci95_hi = hi, .samples = 10};
    char text[RATIO_BAR_BYTES];
    assert_string_equal(ratio_bar_draw(&ratio, LIMIT, false, text), expected);
    assert_int_equal(strlen(text), RATIO_BAR_COLUMNS);
}

/*                          16      8   4   2   1   2   4   8   16 */
#define BAR_BLANK "                                 "

static void faster_is_solid_up_to_its_interval(void **state)
{
    (void)state;
    assert_bar(4.0, 2.0, 8.0, "                |###----+----    ");
    assert_bar(2.0, 2.0, 2.0, "                |###+            ");
    assert_bar(16.0, 15.9, 16.0, "                |###############+");
}

static void slower_goes_to_the_left(void **state)
{
    (void)state;
    assert_bar(0.25, 0.125, 0.5, "    ----+----###|                ");
    assert_bar(0.5, 0.5, 0.5, "            +###|                ");
}

static void unresolved_has_nothing_solid(void **state)
{
    (void)state;
    assert_bar(1.0, 0.5, 2.0, "            ----+----            ");
    assert_bar(2.0, 0.5, 4.0, "            ----|---+----        ");
    /* Resolved, but nearer to 1 than a column is wide: the table above tells. */
    assert_bar(0.97, 0.96, 0.98, "                +                ");
}

static void without_an_interval_the_median_is_in_doubt(void **state)
{
    (void)state;
    assert_bar(4.0, NAN, NAN, "                |       ?        ");
    assert_bar(1.0, NAN, NAN, "                ?                ");
}

static void what_is_beyond_the_scale_ends_in_an_arrow(void **state)
{
    (void)state;
    assert_bar(8.0, 4.0, 100.0, "                |#######----+--->");
    assert_bar(0.125, 0.0, 0.25, "<---+----#######|                ");
    assert_bar(100.0, 50.0, 200.0, "                |###############>");
    assert_bar(1.0, 0.0, INFINITY, "<---------------+--------------->");
    assert_bar(100.0, NAN, NAN, "                |               >");
}

static void what_is_missing_is_blank(void **state)
{
    (void)state;
    char text[RATIO_BAR_BYTES];
    assert_string_equal(ratio_bar_draw(NULL, LIMIT, false, text), BAR_BLANK);
    assert_bar(NAN, NAN, NAN, BAR_BLANK);
    assert_bar(0.0, 0.0, 0.0, BAR_BLANK);
    assert_bar(-1.0, -2.0, 0.5, BAR_BLANK);
}

static void in_utf8_it_has_as_many_characters(void **state)
{
    (void)state;
    struct estimate ratio = {.median = 4.0, .ci95_lo = 2.0, .ci95_hi = 1e9, .samples = 10};
    char text[RATIO_BAR_BYTES];
    assert_string_equal(ratio_bar_draw(&ratio, LIMIT, true, text),
                        "                │███────┼───────>");
}

static void the_scale_ends_at_a_power_of_two(void **state)
{
    (void)state;
    assert_true(ratio_bar_widen(2.0, 1.0) == 2.0);
    assert_true(ratio_bar_widen(2.0, 2.0) == 2.0);
    assert_true(ratio_bar_widen(2.0, 2.01) == 4.0);
    assert_true(ratio_bar_widen(2.0, 0.2) == 8.0);
    assert_true(ratio_bar_widen(8.0, 3.0) == 8.0);
    assert_true(ratio_bar_widen(2.0, NAN) == 2.0);
    assert_true(ratio_bar_widen(2.0, 0.0) == 2.0);
    assert_true(ratio_bar_widen(2.0, 1e300) == RATIO_BAR_MOST_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faster_is_solid_up_to_its_interval),
        cmocka_unit_test(slower_goes_to_the_left),
        cmocka_unit_test(unresolved_has_nothing_solid),
        cmocka_unit_test(without_an_interval_the_median_is_in_doubt),
        cmocka_unit_test(what_is_beyond_the_scale_ends_in_an_arrow),
        cmocka_unit_test(what_is_missing_is_blank),
        cmocka_unit_test(in_utf8_it_has_as_many_characters),
        cmocka_unit_test(the_scale_ends_at_a_power_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
