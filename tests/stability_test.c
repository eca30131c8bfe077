/* From raw rows to stability.tsv: outliers, drifts and warm-up that were put into the rows, and
 * rows without any. */
#include "results/stability.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "raw_bundle.h"

/* The columns that raw rows must have, and the two that older ones lack. */
#define COLUMNS                                                                                    \
    "round\torder\tmechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmessages\t"        \
    "checksum_ok\tmessages_per_s\tthroughput_bytes_per_s\tlatency_mean_ns\tlatency_p50_ns\t"       \
    "cpu_ns_per_kib"

static struct raw_bundle bundle;
static struct failure failure;
static uint64_t next_order;

static int start(void **state)
{
    (void)state;
    failure = (struct failure){0};
    next_order = 0;
    if (raw_bundle_make(&bundle) < 0)
        return -1;
    /* Rows of our own: the extra columns are those of later samples. */
    rewind(bundle.samples);
    if (ftruncate(fileno(bundle.samples), 0) < 0)
        return -1;
    fputs(COLUMNS "\tfirst_ns_per_message\tlast_ns_per_message\n", bundle.samples);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return raw_bundle_remove(&bundle);
}

static void add_with(uint64_t round, uint64_t size, double throughput, double first, double last,
                     const char *checksum)
{
    fprintf(bundle.samples,
            "%" PRIu64 "\t%" PRIu64 "\tshm\tthroughput\tblock\town\tfull\tcache\t%" PRIu64
            "\t1000\t%s\tnan\t%.9g\tnan\tnan\tnan\t",
            round, ++next_order, size, checksum, throughput);
    if (isnan(first))
        fputs("nan\tnan\n", bundle.samples);
    else
        fprintf(bundle.samples, "%.9g\t%.9g\n", first, last);
}

static void add(uint64_t round, uint64_t size, double throughput)
{
    add_with(round, size, throughput, NAN, NAN, "1");
}

/* The rows through the file: what is written is read again. */
static struct stability_row *rows_of(size_t *count)
{
    struct stability_row *rows;
    raw_bundle_close(&bundle);
    if (stability_write(bundle.folder, 1, &failure) < 0)
        fail_msg("%s", failure.text);
    if (stability_read(bundle.folder, &rows, count, &failure) < 0)
        fail_msg("%s", failure.text);
    return rows;
}

static struct stability_row only_row(void)
{
    size_t count;
    struct stability_row *rows = rows_of(&count);
    assert_int_equal(count, 1);
    struct stability_row row = rows[0];
    free(rows);
    return row;
}

/* In rounds 1 to 7 close together, in round 5 a fifth of that. */
static void an_outlier_is_named_by_its_round(void **state)
{
    (void)state;
    const double values[] = {100, 103, 98, 101, 20, 102, 99};
    for (uint64_t round = 1; round <= 7; round++)
        add(round, 64, values[round - 1]);
    struct stability_row row = only_row();
    assert_string_equal(row.cell.mechanism, "shm");
    assert_int_equal(row.cell.size_bytes, 64);
    assert_string_equal(row.metric, "throughput_bytes_per_s");
    assert_int_equal(row.rounds, 7);
    assert_int_equal(row.outliers, 1);
    assert_string_equal(row.outlier_rounds, "5");
    assert_int_equal(row.state, STABILITY_STEADY);
    assert_true(isnan(row.last_over_first.median));
}

/* Always rising over eight rounds: p = 2 / 8! = 0.0000496. Alone, that is a drift. */
static void a_drift_is_seen_whatever_the_order_of_rows(void **state)
{
    (void)state;
    for (uint64_t round = 8; round >= 1; round--)
        add(round, 64, 100.0 + (double)round);
    struct stability_row row = only_row();
    assert_number("tau", row.tau, 1.0);
    assert_true(fabs(row.trend_p - 2.0 / 40320.0) < 1e-9);
    assert_true(fabs(row.trend_q - 2.0 / 40320.0) < 1e-9);
    assert_int_equal(row.state, STABILITY_DRIFTS);
}

/* Six rounds that rise have p = 2 / 720. Among twenty cells, of which the others go up and down,
 * one such is 20 * 2 / 720 = 0.0556 and no drift; among ten it is 0.0278 and one. */
static void many_cells_ask_for_more(void **state)
{
    (void)state;
    static const double wavy[] = {3, 1, 5, 2, 6, 4}; /* S = 5, far from the end of it */
    size_t count;
    for (uint64_t cell = 1; cell <= 20; cell++) {
        for (uint64_t round = 1; round <= 6; round++)
            add(round, cell, cell == 1 ? 100.0 + (double)round : wavy[round - 1]);
    }
    struct stability_row *rows = rows_of(&count);
    assert_int_equal(count, 20);
    assert_true(fabs(rows[0].trend_q - 20.0 * 2.0 / 720.0) < 1e-9);
    for (size_t index = 0; index < count; index++)
        assert_int_equal(rows[index].state, STABILITY_STEADY);
    free(rows);
}

static void fewer_cells_show_it(void **state)
{
    (void)state;
    static const double wavy[] = {3, 1, 5, 2, 6, 4};
    size_t count;
    for (uint64_t cell = 1; cell <= 10; cell++) {
        for (uint64_t round = 1; round <= 6; round++)
            add(round, cell, cell == 1 ? 100.0 + (double)round : wavy[round - 1]);
    }
    struct stability_row *rows = rows_of(&count);
    assert_int_equal(rows[0].state, STABILITY_DRIFTS);
    assert_int_equal(rows[1].state, STABILITY_STEADY);
    free(rows);
}

