#include "measure/histogram.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

enum { SUBBUCKETS = 1 << HISTOGRAM_SUBBUCKET_BITS };

/* q * count and 10 / (1 - q) are off by a few units in the last place when q is a decimal fraction:
 * 0.07 * 100 is 7.000000000000001. Without this slack such a product would round up to the next
 * whole number. */
static const double slack = 1e-12;

/* How far the counts of a bucket's octave are shifted: its width is 1 << shift. */
static unsigned bucket_shift(size_t bucket)
{
    return bucket < 2 * SUBBUCKETS ? 0U : (unsigned)(bucket >> HISTOGRAM_SUBBUCKET_BITS) - 1U;
}

uint64_t histogram_bucket_lower(size_t bucket)
{
    unsigned shift = bucket_shift(bucket);
    return (uint64_t)(bucket - ((size_t)shift << HISTOGRAM_SUBBUCKET_BITS)) << shift;
}

uint64_t histogram_bucket_upper(size_t bucket)
{
    return bucket + 1 < HISTOGRAM_BUCKETS ? histogram_bucket_lower(bucket + 1) : UINT64_MAX;
}

double histogram_bucket_middle(size_t bucket)
{
    uint64_t width = UINT64_C(1) << bucket_shift(bucket);
    return (double)histogram_bucket_lower(bucket) + (double)(width - 1) / 2.0;
}

void histogram_clear(struct histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
}

struct histogram *histogram_make(void)
{
    void *memory = mmap(NULL, sizeof(struct histogram), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

void histogram_free(struct histogram *histogram)
{
    if (histogram != NULL)
        munmap(histogram, sizeof *histogram);
}

void histogram_copy(struct histogram *empty, const struct histogram *from)
{
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (from->counts[bucket] != 0)
            empty->counts[bucket] = from->counts[bucket];
    }
    empty->count = from->count;
    empty->maximum = from->maximum;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
        histogram->counts[bucket] += other->counts[bucket];
    histogram->count += other->count;
    if (other->maximum > histogram->maximum)
        histogram->maximum = other->maximum;
}

int histogram_add_bucket(struct histogram *histogram, uint64_t lower, uint64_t count)
{
    size_t bucket = histogram_bucket(lower);
    uint64_t total;
    if (histogram_bucket_lower(bucket) != lower)
        return -EINVAL;
    if (__builtin_add_overflow(histogram->count, count, &total))
        return -EINVAL;
    if (count == 0)
        return 0;
    histogram->counts[bucket] += count;
    histogram->count = total;
    uint64_t middle = lower + ((UINT64_C(1) << bucket_shift(bucket)) - 1) / 2;
    if (middle > histogram->maximum)
        histogram->maximum = middle;
    return 0;
}

uint64_t histogram_rank(double q, uint64_t count)
{
    double rank = ceil(q * (double)count * (1.0 - slack));
    if (rank < 1.0)
        return 1;
    /* Compared as a double: UINT64_MAX itself has no double, and casting 2^64 is undefined. */
    return q >= 1.0 || rank >= (double)count ? count : (uint64_t)rank;
}

double histogram_quantile(const struct histogram *histogram, double q)
{
    if (histogram->count == 0)
        return NAN;
    uint64_t rank = histogram_rank(q, histogram->count);
    uint64_t seen = 0;
    size_t bucket = 0;
    for (; bucket + 1 < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (seen >= rank)
            break;
    }
    return fmin(histogram_bucket_middle(bucket), (double)histogram->maximum);
}

uint64_t histogram_count_needed(double q)
{
    double needed = ceil(10.0 / (1.0 - q) * (1.0 - slack));
    return q < 1.0 && needed < 0x1p63 ? (uint64_t)needed : UINT64_MAX;
}
