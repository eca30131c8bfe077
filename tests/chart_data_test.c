/* The gnuplot input of charts: ticks at round values, every line where it belongs, and no text of a
 * bundle that could become a command. */
#include "report/chart_axis.h"
#include "report/chart_data.h"

#include "bundle_fixture.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

static char *print_axis(enum chart_axis_unit unit, double least, double most, char *text,
                        size_t text_bytes)
{
    struct chart_axis axis = chart_axis_ticks(unit, least, most);
    FILE *stream = fmemopen(text, text_bytes, "w");
    assert_non_null(stream);
    chart_axis_print(&axis, unit, true, stream);
    fclose(stream);
    return text;
}

static void test_axis_of_sizes(void **state)
{
    (void)state;
    char text[512];
    assert_string_equal(print_axis(CHART_AXIS_BYTES, 64, 1024, text, sizeof text),
                        "('64 B' 64, '128 B' 128, '256 B' 256, '512 B' 512, '1 KiB' 1024)");
    assert_string_equal(print_axis(CHART_AXIS_BYTES, 64, 16777216, text, sizeof text),
                        "('64 B' 64, '1 KiB' 1024, '16 KiB' 16384, '256 KiB' 262144, '4 MiB' "
                        "4194304)");
    assert_string_equal(print_axis(CHART_AXIS_BYTES, 100, 120, text, sizeof text), "()");
}

static void test_axis_of_times_and_rates(void **state)
{
    (void)state;
    char text[512];
    assert_string_equal(print_axis(CHART_AXIS_NANOSECONDS, 90, 2100, text, sizeof text),
                        "('100 ns' 100, '200 ns' 200, '500 ns' 500, '1 us' 1000, '2 us' 2000)");
    assert_string_equal(print_axis(CHART_AXIS_NANOSECONDS, 8, 1.5e9, text, sizeof text),
                        "('10 ns' 10, '100 ns' 100, '1 us' 1000, '10 us' 10000, '100 us' 100000, "
                        "'1 ms' 1000000, '10 ms' 10000000, '100 ms' 100000000, '1 s' 1000000000)");
    assert_string_equal(
        print_axis(CHART_AXIS_RATE, 0.9 * 1048576 * 100, 2.5 * 1073741824, text, sizeof text),
        "('100 MiB/s' 104857600, '200 MiB/s' 209715200, '500 MiB/s' 524288000, "
        "'1 GiB/s' 1073741824, '2 GiB/s' 2147483648)");
    assert_string_equal(print_axis(CHART_AXIS_FACTOR, 0.4, 9, text, sizeof text),
                        "('0.5' 0.5, '1' 1, '2' 2, '4' 4, '8' 8)");
}

/* However wide the range: never more ticks than the array holds. */
static void test_axis_is_bounded(void **state)
{
    (void)state;
    for (int unit = CHART_AXIS_BYTES; unit <= CHART_AXIS_FACTOR; unit++) {
        for (int power = 0; power < 60; power++) {
            struct chart_axis axis =
                chart_axis_ticks((enum chart_axis_unit)unit, 0.3, ldexp(1.3, power));
            assert_true(axis.count <= CHART_AXIS_MOST_TICKS);
            for (size_t index = 1; index < axis.count; index++)
                assert_true(axis.ticks[index] > axis.ticks[index - 1]);
        }
    }
}

/* Two sizes of pipe and shm in own and block, with a ceiling. */
static void fill(const struct fixture *fixture)
{
    static const char *const metric = "throughput_bytes_per_s";
    fixture_row(fixture, "pipe throughput block own full cache", 65536, metric, "1e9 9e8 1.1e9");
    fixture_row(fixture, "pipe throughput block own full cache", 64, metric, "1e8 9e7 1.1e8");
    fixture_row(fixture, "shm throughput block own full cache", 64, metric, "2e8 nan nan");
    fixture_row(fixture, "shm throughput block own full cache", 65536, metric, "2e9 1.8e9 2.2e9");
    fixture_row(fixture, "shm throughput block own full cache", 65536, "ratio_to_pipe",
                "2 1.9 2.1");
    fixture_row(fixture, "ceiling memcpy none none none cache", 65536, metric, "5e9 4e9 6e9");
    fixture_row(fixture, "ceiling bounce none none none cache", 8, "latency_p50_ns", "60 55 65");
}

static char *chart_text(const struct fixture *fixture, enum chart chart, size_t view_index,
                        int expected)
{
    struct bundle_data bundle;
    struct evidence evidence;
    struct failure failure = {0};
    char *text = NULL;
    size_t length = 0;
    if (bundle_read(fixture->folder, &bundle, &failure) < 0 ||
        evidence_read(fixture->folder, &evidence, &failure) < 0)
        fail_msg("%s", failure.text);
    struct chart_views views = chart_views_of(&bundle);
    assert_true(view_index < views.count);
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    const struct chart_view *view = &views.views[view_index];
    assert_int_equal(chart_write(&bundle, &evidence, chart, view, stream), expected);
    assert_int_equal(chart_has_data(&bundle, &evidence, chart, view), expected == 0);
    fclose(stream);
    evidence_free(&evidence);
    bundle_free(&bundle);
    return text;
}

