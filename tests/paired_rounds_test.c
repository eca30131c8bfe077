/* Figures of cells that were measured in the same rounds. */
#include "results/paired_rounds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_SAMPLES = 1000 };

static struct raw_sample samples[MOST_SAMPLES];
static struct raw_samples raw;
static struct paired_rounds paired;

static int start(void **state)
{
    (void)state;
    raw = (struct raw_samples){.samples = samples};
    return 0;
}

static int end(void **state)
{
    (void)state;
    paired_rounds_free(&paired);
    return 0;
}

/* --- Making rows, rising by cell and round ---------------------------------------------------- */

static struct cell_key cell_of(const char *mechanism)
{
    struct cell_key cell = {.size_bytes = 64};
    snprintf(cell.mechanism, sizeof cell.mechanism, "%s", mechanism);
    return cell;
}

static void add(const char *mechanism, uint64_t round, double cpu_ns_per_kib)
{
    samples[raw.sample_count++] = (struct raw_sample){
        .round = round,
        .cell = cell_of(mechanism),
        .sample = {.cpu_ns_per_kib = cpu_ns_per_kib, .checksum_ok = CHECKSUM_OK}};
}

static void collect(size_t count, const char *const *mechanisms)
{
    struct cell_key cells[4];
    for (size_t cell = 0; cell < count; cell++)
        cells[cell] = cell_of(mechanisms[cell]);
    assert_int_equal(paired_rounds_collect(&raw, cells, count, paired_cpu_ns_per_kib, &paired), 0);
}

static void sum_and_difference(const double *medians, const void *context, double *figures)
{
    (void)context;
    figures[0] = medians[0] + medians[1];
    figures[1] = medians[0] - medians[1];
}

/* --- What is taken from a sample -------------------------------------------------------------- */

static void wall_time_from_throughput(void **state)
{
    (void)state;
    struct sample sample = {.throughput_bytes_per_s = 1024.0};
    assert_true(paired_wall_ns_per_kib(&sample) == 1e9);
    sample.throughput_bytes_per_s = 2.0 * 1024.0 * 1e6;
    assert_true(paired_wall_ns_per_kib(&sample) == 500.0);
    sample.throughput_bytes_per_s = 0.0;
    assert_true(isnan(paired_wall_ns_per_kib(&sample)));
    sample.throughput_bytes_per_s = NAN;
    assert_true(isnan(paired_wall_ns_per_kib(&sample)));
}

/* --- Collecting ------------------------------------------------------------------------------- */

/*
 *   round   1    2     3    5   8
 *   a       10   20    30   -   80
 *   b       -    200   nan  -   100     nan is no value, as a wrong checksum
 *   c       -    -     -    -   -       does not exist
 *   d       4    2     3    5   1
 */
static void common_rounds_by_hand(void **state)
{
    (void)state;
    add("a", 1, 10.0);
    add("a", 2, 20.0);
    add("a", 3, 30.0);
    add("a", 8, 80.0);
    add("b", 2, 200.0);
    add("b", 3, NAN);
    add("b", 8, 100.0);
    add("d", 1, 4.0);
    add("d", 2, 2.0);
    add("d", 3, 3.0);
    add("d", 5, 5.0);
    add("d", 8, 1.0);
    collect(4, (const char *const[]){"a", "b", "c", "d"});
    double medians[4];
    paired_rounds_medians(&paired, medians);
    assert_int_equal(paired.cells, 4);
    assert_int_equal(paired.measured, 3);
    assert_int_equal(paired.rounds, 2); /* 2 and 8 */
    assert_true(medians[0] == 50.0);
    assert_true(medians[1] == 150.0);
    assert_true(isnan(medians[2]));
    assert_true(medians[3] == 1.5);
}

static void no_row_at_all(void **state)
{
    (void)state;
    double medians[2];
    struct estimate estimates[2];
    collect(2, (const char *const[]){"a", "b"});
    paired_rounds_medians(&paired, medians);
    assert_int_equal(paired.measured, 0);
    assert_int_equal(paired.rounds, 0);
    assert_true(isnan(medians[0]) && isnan(medians[1]));
    assert_int_equal(paired_rounds_estimate(&paired, sum_and_difference, NULL, 2, 1, estimates), 0);
    assert_true(isnan(estimates[0].median) && isnan(estimates[0].ci95_lo));
    assert_int_equal(estimates[0].samples, 0);
}

/* --- Intervals -------------------------------------------------------------------------------- */

/* Both cells rise together: the difference can't move. Resampling each by itself would move it. */
static void a_common_drift_leaves_the_difference(void **state)
{
    (void)state;
    struct estimate estimates[2];
    for (uint64_t round = 1; round <= 7; round++)
        add("a", round, 100.0 + (double)round);
    for (uint64_t round = 1; round <= 7; round++)
        add("b", round, 10.0 + (double)round);
    collect(2, (const char *const[]){"a", "b"});
    assert_int_equal(paired_rounds_estimate(&paired, sum_and_difference, NULL, 2, 1, estimates), 0);
    assert_true(estimates[0].median == 118.0);
    assert_true(estimates[0].ci95_lo <= 116.0 && estimates[0].ci95_hi >= 120.0);
    assert_true(estimates[1].median == 90.0);
    assert_true(estimates[1].ci95_lo == 90.0 && estimates[1].ci95_hi == 90.0);
    assert_int_equal(estimates[1].samples, 7);
}

