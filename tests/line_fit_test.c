/* Lines through points, against answers computed by hand. */
#include "results/line_fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_close(double is, double should)
{
    if (!(fabs(is - should) <= 1e-12 * fmax(1.0, fabs(should))))
        fail_msg("%.17g, not %.17g", is, should);
}

static void assert_fit(struct line_fit fit, double slope, double intercept, double r_squared)
{
    assert_close(fit.slope, slope);
    assert_close(fit.intercept, intercept);
    assert_close(fit.r_squared, r_squared);
}

static void assert_no_fit(struct line_fit fit)
{
    assert_true(isnan(fit.slope));
    assert_true(isnan(fit.intercept));
    assert_true(isnan(fit.r_squared));
}

static void points_on_a_line(void **state)
{
    (void)state;
    const double x[] = {0.0, 1.0, 2.0, 3.0, 4.0};
    const double rising[] = {3.0, 5.0, 7.0, 9.0, 11.0};
    const double falling[] = {10.0, 9.5, 9.0, 8.5, 8.0};
    assert_fit(line_fit(x, rising, COUNT(x)), 2.0, 3.0, 1.0);
    assert_fit(line_fit(x, falling, COUNT(x)), -0.5, 10.0, 1.0);
    assert_fit(line_fit(x, rising, 2), 2.0, 3.0, 1.0);
}

/*
 * x 0 1 2 3 4, mean 2; y 1 3 2 5 4, mean 3; deviations -2 -1 0 1 2 and -2 0 -1 2 1:
 * Sxx 10, Sxy 4 + 0 + 0 + 2 + 2 = 8, Syy 4 + 0 + 1 + 4 + 1 = 10.
 */
static void noisy_points_by_hand(void **state)
{
    (void)state;
    const double x[] = {0.0, 1.0, 2.0, 3.0, 4.0};
    const double y[] = {1.0, 3.0, 2.0, 5.0, 4.0};
    assert_fit(line_fit(x, y, COUNT(x)), 0.8, 3.0 - 1.6, 0.64);
}

/*
 * One wild point counts: x 0 1 2 7, mean 2.5; y 0 0 0 8, mean 2;
 * deviations -2.5 -1.5 -0.5 4.5 and -2 -2 -2 6: Sxx 29, Sxy 5 + 3 + 1 + 27 = 36, Syy 48.
 */
static void unequal_steps_by_hand(void **state)
{
    (void)state;
    const double x[] = {0.0, 1.0, 2.0, 7.0};
    const double y[] = {0.0, 0.0, 0.0, 8.0};
    double slope = 36.0 / 29.0;
    assert_fit(line_fit(x, y, COUNT(x)), slope, 2.0 - 2.5 * slope, 36.0 * 36.0 / (29.0 * 48.0));
}

static void the_order_of_points_does_not_matter(void **state)
{
    (void)state;
    const double x[] = {3.0, 0.0, 4.0, 2.0, 1.0};
    const double y[] = {5.0, 1.0, 4.0, 2.0, 3.0};
    assert_fit(line_fit(x, y, COUNT(x)), 0.8, 1.4, 0.64);
}

/* y without any trend but with variation: R^2 is a known 0, other than with no variation. */
static void no_trend_is_not_no_variation(void **state)
{
    (void)state;
    const double x[] = {-1.0, 0.0, 1.0};
    const double y[] = {1.0, -2.0, 1.0};
    assert_fit(line_fit(x, y, COUNT(x)), 0.0, 0.0, 0.0);
}

/* Three times 0.1 has a rounded mean: the deviations are not 0, and R^2 is NAN all the same. */
static void a_constant_is_fitted_without_r_squared(void **state)
{
    (void)state;
    const double x[] = {0.0, 1.0, 2.0};
    const double y[] = {0.1, 0.1, 0.1};
    struct line_fit fit = line_fit(x, y, COUNT(x));
    assert_close(fit.slope, 0.0);
    assert_close(fit.intercept, 0.1);
    assert_true(isnan(fit.r_squared));
}

static void one_x_has_no_line(void **state)
{
    (void)state;
    const double x[] = {0.1, 0.1, 0.1};
    const double y[] = {1.0, 2.0, 3.0};
    assert_no_fit(line_fit(x, y, 3));
    assert_no_fit(line_fit(x, y, 1));
    assert_no_fit(line_fit(NULL, NULL, 0));
}

static void what_is_not_finite_has_no_line(void **state)
{
    (void)state;
    const double x[] = {0.0, 1.0, 2.0};
    const double unknown[] = {1.0, NAN, 3.0};
    const double endless[] = {1.0, INFINITY, 3.0};
    assert_no_fit(line_fit(x, unknown, 3));
    assert_no_fit(line_fit(x, endless, 3));
    assert_no_fit(line_fit(unknown, x, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_on_a_line),
        cmocka_unit_test(noisy_points_by_hand),
        cmocka_unit_test(unequal_steps_by_hand),
        cmocka_unit_test(the_order_of_points_does_not_matter),
        cmocka_unit_test(no_trend_is_not_no_variation),
        cmocka_unit_test(a_constant_is_fitted_without_r_squared),
        cmocka_unit_test(one_x_has_no_line),
        cmocka_unit_test(what_is_not_finite_has_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
