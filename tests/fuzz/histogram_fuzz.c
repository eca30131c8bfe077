/*
 * Histograms: their buckets, what is read back into them, quantiles, pools over rounds, and the
 * rows of latency.tsv. An input is a letter, then numbers of eight bytes each, or the file.
 */
#include "fuzz.h"
#include "raw_rows.h"

#include "measure/histogram.h"
#include "results/pool.h"
#include "results/raw_samples.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 256, FEW_ROUNDS = 4 };

static uint64_t take_number(struct fuzz_input *input)
{
    uint64_t number = 0;
    for (size_t byte = 0; byte < sizeof number; byte++)
        number = number << 8 | fuzz_take_byte(input);
    return number;
}

static double take_quantile(struct fuzz_input *input)
{
    return (double)(take_number(input) >> 11) / 0x1p53;
}

/* Every value lies in its bucket, whose bounds name it again. */
static void require_bucket(uint64_t value)
{
    size_t bucket = histogram_bucket(value);
    uint64_t lower = histogram_bucket_lower(bucket);
    uint64_t upper = histogram_bucket_upper(bucket);
    double middle = histogram_bucket_middle(bucket);
    fuzz_require(bucket < HISTOGRAM_BUCKETS);
    fuzz_require(lower <= value && (value < upper || upper == UINT64_MAX));
    fuzz_require(histogram_bucket(lower) == bucket);
    fuzz_require(bucket == 0 || histogram_bucket_upper(bucket - 1) == lower);
    fuzz_require(middle >= (double)lower && middle <= (double)upper);
    fuzz_require(fabs(middle - (double)value) <= (double)value / 256.0 + 1.0);
}

