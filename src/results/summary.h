/*
 * From the raw rows of a bundle to summary.tsv: one row per cell and metric with the median, its
 * 95 % interval and the number of samples behind it (summary_rows.h says where each comes from).
 * Reads and writes files of a bundle only; knows no charts and no verdicts.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "base/failure.h"
#include "results/raw_samples.h"

#include <stdint.h>

#define SUMMARY_FILE "summary.tsv"

/*
 * Writes summary.tsv of the bundle in `bundle_folder`, replacing one that is there: it is written
 * under another name, forced to the disk and renamed, so a reader sees the old or the new file,
 * never half of one. `seed` seeds every bootstrap: same bundle and seed, same bytes. Returns 0 or a
 * negative errno with file, row and column in `failure`; then nothing has changed.
 */
int summary_write(const char *bundle_folder, uint64_t seed, struct failure *failure);

/* The same from the bundle's raw rows, which the caller has read already. */
int summary_write_from(const char *bundle_folder, const struct raw_samples *raw, uint64_t seed,
                       struct failure *failure);

/* The seed that the run recorded in the bundle's manifest.json. Returns 0, -EINVAL when there is
 * none in it, or the error of reading it; *seed is set on success only. */
int summary_recorded_seed(const char *bundle_folder, uint64_t *seed, struct failure *failure);

/* The precision that the run was asked for, from the same place; PRECISION_DEFAULT in a bundle that
 * does not say, as older ones and those of runs that never stop early. */
double summary_recorded_precision(const char *bundle_folder);

#endif