/* The last batch takes 0.8 of the first one's time in every round. */
static void samples_that_get_faster_are_warming(void **state)
{
    (void)state;
    const double values[] = {100, 103, 98, 101, 102, 99};
    for (uint64_t round = 1; round <= 6; round++)
        add_with(round, 64, values[round - 1], 1000.0, 800.0, "1");
    struct stability_row row = only_row();
    assert_number("last / first", row.last_over_first.median, 0.8);
    assert_number("lower bound", row.last_over_first.ci95_lo, 0.8);
    assert_int_equal(row.state, STABILITY_WARMING);
}

/* The same in half of the rounds only: the interval reaches into what is steady. */
static void some_fast_ends_are_not_enough(void **state)
{
    (void)state;
    const double values[] = {100, 103, 98, 101, 102, 99};
    for (uint64_t round = 1; round <= 6; round++)
        add_with(round, 64, values[round - 1], 1000.0, round % 2 == 0 ? 800.0 : 1000.0, "1");
    assert_int_equal(only_row().state, STABILITY_STEADY);
}

/* Between the bounds by a hair, and beyond them the other way. */
static void the_bounds_of_steady(void **state)
{
    (void)state;
    size_t count;
    for (uint64_t round = 1; round <= 6; round++) {
        double value = round % 2 == 0 ? 100.0 : 101.0;
        add_with(round, 1, value, 1000.0, 900.1, "1");
        add_with(round, 2, value, 1000.0, 1099.9, "1");
        add_with(round, 3, value, 1000.0, 1100.1, "1");
    }
    struct stability_row *rows = rows_of(&count);
    assert_int_equal(count, 3);
    assert_int_equal(rows[0].state, STABILITY_STEADY);
    assert_int_equal(rows[1].state, STABILITY_STEADY);
    assert_int_equal(rows[2].state, STABILITY_WARMING);
    free(rows);
}

static void five_rounds_say_nothing(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 5; round++)
        add_with(round, 64, 100.0 * (double)round, 1000.0, 500.0, "1");
    struct stability_row row = only_row();
    assert_int_equal(row.state, STABILITY_UNKNOWN);
    assert_true(isnan(row.tau) && isnan(row.trend_p) && isnan(row.trend_q));
    assert_int_equal(row.outliers, 0);
}

/* A sample with wrong bytes is no round. */
static void wrong_bytes_do_not_count(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 6; round++)
        add_with(round, 64, round % 2 == 0 ? 100.0 : 101.0, NAN, NAN, "1");
    add_with(7, 64, 1.0, NAN, NAN, "0");
    struct stability_row row = only_row();
    assert_int_equal(row.rounds, 6);
    assert_int_equal(row.outliers, 0);
}

static void older_rows_lack_the_columns(void **state)
{
    (void)state;
    rewind(bundle.samples);
    assert_int_equal(ftruncate(fileno(bundle.samples), 0), 0);
    fputs(COLUMNS
          "\n"
          "1\t1\tpipe\tlatency\tblock\town\tfull\tcache\t64\t10\t1\tnan\tnan\tnan\t5\tnan\n",
          bundle.samples);
    struct stability_row row = only_row();
    assert_string_equal(row.metric, "latency_p50_ns");
    assert_int_equal(row.rounds, 1);
}

static void a_damaged_batch_is_refused(void **state)
{
    (void)state;
    fputs("1\t1\tpipe\tlatency\tblock\town\tfull\tcache\t64\t10\t1\tnan\tnan\tnan\t5\tnan\tx\t2\n",
          bundle.samples);
    raw_bundle_close(&bundle);
    assert_int_equal(stability_write(bundle.folder, 1, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "row 2, first_ns_per_message: 'x'"));
    assert_int_equal(access(raw_bundle_path(&bundle, STABILITY_FILE), F_OK), -1);
}

static void damaged_tables_are_refused(void **state)
{
    (void)state;
    struct stability_row *rows;
    size_t count;
    for (uint64_t round = 1; round <= 6; round++)
        add(round, 64, 100.0 + (double)(round % 3));
    free(rows_of(&count));
    char *text = raw_bundle_text(&bundle, STABILITY_FILE);
    char *state_word = strstr(text, "steady");
    assert_non_null(state_word);
    memcpy(state_word, "stormy", 6);
    FILE *stream = fopen(raw_bundle_path(&bundle, STABILITY_FILE), "we");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    assert_int_equal(stability_read(bundle.folder, &rows, &count, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "row 2, state: 'stormy'"));
    assert_int_equal(unlink(raw_bundle_path(&bundle, STABILITY_FILE)), 0);
    assert_int_equal(stability_read(bundle.folder, &rows, &count, &failure), 0);
    assert_int_equal(count, 0);
}

#define STABILITY_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STABILITY_TEST(an_outlier_is_named_by_its_round),
        STABILITY_TEST(a_drift_is_seen_whatever_the_order_of_rows),
        STABILITY_TEST(many_cells_ask_for_more),
        STABILITY_TEST(fewer_cells_show_it),
        STABILITY_TEST(samples_that_get_faster_are_warming),
        STABILITY_TEST(some_fast_ends_are_not_enough),
        STABILITY_TEST(the_bounds_of_steady),
        STABILITY_TEST(five_rounds_say_nothing),
        STABILITY_TEST(wrong_bytes_do_not_count),
        STABILITY_TEST(older_rows_lack_the_columns),
        STABILITY_TEST(a_damaged_batch_is_refused),
        STABILITY_TEST(damaged_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
