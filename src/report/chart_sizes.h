/*
 * The charts over payload sizes (throughput, latency, ratio, cpu): which panels and lines they
 * have, which values an axis must show, and where something of the machine ends. Draws nothing.
 */
#ifndef CHART_SIZES_H
#define CHART_SIZES_H

#include "document/chart_axis.h"
#include "document/figure.h"
#include "report/chart_data.h"

#define CHART_SIZES_MOST_SERIES 160
#define CHART_SIZES_MOST_PANELS 8
#define CHART_SIZES_MOST_MARKS  4

/* One line of a chart. */
struct chart_sizes_series {
    struct bundle_cell cell;
    const char *metric;
    const char *role; /* what it is drawn as: a mechanism's name, or "memcpy" or "bounce" */
    size_t panel;     /* counted by rows, from 0 */
};

struct chart_sizes {
    struct chart_sizes_series series[CHART_SIZES_MOST_SERIES]; /* in order of panels */
    size_t series_count;
    struct {
        const char *test;
        const char *copies;
    } panels[CHART_SIZES_MOST_PANELS];
    size_t rows;
    size_t columns;
    double least_size_bytes;
    double most_size_bytes;
};

/* Sets *drawing to what one of these charts has in a view. Returns 0, or -ENODATA for nothing. */
int chart_sizes_lay_out(const struct bundle_data *bundle, enum chart chart,
                        const struct chart_view *view, struct chart_sizes *drawing);

enum chart_axis_unit chart_sizes_unit(enum chart chart);

struct chart_range {
    double least;
    double most;
};

/* Of the axes: of sizes, and of the values in a row of panels, on one common scale so that panels
 * can be compared. */
struct chart_range chart_sizes_across(const struct chart_sizes *drawing);
struct chart_range chart_sizes_up(const struct bundle_data *bundle, enum chart chart,
                                  const struct chart_sizes *drawing, size_t row);

/* The bounce of a cache line has no payload size: its line goes from end to end. */
bool chart_sizes_is_level(const struct chart_sizes_series *series);

/* Vertical marks where something of the machine ends. Two that would overlap share a line. */
struct chart_sizes_mark {
    double bytes;
    char text[64];
};

size_t chart_sizes_marks(const struct bundle_data *bundle, const struct chart_sizes *drawing,
                         enum language language,
                         struct chart_sizes_mark marks[CHART_SIZES_MOST_MARKS]);

/* chart_sizes_figure.c: adds all of it to an empty figure; what fails stays in figure->error. */
void chart_sizes_fill(const struct bundle_data *bundle, enum chart chart,
                      const struct chart_view *view, struct figure *figure);

#endif
