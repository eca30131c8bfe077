#include "results/pool.h"

#include "measure/histogram.h"

#include <errno.h>
#include <stdlib.h>

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

static double mixture_quantile(const struct pool *pool, const uint32_t *multiplicities, double q)
{
    size_t first = 0;
    size_t last = pool->columns - 1;
    uint64_t rank = histogram_rank(q, mixture_below(pool, multiplicities, last));
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        if (mixture_below(pool, multiplicities, middle) >= rank)
            last = middle;
        else
            first = middle + 1;
    }
    return histogram_bucket_middle(pool->buckets[first]);
}

static void resample_rounds(const struct pool *pool, double q, uint64_t seed,
                            uint32_t *multiplicities, struct estimate *estimate)
{
    double quantiles[STATISTICS_RESAMPLES];
    struct random random = random_seeded(seed);
    for (size_t resample = 0; resample < STATISTICS_RESAMPLES; resample++) {
        statistics_resample(&random, multiplicities, pool->rounds);
        quantiles[resample] = mixture_quantile(pool, multiplicities, q);
    }
    statistics_percentile_interval(quantiles, &estimate->ci95_lo, &estimate->ci95_hi);
}

int pool_estimate_quantile(const struct pool *pool, double q, uint64_t seed,
                           struct estimate *estimate)
{
    uint32_t *multiplicities = calloc(pool->rounds + 1, sizeof *multiplicities);
    if (multiplicities == NULL)
        return -ENOMEM;
    for (size_t round = 0; round < pool->rounds; round++)
        multiplicities[round] = 1;
    struct estimate found = statistics_no_estimate();
    uint64_t count = pool->columns > 0 ? mixture_below(pool, multiplicities, pool->columns - 1) : 0;
    if (count > 0 && count >= histogram_count_needed(q)) {
        found.median = mixture_quantile(pool, multiplicities, q);
        found.samples = pool->rounds;
        if (pool->rounds >= STATISTICS_LEAST_SAMPLES)
            resample_rounds(pool, q, seed, multiplicities, &found);
    }
    free(multiplicities);
    *estimate = found;
    return 0;
}
