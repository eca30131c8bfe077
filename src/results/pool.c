#include "results/pool.h"

#include "measure/histogram.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define NO_COLUMN SIZE_MAX

/*
 * Only buckets that any round has used get a column. below[column * rounds + round] counts the
 * round's values up to and including that column, so that the rank of any mixture of rounds is
 * found by bisection over the columns: a resample costs rounds * log2(columns) additions instead of
 * rounds * columns.
 */
struct pool {
    size_t rounds;
    size_t columns;
    uint32_t *buckets; /* per column, rising */
    uint64_t *below;
};

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    free(pool->buckets);
    free(pool->below);
    free(pool);
}

/* Turns `columns`, zeroed and with room for every bucket, into a table from bucket to column;
 * returns the number of columns. Meaningless for buckets that no entry uses. */
static size_t number_columns(const struct pool_entry *entries, size_t entry_count,
                             uint32_t *columns)
{
    size_t used = 0;
    for (size_t index = 0; index < entry_count; index++) {
        if (entries[index].count > 0)
            columns[entries[index].bucket] = 1;
    }
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (columns[bucket] != 0)
            columns[bucket] = (uint32_t)used++;
    }
    return used;
}

static int allocate(struct pool *pool)
{
    size_t cells;
    if (__builtin_mul_overflow(pool->columns, pool->rounds, &cells))
        return -ENOMEM;
    pool->buckets = calloc(pool->columns + 1, sizeof *pool->buckets);
    pool->below = calloc(cells + 1, sizeof *pool->below);
    return pool->buckets != NULL && pool->below != NULL ? 0 : -ENOMEM;
}

/* How many values of the round lie at or below the column. */
static uint64_t *below_at(const struct pool *pool, size_t column, size_t round)
{
    return &pool->below[column * pool->rounds + round];
}

static uint64_t round_count(const struct pool *pool, size_t round)
{
    return pool->columns > 0 ? *below_at(pool, pool->columns - 1, round) : 0;
}

static void add_entries(struct pool *pool, const struct pool_entry *entries, size_t entry_count,
                        const uint32_t *columns)
{
    for (size_t index = 0; index < entry_count; index++) {
        const struct pool_entry *entry = &entries[index];
        if (entry->count == 0)
            continue;
        pool->buckets[columns[entry->bucket]] = entry->bucket;
        *below_at(pool, columns[entry->bucket], entry->round) += entry->count;
    }
    for (size_t column = 1; column < pool->columns; column++) {
        for (size_t round = 0; round < pool->rounds; round++)
            *below_at(pool, column, round) += *below_at(pool, column - 1, round);
    }
}

/* Also keeps every sum in the rest of this file from overflowing: a resample takes `rounds` rounds,
 * none of which has more values than all of them together. */
static int check_entries(const struct pool_entry *entries, size_t entry_count, size_t rounds)
{
    uint64_t total = 0;
    uint64_t most;
    for (size_t index = 0; index < entry_count; index++) {
        const struct pool_entry *entry = &entries[index];
        if (entry->round >= rounds || entry->bucket >= HISTOGRAM_BUCKETS ||
            __builtin_add_overflow(total, entry->count, &total) ||
            __builtin_mul_overflow(total, rounds, &most))
            return -EINVAL;
    }
    return 0;
}

static int fill(struct pool *pool, const struct pool_entry *entries, size_t entry_count)
{
    uint32_t *columns = calloc(HISTOGRAM_BUCKETS, sizeof *columns);
    if (columns == NULL)
        return -ENOMEM;
    pool->columns = number_columns(entries, entry_count, columns);
    int result = allocate(pool);
    if (result == 0)
        add_entries(pool, entries, entry_count, columns);
    free(columns);
    for (size_t round = 0; result == 0 && round < pool->rounds; round++) {
        if (round_count(pool, round) == 0)
            result = -EINVAL;
    }
    return result;
}

int pool_create(struct pool **pool, const struct pool_entry *entries, size_t entry_count,
                size_t rounds)
{
    int result = check_entries(entries, entry_count, rounds);
    if (result < 0)
        return result;
    struct pool *created = calloc(1, sizeof *created);
    if (created == NULL)
        return -ENOMEM;
    created->rounds = rounds;
    result = fill(created, entries, entry_count);
    if (result < 0) {
        pool_free(created);
        return result;
    }
    *pool = created;
    return 0;
}

/* How many values lie at or below `column` when round i counts multiplicities[i] times. */
static uint64_t mixture_below(const struct pool *pool, const uint32_t *multiplicities,
                              size_t column)
{
    uint64_t sum = 0;
    for (size_t round = 0; round < pool->rounds; round++)
        sum += multiplicities[round] * *below_at(pool, column, round);
    return sum;
}

