/* Factors, intervals, p-values and decisions against answers computed by hand, and by counting. */
#include "results/difference.h"

#include "base/random.h"
#include "results/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct difference compare(const double *before, size_t before_count, const double *after,
                                 size_t after_count)
{
    struct difference difference;
    assert_int_equal(difference_estimate(before, before_count, after, after_count, 1, &difference),
                     0);
    return difference;
}

static void assert_near(const char *what, double is, double should)
{
    if (!(fabs(is - should) <= 1e-9 * fabs(should)))
        fail_msg("%s is %.15g, not %.15g", what, is, should);
}

/* --- Factor and interval ------------------------------------------------------------------------
 */

/* On the scale of log2 the quotients are 10 + j - i for i, j = 0 to 5: one of 5, two of 6, three of
 * 7. At most 5 of 36 pairs on the wrong side have a probability of 2.1 %, at most 6 of 3.2 %: so
 * the interval runs from the 6th to the 31st. */
static void separate_powers_of_two(void **state)
{
    (void)state;
    const double before[] = {1, 2, 4, 8, 16, 32};
    const double after[] = {32768, 1024, 4096, 2048, 8192, 16384};
    struct difference difference = compare(before, 6, after, 6);
    assert_near("factor", difference.factor, 1024);
    assert_near("lo", difference.ci95_lo, 128);
    assert_near("hi", difference.ci95_hi, 8192);
    assert_near("p", difference.p_value, 2.0 / 924.0);
    assert_int_equal(difference.before_rounds, 6);
    assert_int_equal(difference.after_rounds, 6);
    assert_false(difference.differs);
    difference = compare(after, 6, before, 6);
    assert_near("factor", difference.factor, 1.0 / 1024);
    assert_near("lo", difference.ci95_lo, 1.0 / 8192);
    assert_near("p", difference.p_value, 2.0 / 924.0);
}

static void an_even_number_of_quotients_has_a_middle_between_two(void **state)
{
    (void)state;
    /* Of six equal values before, the quotients are the values after, six times each. */
    const double before[] = {1, 1, 1, 1, 1, 1};
    const double after[] = {1, 2, 4, 16, 32, 64};
    assert_near("factor", compare(before, 6, after, 6).factor, 8);
}

static void what_was_not_measured_does_not_count(void **state)
{
    (void)state;
    const double before[] = {1, NAN, 2, 4, 0, 8, -3, 16, INFINITY, 32};
    const double after[] = {1024, 2048, 4096, 8192, 16384, 32768, NAN};
    struct difference difference = compare(before, COUNT(before), after, COUNT(after));
    assert_near("factor", difference.factor, 1024);
    assert_int_equal(difference.before_rounds, 6);
    assert_int_equal(difference.after_rounds, 6);
}

