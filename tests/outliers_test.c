/* The modified z-score on values whose scores can be computed by hand. */
#include "results/outliers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static size_t find(const double *values, size_t count, bool *is_outlier)
{
    size_t found;
    assert_int_equal(outliers_find(values, count, is_outlier, &found), 0);
    return found;
}

/* 1 2 3 4 x: median 3, deviations 2 1 0 1 (x - 3), so MAD = 1 and the score of x is
 * 0.6745 (x - 3): 3.5 at x = 8.189. */
static void the_bound_lies_where_it_should(void **state)
{
    (void)state;
    double values[] = {1, 2, 3, 4, 8.18};
    bool is[COUNT(values)];
    assert_int_equal(find(values, 5, is), 0);
    values[4] = 8.20;
    assert_int_equal(find(values, 5, is), 1);
    assert_true(is[4] && !is[0] && !is[1] && !is[2] && !is[3]);
    values[4] = 3.0 - 5.20; /* far below: 1 2 3 4 -2.2 has the median 2 and MAD 1 */
    values[4] = 2.0 - 5.20;
    assert_int_equal(find(values, 5, is), 1);
    assert_true(is[4]);
}

/* More than half are equal: MAD is 0. The mean absolute deviation of 0 0 0 0 0 0 7 is 1, and the
 * score of 7 is 7 / 1.2533 = 5.6; of 0 0 0 0 7 it is 1.4, and 7 / (1.2533 * 1.4) = 3.99. */
static void equal_values_leave_a_scale(void **state)
{
    (void)state;
    const double seven[] = {0, 0, 0, 0, 0, 0, 7};
    const double four[] = {0, 0, 0, 7};
    bool is[COUNT(seven)];
    assert_int_equal(find(seven, 7, is), 1);
    assert_true(is[6]);
    /* 7 / (1.2533 * 1.75) = 3.19 */
    assert_int_equal(find(four, 4, is), 0);
}

static void all_equal_or_none(void **state)
{
    (void)state;
    const double equal[] = {2, 2, 2, 2, 2, 2};
    bool is[COUNT(equal)];
    assert_int_equal(find(equal, 6, is), 0);
    assert_int_equal(find(equal, 1, is), 0);
    assert_int_equal(find(NULL, 0, is), 0);
}

/* Box and Muller; one of the two values is enough. */
static double normal(struct random *random)
{
    double uniform = ((double)(random_next(random) >> 11) + 0.5) / 9007199254740992.0;
    double angle = (double)(random_next(random) >> 11) / 9007199254740992.0;
    return sqrt(-2.0 * log(uniform)) * cos(2.0 * 3.14159265358979323846 * angle);
}

/* How many of 1000 experiments of n normal values name at least one outlier. */
static size_t false_alarms(size_t n)
{
    struct random random = random_seeded(1993);
    size_t alarms = 0;
    for (int experiment = 0; experiment < 1000; experiment++) {
        double values[20];
        bool is[20];
        for (size_t index = 0; index < n; index++)
            values[index] = normal(&random);
        alarms += find(values, n, is) > 0 ? 1 : 0;
    }
    return alarms;
}

/* The figures in the header. */
static void chance_alone_names_some(void **state)
{
    (void)state;
    assert_int_equal(false_alarms(6), 166);
    assert_int_equal(false_alarms(10), 123);
    assert_int_equal(false_alarms(20), 72);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bound_lies_where_it_should),
        cmocka_unit_test(equal_values_leave_a_scale),
        cmocka_unit_test(all_equal_or_none),
        cmocka_unit_test(chance_alone_names_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
