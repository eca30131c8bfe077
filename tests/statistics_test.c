/* Medians, intervals and ratios against hand-computed answers, and how often an interval holds. */
#include "results/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_estimate(struct estimate estimate, double median, size_t samples)
{
    if (!(estimate.median == median) || estimate.samples != samples)
        fail_msg("median %.17g of %zu, not %.17g of %zu", estimate.median, estimate.samples, median,
                 samples);
}

static void assert_no_interval(struct estimate estimate)
{
    assert_true(isnan(estimate.ci95_lo));
    assert_true(isnan(estimate.ci95_hi));
}

/* --- Order statistics ------------------------------------------------------------------------- */

static void median_of_sorted_values(void **state)
{
    (void)state;
    const double values[] = {1.0, 2.0, 4.0, 8.0};
    assert_true(isnan(statistics_median(values, 0)));
    assert_true(statistics_median(values, 1) == 1.0);
    assert_true(statistics_median(values, 2) == 1.5);
    assert_true(statistics_median(values, 3) == 2.0);
    assert_true(statistics_median(values, 4) == 3.0);
}

static void quantile_is_the_nearest_rank(void **state)
{
    (void)state;
    const double values[] = {15.0, 20.0, 35.0, 40.0, 50.0};
    assert_true(isnan(statistics_quantile(values, 0, 0.5)));
    assert_true(statistics_quantile(values, 5, 0.0) == 15.0);
    assert_true(statistics_quantile(values, 5, 0.05) == 15.0);
    assert_true(statistics_quantile(values, 5, 0.3) == 20.0);
    assert_true(statistics_quantile(values, 5, 0.4) == 20.0);
    assert_true(statistics_quantile(values, 5, 0.5) == 35.0);
    assert_true(statistics_quantile(values, 5, 1.0) == 50.0);
}

static void sorting(void **state)
{
    (void)state;
    double values[] = {3.0, -1.0, 2.0, 2.0};
    const double sorted[] = {-1.0, 2.0, 2.0, 3.0};
    statistics_sort(values, COUNT(values));
    assert_memory_equal(values, sorted, sizeof sorted);
    statistics_sort(NULL, 0);
}

/* --- Intervals -------------------------------------------------------------------------------- */

static void too_few_values_have_no_interval(void **state)
{
    (void)state;
    const double values[] = {5.0, 1.0, 3.0, 2.0, 4.0};
    const double medians[] = {NAN, 5.0, 3.0, 3.0, 2.5, 3.0};
    struct estimate estimate;
    assert_int_equal(statistics_estimate_median(values, 0, 1, &estimate), 0);
    assert_true(isnan(estimate.median));
    assert_int_equal(estimate.samples, 0);
    assert_no_interval(estimate);
    for (size_t count = 1; count < STATISTICS_LEAST_SAMPLES; count++) {
        assert_int_equal(statistics_estimate_median(values, count, 1, &estimate), 0);
        assert_estimate(estimate, medians[count], count);
        assert_no_interval(estimate);
    }
}

static void equal_values_have_an_interval_of_no_width(void **state)
{
    (void)state;
    const double values[] = {7.0, 7.0, 7.0, 7.0, 7.0, 7.0};
    struct estimate estimate;
    assert_int_equal(statistics_estimate_median(values, COUNT(values), 1, &estimate), 0);
    assert_estimate(estimate, 7.0, 6);
    assert_true(estimate.ci95_lo == 7.0);
    assert_true(estimate.ci95_hi == 7.0);
}

/*
 * For 1, 2, .. 7 the distribution of the resampled median is known exactly: it is at most k when at
 * least four of seven draws are, each with probability k / 7.
 *   at most 1: 0.0102   at most 2: 0.1083   at most 5: 0.8917   at most 6: 0.9898
 * So the 2.5 % point is 2 and the 97.5 % point 6.
 */
