#include "results/statistics.h"

#include "measure/histogram.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
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

/* --- The median of a resample, from its rank alone -------------------------------------------- */

/* Draws of 32 bits that begin alike: all those that end in `open` unknown bits after `low`. */
struct alike {
    size_t draws;
    uint32_t low;
    unsigned open;
};

/* How many of so many fair coins show heads. */
static size_t toss(struct random *random, size_t coins)
{
    static const uint64_t pairs = UINT64_C(0x5555555555555555);
    static const uint64_t nibbles = UINT64_C(0x3333333333333333);
    static const uint64_t bytes = UINT64_C(0x0f0f0f0f0f0f0f0f);
    size_t heads = 0;
    while (coins > 0) {
        uint64_t bits = random_next(random);
        bits >>= coins < 64 ? 64 - coins : 0;
        bits -= bits >> 1 & pairs;
        bits = (bits & nibbles) + (bits >> 2 & nibbles);
        bits = (bits + (bits >> 4)) & bytes;
        heads += (size_t)((bits * UINT64_C(0x0101010101010101)) >> 56);
        coins -= coins < 64 ? coins : 64;
    }
    return heads;
}

/* Whether more bits would still tell which of `count` values is meant. */
static bool is_open(const struct alike *alike, size_t count)
{
    uint32_t high = alike->low | (uint32_t)((UINT64_C(1) << alike->open) - 1);
    return scale(alike->low, count) != scale(high, count);
}

/* Tosses the next bit of all draws that are alike: returns how many have it clear. */
static size_t open_bit(struct random *random, struct alike *alike)
{
    alike->open--;
    return alike->draws - toss(random, alike->draws);
}

static void keep_clear(struct alike *alike, size_t clear)
{
    alike->draws = clear;
}

static void keep_set(struct alike *alike, size_t clear)
{
    alike->draws -= clear;
    alike->low |= UINT32_C(1) << alike->open;
}

/* Which of `count` values the rank-th smallest of the draws means. */
static size_t index_at_rank(struct random *random, struct alike alike, size_t rank, size_t count)
{
    while (is_open(&alike, count)) {
        size_t clear = open_bit(random, &alike);
        if (rank <= clear) {
            keep_clear(&alike, clear);
        } else {
            rank -= clear;
            keep_set(&alike, clear);
        }
    }
    return scale(alike.low, count);
}

double statistics_draw_median(struct random *random, const double *sorted, size_t count)
{
    struct alike alike = {.draws = count, .low = 0, .open = 32};
    size_t rank = (count + 1) / 2; /* of the lower one of the middle two, which are one if odd */
    if (count % 2 == 1)
        return sorted[index_at_rank(random, alike, rank, count)];
    while (is_open(&alike, count)) {
        size_t clear = open_bit(random, &alike);
        if (rank == clear) {
            /* They part: the largest of those below, the smallest of those above. */
            struct alike above = alike;
            keep_clear(&alike, clear);
            keep_set(&above, clear);
            double lower = sorted[index_at_rank(random, alike, rank, count)];
            double upper = sorted[index_at_rank(random, above, 1, count)];
            return lower + (upper - lower) / 2.0;
        }
        if (rank < clear) {
            keep_clear(&alike, clear);
        } else {
            rank -= clear;
            keep_set(&alike, clear);
        }
    }
    return sorted[scale(alike.low, count)];
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
        if (count > STATISTICS_LISTED_MOST) {
            medians[resample] = statistics_draw_median(&random, sorted, count);
            continue;
        }
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
