/*
 * The figures of a bundle in the forms that other programs read: one tidy CSV table, the JSON of
 * continuous-benchmark services, and OpenMetrics text. All figures are those of summary.tsv; every
 * number comes from the bundle. Texts of a bundle are a stranger's: they are escaped here and lose
 * what could move a terminal's cursor. Reads no files and computes no statistics.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include "results/bundle_reader.h"

#include <stdio.h>

/* Figures that are better when smaller (latency, CPU time), when bigger (all others), or both. */
enum export_direction { EXPORT_BOTH, EXPORT_SMALLER, EXPORT_BIGGER };

/*
 * CSV as RFC 4180 has it (a header, CRLF, quotes where needed): a row per figure with bundle,
 * machine, all words of its cell, metric, unit, median, ends of the 95 % interval and samples. What
 * is not known is empty. Returns 0, or -EIO when writing failed, as those below.
 */
int export_write_csv(const struct bundle_data *bundle, FILE *stream);

/*
 * An array of {"name", "unit", "value", "range", "extra"}, as the tools customSmallerIsBetter and
 * customBiggerIsBetter of github-action-benchmark read it (its README, "Examples", and
 * src/extractRangeInfo.ts: a range is "± number"). Such a tool knows one direction per file, so
 * `direction` picks the figures of one; others may take both. The interval need not lie evenly
 * about the median: `range` is its longer side, `extra` has both ends. No two figures have the same
 * name. Figures without median are left out. Also returns -ENOMEM.
 */
int export_write_benchmark(const struct bundle_data *bundle, enum export_direction direction,
                           FILE *stream);

/*
 * OpenMetrics 1.0 text: a family of gauges per metric, for its median, each end of its interval
 * (`_ci95_lo`, `_ci95_hi`) and its samples, in base units (seconds, bytes); and an info family that
 * says which machine. What is not known is left out.
 */
int export_write_openmetrics(const struct bundle_data *bundle, FILE *stream);

#endif
