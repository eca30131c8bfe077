/* The histogram against values that can be computed by hand. */
#include "measure/histogram.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

static struct histogram histogram;

static int start_empty(void **state)
{
    (void)state;
    histogram_clear(&histogram);
    return 0;
}

static void record_range(uint64_t first, uint64_t last)
{
    for (uint64_t value = first; value <= last; value++)
        histogram_record(&histogram, value);
}

static void assert_quantile(double q, double expected)
{
    double actual = histogram_quantile(&histogram, q);
    if (!(actual == expected))
        fail_msg("quantile %g is %.17g, not %.17g", q, actual, expected);
}

/* --- Buckets ---------------------------------------------------------------------------------- */

static void values_below_256_have_a_bucket_each(void **state)
{
    (void)state;
    for (uint64_t value = 0; value < 256; value++) {
        size_t bucket = histogram_bucket(value);
        assert_int_equal(bucket, value);
        assert_int_equal(histogram_bucket_lower(bucket), value);
        assert_int_equal(histogram_bucket_upper(bucket), value + 1);
        assert_true(histogram_bucket_middle(bucket) == (double)value);
    }
}

static void every_power_of_two_begins_a_bucket(void **state)
{
    (void)state;
    for (unsigned power = 0; power < 64; power++) {
        uint64_t value = UINT64_C(1) << power;
        size_t bucket = histogram_bucket(value);
        assert_int_equal(histogram_bucket_lower(bucket), value);
        /* From 2^8 on an octave has 128 buckets. */
        uint64_t width = power < 8 ? 1 : value / 128;
        if (power < 63)
            assert_int_equal(histogram_bucket_upper(bucket), value + width);
        assert_int_equal(histogram_bucket(value + width - 1), bucket);
        assert_int_equal(histogram_bucket(value + width), bucket + 1);
        if (power > 0)
            assert_int_equal(histogram_bucket(value - 1), bucket - 1);
    }
}

static void hand_computed_buckets(void **state)
{
    (void)state;
    assert_int_equal(histogram_bucket(256), 256);
    assert_int_equal(histogram_bucket(257), 256);
    assert_int_equal(histogram_bucket(258), 257);
    assert_int_equal(histogram_bucket(511), 383);
    assert_int_equal(histogram_bucket(512), 384);
    assert_int_equal(histogram_bucket(515), 384);
    assert_true(histogram_bucket_middle(256) == 256.5);
    assert_true(histogram_bucket_middle(384) == 513.5);
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
    assert_int_equal(histogram_bucket_upper(HISTOGRAM_BUCKETS - 1), UINT64_MAX);
}

static void buckets_follow_each_other_without_gap(void **state)
{
    (void)state;
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        uint64_t lower = histogram_bucket_lower(bucket);
        uint64_t upper = histogram_bucket_upper(bucket);
        assert_true(lower < upper);
        assert_int_equal(histogram_bucket(lower), bucket);
        assert_int_equal(histogram_bucket(upper - 1), bucket);
        if (bucket + 1 < HISTOGRAM_BUCKETS)
            assert_int_equal(histogram_bucket_lower(bucket + 1), upper);
    }
}

static void the_middle_is_off_by_at_most_a_256th(void **state)
{
    (void)state;
    struct random random = random_seeded(1);
    for (int draw = 0; draw < 200000; draw++) {
        uint64_t value = random_next(&random) >> random_below(&random, 64);
        double middle = histogram_bucket_middle(histogram_bucket(value));
        assert_true(fabs(middle - (double)value) <= (double)value / 256.0);
    }
}

/* --- Quantiles -------------------------------------------------------------------------------- */

static void nothing_recorded_has_no_quantile(void **state)
{
    (void)state;
    assert_int_equal(histogram.count, 0);
    assert_int_equal(histogram.maximum, 0);
    assert_true(isnan(histogram_quantile(&histogram, 0.0)));
    assert_true(isnan(histogram_quantile(&histogram, 0.5)));
    assert_true(isnan(histogram_quantile(&histogram, 1.0)));
}

static void one_value_is_every_quantile(void **state)
{
    (void)state;
    histogram_record(&histogram, 42);
    assert_quantile(0.0, 42.0);
    assert_quantile(0.5, 42.0);
    assert_quantile(1.0, 42.0);
}

static void nearest_rank_of_1_to_100(void **state)
{
    (void)state;
    record_range(1, 100);
    assert_quantile(0.0, 1.0);
    assert_quantile(0.01, 1.0);
    assert_quantile(0.011, 2.0);
    assert_quantile(0.07, 7.0); /* 0.07 * 100 is 7.000000000000001 */
    assert_quantile(0.5, 50.0);
    assert_quantile(0.9, 90.0);
    assert_quantile(0.99, 99.0);
    assert_quantile(0.991, 100.0);
    assert_quantile(1.0, 100.0);
}

