#include "results/summary_rows.h"

#include "base/table.h"
#include "results/cell_key.h"
#include "results/pool.h"
#include "results/precision.h"
#include "results/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define VALUE(name)                                                                                \
    {                                                                                              \
#name, offsetof(struct sample, name), NAN                                                  \
    }
#define QUANTILE(name, q)                                                                          \
    {                                                                                              \
#name, 0, q                                                                                \
    }

/* In the order of the file. */
static const struct metric {
    const char *name;
    size_t offset;          /* of the value in a sample */
    double pooled_quantile; /* of the pooled round trips; NAN: the metric is a value of a sample */
} metrics[] = {
    VALUE(throughput_bytes_per_s),    VALUE(messages_per_s),
    VALUE(latency_mean_ns),           VALUE(latency_p50_ns),
    QUANTILE(latency_p90_ns, 0.9),    QUANTILE(latency_p99_ns, 0.99),
    QUANTILE(latency_p999_ns, 0.999), VALUE(cpu_ns_per_kib),
};

enum { METRIC_COUNT = sizeof metrics / sizeof *metrics };

/* The samples of one cell: samples[0 .. count), rising by round. */
struct group {
    const struct raw_sample *samples;
    size_t count;
};

/* What all rows need; passed down instead of globals. */
struct writer {
    FILE *stream;
    const struct raw_samples *raw;
    struct group *groups; /* rising by cell */
    size_t group_count;
    uint64_t seed;
    double precision;
    /* Room for as many numbers as there are samples, twice. */
    double *numbers;
    double *others;
};

static double value_at(const struct raw_sample *sample, size_t offset)
{
    double value;
    memcpy(&value, (const char *)&sample->sample + offset, sizeof value);
    return value;
}

static bool is_latency_test(const struct group *group)
{
    return strcmp(group->samples->cell.test, test_names[TEST_LATENCY]) == 0;
}

/* Whether the group's test yields this metric at all. Asked of every sample, also of those with a
 * wrong checksum: a cell with no other still shows up, as unresolved. */
static bool has_metric(const struct group *group, const struct metric *metric)
{
    if (!isnan(metric->pooled_quantile) && is_latency_test(group))
        return true;
    for (size_t index = 0; index < group->count; index++) {
        const struct raw_sample *sample = &group->samples[index];
        if (isnan(metric->pooled_quantile) ? !isnan(value_at(sample, metric->offset))
                                           : sample->bucket_count > 0)
            return true;
    }
    return false;
}

static void print_row(const struct writer *writer, const struct group *group, const char *metric,
                      const struct estimate *estimate)
{
    FILE *stream = writer->stream;
    cell_key_print_tsv(&group->samples->cell, stream);
    fprintf(stream, "\t%s\t", metric);
    table_print_real(stream, estimate->median);
    fputc('\t', stream);
    table_print_real(stream, estimate->ci95_lo);
    fputc('\t', stream);
    table_print_real(stream, estimate->ci95_hi);
    fprintf(stream, "\t%zu\t%s\n", estimate->samples,
            settlement_names[precision_settlement(estimate, writer->precision)]);
}

/* The median over the rounds. */
static int estimate_value(const struct writer *writer, const struct group *group, size_t offset,
                          struct estimate *estimate)
{
    size_t count = 0;
    for (size_t index = 0; index < group->count; index++) {
        if (raw_sample_is_usable(&group->samples[index]))
            writer->numbers[count++] = value_at(&group->samples[index], offset);
    }
    return statistics_estimate_median(writer->numbers, count, writer->seed, estimate);
}

/* The histograms of the group's usable samples, as entries of a pool. *entries is the caller's to
 * free. Returns 0 or -ENOMEM. */
static int collect_entries(const struct writer *writer, const struct group *group,
                           struct pool_entry **entries, size_t *entry_count, size_t *rounds)
{
    size_t most = 0;
    for (size_t index = 0; index < group->count; index++)
        most += group->samples[index].bucket_count;
    struct pool_entry *found = calloc(most + 1, sizeof *found);
    if (found == NULL)
        return -ENOMEM;
    size_t count = 0;
    size_t round = 0;
    for (size_t index = 0; index < group->count; index++) {
        const struct raw_sample *sample = &group->samples[index];
        if (!raw_sample_is_usable(sample) || sample->bucket_count == 0 ||
            sample->sample.messages == 0)
            continue;
        for (size_t bucket = 0; bucket < sample->bucket_count; bucket++) {
            const struct raw_bucket *row = &writer->raw->buckets[sample->first_bucket + bucket];
            found[count] = (struct pool_entry){
                .round = (uint32_t)round, .bucket = row->bucket, .count = row->count};
            count++;
        }
        round++;
    }
    *entries = found;
    *entry_count = count;
    *rounds = round;
    return 0;
}

/* *pool is NULL when the group has no round trips. */
static int pool_group(const struct writer *writer, const struct group *group, struct pool **pool)
{
    struct pool_entry *entries = NULL;
    size_t entry_count = 0;
    size_t rounds = 0;
    int result = collect_entries(writer, group, &entries, &entry_count, &rounds);
    *pool = NULL;
    if (result == 0 && rounds > 0)
        result = pool_create(pool, entries, entry_count, rounds);
    free(entries);
    return result;
}

/* pooled[metric] of every metric that is a quantile of the pool, which may be NULL: half of a round
 * trip; NAN stays NAN. */
