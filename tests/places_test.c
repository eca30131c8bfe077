/*
 * Rows of pairs of CPUs and of many pairs at once: read apart from all others, drawn as maps and
 * lines, and reported by kind of pair, from a bundle alone.
 */
#include "report/chart_data.h"
#include "report/report.h"
#include "results/bundle_places.h"

#include "evidence_fixture.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#define LATENCY "latency_p50_ns"

#define PAIRS_MANIFEST                                                                             \
    "{\"schema\":2,\"id\":\"made-up\",\"label\":null,\"argv\":[\"suite\"],\"seed\":1,"             \
    "\"rounds_done\":10,\"wall_s\":12.5,\"stopped_because\":\"rounds\",\"warnings\":[],"           \
    "\"plan\":{\"capacity_bytes\":65536,\"placements\":[],\"pairs\":{\"asked\":10,"                \
    "\"measured\":4,\"size_bytes\":64,\"kinds\":["                                                 \
    "{\"kind\":\"same\",\"pairs\":4,\"measured\":[[0,0]]},"                                        \
    "{\"kind\":\"cache\",\"pairs\":5,\"measured\":[[0,1],[2,3],[7,9],[-1,99999999999]]},"          \
    "{\"kind\":\"<b>far\",\"pairs\":1,\"measured\":[[0,12]]}]}},"                                  \
    "\"machine\":{\"cpu_model\":\"Made Up CPU\",\"kernel_release\":\"6.1.0\"}}"

/* Answers that can be read off: shm spins in 100 ns at best and 400 at worst. */
static void fill(const struct fixture *fixture)
{
    static const char *const latencies[][2] = {
        {"pair-0-0", "5000 nan nan"},
        {"pair-0-1", "100 90 110"},
        {"pair-2-3", "120 110 130"},
        {"pair-0-12", "400 390 410"},
    };
    char cell[96];
    fixture_row(fixture, "pipe throughput block own full cache", 65536, RATE, "1e9 9e8 1.1e9");
    fixture_row(fixture, "shm throughput block own full cache", 65536, RATE, "2e9 1.8e9 2.2e9");
    fixture_row(fixture, "shm latency spin own full cache", 64, LATENCY, "777 nan nan");
    for (size_t index = 0; index < sizeof latencies / sizeof *latencies; index++) {
        snprintf(cell, sizeof cell, "shm latency %s own full %s", index == 0 ? "block" : "spin",
                 latencies[index][0]);
        fixture_row(fixture, cell, 64, LATENCY, latencies[index][1]);
        fixture_row(fixture, cell, 64, "latency_mean_ns", "1 nan nan");
    }
    fixture_row(fixture, "ceiling bounce none none none pair-0-1", 8, LATENCY, "60 nan nan");
    fixture_row(fixture, "ceiling bounce none none none pair-0-12", 8, LATENCY, "240 nan nan");
    fixture_row(fixture, "pipe throughput block own full parallel-1", 65536, RATE, "1e9 9e8 1.1e9");
    fixture_row(fixture, "pipe throughput block own full parallel-2", 65536, RATE, "1.5e9 nan nan");
    fixture_row(fixture, "pipe throughput block own full parallel-16", 65536, RATE, "3e9 nan nan");
    fixture_row(fixture, "shm throughput block own full parallel-2", 65536, RATE, "4e9 nan nan");
}

static void begin(struct fixture *fixture)
{
    fixture_begin(fixture);
    fixture_write(fixture, "manifest.json", PAIRS_MANIFEST);
    fill(fixture);
}

static void read_bundle(const struct fixture *fixture, struct bundle_data *bundle)
{
    struct failure failure = {0};
    if (bundle_read(fixture->folder, bundle, &failure) < 0)
        fail_msg("%s", failure.text);
}

static void words_of_places_are_read(void **state)
{
    (void)state;
    static const char *const wrong[] = {"pair-",     "pair-1",     "pair-1-",   "pair--1-2",
                                        "pair-1-2-", "pair-a-b",   "pair-1-2x", "pair-1-9999999",
                                        "cache",     "parallel-2", ""};
    int writer = -7;
    int reader = -7;
    uint64_t pairs = 77;
    assert_true(bundle_read_pair("pair-3-255", &writer, &reader));
    assert_int_equal(writer, 3);
    assert_int_equal(reader, 255);
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        if (bundle_read_pair(wrong[index], &writer, &reader))
            fail_msg("'%s' was taken", wrong[index]);
    }
    assert_int_equal(writer, 3);
    assert_true(bundle_read_parallel("parallel-1024", &pairs));
    assert_int_equal(pairs, 1024);
    assert_false(bundle_read_parallel("parallel-0", &pairs));
    assert_false(bundle_read_parallel("parallel-", &pairs));
    assert_false(bundle_read_parallel("parallel-2-3", &pairs));
    assert_false(bundle_read_parallel("pair-1-2", &pairs));
    assert_int_equal(pairs, 1024);
}

