/*
 * Charts over several bundles as gnuplot input: throughput and latency, absolute and normalised
 * below, and the ratio to the pipe. One colour per bundle and one point shape per mechanism; how it
 * looks is up to plots/. Everything written is a number, a checked word or a safely quoted text.
 * Draws nothing.
 */
#ifndef COMPARE_CHART_H
#define COMPARE_CHART_H

#include "compare/compare_bundle.h"
#include "results/bundle_table.h" /* BUNDLE_WORD_BYTES */

#include <stddef.h>
#include <stdio.h>

/* More could not be told apart; what is left out stands above the chart. */
#define COMPARE_CHART_BUNDLES    4
#define COMPARE_CHART_MECHANISMS 2
#define COMPARE_CHART_MOST_VIEWS 32

enum compare_chart {
    COMPARE_CHART_THROUGHPUT,
    COMPARE_CHART_LATENCY,
    COMPARE_CHART_RATIO,
    COMPARE_CHART_COUNT
};

/* Also the names of the scripts: plots/<name>.gp. Ended by NULL. */
extern const char *const compare_chart_names[COMPARE_CHART_COUNT + 1];

/* What one drawing is about: one way of waiting on one placement, with one touch. */
struct compare_view {
    char placement[BUNDLE_WORD_BYTES];
    char touch[BUNDLE_WORD_BYTES];
    char wait[BUNDLE_WORD_BYTES];
    char suffix[4 * BUNDLE_WORD_BYTES]; /* of the file's name; "" for the first view */
};

struct compare_views {
    struct compare_view views[COMPARE_CHART_MOST_VIEWS];
    size_t count;
};

/* The views of the first bundle, the main one first. */
struct compare_views compare_chart_views(const struct compare_bundle *first);

/*
 * Writes the statements for one chart of the bundles. Returns 0; -ENODATA when they have nothing
 * for it (nothing is written then); -ENOMEM; or -EIO when writing failed.
 */
int compare_chart_write(const struct compare_bundle *bundles, size_t count,
                        enum compare_chart chart, const struct compare_view *view, FILE *stream);

#endif
