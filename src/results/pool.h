/*
 * Quantiles of latencies pooled over rounds. One sample is too short for its own 99.9th percentile;
 * the rounds of a cell together may carry it. The interval comes from resampling whole ROUNDS, not
 * single round trips: what disturbs one round disturbs its round trips together, so round trips of
 * one sample are not independent, and an interval made from them would be far too narrow.
 * (A. C. Davison, D. V. Hinkley: Bootstrap Methods and their Application, 1997, section 3.8.)
 * Knows buckets of measure/histogram.h; knows no files and no cells.
 */
#ifndef POOL_H
#define POOL_H

#include "results/statistics.h"

#include <stddef.h>
#include <stdint.h>

/* `count` values of the bucket `bucket`, seen in the round `round` (0 .. rounds - 1). */
struct pool_entry {
    uint32_t round;
    uint32_t bucket;
    uint64_t count;
};

struct pool;

/*
 * Pools entries[0..entry_count), which may come in any order. Every round below `rounds` must have
 * an entry with a count above 0. Returns 0, -EINVAL (a round without values, an entry outside the
 * rounds or the buckets, too many values to count) or -ENOMEM; *pool is set on success only and is
 * then released by pool_free.
 */
int pool_create(struct pool **pool, const struct pool_entry *entries, size_t entry_count,
                size_t rounds);

/*
 * estimates[0 .. count): the value at each of the quantiles `q` by nearest rank (the middle of its
 * bucket, as histogram_quantile) and its percentile bootstrap interval, in `median`, `ci95_lo` and
 * `ci95_hi`; `samples` is the number of rounds. Fewer values than histogram_count_needed(q): NANs
 * and samples 0. Fewer rounds than STATISTICS_LEAST_SAMPLES: no interval. One quantile or several
 * of the same seed: the same resamples. Returns 0 or -ENOMEM; estimates are set on success only.
 */
int pool_estimate_quantiles(const struct pool *pool, const double *q, size_t count, uint64_t seed,
                            struct estimate *estimates);

void pool_free(struct pool *pool);

#endif
