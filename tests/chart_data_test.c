/* The gnuplot input of charts: ticks at round values, every line where it belongs, and no text of a
 * bundle that could become a command. */
#include "document/chart_axis.h"
#include "report/chart_data.h"

#include "evidence_fixture.h"

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
    assert_int_equal(chart_write(&bundle, &evidence, chart, view, LANGUAGE_ENGLISH, stream),
                     expected);
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

static void assert_lacks(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted) != NULL)
        fail_msg("'%s' is in:\n%s", unwanted, text);
}

/* The chart of a bundle with evidence holds the text. */
static void assert_drawn(const struct fixture *fixture, enum chart chart, const char *wanted)
{
    char *text = chart_text(fixture, chart, 0, 0);
    assert_contains(text, wanted);
    free(text);
}

static void test_copies_against_time(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    char *text = chart_text(&fixture, CHART_COPIES, 0, 0);
    assert_contains(text, "title = '64 KiB, block: one copy costs 10.0 ns/KiB; the pipe with 4 "
                          "copies lies 40.0 ns/KiB above that line'\n");
    assert_contains(text, "finding = 'Pipe, file to file, above the line: block 40.0 [24.0, 56.0] "
                          "ns/KiB'\n");
    assert_contains(
        text, "columns = 1\npanel_wait_1 = 'block'\npanel_first_1 = 1\n"
              "panel_last_1 = 3\npipe_copies_1 = 4\npipe_wall_1 = 100\npipe_above_1 = '+40.0'\n"
              "hot_slope_1 = 10\nhot_intercept_1 = 20\n"
              "hot_text_1 = 'hot: 10.0 [9.00, 11.0] ns/KiB per copy'\n"
              "hot_more_1 = 'without copies 20.0 [18.0, 22.0] ns/KiB; R^2 0.98'\n"
              "cold_slope_1 = 25\n");
    assert_contains(text, "legend_roles = 'pipe shm '\nx_most = 4\ny_most = 110\n");
    /* The pipe's inplace is its own under another name: no second point at 2 copies. Of two series
     * one stands 0.03 to the left, one to the right, and the control on its line. */
    assert_contains(text, "series_roles = 'pipe shm control '\nseries_modes = 'own inplace inplace "
                          "'\n$data << END_OF_DATA\n"
                          " 1.97 64 NaN NaN 3\n 2.97 80 NaN NaN 2\n 3.97 100 90 110 1\n\n\n"
                          " 0.03 20 NaN NaN 3\n 1.03 40 32 50 2\n\n\n"
                          " 0 20 NaN NaN 4\n 1 32 NaN NaN 4\nEND_OF_DATA\n");
    free(text);
    fixture_end(&fixture);
}

static void test_copies_title_follows_the_data(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    fixture_write_table(&fixture, "price.tsv", FIXTURE_PRICE_HEADER,
                        "block hot cache 65536 wall 12 11 13 20 18 22 0.98 5 10\n");
    assert_drawn(&fixture, CHART_COPIES,
                 "title = '64 KiB, block: one copy costs 12.0 ns/KiB; the pipe with 4 copies lies "
                 "32.0 ns/KiB above that line'\n");
    assert_drawn(&fixture, CHART_COPIES,
                 "cold_slope_1 = NaN\ncold_intercept_1 = NaN\n"
                 "cold_text_1 = ''\ncold_more_1 = ''\n");
    /* Without a price there is no line, but there are points. */
    fixture_write_table(&fixture, "price.tsv", FIXTURE_PRICE_HEADER, "");
    assert_drawn(&fixture, CHART_COPIES,
                 "title = '64 KiB, block: the pipe with 4 copies takes 100 [90.0, 110] ns/KiB'\n");
    assert_drawn(&fixture, CHART_COPIES, "hot_slope_1 = NaN\n");
    assert_drawn(&fixture, CHART_COPIES, "finding = ''\n");
    fixture_end(&fixture);
}