/* The first column at which the mixture has `rank` values, as it has in the last one. Looked for
 * from `near` on in growing steps, and by bisection once it lies between two: the quantile of a
 * resample is near that of the whole. */
static size_t column_at_rank(const struct pool *pool, const uint32_t *multiplicities, uint64_t rank,
                             size_t near)
{
    size_t first = 0;
    size_t last = pool->columns - 1;
    size_t probe = near;
    bool from_below = false;
    bool from_above = false;
    for (size_t step = 1; first < last; step *= 2) {
        if (mixture_below(pool, multiplicities, probe) >= rank) {
            last = probe;
            from_above = true;
        } else {
            first = probe + 1;
            from_below = true;
        }
        if ((from_below && from_above) || last - first <= step)
            probe = first + (last - first) / 2;
        else
            probe = from_above ? last - step : first + step;
    }
    return first;
}

static size_t mixture_column(const struct pool *pool, const uint32_t *multiplicities, double q,
                             size_t near)
{
    uint64_t all = mixture_below(pool, multiplicities, pool->columns - 1);
    return column_at_rank(pool, multiplicities, histogram_rank(q, all), near);
}

/* Several quantiles of one pool, and room for their resampled values. */
struct quantiles {
    const double *q;
    size_t count;
    size_t *columns;          /* of the whole; NO_COLUMN: it has too few values */
    double *resampled;        /* resampled[index * STATISTICS_RESAMPLES + resample] */
    uint32_t *multiplicities; /* per round */
};

static void free_quantiles(struct quantiles *quantiles)
{
    free(quantiles->columns);
    free(quantiles->resampled);
    free(quantiles->multiplicities);
}

static int make_quantiles(const struct pool *pool, const double *q, size_t count,
                          struct quantiles *quantiles)
{
    *quantiles = (struct quantiles){
        .q = q,
        .count = count,
        .columns = calloc(count + 1, sizeof *quantiles->columns),
        .resampled = calloc((count + 1) * STATISTICS_RESAMPLES, sizeof *quantiles->resampled),
        .multiplicities = calloc(pool->rounds + 1, sizeof *quantiles->multiplicities),
    };
    if (quantiles->columns != NULL && quantiles->resampled != NULL &&
        quantiles->multiplicities != NULL)
        return 0;
    free_quantiles(quantiles);
    return -ENOMEM;
}

/* Every quantile of the same resamples: each seed draws the same rounds anyway. */
static void resample_rounds(const struct pool *pool, uint64_t seed, struct quantiles *quantiles,
                            struct estimate *estimates)
{
    struct random random = random_seeded(seed);
    for (size_t resample = 0; resample < STATISTICS_RESAMPLES; resample++) {
        statistics_resample(&random, quantiles->multiplicities, pool->rounds);
        for (size_t index = 0; index < quantiles->count; index++) {
            if (quantiles->columns[index] == NO_COLUMN)
                continue;
            size_t column = mixture_column(pool, quantiles->multiplicities, quantiles->q[index],
                                           quantiles->columns[index]);
            quantiles->resampled[index * STATISTICS_RESAMPLES + resample] =
                histogram_bucket_middle(pool->buckets[column]);
        }
    }
    for (size_t index = 0; index < quantiles->count; index++) {
        if (quantiles->columns[index] != NO_COLUMN)
            statistics_percentile_interval(quantiles->resampled + index * STATISTICS_RESAMPLES,
                                           &estimates[index].ci95_lo, &estimates[index].ci95_hi);
    }
}

int pool_estimate_quantiles(const struct pool *pool, const double *q, size_t count, uint64_t seed,
                            struct estimate *estimates)
{
    struct quantiles quantiles;
    bool any = false;
    int result = make_quantiles(pool, q, count, &quantiles);
    if (result < 0)
        return result;
    for (size_t round = 0; round < pool->rounds; round++)
        quantiles.multiplicities[round] = 1;
    uint64_t all =
        pool->columns > 0 ? mixture_below(pool, quantiles.multiplicities, pool->columns - 1) : 0;
    for (size_t index = 0; index < count; index++) {
        estimates[index] = statistics_no_estimate();
        quantiles.columns[index] = NO_COLUMN;
        if (all == 0 || all < histogram_count_needed(q[index]))
            continue;
        size_t column = mixture_column(pool, quantiles.multiplicities, q[index], pool->columns / 2);
        quantiles.columns[index] = column;
        estimates[index].median = histogram_bucket_middle(pool->buckets[column]);
        estimates[index].samples = pool->rounds;
        any = true;
    }
    if (any && pool->rounds >= STATISTICS_LEAST_SAMPLES)
        resample_rounds(pool, seed, &quantiles, estimates);
    free_quantiles(&quantiles);
    return 0;
}