static void interval_of_seven_values_as_computed_exactly(void **state)
{
    (void)state;
    const double values[] = {3.0, 7.0, 1.0, 5.0, 2.0, 6.0, 4.0};
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct estimate estimate;
        assert_int_equal(statistics_estimate_median(values, COUNT(values), seed, &estimate), 0);
        assert_estimate(estimate, 4.0, 7);
        assert_true(estimate.ci95_lo == 2.0);
        assert_true(estimate.ci95_hi == 6.0);
    }
}

static void percentile_interval_cuts_the_fiftieth_from_either_end(void **state)
{
    (void)state;
    double resampled[STATISTICS_RESAMPLES];
    for (size_t index = 0; index < COUNT(resampled); index++)
        resampled[index] = (double)(COUNT(resampled) - index); /* falling: 2000 .. 1 */
    double lo;
    double hi;
    statistics_percentile_interval(resampled, &lo, &hi);
    assert_true(lo == 50.0);
    assert_true(hi == 1951.0);
}

static void nan_is_not_measured(void **state)
{
    (void)state;
    const double values[] = {NAN, 2.0, NAN, 1.0, 9.0};
    struct estimate estimate;
    assert_int_equal(statistics_estimate_median(values, COUNT(values), 1, &estimate), 0);
    assert_estimate(estimate, 2.0, 3);
    const double nothing[] = {NAN, NAN};
    assert_int_equal(statistics_estimate_median(nothing, COUNT(nothing), 1, &estimate), 0);
    assert_true(isnan(estimate.median));
    assert_int_equal(estimate.samples, 0);
}

static void same_seed_same_interval(void **state)
{
    (void)state;
    double values[31];
    struct random random = random_seeded(5);
    for (size_t index = 0; index < COUNT(values); index++)
        values[index] = (double)random_below(&random, 1000000);
    struct estimate first;
    struct estimate again;
    struct estimate other;
    assert_int_equal(statistics_estimate_median(values, COUNT(values), 8, &first), 0);
    assert_int_equal(statistics_estimate_median(values, COUNT(values), 8, &again), 0);
    assert_memory_equal(&first, &again, sizeof first);
    /* Another seed may move the bounds by a few ranks, and never the median. */
    assert_int_equal(statistics_estimate_median(values, COUNT(values), 9, &other), 0);
    assert_true(other.median == first.median);
    assert_true(fabs(other.ci95_lo - first.ci95_lo) < 0.1e6);
}

static void a_resample_draws_every_thing_equally_often(void **state)
{
    (void)state;
    enum { THINGS = 7, RESAMPLES = 10000 };
    uint64_t total[THINGS] = {0};
    uint32_t multiplicities[THINGS];
    struct random random = random_seeded(3);
    for (int resample = 0; resample < RESAMPLES; resample++) {
        uint32_t drawn = 0;
        statistics_resample(&random, multiplicities, THINGS);
        for (size_t index = 0; index < THINGS; index++) {
            drawn += multiplicities[index];
            total[index] += multiplicities[index];
        }
        assert_int_equal(drawn, THINGS);
    }
    /* Each is binomial: 10000 expected, standard deviation 93; five of those either way. */
    for (size_t index = 0; index < THINGS; index++)
        assert_in_range(total[index], RESAMPLES - 465, RESAMPLES + 465);
}

/* --- Drawn medians ---------------------------------------------------------------------------- */

enum { DRAWN = 40000 };

/* The median of values[index of draw], of `count` draws. */
static double median_of_draws(const double *values, const size_t *draws, size_t count)
{
    double drawn[5];
    for (size_t draw = 0; draw < count; draw++)
        drawn[draw] = values[draws[draw]];
    statistics_sort(drawn, count);
    return statistics_median(drawn, count);
}

/* The next of all resamples, as a number with `count` digits below `count`. */
static bool next_draws(size_t *draws, size_t count)
{
    size_t digit = 0;
    while (digit < count && ++draws[digit] == count)
        draws[digit++] = 0;
    return digit < count;
}

/* All resamples of up to five values are listed, and each median comes up as often as among them.
 * Powers of 4: every mean of two is another number. */