static void test_copies_of_two_waits(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    fixture_row(&fixture, "pipe relay spin own full cache file file 0 none", 65536, RATE,
                "2.048e10 nan nan");
    char *text = chart_text(&fixture, CHART_COPIES, 0, 0);
    assert_contains(text, "columns = 2\n");
    assert_contains(text,
                    "panel_wait_2 = 'spin'\npanel_first_2 = 4\npanel_last_2 = 4\n"
                    "pipe_copies_2 = 4\npipe_wall_2 = 50\npipe_above_2 = '-'\nhot_slope_2 = NaN\n");
    free(text);
    /* A size nearer to 64 KiB of another path does not draw the pipe away from its own. */
    fixture_write(&fixture, "summary.tsv", FIXTURE_PATHS_HEADER);
    fixture_row(&fixture, "pipe relay block own full cache file file 0 none", 4096, RATE,
                "1.024e10 nan nan");
    fixture_row(&fixture, "shm throughput block inplace full cache memory use 0 none", 65536, RATE,
                "1.024e10 nan nan");
    assert_drawn(&fixture, CHART_COPIES, "title = '4 KiB, block: the pipe with 4 copies takes");
    fixture_end(&fixture);
}

static void test_charts_of_evidence_need_it(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    fixture_write_table(&fixture, "copies.tsv", FIXTURE_COPIES_HEADER, "");
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER, "");
    free(chart_text(&fixture, CHART_COPIES, 0, -ENODATA));
    free(chart_text(&fixture, CHART_GAP, 0, -ENODATA));
    /* Ends alone are not taken apart. */
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER,
                        "cache 65536 from 100 95 105 nan nan nan nan nan 0 10\n"
                        "cache 65536 to 30 28 32 nan nan nan nan nan 0 10\n");
    free(chart_text(&fixture, CHART_GAP, 0, -ENODATA));
    fixture_end(&fixture);
}

/* Counts, prices and gaps are those of the run's own touch, and stand once per placement. */
static void test_charts_of_evidence_stand_once(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    fixture_row(&fixture, "pipe relay block own edges cache file file 0 none", 65536, RATE,
                "1.024e10 nan nan");
    free(chart_text(&fixture, CHART_COPIES, 0, 0));
    free(chart_text(&fixture, CHART_GAP, 0, 0));
    free(chart_text(&fixture, CHART_COPIES, 1, -ENODATA));
    free(chart_text(&fixture, CHART_GAP, 1, -ENODATA));
    fixture_end(&fixture);
}

static void test_gap_taken_apart(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    char *text = chart_text(&fixture, CHART_GAP, 0, 0);
    assert_contains(text, "title = 'At 64 KiB copies explain 40 % [35, 45] of the gap between pipe "
                          "and shared memory'\n");
    assert_contains(text, "finding = 'mechanism 50 % [45, 55], waiting 10 % [5, 15]; over 2 sizes "
                          "with a resolved gap copies explain -25 % (4 KiB) to 40 % (64 KiB)'\n");
    assert_contains(text, "share_ticks = \"('4 KiB' 1, '64 KiB' 2, '1 MiB' 3)\"\n");
    assert_contains(text, "share_texts = '-25% 40% - '\n");
    /* Copies below 0 hang below; the others stand on each other from 0. */
    assert_contains(text, "$shares << END_OF_DATA\n1 0 -25 1\n1 0 75 2\n1 75 125 3\n"
                          "2 0 40 1\n2 40 90 2\n2 90 100 3\nEND_OF_DATA\n");
    assert_contains(text, "$sizes << END_OF_DATA\n1 -25 -30 -20 100 1\n2 40 35 45 100 1\n"
                          "3 NaN NaN NaN NaN 0\nEND_OF_DATA\n");
    assert_contains(text, "sizes = 3\nshare_least = -30\nshare_most = 125\n");
    /* 100 - 35 - 28 - 7 = 30; ends 100 - [30, 45], 65 - [20, 33], 37 - [-2, 12]. */
    assert_contains(text, "$fall << END_OF_DATA\n1 0 100 4 NaN NaN\n2 100 65 2 55 70\n"
                          "3 65 37 1 32 45\n4 37 30 3 25 39\n5 0 30 5 NaN NaN\nEND_OF_DATA\n");
    assert_contains(text, "fall_text_1 = '100'\nfall_text_2 = '-35.0'\nfall_text_3 = '-28.0'\n"
                          "fall_text_4 = '-7.00'\nfall_text_5 = '30.0'\n");
    assert_contains(text, "fall_size = '64 KiB'\nfall_orders = 15\nfall_least = 0\n"
                          "fall_most = 100\n");
    free(text);
    fixture_end(&fixture);
}

