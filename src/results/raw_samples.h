/*
 * The raw rows of a bundle, read for summarising: samples.tsv and the histograms of latency.tsv,
 * checked against each other and sorted by cell. Computes nothing from them.
 */
#ifndef RAW_SAMPLES_H
#define RAW_SAMPLES_H

#include "base/failure.h"
#include "results/cell_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAW_SAMPLES_FILE   "samples.tsv"
#define RAW_LATENCIES_FILE "latency.tsv"

/* As many as a run makes at most; what looks at every two rounds of a cell stays quick. */
#define RAW_SAMPLES_MOST_ROUNDS 1000

struct raw_sample {
    uint64_t round;
    uint64_t order;
    struct cell_key cell;
    /* Only the cell, its CPUs and their state, first and last batch, messages, capacity_bytes (0
     * when not recorded), checksum_ok and the results that are medians are read. */
    struct sample sample;
    bool elsewhere;      /* the machine was not in its usual state, see machine_state.h */
    size_t first_bucket; /* the sample's histogram: buckets[first_bucket .. + bucket_count) */
    size_t bucket_count; /* 0 when it has none */
};

/* `count` round trips in the bucket `bucket` of measure/histogram.h. */
struct raw_bucket {
    uint32_t sample; /* index into samples */
    uint32_t bucket;
    uint64_t count;
};

/* Whether the sample's results count: its bytes arrived unchanged, or nobody looked, and the
 * machine was in the state that it is judged in. */
static inline bool raw_sample_is_usable(const struct raw_sample *sample)
{
    return sample->sample.checksum_ok != CHECKSUM_WRONG && !sample->elsewhere;
}

struct raw_samples {
    struct raw_sample *samples; /* sorted by cell, then by round */
    size_t sample_count;
    struct raw_bucket *buckets; /* sorted by sample */
    size_t bucket_count;
};

/*
 * Reads the bundle in `folder`. A bundle without latency.tsv has no histograms. The time and the
 * memory it takes grow linearly with the rows of latency.tsv. Returns 0 or a negative errno with
 * the file, row and column in `failure`; -EINVAL where the two files contradict themselves or each
 * other: two samples at one place of the order, a cell measured twice in a round or in more than
 * RAW_SAMPLES_MOST_ROUNDS, or a histogram that does not hold as many round trips as its sample
 * made. Histograms without a sample are passed over: a run that was killed leaves one, because a
 * histogram is written before its sample. *raw is set on success only and is then released by
 * raw_samples_free.
 */
int raw_samples_read(const char *folder, struct raw_samples *raw, struct failure *failure);

void raw_samples_free(struct raw_samples *raw);

#endif