static void rank_is_the_ceiling(void **state)
{
    (void)state;
    assert_int_equal(histogram_rank(0.0, 10), 1);
    assert_int_equal(histogram_rank(0.1, 10), 1);
    assert_int_equal(histogram_rank(0.5, 10), 5);
    assert_int_equal(histogram_rank(0.5, 11), 6);
    assert_int_equal(histogram_rank(0.7, 10), 7);
    assert_int_equal(histogram_rank(0.999, 1000), 999);
    assert_int_equal(histogram_rank(0.999, 1001), 1000);
    assert_int_equal(histogram_rank(1.0, 10), 10);
    assert_int_equal(histogram_rank(1.0, UINT64_MAX), UINT64_MAX);
    assert_int_equal(histogram_rank(0.5, 1), 1);
    /* Every percentage of every small count, in whole numbers. */
    for (uint64_t percent = 1; percent <= 100; percent++) {
        for (uint64_t count = 1; count <= 1000; count++)
            assert_int_equal(histogram_rank((double)percent / 100.0, count),
                             (percent * count + 99) / 100);
    }
}

static void a_quantile_is_never_above_the_maximum(void **state)
{
    (void)state;
    histogram_record(&histogram, 1000000); /* its bucket's middle is above it */
    assert_true(histogram_bucket_middle(histogram_bucket(1000000)) > 1000000.0);
    assert_quantile(1.0, 1000000.0);
    assert_int_equal(histogram.maximum, 1000000);
}

static void the_largest_value_is_neither_lost_nor_clamped(void **state)
{
    (void)state;
    histogram_record(&histogram, 0);
    histogram_record(&histogram, UINT64_MAX);
    assert_int_equal(histogram.count, 2);
    assert_int_equal(histogram.maximum, UINT64_MAX);
    assert_quantile(0.5, 0.0);
    assert_true(histogram_quantile(&histogram, 1.0) > 1.8e19);
}

/* --- Putting together ------------------------------------------------------------------------- */

static void merging_adds_counts_and_keeps_the_larger_maximum(void **state)
{
    (void)state;
    static struct histogram other;
    histogram_clear(&other);
    record_range(1, 3);
    histogram_record(&other, 3);
    histogram_record(&other, 1000);
    histogram_merge(&histogram, &other);
    assert_int_equal(histogram.count, 5);
    assert_int_equal(histogram.maximum, 1000);
    assert_int_equal(histogram.counts[histogram_bucket(3)], 2);
    histogram_merge(&other, &histogram);
    assert_int_equal(other.count, 7);
    assert_int_equal(other.maximum, 1000);
}

static void buckets_read_back_give_the_same_quantiles(void **state)
{
    (void)state;
    static struct histogram copy;
    histogram_clear(&copy);
    record_range(1, 5000);
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (histogram.counts[bucket] > 0)
            assert_int_equal(histogram_add_bucket(&copy, histogram_bucket_lower(bucket),
                                                  histogram.counts[bucket]),
                             0);
    }
    assert_int_equal(copy.count, 5000);
    for (int percent = 0; percent < 100; percent++) {
        double q = (double)percent / 100.0;
        assert_quantile(q, histogram_quantile(&copy, q));
    }
    assert_true(fabs(histogram_quantile(&copy, 1.0) - 5000.0) <= 5000.0 / 256.0);
}

static void a_value_that_begins_no_bucket_is_refused(void **state)
{
    (void)state;
    assert_int_equal(histogram_add_bucket(&histogram, 257, 1), -EINVAL);
    assert_int_equal(histogram.count, 0);
    assert_int_equal(histogram_add_bucket(&histogram, 256, UINT64_MAX), 0);
    assert_int_equal(histogram_add_bucket(&histogram, 256, 1), -EINVAL);
    assert_int_equal(histogram.count, UINT64_MAX);
    assert_int_equal(histogram_add_bucket(&histogram, 512, 0), 0);
    assert_true(histogram.maximum < 512);
}

static void ten_values_beyond_a_quantile_are_needed(void **state)
{
    (void)state;
    assert_int_equal(histogram_count_needed(0.5), 20);
    assert_int_equal(histogram_count_needed(0.9), 100);
    assert_int_equal(histogram_count_needed(0.99), 1000);
    assert_int_equal(histogram_count_needed(0.999), 10000);
    assert_int_equal(histogram_count_needed(1.0), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_below_256_have_a_bucket_each),
        cmocka_unit_test(every_power_of_two_begins_a_bucket),
        cmocka_unit_test(hand_computed_buckets),
        cmocka_unit_test(buckets_follow_each_other_without_gap),
        cmocka_unit_test(the_middle_is_off_by_at_most_a_256th),
        cmocka_unit_test_setup(nothing_recorded_has_no_quantile, start_empty),
        cmocka_unit_test_setup(one_value_is_every_quantile, start_empty),
        cmocka_unit_test_setup(nearest_rank_of_1_to_100, start_empty),
        cmocka_unit_test(rank_is_the_ceiling),
        cmocka_unit_test_setup(a_quantile_is_never_above_the_maximum, start_empty),
        cmocka_unit_test_setup(the_largest_value_is_neither_lost_nor_clamped, start_empty),
        cmocka_unit_test_setup(merging_adds_counts_and_keeps_the_larger_maximum, start_empty),
        cmocka_unit_test_setup(buckets_read_back_give_the_same_quantiles, start_empty),
        cmocka_unit_test_setup(a_value_that_begins_no_bucket_is_refused, start_empty),
        cmocka_unit_test(ten_values_beyond_a_quantile_are_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
