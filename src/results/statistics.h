/*
 * Medians and their confidence intervals. Knows numbers only: no units, no cells, no files.
 *
 * Interval: the percentile bootstrap (B. Efron, R. J. Tibshirani: An Introduction to the Bootstrap,
 * 1993, chapters 6 and 13). STATISTICS_RESAMPLES times, as many values as there are get drawn from
 * them with replacement and their median is taken; the interval runs from the k-th smallest to the
 * k-th largest of those medians, k = floor(0.025 * (STATISTICS_RESAMPLES + 1)). Nothing is assumed
 * about the shape of the distribution; the values must be independent of each other.
 *
 * How many values it needs: such an interval can't reach beyond the smallest and the largest value,
 * and these two hold the true median between them with probability 1 - 2^(1 - n): 50 % for two
 * values, 93.75 % for five, 96.9 % for six. So below six values no interval deserves its 95 %, and
 * none is given:
 *   n = 0       median, lo and hi are NAN
 *   n = 1..5    the median; lo and hi are NAN (STATISTICS_LEAST_SAMPLES)
 *   n >= 6      the median and its interval
 *
 * How often it holds the true median (nominal 95 %), measured over 1000 simulated experiments
 * of n values each (so known to +-1.5 points); tests/statistics_test.c repeats the simulation and
 * fails when these figures change:
 *   n                        6       10       20
 *   uniform values         94.1 %   94.0 %   93.7 %
 *   their reciprocals      93.3 %   93.0 %   93.2 %   (a tail so long that they have no mean)
 * So an interval of ten rounds holds 93 to 94 times in a hundred: a little less than its name.
 *
 * The same values and the same seed give the same interval on every machine.
 */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "base/random.h"

#include <stddef.h>
#include <stdint.h>

#define STATISTICS_RESAMPLES     2000
#define STATISTICS_LEAST_SAMPLES 6
/* Above so many values a resample is not listed: statistics_draw_median takes its place, which has
 * the same distribution and takes far less time. */
#define STATISTICS_LISTED_MOST 300

struct estimate {
    double median; /* or another quantile, where the function says so; NAN when samples is 0 */
    double ci95_lo;
    double ci95_hi;
    size_t samples; /* how many values it rests on */
};

/* What an estimate from nothing looks like: NAN, NAN, NAN, 0. */
struct estimate statistics_no_estimate(void);

/* Sorts values in rising order; none of them may be NAN. */
void statistics_sort(double *values, size_t count);

/* The middle of sorted values, or the mean of the middle two. NAN for none. */
double statistics_median(const double *sorted, size_t count);

/* The value at quantile q in [0, 1] of sorted values by nearest rank: the ceil(q * count)-th, the
 * first for q = 0. NAN for none. */
double statistics_quantile(const double *sorted, size_t count, double q);

/*
 * The median of `values` and its interval. NAN among them means not measured: it is left out and
 * not counted. Returns 0 or -ENOMEM; *estimate is set on success only.
 */
int statistics_estimate_median(const double *values, size_t count, uint64_t seed,
                               struct estimate *estimate);

/*
 * The median of numerators[i] / denominators[i] and its interval, from the ratios of pairs that
 * were measured together: what disturbed both cancels, and what differs between pairs shows in the
 * interval. It is not the ratio of the two medians. A pair with a NAN, or with a value that is not
 * above 0, has no ratio and is left out. Returns 0 or -ENOMEM; *estimate is set on success only.
 */
int statistics_estimate_ratio(const double *numerators, const double *denominators, size_t pairs,
                              uint64_t seed, struct estimate *estimate);

/* The building blocks of a bootstrap, for statistics other than the median of one cell. */

/* One resample of `count` things: draws `count` times with replacement and leaves in
 * multiplicities[i] how often i came up. */
void statistics_resample(struct random *random, uint32_t *multiplicities, size_t count);

/* The median of a resample: of sorted[i], multiplicities[i] times each. `count`, the number of
 * values and the sum of their multiplicities, is above 0. */
double statistics_resampled_median(const double *sorted, const uint32_t *multiplicities,
                                   size_t count);

/*
 * The median of one resample of `count` sorted values, without making the resample: in the same
 * distribution as statistics_resample and statistics_resampled_median together give it, from other
 * random numbers. A draw is a number of 32 bits of which the first bits matter most; so the bits of
 * all draws are tossed one after the other, counted, and only those draws are followed that can
 * still be the middle: count / 32 random numbers in all, no division and no logarithm, and so the
 * same on every machine. `count` is above 0 and below 2^32.
 */
double statistics_draw_median(struct random *random, const double *sorted, size_t count);

/* The percentile interval of a statistic's STATISTICS_RESAMPLES resampled values, none of them NAN;
 * sorts them. */
void statistics_percentile_interval(double *resampled, double *lo, double *hi);

#endif
