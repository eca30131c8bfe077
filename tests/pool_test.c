/* Quantiles pooled over rounds, on hand-computed histograms. */
#include "results/pool.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/histogram.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct estimate estimate_of(const struct pool_entry *entries, size_t entry_count,
                                   size_t rounds, double q)
{
    struct pool *pool = NULL;
    struct estimate estimate;
    assert_int_equal(pool_create(&pool, entries, entry_count, rounds), 0);
    assert_int_equal(pool_estimate_quantiles(pool, &q, 1, 1, &estimate), 0);
    pool_free(pool);
    return estimate;
}

static void assert_estimate(struct estimate estimate, double value, size_t samples)
{
    if (!(estimate.median == value) || estimate.samples != samples)
        fail_msg("%.17g of %zu, not %.17g of %zu", estimate.median, estimate.samples, value,
                 samples);
}

static void rounds_are_added_up(void **state)
{
    (void)state;
    /* 100 values: 89 of 10 ns, 1 of 20 ns, 10 of 30 ns. In neither round alone would p90 be 20. */
    const struct pool_entry entries[] = {{1, 30, 10}, {0, 10, 50}, {1, 10, 39}, {1, 20, 1}};
    assert_estimate(estimate_of(entries, 4, 2, 0.5), 10.0, 2);
    assert_estimate(estimate_of(entries, 4, 2, 0.89), 10.0, 2);
    assert_estimate(estimate_of(entries, 4, 2, 0.9), 20.0, 2);
}

static void a_bucket_may_come_in_pieces(void **state)
{
    (void)state;
    const struct pool_entry entries[] = {{0, 10, 40}, {0, 20, 5}, {0, 10, 50}, {0, 20, 5}};
    assert_estimate(estimate_of(entries, 4, 1, 0.9), 10.0, 1);
}

static void wide_buckets_stand_for_their_middle(void **state)
{
    (void)state;
    const struct pool_entry entries[] = {{0, 384, 100}}; /* 512 to 515 */
    assert_estimate(estimate_of(entries, 1, 1, 0.5), 513.5, 1);
}

static void too_few_values_resolve_nothing(void **state)
{
    (void)state;
    struct pool_entry entries[] = {{0, 10, 50}, {1, 10, 49}};
    struct estimate estimate = estimate_of(entries, 2, 2, 0.9);
    assert_true(isnan(estimate.median));
    assert_true(isnan(estimate.ci95_lo));
    assert_true(isnan(estimate.ci95_hi));
    assert_int_equal(estimate.samples, 0);
    entries[1].count = 50;
    assert_estimate(estimate_of(entries, 2, 2, 0.9), 10.0, 2);
    estimate = estimate_of(entries, 2, 2, 0.99);
    assert_true(isnan(estimate.median));
}

static void few_rounds_have_no_interval(void **state)
{
    (void)state;
    struct pool_entry entries[STATISTICS_LEAST_SAMPLES];
    for (uint32_t round = 0; round < COUNT(entries); round++)
        entries[round] = (struct pool_entry){round, 10 + round, 1000};
    struct estimate estimate = estimate_of(entries, COUNT(entries) - 1, COUNT(entries) - 1, 0.5);
    assert_estimate(estimate, 12.0, COUNT(entries) - 1);
    assert_true(isnan(estimate.ci95_lo));
    assert_true(isnan(estimate.ci95_hi));
    estimate = estimate_of(entries, COUNT(entries), COUNT(entries), 0.5);
    assert_true(estimate.ci95_lo >= 10.0);
    assert_true(estimate.ci95_hi <= 15.0);
}

/* One of ten rounds was disturbed and all its round trips were slow: the pooled p90 is still fast,
 * but slow in every resample that has this round twice or more (probability 0.26). So the interval
 * must reach to the slow value, though 100000 round trips taken as independent would leave it no
 * width at all. */
static void the_interval_knows_that_rounds_hang_together(void **state)
{
    (void)state;
    struct pool_entry entries[10];
    for (uint32_t round = 0; round < 10; round++)
        entries[round] = (struct pool_entry){round, round == 4 ? 200 : 100, 10000};
    struct estimate estimate = estimate_of(entries, 10, 10, 0.9);
    assert_estimate(estimate, 100.0, 10);
    assert_true(estimate.ci95_lo == 100.0);
    assert_true(estimate.ci95_hi == 200.0);
}

