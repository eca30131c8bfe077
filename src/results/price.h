/*
 * The price of one copy, from the raw rows of a bundle to the rows of price.tsv. Knows no files.
 *
 * The padded control: shared memory used in place (mechanism shm, test throughput, copies inplace,
 * source memory, sink use) with k = 0, 1, ... extra copies of every message by the reader. k = 0 is
 * the plain cell, which has no working set and belongs to the hot and the cold series alike. For
 * each wait, working set, placement and size there are two fits (line_fit.h): x is k, and y the ns
 * per KiB of payload,
 *   wall   1e9 * 1024 / throughput_bytes_per_s
 *   cpu    cpu_ns_per_kib, the CPU time of both processes
 * The slope is the price of one copy, the intercept that of everything else.
 *
 * y is the median over the rounds in which every k was measured, with its bytes intact; a k that
 * never was is no point. The intervals come from resampling rounds (paired_rounds.h); R^2 is that
 * of the medians. Fewer than PRICE_LEAST_POINTS points, or no round that has them all: NAN, and
 * points and rounds say why.
 */
#ifndef PRICE_H
#define PRICE_H

#include "results/evidence.h"
#include "results/raw_samples.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PRICE_LEAST_POINTS 3 /* through two points there is always a line */

/*
 * *rows, rising by wait, working set, placement and size, wall before cpu; the touch is that of
 * cell_list_select. `seed` seeds every bootstrap. Returns 0 or -ENOMEM; *rows and *count are set on
 * success only. The caller frees *rows, which is NULL when the bundle has no padded cells.
 */
int price_compute(const struct raw_samples *raw, uint64_t seed, struct evidence_price **rows,
                  size_t *count);

/* Prints header and rows as the table that evidence_read reads. */
void price_print(const struct evidence_price *rows, size_t count, FILE *stream);

#endif