static void drawn_medians_are_distributed_as_all_resamples_say(void **state)
{
    (void)state;
    static const double values[] = {1.0, 4.0, 16.0, 64.0, 256.0};
    static double drawn[DRAWN];
    struct random random = random_seeded(11);
    for (size_t count = 1; count <= COUNT(values); count++) {
        size_t draws[COUNT(values)] = {0};
        double medians[3125];
        size_t all = 0;
        do {
            medians[all++] = median_of_draws(values, draws, count);
        } while (next_draws(draws, count));
        for (size_t draw = 0; draw < DRAWN; draw++)
            drawn[draw] = statistics_draw_median(&random, values, count);
        for (size_t one = 0; one < all; one++) {
            size_t expected = 0;
            size_t found = 0;
            for (size_t other = 0; other < all; other++)
                expected += medians[other] == medians[one];
            if (one > 0 && medians[one] == medians[one - 1])
                continue;
            for (size_t draw = 0; draw < DRAWN; draw++)
                found += drawn[draw] == medians[one];
            double share = (double)expected / (double)all;
            double sigma = sqrt(share * (1.0 - share) * DRAWN);
            if (fabs((double)found - share * DRAWN) > 5.0 * sigma)
                fail_msg("%zu values, median %g: %zu of %d, not %.1f", count, medians[one], found,
                         DRAWN, share * DRAWN);
        }
    }
}

/* Of 1 .. n the bound is its own rank. Both ways lie within five ranks, where the rank of a
 * resampled median spreads by sqrt(n) / 2, 16 of a thousand, and of the listed way by one. */
static void drawn_and_listed_intervals_agree(void **state)
{
    (void)state;
    static const size_t counts[] = {STATISTICS_LISTED_MOST + 1, 512, 999, 1000};
    double values[1000];
    double medians[STATISTICS_RESAMPLES];
    uint32_t multiplicities[1000];
    for (size_t index = 0; index < COUNT(values); index++)
        values[index] = (double)index;
    for (size_t index = 0; index < COUNT(counts); index++) {
        struct random random = random_seeded(index);
        struct estimate estimate;
        double lo;
        double hi;
        for (size_t resample = 0; resample < STATISTICS_RESAMPLES; resample++) {
            statistics_resample(&random, multiplicities, counts[index]);
            medians[resample] = statistics_resampled_median(values, multiplicities, counts[index]);
        }
        statistics_percentile_interval(medians, &lo, &hi);
        assert_int_equal(statistics_estimate_median(values, counts[index], 1, &estimate), 0);
        assert_true(fabs(estimate.ci95_lo - lo) <= 5.0);
        assert_true(fabs(estimate.ci95_hi - hi) <= 5.0);
    }
}

/* --- Ratios ----------------------------------------------------------------------------------- */

static void ratio_is_paired_and_not_that_of_the_medians(void **state)
{
    (void)state;
    /* Ratios 2, 0.5, 3: median 2. The medians are 20 and 10 too, but of another pairing. */
    const double numerators[] = {20.0, 20.0, 300.0};
    const double denominators[] = {10.0, 40.0, 100.0};
    struct estimate estimate;
    assert_int_equal(statistics_estimate_ratio(numerators, denominators, 3, 1, &estimate), 0);
    assert_estimate(estimate, 2.0, 3); /* 20 / 40 would be 0.5 */
    assert_int_equal(statistics_estimate_ratio(denominators, numerators, 3, 1, &estimate), 0);
    assert_estimate(estimate, 0.5, 3);
}

static void pairing_takes_out_what_disturbs_both(void **state)
{
    (void)state;
    /* The machine gets ten times slower from round to round, the ratio stays: no width at all. */
    const double numerators[] = {4e6, 4e5, 4e4, 4e3, 4e2, 4e1};
    const double denominators[] = {2e6, 2e5, 2e4, 2e3, 2e2, 2e1};
    struct estimate estimate;
    assert_int_equal(statistics_estimate_ratio(numerators, denominators, 6, 1, &estimate), 0);
    assert_estimate(estimate, 2.0, 6);
    assert_true(estimate.ci95_lo == 2.0);
    assert_true(estimate.ci95_hi == 2.0);
}