/* The bisection over columns against adding up whole histograms. */
static void the_same_as_one_big_histogram(void **state)
{
    (void)state;
    enum { ENTRIES = 3000, ROUNDS = 8 };
    static struct pool_entry entries[ENTRIES];
    static struct histogram histogram;
    static const double quantiles[] = {0.0, 0.1, 0.5, 0.9, 0.99, 0.999};
    struct random random = random_seeded(2);
    histogram_clear(&histogram);
    for (size_t index = 0; index < ENTRIES; index++) {
        uint32_t bucket = (uint32_t)random_below(&random, HISTOGRAM_BUCKETS);
        entries[index] =
            (struct pool_entry){(uint32_t)(index % ROUNDS), bucket, random_below(&random, 100)};
        assert_int_equal(
            histogram_add_bucket(&histogram, histogram_bucket_lower(bucket), entries[index].count),
            0);
    }
    for (size_t index = 0; index < COUNT(quantiles); index++) {
        struct estimate estimate = estimate_of(entries, ENTRIES, ROUNDS, quantiles[index]);
        assert_estimate(estimate, histogram_quantile(&histogram, quantiles[index]), ROUNDS);
        assert_true(estimate.ci95_lo <= estimate.median);
        assert_true(estimate.median <= estimate.ci95_hi);
    }
}

static void impossible_entries_are_refused(void **state)
{
    (void)state;
    struct pool *pool = NULL;
    const struct pool_entry beyond_rounds[] = {{1, 10, 1}};
    const struct pool_entry beyond_buckets[] = {{0, HISTOGRAM_BUCKETS, 1}};
    const struct pool_entry empty_round[] = {{0, 10, 1}, {1, 10, 0}};
    const struct pool_entry too_many[] = {{0, 10, UINT64_MAX / 2}, {1, 10, UINT64_MAX / 2}};
    assert_int_equal(pool_create(&pool, beyond_rounds, 1, 1), -EINVAL);
    assert_int_equal(pool_create(&pool, beyond_buckets, 1, 1), -EINVAL);
    assert_int_equal(pool_create(&pool, empty_round, 2, 2), -EINVAL);
    assert_int_equal(pool_create(&pool, too_many, 2, 2), -EINVAL);
    assert_null(pool);
    pool_free(NULL);
}

static void an_empty_pool_has_no_quantile(void **state)
{
    (void)state;
    struct estimate estimate = estimate_of(NULL, 0, 0, 0.5);
    assert_true(isnan(estimate.median));
    assert_int_equal(estimate.samples, 0);
}

/* Random histograms: each quantile alone and all at once are the same, intervals too; and those of
 * the whole as counting says. */
static void several_quantiles_are_those_of_each_alone(void **state)
{
    (void)state;
    enum { ROUNDS = 12, BUCKETS = 90 };
    const double q[] = {0.0, 0.1, 0.5, 0.9, 0.99, 1.0};
    struct pool_entry entries[ROUNDS * BUCKETS];
    struct random random = random_seeded(2);
    for (uint32_t index = 0; index < COUNT(entries); index++)
        entries[index] =
            (struct pool_entry){index / BUCKETS, index % BUCKETS, 1 + random_below(&random, 1000)};
    struct pool *pool = NULL;
    struct estimate together[COUNT(q)];
    assert_int_equal(pool_create(&pool, entries, COUNT(entries), ROUNDS), 0);
    assert_int_equal(pool_estimate_quantiles(pool, q, COUNT(q), 3, together), 0);
    for (size_t index = 0; index < COUNT(q); index++) {
        struct estimate alone;
        uint64_t all = 0;
        uint64_t below = 0;
        uint32_t bucket = 0;
        assert_int_equal(pool_estimate_quantiles(pool, &q[index], 1, 3, &alone), 0);
        assert_memory_equal(&alone, &together[index], sizeof alone);
        for (size_t entry = 0; entry < COUNT(entries); entry++)
            all += entries[entry].count;
        for (;; bucket++) {
            for (size_t round = 0; round < ROUNDS; round++)
                below += entries[round * BUCKETS + bucket].count;
            if (below >= histogram_rank(q[index], all))
                break;
        }
        if (alone.samples > 0)
            assert_true(alone.median == (double)bucket);
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_are_added_up),
        cmocka_unit_test(several_quantiles_are_those_of_each_alone),
        cmocka_unit_test(a_bucket_may_come_in_pieces),
        cmocka_unit_test(wide_buckets_stand_for_their_middle),
        cmocka_unit_test(too_few_values_resolve_nothing),
        cmocka_unit_test(few_rounds_have_no_interval),
        cmocka_unit_test(the_interval_knows_that_rounds_hang_together),
        cmocka_unit_test(the_same_as_one_big_histogram),
        cmocka_unit_test(impossible_entries_are_refused),
        cmocka_unit_test(an_empty_pool_has_no_quantile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