static void assert_contains(const char *text, const char *wanted)
{
    if (text == NULL || strstr(text, wanted) == NULL)
        fail_msg("'%s' is missing in:\n%s", wanted, text != NULL ? text : "(nothing)");
}

static void test_series_and_points(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    char *text = chart_text(&fixture, CHART_THROUGHPUT, 0, 0);
    assert_contains(text, "rows = 1\ncolumns = 1\n");
    /* The pipe is drawn after shm, so over it; the ceiling last. */
    assert_contains(text, "series_roles = 'shm pipe memcpy '");
    assert_contains(text, "legend_roles = 'pipe shm memcpy '");
    assert_contains(text, "legend_waits = 'block '");
    assert_contains(text, "64 200000000 NaN NaN\n65536 2e+09 1.8e+09 2.2e+09\n\n\n"
                          "64 100000000 90000000 110000000\n65536 1e+09 900000000 1.1e+09\n\n\n"
                          "65536 5e+09 4e+09 6e+09\nEND_OF_DATA\n");
    assert_contains(text, "mark_bytes_1 = 65536\nmark_text_1 = 'capacity'\n");
    assert_contains(text, "placement cache: CPUs 2 and 3; 10 rounds");
    assert_contains(text, "finding = 'At 64 KiB shm moves 2.00x [1.90, 2.10] the bytes/s of the "
                          "pipe (own, block)'");
    free(text);
    fixture_end(&fixture);
}

static void test_chart_without_data(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    /* The bounce alone is no latency chart: it is what latencies are compared with. */
    char *text = chart_text(&fixture, CHART_LATENCY, 0, -ENODATA);
    assert_string_equal(text, "");
    free(text);
    fixture_end(&fixture);
}

static void test_bounce_spans_the_chart(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    fixture_row(&fixture, "pipe latency spin own full cache", 64, "latency_p50_ns", "500 450 550");
    fixture_row(&fixture, "pipe latency spin own full cache", 1024, "latency_p50_ns",
                "nan nan nan");
    fixture_row(&fixture, "pipe latency spin own full cache", 256, "latency_p50_ns", "600 550 650");
    char *text = chart_text(&fixture, CHART_LATENCY, 0, 0);
    assert_contains(text, "$data << END_OF_DATA\n64 500 450 550\n256 600 550 650\n\n\n"
                          "32 60 55 65\n512 60 55 65\nEND_OF_DATA\n");
    free(text);
    fixture_end(&fixture);
}

static void test_views(void **state)
{
    (void)state;
    static const char *const waits[] = {"semop", "spin", "hybrid", "block"};
    struct fixture fixture;
    struct bundle_data bundle;
    struct failure failure = {0};
    fixture_begin(&fixture);
    for (size_t index = 0; index < 4; index++) {
        char cell[64];
        snprintf(cell, sizeof cell, "shm latency %s own full same", waits[index]);
        fixture_row(&fixture, cell, 64, "latency_p50_ns", "500 450 550");
        snprintf(cell, sizeof cell, "shm latency %s own full cache", waits[index]);
        fixture_row(&fixture, cell, 64, "latency_p50_ns", "500 450 550");
    }
    assert_int_equal(bundle_read(fixture.folder, &bundle, &failure), 0);
    struct chart_views views = chart_views_of(&bundle);
    assert_int_equal(views.count, 4);
    assert_string_equal(views.views[0].suffix, "");
    assert_string_equal(views.views[0].placement, "cache");
    assert_string_equal(views.views[0].waits[0], "block");
    assert_string_equal(views.views[0].waits[1], "spin");
    assert_string_equal(views.views[1].suffix, "-hybrid-semop");
    assert_string_equal(views.views[2].suffix, "-same");
    assert_string_equal(views.views[3].suffix, "-same-hybrid-semop");
    bundle_free(&bundle);
    fixture_end(&fixture);
}

static void test_hostile_machine_name(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    fixture_write(&fixture, "manifest.json",
                  "{\"schema\":1,\"machine\":{\"cpu_model\":"
                  "\"x'; system('id'); y=\\\"`id`\\\\\\n$z\",\"kernel_release\":\"6\"}}");
    char *text = chart_text(&fixture, CHART_THROUGHPUT, 0, 0);
    assert_contains(text, "machine = 'x ; system( id ); y=  id   $z, Linux 6; placement cache'\n");
    free(text);
    fixture_end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axis_of_sizes),
        cmocka_unit_test(test_axis_of_times_and_rates),
        cmocka_unit_test(test_axis_is_bounded),
        cmocka_unit_test(test_series_and_points),
        cmocka_unit_test(test_chart_without_data),
        cmocka_unit_test(test_bounce_spans_the_chart),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_hostile_machine_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