static void pairs_without_a_ratio_are_left_out(void **state)
{
    (void)state;
    const double numerators[] = {6.0, NAN, 6.0, 6.0, 0.0, -6.0, 12.0};
    const double denominators[] = {2.0, 2.0, NAN, 0.0, 2.0, 2.0, 2.0};
    struct estimate estimate;
    assert_int_equal(statistics_estimate_ratio(numerators, denominators, 7, 1, &estimate), 0);
    assert_estimate(estimate, 4.5, 2); /* of 3 and 6 */
    assert_int_equal(statistics_estimate_ratio(numerators, denominators, 0, 1, &estimate), 0);
    assert_true(isnan(estimate.median));
    assert_int_equal(estimate.samples, 0);
}

/* --- Coverage --------------------------------------------------------------------------------- */

enum { EXPERIMENTS = 1000 };

/* In (0, 1), every multiple of 2^-52 plus half of one: the same on every machine. */
static double draw_uniform(struct random *random)
{
    return ((double)(random_next(random) >> 12) + 0.5) * 0x1p-52;
}

/* How many of EXPERIMENTS intervals from `count` values hold the true median: 0.5 of uniform
 * values, 2 of their reciprocals, which have a tail so long that they have no mean. */
static unsigned count_coverage(size_t count, bool long_tail)
{
    double values[20];
    unsigned held = 0;
    double truth = long_tail ? 2.0 : 0.5;
    struct random random = random_seeded(1);
    assert_true(count <= COUNT(values));
    for (uint64_t experiment = 0; experiment < EXPERIMENTS; experiment++) {
        struct estimate estimate;
        for (size_t index = 0; index < count; index++) {
            double uniform = draw_uniform(&random);
            values[index] = long_tail ? 1.0 / uniform : uniform;
        }
        assert_int_equal(statistics_estimate_median(values, count, experiment, &estimate), 0);
        held += estimate.ci95_lo <= truth && truth <= estimate.ci95_hi;
    }
    return held;
}

/* The table in statistics.h, in experiments of a thousand; keep both the same. */
static void coverage_is_what_the_header_states(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        unsigned uniform;
        unsigned long_tail;
    } stated[] = {{6, 941, 933}, {10, 940, 930}, {20, 937, 932}};
    for (size_t index = 0; index < COUNT(stated); index++) {
        unsigned uniform = count_coverage(stated[index].count, false);
        unsigned long_tail = count_coverage(stated[index].count, true);
        print_message("n = %zu: %u, %u of %d intervals hold the median\n", stated[index].count,
                      uniform, long_tail, EXPERIMENTS);
        /* Rounding differs between machines by a bit at most, and moves one or two intervals. */
        assert_in_range(uniform, stated[index].uniform - 3, stated[index].uniform + 3);
        assert_in_range(long_tail, stated[index].long_tail - 3, stated[index].long_tail + 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(median_of_sorted_values),
        cmocka_unit_test(quantile_is_the_nearest_rank),
        cmocka_unit_test(sorting),
        cmocka_unit_test(too_few_values_have_no_interval),
        cmocka_unit_test(equal_values_have_an_interval_of_no_width),
        cmocka_unit_test(interval_of_seven_values_as_computed_exactly),
        cmocka_unit_test(percentile_interval_cuts_the_fiftieth_from_either_end),
        cmocka_unit_test(nan_is_not_measured),
        cmocka_unit_test(same_seed_same_interval),
        cmocka_unit_test(a_resample_draws_every_thing_equally_often),
        cmocka_unit_test(drawn_medians_are_distributed_as_all_resamples_say),
        cmocka_unit_test(drawn_and_listed_intervals_agree),
        cmocka_unit_test(ratio_is_paired_and_not_that_of_the_medians),
        cmocka_unit_test(pairing_takes_out_what_disturbs_both),
        cmocka_unit_test(pairs_without_a_ratio_are_left_out),
        cmocka_unit_test(coverage_is_what_the_header_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
