/* Figures drawn: positions that can be computed by hand, intervals that are there or not, legends
 * in order, and bounds that are kept. */
#include "document/figure.h"
#include "document/figure_html.h"
#include "document/figure_svg.h"
#include "report/figure_text.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct figure *figure;

static int begin(void **state)
{
    (void)state;
    return figure_make(LANGUAGE_ENGLISH, &figure);
}

static int end(void **state)
{
    (void)state;
    figure_free(figure);
    return 0;
}

static char *draw(void)
{
    static char *text;
    static size_t length;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    figure_write_html(figure, "name", "A \"title\" <b>", stream);
    fclose(stream);
    return text;
}

static void assert_drawn(const char *wanted)
{
    char *text = draw();
    if (strstr(text, wanted) == NULL)
        fail_msg("'%s' is missing in:\n%s", wanted, text);
    free(text);
}

static void assert_not_drawn(const char *unwanted)
{
    char *text = draw();
    if (strstr(text, unwanted) != NULL)
        fail_msg("'%s' is in:\n%s", unwanted, text);
    free(text);
}

static struct figure_point *add_point(struct figure_series *series, double across, double up)
{
    struct figure_point *point = figure_add_point(figure, series);
    assert_non_null(point);
    point->across = across;
    point->up = up;
    figure_say(point, "point %g", up);
    return point;
}

/* 1 to 100 across and up, both logarithmic: 10 lies in the middle. The picture is 380 wide and 262
 * high, the plot in it from 62 to 368 and from 24 to 222. */
static struct figure_panel *add_panel(void)
{
    struct figure_panel *panel = figure_add_panel(figure);
    assert_non_null(panel);
    figure_set_axis(&panel->across, CHART_AXIS_BYTES, 1.0, 100.0, "size");
    figure_set_axis(&panel->up, CHART_AXIS_NANOSECONDS, 1.0, 100.0, "time");
    return panel;
}

static void test_positions(void **state)
{
    (void)state;
    add_panel();
    struct figure_series *series =
        figure_add_series(figure, FIGURE_JOINED, 0, "pipe", "block", "pipe, block");
    add_point(series, 1.0, 1.0);
    add_point(series, 10.0, 10.0);
    add_point(series, 100.0, 100.0);
    assert_drawn("<path class=\"line\" d=\"M62.0 222.0L215.0 123.0L368.0 24.0\"/>");
    assert_drawn("<circle class=\"mark\" cx=\"215.0\" cy=\"123.0\" r=\"3.6\"/>");
    assert_drawn("<figcaption>A &#34;title&#34; &lt;b&gt;</figcaption>");
    assert_drawn("<text x=\"57.0\" y=\"127.0\" text-anchor=\"end\">10 ns</text>");
    /* The Tab key stops at the first point only. */
    assert_drawn("tabindex=\"0\"><title>point 1</title>");
    assert_drawn("tabindex=\"-1\"><title>point 10</title>");
    assert_drawn("tabindex=\"-1\"><title>point 100</title>");
}

static void test_intervals(void **state)
{
    (void)state;
    add_panel();
    struct figure_series *series =
        figure_add_series(figure, FIGURE_POINTS, 0, "shm", "spin", "shm, spin");
    struct figure_point *point = add_point(series, 10.0, 10.0);
    assert_not_drawn("class=\"interval\"");
    point->interval_from = 1.0;
    assert_not_drawn("class=\"interval\"");
    point->interval_to = 100.0;
    assert_drawn("<path class=\"interval\" d=\"M212.0 222.0h6m-3 0V24.0m-3 0h6\"/>");
    assert_not_drawn("class=\"band\"");
}

/* A band passes by a point without an interval. */
static void test_bands(void **state)
{
    (void)state;
    add_panel();
    figure->bands = true;
    struct figure_series *series =
        figure_add_series(figure, FIGURE_JOINED, 0, "shm", "spin", "shm, spin");
    for (int index = 0; index < 3; index++) {
        struct figure_point *point = add_point(series, pow(10.0, index), 10.0);
        point->interval_from = index == 1 ? NAN : 1.0;
        point->interval_to = index == 1 ? NAN : 100.0;
    }
    assert_drawn("<path class=\"band\" d=\"M62.0 24.0L368.0 24.0L368.0 222.0L62.0 222.0z\"/>");
}

/* Whatever the numbers are, what is written are numbers. */
static void test_wild_numbers(void **state)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY, 0.0, -1.0, 1e308, 1e-308};
    (void)state;
    struct figure_panel *panel = add_panel();
    struct figure_series *series =
        figure_add_series(figure, FIGURE_JOINED, 0, "pipe", "block", "pipe");
    struct figure_series *bars = figure_add_series(figure, FIGURE_BARS, 0, "copies", "", "copies");
    for (size_t index = 0; index < sizeof wild / sizeof *wild; index++) {
        add_point(series, wild[index], wild[index])->interval_from = wild[index];
        add_point(bars, wild[index], wild[index])->base = wild[index];
        figure_add_line(panel, &(struct figure_line){.from_x = wild[index], .to_y = wild[index]});
    }
    char *text = draw();
    for (const char *at = strstr(text, " d=\""); at != NULL; at = strstr(at + 1, " d=\""))
        assert_int_equal(strspn(at + 4, "0123456789.- MLVhvmlz"), strcspn(at + 4, "\""));
    free(text);
}