static void too_few_rounds_never_differ(void **state)
{
    (void)state;
    const double few[] = {1, 1.1, 1.2, 1.3, 1.4, NAN};
    const double many[] = {100, 101, 102, 103, 104, 105};
    struct difference differences[] = {compare(few, 6, many, 6), compare(many, 6, few, 6),
                                       compare(NULL, 0, many, 6)};
    difference_decide(differences, COUNT(differences));
    for (size_t index = 0; index < COUNT(differences); index++) {
        assert_true(isnan(differences[index].factor));
        assert_true(isnan(differences[index].ci95_lo));
        assert_true(isnan(differences[index].ci95_hi));
        assert_true(isnan(differences[index].p_value));
        assert_false(differences[index].differs);
    }
    assert_int_equal(differences[0].before_rounds, 5);
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* All quotients, listed and sorted, have the same median as the one found by counting. */
static void the_median_is_that_of_all_quotients(void **state)
{
    (void)state;
    struct random random = random_seeded(5);
    for (size_t trial = 0; trial < 200; trial++) {
        double before[23];
        double after[19];
        double quotients[COUNT(before) * COUNT(after)];
        size_t n = 6 + random_below(&random, COUNT(before) - 5);
        size_t m = 6 + random_below(&random, COUNT(after) - 5);
        for (size_t i = 0; i < n; i++)
            before[i] = (double)(1 + random_below(&random, 50)) / 7.0;
        for (size_t j = 0; j < m; j++)
            after[j] = (double)(1 + random_below(&random, 50)) / 7.0;
        for (size_t pair = 0; pair < n * m; pair++)
            quotients[pair] = log(after[pair / n]) - log(before[pair % n]);
        qsort(quotients, n * m, sizeof *quotients, compare_numbers);
        assert_near("factor", compare(before, n, after, m).factor,
                    exp(statistics_median(quotients, n * m)));
    }
}

/* --- p-values -----------------------------------------------------------------------------------
 */

/* Of two times six values there are 924 orders. The number in which u pairs are on the wrong side
 * is that of the partitions of u: 1, 1, 2, 3, 5, 7, 11 for u = 0 to 6. */
static void exact_p_values_of_six_and_six(void **state)
{
    (void)state;
    const double orders[] = {1, 2, 4, 7, 12, 19, 30};
    for (size_t u = 0; u < COUNT(orders); u++) {
        /* The last value before lies above u of the values after. */
        double before[] = {1, 2, 3, 4, 5, 10.5 + (double)u};
        const double after[] = {11, 12, 13, 14, 15, 16};
        assert_near("p", compare(before, 6, after, 6).p_value, 2.0 * orders[u] / 924.0);
    }
}

static void exact_p_values_of_other_counts(void **state)
{
    (void)state;
    double before[20];
    double after[20];
    for (size_t index = 0; index < 20; index++) {
        before[index] = 1.0 + (double)index;
        after[index] = 101.0 + (double)index;
    }
    assert_near("p", compare(before, 6, after, 10).p_value, 2.0 / 8008.0);
    assert_near("p", compare(before, 10, after, 10).p_value, 2.0 / 184756.0);
    assert_near("p", compare(before, 20, after, 20).p_value, 2.0 / 137846528820.0);
    assert_near("least p", difference_least_p_value(10, 10), 2.0 / 184756.0);
    assert_true(difference_least_p_value(5, 100) >= 1.0);
}

/* U = 31.5 of 36; three 1s, six 2s and three 3s: 24 + 210 + 24; variance 3 (13 - 258 / 132). */
static void ties_are_corrected_for(void **state)
{
    (void)state;
    const double before[] = {1, 1, 1, 2, 2, 2};
    const double after[] = {3, 2, 3, 2, 3, 2};
    assert_near("p", compare(before, 6, after, 6).p_value,
                erfc(13.0 / sqrt(3.0 * (13.0 - 258.0 / 132.0)) / sqrt(2.0)));
}

static void equal_values_do_not_differ(void **state)
{
    (void)state;
    const double values[] = {7, 7, 7, 7, 7, 7};
    struct difference difference = compare(values, 6, values, 6);
    assert_near("factor", difference.factor, 1);
    assert_near("lo", difference.ci95_lo, 1);
    assert_near("hi", difference.ci95_hi, 1);
    assert_near("p", difference.p_value, 1);
    difference_decide(&difference, 1);
    assert_false(difference.differs);
}

/* Two samples of one distribution: the p-value is at most 0.05 in at most 5 % of 4000 experiments
 * (for six and six 4.1 %), and just then the interval leaves out 1. */
static void chance_alone_is_rarely_a_difference(void **state)
{
    (void)state;
    const size_t counts[][2] = {{6, 6}, {10, 10}, {25, 30}};
    struct random random = random_seeded(3);
    for (size_t row = 0; row < COUNT(counts); row++) {
        size_t rejected = 0;
        for (size_t trial = 0; trial < 4000; trial++) {
            double values[60];
            size_t n = counts[row][0];
            size_t m = counts[row][1];
            for (size_t index = 0; index < n + m; index++)
                values[index] = 1.0 / (double)(1 + random_below(&random, UINT32_MAX));
            struct difference difference = compare(values, n, values + n, m);
            bool outside = difference.ci95_lo > 1.0 || difference.ci95_hi < 1.0;
            rejected += outside;
            if (n + m <= DIFFERENCE_EXACT_ROUNDS)
                assert_int_equal(outside, difference.p_value <= 0.05);
        }
        if (rejected < 120 || rejected > 230)
            fail_msg("%zu and %zu rounds: %zu of 4000", counts[row][0], counts[row][1], rejected);
    }
}

/* Their quotients, 4e10, cannot be listed. */
static void many_rounds_are_counted_and_not_listed(void **state)
{
    (void)state;
    enum { ROUNDS = 200000 };
    double *values = calloc(2 * ROUNDS, sizeof *values);
    assert_non_null(values);
    for (size_t index = 0; index < ROUNDS; index++) {
        values[index] = 1.0 + (double)index / ROUNDS;
        values[ROUNDS + index] = 3.0 * values[index];
    }
    struct difference difference = compare(values, ROUNDS, values + ROUNDS, ROUNDS);
    assert_near("factor", difference.factor, 3);
    assert_true(difference.ci95_lo > 2.97 && difference.ci95_hi < 3.03);
    assert_true(difference.p_value < 1e-300);
    free(values);
}

/* --- Many comparisons ---------------------------------------------------------------------------
 */

static void assert_decided(const double *p_values, size_t count, size_t differ)
{
    struct difference differences[8];
    size_t found = 0;
    for (size_t index = 0; index < count; index++) {
        differences[index] = difference_none();
        differences[index].p_value = p_values[index];
        differences[index].differs = true; /* of an earlier decision */
    }
    difference_decide(differences, count);
    for (size_t index = 0; index < count; index++) {
        found += differences[index].differs;
        /* The smallest ones. */
        if (differences[index].differs != (index < differ))
            fail_msg("comparison %zu of %zu", index, count);
    }
    assert_int_equal(found, differ);
}

/* The k-th of m may be at most k / m of 0.05. */
static void benjamini_and_hochberg(void **state)
{
    (void)state;
    assert_decided((const double[]){0.005, 0.01, 0.03, 0.04}, 4, 4);
    assert_decided((const double[]){0.01, 0.02, 0.06, 0.5}, 4, 2);
    assert_decided((const double[]){0.013, 0.9, 0.9, 0.9}, 4, 0);
    assert_decided((const double[]){0.0125, 0.9, 0.9, 0.9}, 4, 1);
    /* None is small enough but the last, and with it all: a step up. */
    assert_decided((const double[]){0.04, 0.04, 0.04, 0.05}, 4, 4);
    assert_decided((const double[]){0.04, NAN, NAN}, 3, 1);
    assert_decided((const double[]){NAN}, 1, 0);
    difference_decide(NULL, 0);
}

static void how_many_must_differ_to_be_seen(void **state)
{
    (void)state;
    double six = difference_least_p_value(6, 6);
    assert_int_equal(difference_least_number(1, six), 1);
    assert_int_equal(difference_least_number(23, six), 1); /* 0.05 / 23 = 0.00217 */
    assert_int_equal(difference_least_number(24, six), 2);
    assert_int_equal(difference_least_number(100, six), 5);
    assert_int_equal(difference_least_number(1000, difference_least_p_value(10, 10)), 1);
    /* And so it is. */
    struct difference differences[24];
    for (size_t few = 1; few <= 2; few++) {
        for (size_t index = 0; index < 24; index++) {
            differences[index] = difference_none();
            differences[index].p_value = index < few ? six : 1.0;
        }
        difference_decide(differences, 24);
        assert_int_equal(differences[0].differs, few == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separate_powers_of_two),
        cmocka_unit_test(an_even_number_of_quotients_has_a_middle_between_two),
        cmocka_unit_test(what_was_not_measured_does_not_count),
        cmocka_unit_test(too_few_rounds_never_differ),
        cmocka_unit_test(the_median_is_that_of_all_quotients),
        cmocka_unit_test(exact_p_values_of_six_and_six),
        cmocka_unit_test(exact_p_values_of_other_counts),
        cmocka_unit_test(ties_are_corrected_for),
        cmocka_unit_test(equal_values_do_not_differ),
        cmocka_unit_test(chance_alone_is_rarely_a_difference),
        cmocka_unit_test(many_rounds_are_counted_and_not_listed),
        cmocka_unit_test(benjamini_and_hochberg),
        cmocka_unit_test(how_many_must_differ_to_be_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
