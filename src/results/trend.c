#include "results/trend.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PAIRS = TREND_EXACT_MOST * (TREND_EXACT_MOST - 1) / 2 };

/* S, and whether any two values are equal. */
static int64_t count_pairs(const double *values, size_t count, bool *ties)
{
    int64_t s = 0;
    *ties = false;
    for (size_t later = 1; later < count; later++) {
        for (size_t earlier = 0; earlier < later; earlier++) {
            s += (values[later] > values[earlier]) - (values[later] < values[earlier]);
            *ties = *ties || values[later] == values[earlier];
        }
    }
    return s;
}

/* The chance that an order of `count` different values has at most `most` falling pairs. The k-th
 * value falls below 0 .. k - 1 of those before it, each equally often. */
static double chance_of_falls(size_t count, size_t most)
{
    double chances[MOST_PAIRS + 1] = {1.0};
    double next[MOST_PAIRS + 1];
    for (size_t value = 2; value <= count; value++) {
        for (size_t falls = 0; falls <= most; falls++) {
            next[falls] = 0.0;
            for (size_t added = 0; added < value && added <= falls; added++)
                next[falls] += chances[falls - added] / (double)value;
        }
        memcpy(chances, next, (most + 1) * sizeof *chances);
    }
    double sum = 0.0;
    for (size_t falls = 0; falls <= most; falls++)
        sum += chances[falls];
    return sum;
}

static double exact_p(size_t count, int64_t s)
{
    size_t pairs = count * (count - 1) / 2;
    size_t distance = (size_t)(s < 0 ? -s : s);
    return fmin(1.0, 2.0 * chance_of_falls(count, (pairs - distance) / 2));
}

static double pairs_term(double count)
{
    return count * (count - 1.0) * (2.0 * count + 5.0);
}

/* The variance of S, less what groups of equal values take from it (Kendall 1975, chapter 4). */
static double variance_of(const double *values, size_t count)
{
    double variance = pairs_term((double)count);
    for (size_t index = 0; index < count; index++) {
        size_t equal = 0;
        bool first = true;
        for (size_t other = 0; other < count; other++) {
            equal += values[other] == values[index] ? 1 : 0;
            first = first && (other >= index || values[other] != values[index]);
        }
        if (first && equal > 1)
            variance -= pairs_term((double)equal);
    }
    return variance / 18.0;
}

static double normal_p(const double *values, size_t count, int64_t s)
{
    double variance = variance_of(values, count);
    double distance = fabs((double)s) - 1.0; /* for continuity */
    if (s == 0 || !(variance > 0.0))
        return 1.0;
    return fmin(1.0, erfc(distance / sqrt(2.0 * variance)));
}

struct trend trend_of(const double *values, size_t count)
{
    bool ties;
    if (count < 2)
        return (struct trend){.tau = NAN, .p = 1.0};
    int64_t s = count_pairs(values, count, &ties);
    return (struct trend){
        .tau = (double)s / ((double)count * (double)(count - 1) / 2.0),
        .p = !ties && count <= TREND_EXACT_MOST ? exact_p(count, s) : normal_p(values, count, s),
    };
}

struct ranked {
    double p;
    size_t place;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    return (a->p > b->p) - (a->p < b->p);
}

int trend_correct(const double *p, size_t count, double *q)
{
    struct ranked *ranked = calloc(count + 1, sizeof *ranked);
    if (ranked == NULL)
        return -ENOMEM;
    size_t known = 0;
    for (size_t index = 0; index < count; index++) {
        q[index] = NAN;
        if (!isnan(p[index]))
            ranked[known++] = (struct ranked){.p = p[index], .place = index};
    }
    if (known > 1)
        qsort(ranked, known, sizeof *ranked, compare_ranked);
    double least = 1.0;
    for (size_t rank = known; rank > 0; rank--) {
        least = fmin(least, ranked[rank - 1].p * (double)known / (double)rank);
        q[ranked[rank - 1].place] = least;
    }
    free(ranked);
    return 0;
}
