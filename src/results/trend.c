#include "results/trend.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PAIRS = TREND_EXACT_MOST * (TREND_EXACT_MOST - 1) / 2 };

/* S and what equal values take from its variance. */
struct pair_count {
    int64_t s;
    bool ties;
    double tied; /* the sum of pairs_term over groups of equal values */
};

static double pairs_term(double count)
{
    return count * (count - 1.0) * (2.0 * count + 5.0);
}

/* Sorts values[0 .. count) by merging, with room for as many. Returns how many pairs fall. */
static int64_t sort_counting_falls(double *values, size_t count, double *room)
{
    if (count < 2)
        return 0;
    size_t half = count / 2;
    int64_t falls = sort_counting_falls(values, half, room) +
                    sort_counting_falls(values + half, count - half, room);
    size_t left = 0;
    size_t right = half;
    for (size_t merged = 0; merged < count; merged++) {
        if (right == count || (left < half && values[left] <= values[right])) {
            room[merged] = values[left++];
        } else {
            room[merged] = values[right++];
            falls += (int64_t)(half - left);
        }
    }
    memcpy(values, room, count * sizeof *values);
    return falls;
}

/* Every pair rises, falls or ties. */
static int count_pairs(const double *values, size_t count, struct pair_count *pairs)
{
    double *sorted = calloc(2 * count, sizeof *sorted);
    if (sorted == NULL)
        return -ENOMEM;
    memcpy(sorted, values, count * sizeof *sorted);
    int64_t falls = sort_counting_falls(sorted, count, sorted + count);
    int64_t equal_pairs = 0;
    pairs->tied = 0.0;
    for (size_t first = 0, end; first < count; first = end) {
        end = first + 1;
        while (end < count && !(sorted[end] > sorted[first]))
            end++;
        int64_t equal = (int64_t)(end - first);
        equal_pairs += equal * (equal - 1) / 2;
        pairs->tied += pairs_term((double)equal);
    }
    pairs->ties = equal_pairs > 0;
    pairs->s = (int64_t)count * ((int64_t)count - 1) / 2 - equal_pairs - 2 * falls;
    free(sorted);
    return 0;
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

/* The variance of S is less by what groups of equal values take from it (Kendall 1975, chapter 4).
 */
static double normal_p(const struct pair_count *pairs, size_t count)
{
    double variance = (pairs_term((double)count) - pairs->tied) / 18.0;
    double distance = fabs((double)pairs->s) - 1.0; /* for continuity */
    if (pairs->s == 0 || !(variance > 0.0))
        return 1.0;
    return fmin(1.0, erfc(distance / sqrt(2.0 * variance)));
}

int trend_of(const double *values, size_t count, struct trend *trend)
{
    struct pair_count pairs;
    if (count < 2) {
        *trend = (struct trend){.tau = NAN, .p = 1.0};
        return 0;
    }
    int result = count_pairs(values, count, &pairs);
    if (result < 0)
        return result;
    bool exact = !pairs.ties && count <= TREND_EXACT_MOST;
    *trend = (struct trend){
        .tau = (double)pairs.s / ((double)count * (double)(count - 1) / 2.0),
        .p = exact ? exact_p(count, pairs.s) : normal_p(&pairs, count),
    };
    return 0;
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
