#include "results/line_fit.h"

#include <math.h>
#include <stdbool.h>

static bool all_finite(const double *values, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        if (!isfinite(values[index]))
            return false;
    }
    return true;
}

/* Asked of the values, not of their sum of squares: the mean of equal numbers is rounded, and then
 * that sum is not 0. */
static bool all_equal(const double *values, size_t count)
{
    for (size_t index = 1; index < count; index++) {
        if (values[index] != values[0])
            return false;
    }
    return true;
}

static double mean(const double *values, size_t count)
{
    double sum = 0.0;
    for (size_t index = 0; index < count; index++)
        sum += values[index];
    return sum / (double)count;
}

struct line_fit line_fit(const double *x, const double *y, size_t count)
{
    struct line_fit fit = {.slope = NAN, .intercept = NAN, .r_squared = NAN};
    if (!all_finite(x, count) || !all_finite(y, count) || all_equal(x, count))
        return fit;
    double mean_x = mean(x, count);
    double mean_y = mean(y, count);
    double sum_xx = 0.0;
    double sum_xy = 0.0;
    double sum_yy = 0.0;
    for (size_t index = 0; index < count; index++) {
        double from_mean_x = x[index] - mean_x;
        double from_mean_y = y[index] - mean_y;
        sum_xx += from_mean_x * from_mean_x;
        sum_xy += from_mean_x * from_mean_y;
        sum_yy += from_mean_y * from_mean_y;
    }
    fit.slope = sum_xy / sum_xx;
    fit.intercept = mean_y - fit.slope * mean_x;
    if (!all_equal(y, count))
        fit.r_squared = fmin(sum_xy * sum_xy / (sum_xx * sum_yy), 1.0); /* rounding may exceed 1 */
    return fit;
}
