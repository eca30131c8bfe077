/*
 * The charts of a bundle as gnuplot input: which charts there are, what each shows, and its
 * numbers, ticks and texts as gnuplot statements that the scripts in plots/ draw from. How it looks
 * (colours, shapes, panels' places) is theirs. Everything written here is a number, a checked word
 * or a safely quoted text. Draws nothing.
 */
#ifndef CHART_DATA_H
#define CHART_DATA_H

#include "results/bundle_reader.h"
#include "results/evidence.h"
#include "text/language.h"

#include <stdbool.h>
#include <stdio.h>

enum chart {
    CHART_THROUGHPUT,
    CHART_LATENCY,
    CHART_RATIO,
    CHART_CPU,
    CHART_COPIES,  /* copies per byte against time: chart_copies.h */
    CHART_GAP,     /* the gap taken apart: chart_gap.h */
    CHART_PAIRS,   /* latency between every two CPUs: chart_pairs.h */
    CHART_SCALING, /* many pairs of processes at once: chart_scaling.h */
    CHART_COUNT
};

/* Also the names of the scripts: plots/<name>.gp. Ended by NULL. */
extern const char *const chart_names[CHART_COUNT + 1];

/* What one drawing is about, so that a run of everything becomes several charts and not one
 * tangle: one placement, one touch, and at most two ways of waiting. */
#define CHART_WAITS      2
#define CHART_MOST_VIEWS 64

struct chart_view {
    char placement[BUNDLE_WORD_BYTES];
    char touch[BUNDLE_WORD_BYTES];
    char waits[CHART_WAITS][BUNDLE_WORD_BYTES]; /* "" when there is only one */
    /* What makes a drawing's file name differ from those of the other views; "" for the first. */
    char suffix[4 * BUNDLE_WORD_BYTES];
};

struct chart_views {
    struct chart_view views[CHART_MOST_VIEWS];
    size_t count;
};

/* The views of a bundle, the main one first. Views beyond CHART_MOST_VIEWS are left out. */
struct chart_views chart_views_of(const struct bundle_data *bundle);

/* Whether a view is the first with its placement: what a bundle holds once per placement is drawn
 * in that one alone. */
bool chart_is_first_of_placement(const struct bundle_data *bundle, const struct chart_view *view);

/* Whether the bundle has anything for this chart. */
bool chart_has_data(const struct bundle_data *bundle, const struct evidence *evidence,
                    enum chart chart, const struct chart_view *view);

/*
 * Writes the gnuplot statements for one chart, all its texts in that language. Returns 0; -ENODATA
 * when the bundle has nothing for it (nothing is written then); or -EIO when writing failed.
 */
int chart_write(const struct bundle_data *bundle, const struct evidence *evidence, enum chart chart,
                const struct chart_view *view, enum language language, FILE *stream);

/* gnuplot draws nothing at NaN. Written with a space before it. */
void chart_write_number(double number, FILE *stream);

#endif