static int compare_values(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

/* The quantile is off by no more than the header says. */
static void require_quantile(const struct histogram *histogram, const uint64_t *sorted,
                             size_t count, double q)
{
    double is = histogram_quantile(histogram, q);
    uint64_t rank = histogram_rank(q, count);
    fuzz_require(rank >= 1 && rank <= count);
    double should = (double)sorted[rank - 1];
    fuzz_require(fabs(is - should) <= should / 256.0 + 1e-6);
}

static void try_values(struct fuzz_input *input)
{
    static struct histogram histogram;
    static struct histogram read;
    uint64_t values[MOST_VALUES];
    size_t count = 0;
    double q = take_quantile(input);
    histogram_clear(&histogram);
    histogram_clear(&read);
    while (input->count > 0 && count < MOST_VALUES) {
        /* Small ones as well: a byte says how many bits are kept. */
        unsigned bits = fuzz_take_byte(input) % 64;
        values[count] = take_number(input) >> bits;
        require_bucket(values[count]);
        histogram_record(&histogram, values[count++]);
    }
    if (count == 0) {
        fuzz_require(isnan(histogram_quantile(&histogram, q)));
        return;
    }
    qsort(values, count, sizeof *values, compare_values);
    require_quantile(&histogram, values, count, q);
    require_quantile(&histogram, values, count, 0.0);
    require_quantile(&histogram, values, count, 1.0);
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
        fuzz_require(histogram_add_bucket(&read, histogram_bucket_lower(bucket),
                                          histogram.counts[bucket]) == 0);
    fuzz_require(read.count == histogram.count);
    fuzz_require(memcmp(read.counts, histogram.counts, sizeof read.counts) == 0);
    histogram_merge(&read, &histogram);
    fuzz_require(read.count == 2 * histogram.count && read.maximum >= histogram.maximum);
}

/* As read from a file: lower edges and counts that may be anything. */
static void try_buckets(struct fuzz_input *input)
{
    static struct histogram histogram;
    uint64_t total = 0;
    histogram_clear(&histogram);
    while (input->count > 0) {
        uint64_t lower = take_number(input) >> fuzz_take_byte(input) % 64;
        uint64_t count = take_number(input) >> fuzz_take_byte(input) % 64;
        bool begins = histogram_bucket_lower(histogram_bucket(lower)) == lower;
        uint64_t sum;
        bool fits = !__builtin_add_overflow(total, count, &sum);
        int result = histogram_add_bucket(&histogram, lower, count);
        fuzz_require((result == 0) == (begins && fits));
        total = result == 0 ? sum : total;
    }
    fuzz_require(histogram.count == total);
    double least = histogram_quantile(&histogram, 0.0);
    double half = histogram_quantile(&histogram, 0.5);
    double most = histogram_quantile(&histogram, 1.0);
    fuzz_require(total == 0 || (least <= half && half <= most));
    fuzz_require(total > 0 || isnan(half));
}

static void try_rank(struct fuzz_input *input)
{
    uint64_t count = take_number(input) >> fuzz_take_byte(input) % 64;
    double q = take_quantile(input);
    uint64_t rank = count > 0 ? histogram_rank(q, count) : 1;
    fuzz_require(rank >= 1 && (count == 0 || rank <= count));
    fuzz_require(histogram_count_needed(q) >= 10);
    fuzz_require(histogram_count_needed(1.0) == UINT64_MAX);
}

static void try_pool(struct fuzz_input *input)
{
    struct pool_entry entries[MOST_VALUES];
    struct pool *pool = NULL;
    struct estimate estimate;
    size_t count = 0;
    uint8_t choice = fuzz_take_byte(input);
    /* Resampling takes its time: only now and then enough rounds for it. */
    size_t rounds = choice < 240 ? 1 + choice % FEW_ROUNDS : STATISTICS_LEAST_SAMPLES;
    double q = take_quantile(input);
    while (input->count > 0 && count < MOST_VALUES) {
        entries[count].round = (uint32_t)(fuzz_take_byte(input) % (rounds + 1));
        entries[count].bucket = (uint32_t)(take_number(input) >> (32 + fuzz_take_byte(input) % 32));
        entries[count++].count = take_number(input) >> fuzz_take_byte(input) % 64;
    }
    int result = pool_create(&pool, entries, count, rounds);
    fuzz_require(result == 0 || result == -EINVAL);
    if (result < 0)
        return;
    fuzz_require(pool_estimate_quantiles(pool, &q, 1, 1, &estimate) == 0);
    fuzz_require(estimate.samples == 0 || estimate.samples == rounds);
    fuzz_require((estimate.samples == 0) == isnan(estimate.median));
    pool_free(pool);
}

/* ---- latency.tsv ---- */

#define SAMPLE_COLUMNS                                                                             \
    "round\torder\tmechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmessages\t"        \
    "checksum_ok\tmessages_per_s\tthroughput_bytes_per_s\tlatency_mean_ns\tlatency_p50_ns\t"       \
    "cpu_ns_per_kib\n"
#define LATENCY_SAMPLE(round, order, mechanism)                                                    \
    round "\t" order "\t" mechanism "\tlatency\tblock\town\tfull\tcache\t64\t7\t1\t5\t6\t7\t8\t9"  \
          "\n"

static void try_latencies(const struct fuzz_input *file)
{
    static const char samples[] = SAMPLE_COLUMNS LATENCY_SAMPLE("1", "1", "pipe")
        LATENCY_SAMPLE("1", "2", "shm") LATENCY_SAMPLE("2", "1", "pipe");
    fuzz_write_text(RAW_SAMPLES_FILE, samples);
    fuzz_write(RAW_LATENCIES_FILE, file);
    raw_rows_try();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    switch (fuzz_take_byte(&input)) {
    case 'v':
        try_values(&input);
        break;
    case 'b':
        try_buckets(&input);
        break;
    case 'r':
        try_rank(&input);
        break;
    case 'l':
        try_latencies(&input);
        break;
    case 'p':
        try_pool(&input);
        break;
    default:
        break;
    }
    return 0;
}
