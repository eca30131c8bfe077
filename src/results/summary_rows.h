/*
 * The rows of summary.tsv, computed from the raw rows of a bundle. Knows no files.
 *
 * Where each metric comes from:
 *   throughput_bytes_per_s, messages_per_s, latency_mean_ns, latency_p50_ns, cpu_ns_per_kib
 *       the median over the samples of the cell, one per round, and its interval (statistics.h)
 *   latency_p90_ns, latency_p99_ns, latency_p999_ns
 *       half of that quantile of the round trips of all rounds pooled, its interval from resampling
 *       rounds (pool.h); nan when fewer than ten round trips lie beyond it. The cost of reading the
 *       clock was taken out before a round trip was recorded
 *   ratio_to_pipe
 *       how many times faster than the pipe: the median of the ratios within rounds against the
 *       cell that differs in the mechanism only; pipe p50 / p50 in a latency test, throughput /
 *       pipe throughput in any other, so above 1 is faster in both. None for the pipe itself, for
 *       `ceiling`, and where the bundle has no such pipe cell
 *
 * `settled` says of each row whether its interval is as narrow as the run was to make it, and else
 * what stands in the way (precision.h: settled, budget, noise).
 *
 * Samples whose checksum was wrong count nowhere. A metric that a test does not have gets no row;
 * one that it has but that nothing resolves has a row with nan and samples 0.
 */
#ifndef SUMMARY_ROWS_H
#define SUMMARY_ROWS_H

#include "results/raw_samples.h"

#include <stdint.h>
#include <stdio.h>

/* Prints header and rows as a table, rising by cell; `seed` seeds every bootstrap, and `precision`
 * (relative, as 0.05) decides which rows are settled. Returns 0 or -ENOMEM; what writing met stays
 * in the stream for ferror. */
int summary_rows_print(const struct raw_samples *raw, uint64_t seed, double precision,
                       FILE *stream);

#endif
