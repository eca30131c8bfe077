#include "results/outliers.h"

#include "results/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* What one standard deviation of a normal distribution is, of either kind of deviation. */
static const double MEDIAN_FACTOR = 1.0 / 0.6745;
static const double MEAN_FACTOR = 1.2533;

static double mean_of(const double *values, size_t count)
{
    double sum = 0.0;
    for (size_t index = 0; index < count; index++)
        sum += values[index];
    return count > 0 ? sum / (double)count : 0.0;
}

/* `sorted` is room for `count` values. 0 when all values are equal. */
static double scale_of(const double *values, size_t count, double middle, double *sorted)
{
    for (size_t index = 0; index < count; index++)
        sorted[index] = fabs(values[index] - middle);
    statistics_sort(sorted, count);
    double median = statistics_median(sorted, count);
    return median > 0.0 ? MEDIAN_FACTOR * median : MEAN_FACTOR * mean_of(sorted, count);
}

int outliers_find(const double *values, size_t count, bool *is_outlier, size_t *found)
{
    double *sorted = calloc(count + 1, sizeof *sorted);
    if (sorted == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < count; index++)
        sorted[index] = values[index];
    statistics_sort(sorted, count);
    double middle = statistics_median(sorted, count);
    double scale = scale_of(values, count, middle, sorted);
    *found = 0;
    for (size_t index = 0; index < count; index++) {
        is_outlier[index] = scale > 0.0 && fabs(values[index] - middle) / scale > OUTLIERS_SCORE;
        *found += is_outlier[index] ? 1 : 0;
    }
    free(sorted);
    return 0;
}
