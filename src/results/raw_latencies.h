/*
 * The second half of reading raw rows: latency.tsv, whose histograms are given to the samples of
 * samples.tsv and checked against them. See raw_samples.h, which is what others include.
 */
#ifndef RAW_LATENCIES_H
#define RAW_LATENCIES_H

#include "base/failure.h"
#include "results/raw_samples.h"

/*
 * Fills the buckets of `raw`, whose samples are there and in their final order, from the bundle in
 * `folder`. Returns 0 or a negative errno as raw_samples_read; on error `raw` may hold some of the
 * buckets and is released with raw_samples_free as ever.
 */
int raw_latencies_read(const char *folder, struct raw_samples *raw, struct failure *failure);

#endif