static void places_stand_apart_when_a_bundle_is_read(void **state)
{
    (void)state;
    struct fixture fixture;
    struct bundle_data bundle;
    begin(&fixture);
    read_bundle(&fixture, &bundle);
    assert_int_equal(bundle.row_count, 3);
    assert_int_equal(bundle.place_row_count, 8 + 2 + 4);
    assert_int_equal(bundle.words[BUNDLE_PLACEMENT].count, 1);
    assert_string_equal(bundle.words[BUNDLE_PLACEMENT].words[0], "cache");
    assert_int_equal(chart_views_of(&bundle).count, 1);
    assert_true(bundle_has_pairs(&bundle));
    assert_true(bundle_has_parallel(&bundle));
    bundle_free(&bundle);
    fixture_end(&fixture);
}

/* More pairs than a column may have words, by far. */
static void many_pairs_flood_nothing(void **state)
{
    (void)state;
    enum { CPUS = 64 };
    struct fixture fixture;
    struct bundle_data bundle;
    struct bundle_places places;
    fixture_begin(&fixture);
    fixture_row(&fixture, "pipe latency block own full cache", 64, LATENCY, "5 nan nan");
    for (int writer = 0; writer < CPUS; writer++) {
        for (int reader = writer; reader < CPUS; reader++) {
            char cell[96];
            char value[32];
            snprintf(cell, sizeof cell, "pipe latency block own full pair-%d-%d", writer, reader);
            snprintf(value, sizeof value, "%d nan nan", 1 + writer * CPUS + reader);
            fixture_row(&fixture, cell, 64, LATENCY, value);
        }
    }
    read_bundle(&fixture, &bundle);
    assert_int_equal(bundle.row_count, 1);
    assert_int_equal(bundle_list_pairs(&bundle, "pipe", "block", &places), 0);
    assert_int_equal(places.count, CPUS * (CPUS + 1) / 2);
    /* Rows are sorted by text; the list is sorted by number. */
    assert_int_equal(places.list[2].reader, 2);
    const struct bundle_place *place = bundle_find_pair(&places, 10, 20);
    assert_non_null(place);
    assert_true(place->estimate->median == 1.0 + 10 * CPUS + 20);
    assert_null(bundle_find_pair(&places, 20, 10));
    free(places.list);
    bundle_free(&bundle);
    fixture_end(&fixture);
}

static void assert_refused(const struct fixture *fixture, const char *part)
{
    struct bundle_data bundle;
    struct failure failure = {0};
    assert_int_equal(bundle_read(fixture->folder, &bundle, &failure), -EINVAL);
    if (strstr(failure.text, part) == NULL)
        fail_msg("'%s' is not in '%s'", part, failure.text);
}

static void a_pair_that_stands_twice_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    fixture_row(&fixture, "shm latency spin own full pair-0-1", 64, LATENCY, "1 nan nan");
    assert_refused(&fixture, "stands twice");
    fixture_end(&fixture);
}

static void a_bundle_of_places_alone_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fixture_row(&fixture, "shm latency spin own full pair-0-1", 64, LATENCY, "1 nan nan");
    assert_refused(&fixture, "no rows but those of pairs");
    fixture_end(&fixture);
}

static void assert_contains(const char *text, const char *wanted)
{
    if (text == NULL || strstr(text, wanted) == NULL)
        fail_msg("'%s' is missing in:\n%s", wanted, text != NULL ? text : "(nothing)");
}

static char *chart_text(const struct fixture *fixture, enum chart chart, int expected)
{
    struct bundle_data bundle;
    struct evidence evidence = {.copies = NULL};
    char *text = NULL;
    size_t length = 0;
    read_bundle(fixture, &bundle);
    struct chart_views views = chart_views_of(&bundle);
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    assert_int_equal(
        chart_write(&bundle, &evidence, chart, &views.views[0], LANGUAGE_ENGLISH, stream),
        expected);
    fclose(stream);
    bundle_free(&bundle);
    return text;
}

static void a_map_has_both_sides_of_its_diagonal(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    char *text = chart_text(&fixture, CHART_PAIRS, 0);
    assert_contains(text, "title = 'Latency between two CPUs");
    assert_contains(text,
                    "finding = 'shm, block: 5.00 us (CPUs 0 and 0); shm, spin: 100 ns (CPUs 0 "
                    "and 1) to 400 ns (CPUs 0 and 12)'");
    /* Five CPUs were measured: 0, 1, 2, 3 and 12. */
    assert_contains(text, "maps = 3\ncpus = 5\nwith_values = 1\n");
    assert_contains(text, "cpu_ticks = \"('0' 1, '1' 2, '2' 3, '3' 4, '12' 5)\"");
    assert_contains(text, "map_name_1 = 'cache-line bounce'\nmap_range_1 = '60.0 ns to 240 ns'\n");
    assert_contains(text,
                    "map_name_2 = 'shm, block'\nmap_range_2 = '5.00 us'\nmap_unit_2 = 'us'\n");
    assert_contains(text, "$data << END_OF_DATA\n"
                          "2 1 60 60\n1 2 60 60\n5 1 240 240\n1 5 240 240\n\n\n"
                          "1 1 5000 5.0\n\n\n"
                          "2 1 100 100\n1 2 100 100\n5 1 400 400\n1 5 400 400\n"
                          "4 3 120 120\n3 4 120 120\nEND_OF_DATA\n");
    free(text);
    fixture_end(&fixture);
}

