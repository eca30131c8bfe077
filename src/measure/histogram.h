/*
 * A histogram of whole nanoseconds with a stated error bound.
 *
 * Values below 256 have a bucket each (exact). Above, every power of two is cut into 128 equal
 * buckets, so a bucket is at most 1/128 of its lower edge wide. A quantile answers with the
 * middle of its bucket and is therefore off by at most 1/256 (0.4 %) of the value. Every uint64_t
 * has a bucket: nothing is clamped and nothing is lost.
 * (The layout is that of log-linear histograms as in HdrHistogram, hdrhistogram.org.)
 *
 * A histogram is plain memory without pointers and may lie in memory shared by processes.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_SUBBUCKET_BITS 7
#define HISTOGRAM_BUCKETS                                                                          \
    ((64 - HISTOGRAM_SUBBUCKET_BITS) * (1 << HISTOGRAM_SUBBUCKET_BITS) +                           \
     (1 << HISTOGRAM_SUBBUCKET_BITS))

struct histogram {
    uint64_t count;   /* of all values recorded */
    uint64_t maximum; /* exact; 0 while nothing is recorded */
    uint64_t counts[HISTOGRAM_BUCKETS];
};

/* The bucket of a value; its lowest value; and the lowest value of the one after it (UINT64_MAX
 * for the last). */
static inline size_t histogram_bucket(uint64_t value)
{
    if (value < ((uint64_t)2 << HISTOGRAM_SUBBUCKET_BITS))
        return (size_t)value;
    unsigned shift = 63U - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUBBUCKET_BITS;
    return ((size_t)shift << HISTOGRAM_SUBBUCKET_BITS) + (size_t)(value >> shift);
}

uint64_t histogram_bucket_lower(size_t bucket);
uint64_t histogram_bucket_upper(size_t bucket);

/* The mean of the lowest and the highest value of a bucket: what stands for its values. */
double histogram_bucket_middle(size_t bucket);

void histogram_clear(struct histogram *histogram);

/* An empty one in pages of its own, of which only those are ever touched that a count falls into:
 * where samples are short, zeroing all would take as long as much of what is measured. NULL, with
 * errno set, when there is no memory; freed by histogram_free, which allows NULL. */
struct histogram *histogram_make(void);
void histogram_free(struct histogram *histogram);

static inline void histogram_record(struct histogram *histogram, uint64_t value)
{
    histogram->counts[histogram_bucket(value)]++;
    histogram->count++;
    if (value > histogram->maximum)
        histogram->maximum = value;
}

/* Copies `from` into an empty histogram. Only what is not 0 is written: pages of fresh memory that
 * need no count are not touched. */
void histogram_copy(struct histogram *empty, const struct histogram *from);

/* Adds the counts of `other`. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);

/* Adds `count` values of the bucket that begins at `lower` (as read back from a file). Returns 0,
 * or -EINVAL when `lower` is not the lowest value of a bucket or the count would overflow. The
 * exact maximum is not known then: it becomes at least the middle of the bucket. */
int histogram_add_bucket(struct histogram *histogram, uint64_t lower, uint64_t count);

/* Nearest rank: which of `count` values in rising order, counted from 1, stands at quantile q in
 * [0, 1]. ceil(q * count), but 1 for q = 0; exact for decimal fractions such as 0.07. `count` must
 * not be 0. */
uint64_t histogram_rank(double q, uint64_t count);

/*
 * The value at quantile q in [0, 1] by nearest rank: the ceil(q * count)-th smallest (the smallest
 * for q = 0), as the middle of its bucket but never above the maximum. NAN when nothing is
 * recorded.
 */
double histogram_quantile(const struct histogram *histogram, double q);

/* How many values must be recorded before quantile q in [0, 1] is worth stating: ten beyond it.
 * UINT64_MAX for q = 1: no number of values suffices for the maximum. */
uint64_t histogram_count_needed(double q);

#endif