static void test_linear_axes(void **state)
{
    (void)state;
    struct figure_axis axis = {.logarithmic = false};
    figure_set_linear(&axis, -100.0, 100.0, "share");
    assert_int_equal(axis.ticks_count, 5);
    assert_string_equal(axis.ticks[0].label, "-100");
    assert_string_equal(axis.ticks[2].label, "0");
    assert_string_equal(axis.ticks[4].label, "100");
    axis = (struct figure_axis){.logarithmic = false};
    figure_set_linear(&axis, 0.0, 7.0, "few");
    assert_int_equal(axis.ticks_count, 8);
    axis = (struct figure_axis){.logarithmic = false};
    figure_set_linear(&axis, 5.0, 5.0, "nothing");
    assert_true(axis.most > axis.least);
}

/* The pipe first and references last, whatever came first; one entry for all panels. */
static void test_legends(void **state)
{
    static const char *const wanted[] = {"pipe, block</li>", "shm, block</li>", "own-word</li>",
                                         "memcpy ceiling</li>"};
    (void)state;
    char name[FIGURE_WORDS_BYTES];
    add_panel();
    add_panel();
    figure_add_series(figure, FIGURE_JOINED, 0, "memcpy", "",
                      figure_name("memcpy", "", LANGUAGE_ENGLISH, name));
    figure_add_series(figure, FIGURE_JOINED, 0, "own-word", "",
                      figure_name("own-word", "", LANGUAGE_ENGLISH, name));
    for (size_t panel = 0; panel < 2; panel++) {
        figure_add_series(figure, FIGURE_JOINED, panel, "shm", "block",
                          figure_name("shm", "block", LANGUAGE_ENGLISH, name));
        figure_add_series(figure, FIGURE_JOINED, panel, "pipe", "block",
                          figure_name("pipe", "block", LANGUAGE_ENGLISH, name));
    }
    assert_int_equal(figure->entries_count, 4);
    char *text = draw();
    const char *at = text;
    for (size_t index = 0; index < sizeof wanted / sizeof *wanted; index++) {
        at = strstr(at, wanted[index]);
        assert_non_null(at);
    }
    free(text);
}

static void test_bounds(void **state)
{
    (void)state;
    add_panel();
    struct figure_series *series = figure_add_series(figure, FIGURE_JOINED, 0, "pipe", "", "pipe");
    for (size_t index = 0; index < FIGURE_MOST_POINTS; index++)
        assert_non_null(figure_add_point(figure, series));
    assert_int_equal(figure->error, 0);
    assert_null(figure_add_point(figure, series));
    assert_int_equal(figure->error, -E2BIG);
    figure->error = 0;
    for (size_t panel = 1; panel < FIGURE_MOST_PANELS; panel++)
        assert_non_null(figure_add_panel(figure));
    assert_null(figure_add_panel(figure));
    assert_int_equal(figure->error, -E2BIG);
    figure->error = 0;
    for (size_t entry = 1; entry < FIGURE_MOST_ENTRIES; entry++) {
        char name[FIGURE_WORDS_BYTES];
        snprintf(name, sizeof name, "%zu", entry);
        assert_non_null(figure_add_series(figure, FIGURE_JOINED, 0, "pipe", "", name));
    }
    assert_null(figure_add_series(figure, FIGURE_JOINED, 0, "pipe", "", "one more"));
    assert_int_equal(figure->error, -E2BIG);
}

static void test_texts(void **state)
{
    (void)state;
    struct figure_point point = {.text = "x: "};
    figure_say_estimate(&point, FIGURE_RATE, &(struct estimate){1048576.0, 524288.0, 2097152.0, 9});
    assert_string_equal(point.text,
                        "x: 1.00 MiB/s, 95 % interval 512 KiB/s to 2.00 MiB/s, 9 samples");
    point = (struct figure_point){.text = ""};
    figure_say_estimate(&point, FIGURE_FACTOR, &(struct estimate){2.0, NAN, NAN, 1});
    assert_string_equal(point.text, "2.00x, no interval, 1 sample");
    point = (struct figure_point){.text = ""};
    figure_say_value(&point, FIGURE_PERCENT, &(struct evidence_value){-53.6, -96.3, -32.3}, 11,
                     FIGURE_ROUNDS);
    assert_string_equal(point.text, "-53.6 %, 95 % interval -96.3 % to -32.3 %, 11 rounds");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_positions, begin, end),
        cmocka_unit_test_setup_teardown(test_intervals, begin, end),
        cmocka_unit_test_setup_teardown(test_bands, begin, end),
        cmocka_unit_test_setup_teardown(test_wild_numbers, begin, end),
        cmocka_unit_test(test_linear_axes),
        cmocka_unit_test_setup_teardown(test_legends, begin, end),
        cmocka_unit_test_setup_teardown(test_bounds, begin, end),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
