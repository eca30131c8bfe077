#include "results/raw_latencies.h"

#include "base/array.h"
#include "base/table.h"
#include "base/terms.h"
#include "measure/histogram.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Far beyond any real run; it keeps a damaged or hostile bundle from taking all memory. */
static const struct table_limits latencies_limits = {
    .line_bytes = 512, .columns = 16, .rows = 50000000};

/* Where a sample stands in the order of the run; sorted, this finds the sample of a histogram. */
struct place {
    uint64_t round;
    uint64_t order;
    uint32_t sample;
};

struct places {
    struct place *places;
    size_t count;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    int order = (a->round > b->round) - (a->round < b->round);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int index_places(const struct raw_samples *raw, struct places *places,
                        struct failure *failure)
{
    places->count = raw->sample_count;
    places->places = calloc(raw->sample_count + 1, sizeof *places->places);
    if (places->places == NULL)
        return failure_set(failure, -ENOMEM, RAW_SAMPLES_FILE);
    for (size_t index = 0; index < raw->sample_count; index++)
        places->places[index] = (struct place){.round = raw->samples[index].round,
                                               .order = raw->samples[index].order,
                                               .sample = (uint32_t)index};
    qsort(places->places, places->count, sizeof *places->places, compare_places);
    for (size_t index = 1; index < places->count; index++) {
        const struct place *place = &places->places[index];
        if (compare_places(place - 1, place) == 0)
            return failure_say(failure, -EINVAL,
                               RAW_SAMPLES_FILE ": two samples with round %" PRIu64
                                                " and order %" PRIu64,
                               place->round, place->order);
    }
    return 0;
}

struct latency_columns {
    size_t round;
    size_t order;
    size_t lower;
    size_t upper;
    size_t count;
};

static int find_latency_columns(const struct table *table, struct latency_columns *columns,
                                struct failure *failure)
{
    int result = table_find_column(table, "round", &columns->round, failure);
    if (result == 0)
        result = table_find_column(table, "order", &columns->order, failure);
    if (result == 0)
        result = table_find_column(table, "round_trip_lower_ns", &columns->lower, failure);
    if (result == 0)
        result = table_find_column(table, "round_trip_upper_ns", &columns->upper, failure);
    if (result == 0)
        result = table_find_column(table, "count", &columns->count, failure);
    return result;
}

static int read_bucket(const struct table *table, const struct latency_columns *columns,
                       struct raw_bucket *row, struct failure *failure)
{
    uint64_t lower = 0;
    uint64_t upper = 0;
    int result = table_count(table, columns->lower, &lower, failure);
    if (result == 0)
        result = table_count(table, columns->upper, &upper, failure);
    if (result == 0)
        result = table_count(table, columns->count, &row->count, failure);
    if (result < 0)
        return result;
    size_t bucket = histogram_bucket(lower);
    if (histogram_bucket_lower(bucket) != lower)
        return table_refuse(table, columns->lower, "begins no bucket", failure);
    if (histogram_bucket_upper(bucket) != upper)
        return table_refuse(table, columns->upper, "does not end the bucket", failure);
    row->bucket = (uint32_t)bucket;
    return 0;
}

/* Which sample the current row belongs to, in *place; NULL when there is none. The rows of a sample
 * follow each other, so the place of the row before is tried first: that keeps a long table linear.
 */
static int find_place(const struct table *table, const struct latency_columns *columns,
                      const struct places *places, const struct place **place,
                      struct failure *failure)
{
    struct place key = {0};
    int result = table_count(table, columns->round, &key.round, failure);
    if (result == 0)
        result = table_count(table, columns->order, &key.order, failure);
    if (result < 0)
        return result;
    if (*place == NULL || compare_places(*place, &key) != 0)
        *place = bsearch(&key, places->places, places->count, sizeof key, compare_places);
    return 0;
}

static int read_latency_rows(struct table *table, const struct places *places,
                             struct raw_samples *raw, struct failure *failure)
{
    struct latency_columns columns;
    const struct place *place = NULL;
    size_t capacity = 0;
    int result = find_latency_columns(table, &columns, failure);
    while (result == 0 && (result = table_next(table, failure)) > 0) {
        void *grown = array_grow(raw->buckets, raw->bucket_count, &capacity, sizeof *raw->buckets);
        if (grown == NULL)
            return failure_set(failure, -ENOMEM, RAW_LATENCIES_FILE);
        raw->buckets = grown;
        struct raw_bucket *row = &raw->buckets[raw->bucket_count];
        result = find_place(table, &columns, places, &place, failure);
        if (result == 0)
            result = read_bucket(table, &columns, row, failure);
        if (result == 0 && place != NULL) {
            row->sample = place->sample;
            raw->samples[place->sample].bucket_count++;
            raw->bucket_count++;
        }
    }
    return result;
}

/* Counting sort by sample: linear, and it leaves each sample its range. */
static int sort_buckets(struct raw_samples *raw, struct failure *failure)
{
    struct raw_bucket *sorted = calloc(raw->bucket_count + 1, sizeof *sorted);
    if (sorted == NULL)
        return failure_set(failure, -ENOMEM, RAW_LATENCIES_FILE);
    size_t first = 0;
    for (size_t index = 0; index < raw->sample_count; index++) {
        struct raw_sample *sample = &raw->samples[index];
        sample->first_bucket = first;
        first += sample->bucket_count;
        sample->bucket_count = 0; /* counted again below */
    }
    for (size_t index = 0; index < raw->bucket_count; index++) {
        struct raw_sample *sample = &raw->samples[raw->buckets[index].sample];
        sorted[sample->first_bucket + sample->bucket_count++] = raw->buckets[index];
    }
    free(raw->buckets);
    raw->buckets = sorted;
    return 0;
}

/* Whether a sample must have a histogram where there are any. */
static bool is_measured_latency(const struct sample *sample)
{
    return strcmp(sample->test, test_names[TEST_LATENCY]) == 0 && isfinite(sample->latency_p50_ns);
}

/* A lost or doubled row of latency.tsv would shift every quantile and show nowhere else. */
static int check_total(const struct raw_samples *raw, const struct raw_sample *sample,
                       struct failure *failure)
{
    uint64_t total = 0;
    for (size_t index = 0; index < sample->bucket_count; index++) {
        uint64_t count = raw->buckets[sample->first_bucket + index].count;
        if (__builtin_add_overflow(total, count, &total))
            total = UINT64_MAX;
    }
    if (sample->bucket_count == 0 && is_measured_latency(&sample->sample))
        return failure_say(failure, -EINVAL,
                           RAW_LATENCIES_FILE ": round %" PRIu64 " order %" PRIu64
                                              ": no histogram, but " RAW_SAMPLES_FILE
                                              " has the latency",
                           sample->round, sample->order);
    if (sample->bucket_count == 0 || total == sample->sample.messages)
        return 0;
    return failure_say(failure, -EINVAL,
                       RAW_LATENCIES_FILE ": round %" PRIu64 " order %" PRIu64 ": %" PRIu64
                                          " round trips, but " RAW_SAMPLES_FILE " says %" PRIu64,
                       sample->round, sample->order, total, sample->sample.messages);
}

/* Also keeps every sum over resampled rounds within 64 bits, see pool.c. */
static int check_totals(const struct raw_samples *raw, struct failure *failure)
{
    uint64_t all = 0;
    uint64_t most;
    for (size_t index = 0; index < raw->sample_count; index++) {
        const struct raw_sample *sample = &raw->samples[index];
        int result = check_total(raw, sample, failure);
        if (result < 0)
            return result;
        if (sample->bucket_count > 0 && __builtin_add_overflow(all, sample->sample.messages, &all))
            all = UINT64_MAX;
    }
    if (__builtin_mul_overflow(all, raw->sample_count, &most))
        return failure_say(failure, -EINVAL, RAW_LATENCIES_FILE ": too many round trips to count");
    return 0;
}

static int read_file(const char *folder, const struct places *places, struct raw_samples *raw,
                     struct failure *failure)
{
    char path[PATH_MAX];
    struct table *table = NULL;
    if (snprintf(path, sizeof path, "%s/%s", folder, RAW_LATENCIES_FILE) >= (int)sizeof path)
        return failure_set(failure, -ENAMETOOLONG, "%.80s", folder);
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    int result = table_open(&table, path, &latencies_limits, failure);
    if (result == 0)
        result = read_latency_rows(table, places, raw, failure);
    table_close(table);
    if (result == 0)
        result = sort_buckets(raw, failure);
    return result == 0 ? check_totals(raw, failure) : result;
}

int raw_latencies_read(const char *folder, struct raw_samples *raw, struct failure *failure)
{
    struct places places = {0};
    int result = index_places(raw, &places, failure);
    if (result == 0)
        result = read_file(folder, &places, raw, failure);
    free(places.places);
    return result;
}