static void test_gap_that_grows_on_the_way(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    /* Only 4 KiB: its copies make shared memory slower. */
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER, FIXTURE_GAP_OTHERS);
    char *text = chart_text(&fixture, CHART_GAP, 0, 0);
    assert_contains(text, "title = 'At 4 KiB copies explain -25 % [-30, -20] of the gap");
    assert_contains(text, "$fall << END_OF_DATA\n1 0 80 4 NaN NaN\n2 80 50 2 45 55\n"
                          "3 50 60 1 45 70\n4 60 40 3 35 45\n5 0 40 5 NaN NaN\nEND_OF_DATA\n");
    assert_contains(text, "fall_text_3 = '+10.0'\n");
    free(text);
    fixture_end(&fixture);
}

/* An interval without end must not press the shares to nothing. */
static void test_wide_shares_are_cut(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER,
                        "cache 65536 from 100 95 105 nan nan nan nan nan 15 10\n"
                        "cache 65536 mechanism 35 33 37 30 45 0.5 -90 90 15 10\n"
                        "cache 65536 copies 28 26 30 20 33 0.4 -90 90 15 10\n"
                        "cache 65536 waiting 7 5 9 -2 12 0.1 -90 90 15 10\n"
                        "cache 65536 gap 70 1 74 nan nan 1 1 1 15 10\n"
                        "cache 65536 to 30 28 32 nan nan nan nan nan 15 10\n");
    assert_drawn(&fixture, CHART_GAP, "share_least = -150\nshare_most = 250\n");
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER,
                        "cache 65536 from 100 nan nan nan nan nan nan nan 15 3\n"
                        "cache 65536 mechanism 35 nan nan 30 45 0.5 nan nan 15 3\n"
                        "cache 65536 copies 28 nan nan 20 33 0.4 nan nan 15 3\n"
                        "cache 65536 waiting 7 nan nan -2 12 0.1 nan nan 15 3\n"
                        "cache 65536 gap 70 nan nan nan nan 1 nan nan 15 3\n"
                        "cache 65536 to 30 nan nan nan nan nan nan nan 15 3\n");
    assert_drawn(&fixture, CHART_GAP, "share_least = 0\nshare_most = 100\n");
    assert_drawn(&fixture, CHART_GAP, "copies explain 40 % [no interval] of the gap");
    fixture_end(&fixture);
}

/* Whatever a bundle holds: nothing that ends a string of gnuplot or runs a command. */
static void test_hostile_evidence(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin_cause(&fixture);
    fixture_write(&fixture, "manifest.json",
                  "{\"schema\":2,\"machine\":{\"cpu_model\":\"x'; system('id'); `id`\","
                  "\"kernel_release\":\"6\"}}");
    fixture_write_table(&fixture, "copies.tsv", FIXTURE_COPIES_HEADER,
                        FIXTURE_PIPE_FILE_TO_FILE
                        "shm file use inplace kernel none none none 1 1 1 0 0 0 1 1 copied shared "
                        "shared none yes '__`id`__\n");
    static const enum chart charts[] = {CHART_COPIES, CHART_GAP};
    for (size_t index = 0; index < 2; index++) {
        char *text = chart_text(&fixture, charts[index], 0, 0);
        assert_contains(text, "machine = 'x ; system( id );  id , Linux 6; placement cache'\n");
        assert_lacks(text, "`");
        free(text);
    }
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
        cmocka_unit_test(test_copies_against_time),
        cmocka_unit_test(test_copies_title_follows_the_data),
        cmocka_unit_test(test_copies_of_two_waits),
        cmocka_unit_test(test_charts_of_evidence_need_it),
        cmocka_unit_test(test_charts_of_evidence_stand_once),
        cmocka_unit_test(test_gap_taken_apart),
        cmocka_unit_test(test_gap_that_grows_on_the_way),
        cmocka_unit_test(test_wide_shares_are_cut),
        cmocka_unit_test(test_hostile_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
