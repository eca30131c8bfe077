/* The test of Mann and Kendall on series whose chances can be counted by hand, and the correction
 * for many of them. */
#include "results/trend.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_near(double is, double should)
{
    if (!(fabs(is - should) < 1e-9))
        fail_msg("%.12g, not %.12g", is, should);
}

/* The trend; without memory there is none to test. */
static struct trend find_trend(const double *values, size_t count)
{
    struct trend trend;
    assert_int_equal(trend_of(values, count, &trend), 0);
    return trend;
}

static void assert_trend(const double *values, size_t count, double tau, double p)
{
    struct trend trend = find_trend(values, count);
    assert_near(trend.tau, tau);
    assert_near(trend.p, p);
}

/* Of the 4! = 24 orders one always rises and one always falls; of the 6! = 720 likewise. */
static void always_rising_is_one_order_of_all(void **state)
{
    (void)state;
    const double four[] = {1, 2, 3, 4};
    const double falling[] = {9, 7, 5, 1};
    const double six[] = {1, 2, 3, 4, 5, 600};
    assert_trend(four, 4, 1.0, 2.0 / 24.0);
    assert_trend(falling, 4, -1.0, 2.0 / 24.0);
    assert_trend(six, 6, 1.0, 2.0 / 720.0);
}

/* One pair of six falls: S = 13. Of the 720 orders one has no falling pair and five have one. */
static void one_falling_pair(void **state)
{
    (void)state;
    const double values[] = {1, 2, 4, 3, 5, 6};
    assert_trend(values, 6, 13.0 / 15.0, 2.0 * 6.0 / 720.0);
}

/* 1 3 2: S = 1; of six orders 1 + 2 have at most one falling pair, twice that is everything. */
static void p_is_never_above_one(void **state)
{
    (void)state;
    const double three[] = {1, 3, 2};
    const double balanced[] = {2, 4, 1, 3}; /* S = 0 */
    assert_trend(three, 3, 1.0 / 3.0, 1.0);
    assert_trend(balanced, 4, 0.0, 1.0);
}

static void what_has_no_pairs_has_no_trend(void **state)
{
    (void)state;
    const double one[] = {5};
    assert_true(isnan(find_trend(one, 1).tau));
    assert_near(find_trend(one, 1).p, 1.0);
    assert_true(isnan(find_trend(NULL, 0).tau));
}

/* 1 1 2 2 3: S = 8 of 10 pairs, two groups of two. Without ties the variance were
 * 5 * 4 * 15 = 300 / 18; each group takes 2 * 1 * 9 = 18 from the 300, so it is 264 / 18 = 14.667.
 * z = 7 / sqrt(14.667) = 1.8278, whose two-sided p is 0.06758. */
static void ties_take_from_the_variance(void **state)
{
    (void)state;
    const double values[] = {1, 1, 2, 2, 3};
    struct trend trend = find_trend(values, COUNT(values));
    assert_near(trend.tau, 0.8);
    assert_true(fabs(trend.p - 0.06758) < 0.00005);
}

static void equal_values_have_no_trend(void **state)
{
    (void)state;
    const double values[] = {7, 7, 7, 7, 7, 7};
    assert_trend(values, 6, 0.0, 1.0);
}

/* The approximation takes over without a jump. */
static void exact_and_approximate_agree(void **state)
{
    (void)state;
    double values[TREND_EXACT_MOST + 1];
    /* Rises slowly under a saw. */
    for (size_t index = 0; index < COUNT(values); index++)
        values[index] = 0.31 * (double)index + (double)(index * 7 % 43);
    double exact = find_trend(values, TREND_EXACT_MOST).p;
    double approximate = find_trend(values, TREND_EXACT_MOST + 1).p;
    assert_true(exact > 1e-6 && exact < 0.5);
    assert_true(approximate / exact > 0.6 && approximate / exact < 1.4);
}

