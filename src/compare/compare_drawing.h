/*
 * What a chart over several bundles shows: which mechanisms, in which panels, with which points and
 * on which axes; for whoever draws it (compare_chart.h for gnuplot, compare_figure.h for a page).
 * Words in it are checked. Draws nothing.
 */
#ifndef COMPARE_DRAWING_H
#define COMPARE_DRAWING_H

#include "base/terms.h" /* COPIES_COUNT */
#include "compare/compare_bundle.h"
#include "document/sentence.h"
#include "results/bundle_table.h" /* BUNDLE_WORD_BYTES */
#include "results/statistics.h"

#include <stdbool.h>
#include <stddef.h>

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

#define COMPARE_DRAWING_ROWS    2
#define COMPARE_DRAWING_COLUMNS COPIES_COUNT
#define COMPARE_DRAWING_POINTS  256

struct compare_point {
    double size_bytes;
    struct estimate estimate;
};

/* One line: a mechanism of a bundle, in a panel. */
struct compare_series {
    size_t bundle;
    size_t mechanism;
    struct compare_point points[COMPARE_DRAWING_POINTS];
    size_t count;
};

struct compare_drawing {
    const struct compare_bundle *bundles; /* the caller's */
    size_t bundle_count;                  /* drawn */
    size_t given_count;
    enum compare_chart chart;
    const struct compare_view *view; /* the caller's */
    char mechanisms[COMPARE_CHART_MECHANISMS][BUNDLE_WORD_BYTES];
    size_t mechanism_count;
    struct sentence left_out; /* mechanisms, each after ", " */
    /* [row][column]: in each a line per bundle and mechanism, some without points. A row is a kind
     * of figure or a test, a column a mode of copies. */
    struct compare_series series[COMPARE_DRAWING_ROWS][COMPARE_DRAWING_COLUMNS]
                                [COMPARE_CHART_BUNDLES * COMPARE_CHART_MECHANISMS];
};

/*
 * Lays out one chart of the bundles. Returns 0; -ENODATA when they have nothing for it; or -ENOMEM.
 * *drawing is set on success only, and goes back with compare_drawing_free.
 */
int compare_drawing_make(const struct compare_bundle *bundles, size_t count,
                         enum compare_chart chart, const struct compare_view *view,
                         struct compare_drawing **drawing);
void compare_drawing_free(struct compare_drawing *drawing);

/* The test and the kind of figure of a row, what its axis is called, and what all rows are about.
 */
const char *compare_drawing_test(enum compare_chart chart, size_t row);
enum compare_kind compare_drawing_kind(enum compare_chart chart, size_t row);
const char *compare_drawing_label(enum compare_chart chart, size_t row);
const char *compare_drawing_title(enum compare_chart chart);

/* Whether there are points in it. */
bool compare_drawing_has_row(const struct compare_drawing *drawing, size_t row);
bool compare_drawing_has_column(const struct compare_drawing *drawing, size_t column);

/* What the axes reach: of a row that has points upwards, of all across in bytes. There is always a
 * round value between both ends. */
struct compare_range {
    double least;
    double most;
};

struct compare_range compare_drawing_up(const struct compare_drawing *drawing, size_t row);
struct compare_range compare_drawing_across(const struct compare_drawing *drawing);

#endif
