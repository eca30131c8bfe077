/*
 * Charts over several bundles as gnuplot input: throughput and latency, absolute and normalised
 * below, and the ratio to the pipe. One colour per bundle and one point shape per mechanism; how it
 * looks is up to plots/. Everything written is a number, a checked word or a safely quoted text.
 * Draws nothing.
 */
#ifndef COMPARE_CHART_H
#define COMPARE_CHART_H

#include "compare/compare_drawing.h"

#include <stdio.h>

/*
 * Writes the statements for one chart of the bundles. Returns 0; -ENODATA when they have nothing
 * for it (nothing is written then); -ENOMEM; or -EIO when writing failed.
 */
int compare_chart_write(const struct compare_bundle *bundles, size_t count,
                        enum compare_chart chart, const struct compare_view *view, FILE *stream);

#endif