static int estimate_pooled(const struct writer *writer, const struct pool *pool,
                           struct estimate pooled[METRIC_COUNT])
{
    double q[METRIC_COUNT];
    struct estimate round_trips[METRIC_COUNT];
    size_t places[METRIC_COUNT];
    size_t count = 0;
    for (size_t index = 0; index < METRIC_COUNT; index++) {
        pooled[index] = statistics_no_estimate();
        if (!isnan(metrics[index].pooled_quantile)) {
            places[count] = index;
            q[count++] = metrics[index].pooled_quantile;
        }
    }
    int result = 0;
    if (pool != NULL)
        result = pool_estimate_quantiles(pool, q, count, writer->seed, round_trips);
    if (pool == NULL || result < 0)
        return result;
    for (size_t index = 0; index < count; index++) {
        const struct estimate *round_trip = &round_trips[index];
        pooled[places[index]] = (struct estimate){.median = round_trip->median / 2.0,
                                                  .ci95_lo = round_trip->ci95_lo / 2.0,
                                                  .ci95_hi = round_trip->ci95_hi / 2.0,
                                                  .samples = round_trip->samples};
    }
    return 0;
}

static int compare_groups(const void *left, const void *right)
{
    const struct group *a = left;
    const struct group *b = right;
    return cell_key_compare(&a->samples->cell, &b->samples->cell);
}

/* The pipe's group with the same test, wait, copies, touch, placement and size; or NULL. */
static const struct group *find_pipe(const struct writer *writer, const struct group *group)
{
    struct raw_sample key = {.cell = cell_key_with_mechanism(&group->samples->cell, "pipe")};
    struct group wanted = {.samples = &key, .count = 1};
    return bsearch(&wanted, writer->groups, writer->group_count, sizeof wanted, compare_groups);
}

/* Fills numbers and others with the values of both groups in the rounds that have both. */
static size_t pair_rounds(const struct writer *writer, const struct group *group,
                          const struct group *pipe, size_t offset)
{
    size_t pairs = 0;
    size_t mine = 0;
    size_t its = 0;
    while (mine < group->count && its < pipe->count) {
        const struct raw_sample *sample = &group->samples[mine];
        const struct raw_sample *reference = &pipe->samples[its];
        if (sample->round == reference->round && raw_sample_is_usable(sample) &&
            raw_sample_is_usable(reference)) {
            writer->numbers[pairs] = value_at(sample, offset);
            writer->others[pairs++] = value_at(reference, offset);
        }
        mine += sample->round <= reference->round;
        its += reference->round <= sample->round;
    }
    return pairs;
}

static int write_ratio(const struct writer *writer, const struct group *group)
{
    const char *mechanism = group->samples->cell.mechanism;
    if (strcmp(mechanism, "pipe") == 0 || strcmp(mechanism, "ceiling") == 0)
        return 0;
    const struct group *pipe = find_pipe(writer, group);
    if (pipe == NULL)
        return 0;
    bool latency = is_latency_test(group);
    size_t pairs = pair_rounds(writer, group, pipe,
                               latency ? offsetof(struct sample, latency_p50_ns)
                                       : offsetof(struct sample, throughput_bytes_per_s));
    struct estimate estimate;
    /* A shorter latency is the faster one, so there the pipe stands above the line. */
    int result = statistics_estimate_ratio(latency ? writer->others : writer->numbers,
                                           latency ? writer->numbers : writer->others, pairs,
                                           writer->seed, &estimate);
    if (result == 0)
        print_row(writer, group, "ratio_to_pipe", &estimate);
    return result;
}

static int write_group(const struct writer *writer, const struct group *group)
{
    struct pool *pool;
    struct estimate pooled[METRIC_COUNT];
    int result = pool_group(writer, group, &pool);
    if (result == 0)
        result = estimate_pooled(writer, pool, pooled);
    for (size_t index = 0; index < METRIC_COUNT && result == 0; index++) {
        const struct metric *metric = &metrics[index];
        struct estimate estimate;
        if (!has_metric(group, metric))
            continue;
        if (isnan(metric->pooled_quantile))
            result = estimate_value(writer, group, metric->offset, &estimate);
        else
            estimate = pooled[index];
        if (result == 0)
            print_row(writer, group, metric->name, &estimate);
    }
    pool_free(pool);
    return result == 0 ? write_ratio(writer, group) : result;
}

static size_t find_groups(const struct raw_samples *raw, struct group *groups)
{
    size_t count = 0;
    for (size_t index = 0; index < raw->sample_count; index++) {
        const struct raw_sample *sample = &raw->samples[index];
        if (index == 0 || cell_key_compare(&sample[-1].cell, &sample->cell) != 0)
            groups[count++] = (struct group){.samples = sample};
        groups[count - 1].count++;
    }
    return count;
}

int summary_rows_print(const struct raw_samples *raw, uint64_t seed, double precision, FILE *stream)
{
    struct writer writer = {.stream = stream, .raw = raw, .seed = seed, .precision = precision};
    size_t room = raw->sample_count + 1;
    int result = 0;
    writer.groups = calloc(room, sizeof *writer.groups);
    writer.numbers = calloc(room, sizeof *writer.numbers);
    writer.others = calloc(room, sizeof *writer.others);
    if (writer.groups == NULL || writer.numbers == NULL || writer.others == NULL)
        result = -ENOMEM;
    else
        writer.group_count = find_groups(raw, writer.groups);
    cell_key_print_tsv_header(stream);
    fputs("\tmetric\tmedian\tci95_lo\tci95_hi\tsamples\tsettled\n", stream);
    for (size_t index = 0; index < writer.group_count && result == 0; index++)
        result = write_group(&writer, &writer.groups[index]);
    free(writer.groups);
    free(writer.numbers);
    free(writer.others);
    return result;
}