/* One rises while the other falls: now the sum can't move, but the difference does. */
static void an_opposite_drift_leaves_the_sum(void **state)
{
    (void)state;
    struct estimate estimates[2];
    for (uint64_t round = 1; round <= 7; round++)
        add("a", round, 100.0 + (double)round);
    for (uint64_t round = 1; round <= 7; round++)
        add("b", round, 10.0 - (double)round);
    collect(2, (const char *const[]){"a", "b"});
    assert_int_equal(paired_rounds_estimate(&paired, sum_and_difference, NULL, 2, 1, estimates), 0);
    assert_true(estimates[0].ci95_lo == 110.0 && estimates[0].ci95_hi == 110.0);
    assert_true(estimates[1].median == 98.0);
    assert_true(estimates[1].ci95_lo <= 96.0 && estimates[1].ci95_hi >= 100.0);
}

/* The values rise with the rounds, so ranks and rounds are drawn alike: the very interval of the
 * plain median, whose own tests say how good it is. */
static void one_cell_is_the_plain_median(void **state)
{
    (void)state;
    double values[9];
    struct estimate estimates[2];
    struct estimate plain;
    for (uint64_t round = 0; round < 9; round++) {
        values[round] = (double)(round * round);
        add("a", round, values[round]);
    }
    collect(2, (const char *const[]){"a", "a"});
    assert_int_equal(paired_rounds_estimate(&paired, sum_and_difference, NULL, 2, 3, estimates), 0);
    assert_int_equal(statistics_estimate_median(values, 9, 3, &plain), 0);
    assert_true(plain.ci95_lo < plain.median && plain.median < plain.ci95_hi);
    assert_true(estimates[0].median == 2.0 * plain.median);
    assert_true(estimates[0].ci95_lo == 2.0 * plain.ci95_lo);
    assert_true(estimates[0].ci95_hi == 2.0 * plain.ci95_hi);
}

/* The median, and the median where it does not lie in [context[0], context[1]]. */
static void partly_unknown(const double *medians, const void *context, double *figures)
{
    const double *unknown = context;
    bool known = medians[0] < unknown[0] || medians[0] > unknown[1];
    figures[0] = medians[0];
    figures[1] = known ? medians[0] : NAN;
}

static void add_many_rounds(void)
{
    for (uint64_t round = 1; round <= 401; round++)
        add("a", round, (double)round);
    collect(1, (const char *const[]){"a"});
}

/* 401 rounds put the median at 201 +- 10; once or twice in a hundred it is 216. */
static void what_is_rarely_unknown_widens_the_interval(void **state)
{
    (void)state;
    static const double unknown[] = {216.0, 216.0};
    struct estimate estimates[2];
    add_many_rounds();
    assert_int_equal(paired_rounds_estimate(&paired, partly_unknown, unknown, 2, 1, estimates), 0);
    assert_true(estimates[1].median == 201.0);
    assert_true(estimates[1].ci95_lo < estimates[0].ci95_lo);
    assert_true(estimates[1].ci95_hi > estimates[0].ci95_hi);
    assert_true(estimates[1].ci95_lo >= 165.0 && estimates[1].ci95_hi <= 237.0);
}

static void what_is_often_unknown_has_no_interval(void **state)
{
    (void)state;
    static const double unknown[] = {206.0, 211.0};
    struct estimate estimates[2];
    add_many_rounds();
    assert_int_equal(paired_rounds_estimate(&paired, partly_unknown, unknown, 2, 1, estimates), 0);
    assert_true(estimates[1].median == 201.0);
    assert_true(estimates[0].ci95_lo < 201.0);
    assert_true(isnan(estimates[1].ci95_lo) && isnan(estimates[1].ci95_hi));
}

static void too_few_rounds_have_no_interval(void **state)
{
    (void)state;
    static const double unknown[] = {0.0, 0.0};
    struct estimate estimates[2];
    for (uint64_t round = 1; round < STATISTICS_LEAST_SAMPLES; round++)
        add("a", round, (double)round);
    collect(1, (const char *const[]){"a"});
    assert_int_equal(paired_rounds_estimate(&paired, partly_unknown, unknown, 2, 1, estimates), 0);
    assert_true(estimates[0].median == 3.0);
    assert_true(isnan(estimates[0].ci95_lo) && isnan(estimates[0].ci95_hi));
    assert_int_equal(estimates[0].samples, 5);
}

#define PAIRED_TEST(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIRED_TEST(wall_time_from_throughput),
        PAIRED_TEST(common_rounds_by_hand),
        PAIRED_TEST(no_row_at_all),
        PAIRED_TEST(a_common_drift_leaves_the_difference),
        PAIRED_TEST(an_opposite_drift_leaves_the_sum),
        PAIRED_TEST(one_cell_is_the_plain_median),
        PAIRED_TEST(what_is_rarely_unknown_widens_the_interval),
        PAIRED_TEST(what_is_often_unknown_has_no_interval),
        PAIRED_TEST(too_few_rounds_have_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
