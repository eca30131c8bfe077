#include "results/statistics.h"

#include "measure/histogram.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Which of the resampled values, counted from 1 and from either end, bounds the interval. */
enum { INTERVAL_RANK = (STATISTICS_RESAMPLES + 1) / 40 };

struct estimate statistics_no_estimate(void)
{
    return (struct estimate){.median = NAN, .ci95_lo = NAN, .ci95_hi = NAN, .samples = 0};
}

static int compare_values(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

void statistics_sort(double *values, size_t count)
{
    if (count > 1)
        qsort(values, count, sizeof *values, compare_values);
}

double statistics_median(const double *sorted, size_t count)
{
    if (count == 0)
        return NAN;
    double upper = sorted[count / 2];
    if (count % 2 == 1)
        return upper;
    double lower = sorted[count / 2 - 1];
    return lower + (upper - lower) / 2.0;
}

double statistics_quantile(const double *sorted, size_t count, double q)
{
    return count > 0 ? sorted[histogram_rank(q, count) - 1] : NAN;
}

/* A number in [0, bound) from 32 random bits. Its bias, bound / 2^32, is far below what a resample
 * can show, and it needs no division: half the time of a bootstrap would go there. */
static size_t scale(uint32_t bits, size_t bound)
{
    return (size_t)(((uint64_t)bits * bound) >> 32);
}

void statistics_resample(struct random *random, uint32_t *multiplicities, size_t count)
{
    memset(multiplicities, 0, count * sizeof *multiplicities);
    for (size_t draw = 0; draw + 1 < count; draw += 2) {
        uint64_t bits = random_next(random);
        multiplicities[scale((uint32_t)bits, count)]++;
        multiplicities[scale((uint32_t)(bits >> 32), count)]++;
    }
    if (count % 2 == 1)
        multiplicities[scale((uint32_t)random_next(random), count)]++;
}

void statistics_percentile_interval(double *resampled, double *lo, double *hi)
{
    statistics_sort(resampled, STATISTICS_RESAMPLES);
    *lo = resampled[INTERVAL_RANK - 1];
    *hi = resampled[STATISTICS_RESAMPLES - INTERVAL_RANK];
}

/* The value at `rank`, counted from 1, when sorted[i] stands there multiplicities[i] times. */
static double value_at_rank(const double *sorted, const uint32_t *multiplicities, size_t rank)
{
    size_t seen = 0;
    size_t index = 0;
    for (;; index++) {
        seen += multiplicities[index];
        if (seen >= rank)
            return sorted[index];
    }
}

double statistics_resampled_median(const double *sorted, const uint32_t *multiplicities,
                                   size_t count)
{
    double upper = value_at_rank(sorted, multiplicities, count / 2 + 1);
    if (count % 2 == 1)
        return upper;
    double lower = value_at_rank(sorted, multiplicities, count / 2);
    return lower + (upper - lower) / 2.0;
}

/* The estimate from sorted values; `multiplicities` is room for `count` of them. */
static struct estimate estimate_from_sorted(const double *sorted, size_t count,
                                            uint32_t *multiplicities, uint64_t seed)
{
    struct estimate estimate = statistics_no_estimate();
    estimate.median = statistics_median(sorted, count);
    estimate.samples = count;
    if (count < STATISTICS_LEAST_SAMPLES)
        return estimate;
    double medians[STATISTICS_RESAMPLES];
    struct random random = random_seeded(seed);
    for (size_t resample = 0; resample < STATISTICS_RESAMPLES; resample++) {
        statistics_resample(&random, multiplicities, count);
        medians[resample] = statistics_resampled_median(sorted, multiplicities, count);
    }
    statistics_percentile_interval(medians, &estimate.ci95_lo, &estimate.ci95_hi);
    return estimate;
}

int statistics_estimate_median(const double *values, size_t count, uint64_t seed,
                               struct estimate *estimate)
{
    /* One more than needed: what malloc(0) returns differs between C libraries. */
    double *sorted = calloc(count + 1, sizeof *sorted);
    uint32_t *multiplicities = calloc(count + 1, sizeof *multiplicities);
    if (sorted == NULL || multiplicities == NULL) {
        free(sorted);
        free(multiplicities);
        return -ENOMEM;
    }
    size_t measured = 0;
    for (size_t index = 0; index < count; index++) {
        if (!isnan(values[index]))
            sorted[measured++] = values[index];
    }
    statistics_sort(sorted, measured);
    *estimate = estimate_from_sorted(sorted, measured, multiplicities, seed);
    free(sorted);
    free(multiplicities);
    return 0;
}

int statistics_estimate_ratio(const double *numerators, const double *denominators, size_t pairs,
                              uint64_t seed, struct estimate *estimate)
{
    double *ratios = calloc(pairs + 1, sizeof *ratios);
    if (ratios == NULL)
        return -ENOMEM;
    for (size_t pair = 0; pair < pairs; pair++) {
        /* Written so that a NAN fails it too. */
        if (numerators[pair] > 0.0 && denominators[pair] > 0.0)
            ratios[pair] = numerators[pair] / denominators[pair];
        else
            ratios[pair] = NAN;
    }
    int result = statistics_estimate_median(ratios, pairs, seed, estimate);
    free(ratios);
    return result;
}