/* Without any trend p below 0.05 comes up about 5 times in a hundred, and not more. */
static void p_keeps_its_name(void **state)
{
    (void)state;
    struct random random = random_seeded(3);
    size_t found = 0;
    for (int experiment = 0; experiment < 2000; experiment++) {
        double values[10];
        for (size_t index = 0; index < COUNT(values); index++)
            values[index] = (double)(random_next(&random) >> 11);
        found += find_trend(values, COUNT(values)).p <= 0.05 ? 1 : 0;
    }
    /* The attainable level below 0.05 is 0.0466 for ten values: 93 expected, 9.4 is one sigma. */
    assert_in_range(found, 60, 125);
}

/* S by looking at every pair, and the variance from every value's group: as the definition says.
 * With few different values there are ties, with many none. */
static void every_pair_counts_once(void **state)
{
    (void)state;
    double values[300];
    struct random random = random_seeded(7);
    for (uint64_t different = 2; different < 2000000; different *= 7) {
        for (size_t count = 2; count <= COUNT(values); count += 149) {
            double s = 0.0;
            double variance = (double)(count * (count - 1) * (2 * count + 5)) / 18.0;
            for (size_t later = 0; later < count; later++) {
                size_t equal = 1;
                values[later] = (double)random_below(&random, different) + 0.001 * (double)later;
                values[later] = different < 1000 ? floor(values[later]) : values[later];
                for (size_t earlier = 0; earlier < later; earlier++) {
                    s += (values[later] > values[earlier]) - (values[later] < values[earlier]);
                    equal += values[later] == values[earlier] ? 1 : 0;
                }
                /* A group that grows from e - 1 to e takes 6 (e - 1) (e + 1) more of 18 parts. */
                variance -= (double)(6 * (equal - 1) * (equal + 1)) / 18.0;
            }
            double tau = s / ((double)(count * (count - 1)) / 2.0);
            assert_near(find_trend(values, count).tau, tau);
            if (count > TREND_EXACT_MOST)
                assert_near(find_trend(values, count).p,
                            s == 0.0 ? 1.0
                                     : fmin(1.0, erfc((fabs(s) - 1.0) / sqrt(2.0 * variance))));
        }
    }
}

/* Benjamini and Hochberg by hand: of p = 0.01 0.04 0.03 0.005, m = 4, in rising order
 * 0.005 * 4 / 1 = 0.02, 0.01 * 4 / 2 = 0.02, 0.03 * 4 / 3 = 0.04, 0.04 * 4 / 4 = 0.04. */
static void many_are_corrected(void **state)
{
    (void)state;
    const double p[] = {0.01, 0.04, NAN, 0.03, 0.005};
    double q[COUNT(p)];
    assert_int_equal(trend_correct(p, COUNT(p), q), 0);
    assert_near(q[0], 0.02);
    assert_near(q[1], 0.04);
    assert_true(isnan(q[2]));
    assert_near(q[3], 0.04);
    assert_near(q[4], 0.02);
}

/* A q is never above a larger p's, and never above 1. */
static void correction_is_monotone(void **state)
{
    (void)state;
    const double p[] = {0.5, 0.6, 1.0};
    double q[COUNT(p)];
    assert_int_equal(trend_correct(p, COUNT(p), q), 0);
    assert_near(q[0], 0.9); /* 0.5 * 3 = 1.5, but 0.6 * 3 / 2 = 0.9 is smaller */
    assert_near(q[1], 0.9);
    assert_near(q[2], 1.0);
    assert_int_equal(trend_correct(NULL, 0, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(always_rising_is_one_order_of_all),
        cmocka_unit_test(one_falling_pair),
        cmocka_unit_test(p_is_never_above_one),
        cmocka_unit_test(what_has_no_pairs_has_no_trend),
        cmocka_unit_test(ties_take_from_the_variance),
        cmocka_unit_test(equal_values_have_no_trend),
        cmocka_unit_test(exact_and_approximate_agree),
        cmocka_unit_test(p_keeps_its_name),
        cmocka_unit_test(every_pair_counts_once),
        cmocka_unit_test(many_are_corrected),
        cmocka_unit_test(correction_is_monotone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