static void lines_of_scaling_know_what_one_pair_moves(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    char *text = chart_text(&fixture, CHART_SCALING, 0);
    assert_contains(text, "finding = '16 pairs of pipe (block) move 3.00x the bytes of one pair'");
    assert_contains(text, "line_roles = 'shm pipe '\nline_waits = 'block block '\n");
    assert_contains(text, "legend_roles = 'pipe shm '");
    /* Without one pair of shm nothing tells what many would move. */
    assert_contains(text, "$data << END_OF_DATA\n2 4e+09 NaN NaN NaN\n\n\n"
                          "1 1e+09 900000000 1.1e+09 1e+09\n2 1.5e+09 NaN NaN 2e+09\n"
                          "16 3e+09 NaN NaN 1.6e+10\nEND_OF_DATA\n");
    free(text);
    fixture_end(&fixture);
}

static void a_bundle_without_places_has_neither_chart_nor_section(void **state)
{
    (void)state;
    struct fixture fixture;
    struct bundle_data bundle;
    struct evidence evidence = {.copies = NULL};
    char *text = NULL;
    size_t length = 0;
    fixture_begin(&fixture);
    fixture_row(&fixture, "pipe latency block own full cache", 64, LATENCY, "5 nan nan");
    free(chart_text(&fixture, CHART_PAIRS, -ENODATA));
    free(chart_text(&fixture, CHART_SCALING, -ENODATA));
    read_bundle(&fixture, &bundle);
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    assert_int_equal(report_write_markdown(&bundle, &evidence, LANGUAGE_ENGLISH, stream), 0);
    fclose(stream);
    assert_null(strstr(text, "Latency between CPUs"));
    assert_null(strstr(text, "Many pairs"));
    assert_null(strstr(text, "`pairs`"));
    free(text);
    bundle_free(&bundle);
    fixture_end(&fixture);
}

static void the_report_names_fastest_and_slowest_of_each_kind(void **state)
{
    (void)state;
    struct fixture fixture;
    struct bundle_data bundle;
    struct evidence evidence = {.copies = NULL};
    char *text = NULL;
    size_t length = 0;
    begin(&fixture);
    read_bundle(&fixture, &bundle);
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    assert_int_equal(report_write_markdown(&bundle, &evidence, LANGUAGE_ENGLISH, stream), 0);
    fclose(stream);
    assert_contains(text,
                    "| cache | 2 of 5 | shm spin | 100 ns (CPUs 0, 1) | 120 ns (CPUs 2, 3) |");
    assert_contains(text,
                    "| same | 1 of 4 | shm block | 5.00 us (CPUs 0, 0) | 5.00 us (CPUs 0, 0) |");
    assert_contains(text, "| cache | 1 of 5 | bounce | 60.0 ns (CPUs 0, 1) |");
    /* A kind is text of a stranger's manifest. */
    assert_null(strstr(text, "<b>"));
    assert_contains(text, "far | 1 of 1 | shm spin | 400 ns (CPUs 0, 12) | 400 ns (CPUs 0, 12) |");
    assert_contains(text, "| pairs | 1 | 2 | 16 |\n|---|---:|---:|---:|\n");
    assert_contains(text, "| pipe block | 954 MiB/s | 1.40 GiB/s (1.50x) | 2.79 GiB/s (3.00x) |");
    assert_contains(text, "| shm block | - | 3.73 GiB/s | - |");
    /* No table of medians knows of them. */
    assert_null(strstr(text, "placement pair-"));
    assert_null(strstr(text, "placement parallel-"));
    free(text);
    bundle_free(&bundle);
    fixture_end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_places_are_read),
        cmocka_unit_test(places_stand_apart_when_a_bundle_is_read),
        cmocka_unit_test(many_pairs_flood_nothing),
        cmocka_unit_test(a_pair_that_stands_twice_is_refused),
        cmocka_unit_test(a_bundle_of_places_alone_is_refused),
        cmocka_unit_test(a_map_has_both_sides_of_its_diagonal),
        cmocka_unit_test(lines_of_scaling_know_what_one_pair_moves),
        cmocka_unit_test(a_bundle_without_places_has_neither_chart_nor_section),
        cmocka_unit_test(the_report_names_fastest_and_slowest_of_each_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
