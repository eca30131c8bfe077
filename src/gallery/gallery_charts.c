#include "gallery/gallery_charts.h"

#include "document/figure.h"
#include "document/figure_svg.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* With more lines than this a picture shows where they are dense. */
enum { MANY_LINES = 60, PANELS = 2 };

#define MOST_FACTOR 300.0 /* of an axis with powers of two */

static const struct chart {
    const char *name;
    const char *title;
    const char *up;   /* of the axis */
    const char *unit; /* behind a value */
    bool percent;     /* values on the axis */
    double level;     /* 0: none */
    struct {
        enum gallery_figure figure;
        const char *title;
    } panels[PANELS];
} charts[] = {
    {"ratio",
     "Throughput of shared memory, in times that of the pipe",
     "times as fast as the pipe",
     "x",
     false,
     1.0,
     {{GALLERY_RATIO_MATCHED, "matched: both block, own buffers"},
      {GALLERY_RATIO_BEST, "at its best: both spin, in place"}}},
    {"throughput",
     "Throughput, over what memcpy reaches on the same machine",
     "part of memcpy's throughput",
     " of memcpy",
     true,
     1.0,
     {{GALLERY_THROUGHPUT_PIPE, "pipe, both block, own buffers"},
      {GALLERY_THROUGHPUT_SHM, "shm, both block, own buffers"}}},
    {"latency",
     "Latency, in bounces of a cache line on the same machine",
     "bounces of a cache line",
     " bounces",
     false,
     0.0,
     {{GALLERY_LATENCY_PIPE, "pipe, both block, own buffers"},
      {GALLERY_LATENCY_SHM, "shm, both block, own buffers"}}},
};

const char *gallery_outcome(const struct gallery_entry *entry)
{
    switch (finding_of_ratio(&entry->ratio)) {
    case FINDING_FASTER:
        return "faster";
    case FINDING_SLOWER:
        return "slower";
    default:
        return "open";
    }
}

/* ---- axes ---- */

struct range {
    double least;
    double most;
};

static void widen(struct range *range, double value)
{
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

/* Of both panels, so that they can be compared. Returns how many lines there are. */
static size_t find_ranges(const struct gallery_collection *collection, const struct chart *chart,
                          struct range *sizes, struct range *values)
{
    size_t lines = 0;
    for (size_t index = 0; index < collection->count; index++) {
        for (size_t panel = 0; panel < PANELS; panel++) {
            const struct gallery_line *line =
                &collection->entries[index].lines[chart->panels[panel].figure];
            lines += line->count > 0;
            for (size_t point = 0; point < line->count; point++) {
                widen(sizes, (double)line->points[point].size_bytes);
                widen(values, line->points[point].value);
            }
        }
    }
    return lines;
}

/* A little room at the ends, and some where all is at one place. */
static struct range with_room(struct range range, double room)
{
    return (struct range){range.least / room, range.most * room};
}

/* Powers of ten where a factor of a thousand would have labels such as 0.000976562. */
static void add_decades(struct figure_axis *axis, bool percent)
{
    for (int decade = -6; decade <= 9; decade++) {
        double at = pow(10.0, decade);
        char label[CHART_AXIS_LABEL_BYTES];
        snprintf(label, sizeof label, percent ? "%g %%" : "%g", percent ? 100.0 * at : at);
        if (at >= axis->least && at <= axis->most)
            figure_add_tick(axis, at, label);
    }
}

static void set_up(struct figure_axis *axis, const struct chart *chart, struct range values)
{
    figure_set_axis(axis, CHART_AXIS_FACTOR, values.least, values.most, chart->up);
    if (!chart->percent && values.most < MOST_FACTOR * values.least)
        return;
    axis->ticks_count = 0;
    add_decades(axis, chart->percent);
}

static void add_panel(struct figure *figure, const struct chart *chart, size_t index,
                      struct range sizes, struct range values)
{
    struct figure_panel *panel = figure_add_panel(figure);
    if (panel == NULL)
        return;
    snprintf(panel->title, sizeof panel->title, "%s", chart->panels[index].title);
    figure_set_axis(&panel->across, CHART_AXIS_BYTES, sizes.least, sizes.most, "payload size");
    set_up(&panel->up, chart, values);
    struct figure_line level = {.from_x = sizes.least,
                                .from_y = chart->level,
                                .to_x = sizes.most,
                                .to_y = chart->level,
                                .strong = true};
    if (chart->level > 0.0)
        figure_add_line(panel, &level);
}

/* ---- lines ---- */

static void write_line(const struct figure *figure, size_t panel, const struct gallery_line *line,
                       size_t number, const char *outcome, FILE *stream)
{
    fprintf(stream, "<path class=\"run %s%s\" data-run=\"%zu\" data-points=\"", outcome,
            line->count == 1 ? " lone" : "", number);
    for (size_t index = 0; index < line->count; index++)
        fprintf(stream, "%s%" PRIu64 ":%.4g", index > 0 ? "," : "", line->points[index].size_bytes,
                line->points[index].value);
    fputs("\" d=\"", stream);
    for (size_t index = 0; index < line->count; index++) {
        struct figure_place place = figure_svg_place(
            figure, panel, (double)line->points[index].size_bytes, line->points[index].value);
        fprintf(stream, "%c%.1f %.1f", index == 0 ? 'M' : 'L', place.x, place.y);
    }
    /* A point by itself is drawn as the round ends of a line of no length. */
    fputs(line->count == 1 ? "h0\"/>\n" : "\"/>\n", stream);
}

static void write_panel(const struct gallery_collection *collection, const struct chart *chart,
                        const struct figure *figure, size_t panel, FILE *stream)
{
    fprintf(stream, "<div class=\"panel\" data-unit=\"%s\">\n<p class=\"panel-title\">%s</p>\n",
            chart->unit, figure->panels[panel].title);
    figure_svg_begin_panel(figure, panel, stream);
    /* Whoever hears the page has all of it in the table. */
    fputs("<g class=\"runs\" aria-hidden=\"true\">\n", stream);
    for (size_t index = 0; index < collection->count; index++) {
        const struct gallery_entry *entry = &collection->entries[index];
        const struct gallery_line *line = &entry->lines[chart->panels[panel].figure];
        if (line->count > 0)
            write_line(figure, panel, line, index, gallery_outcome(entry), stream);
    }
    fputs("</g>\n", stream);
    figure_svg_end_panel(stream);
    fputs("</div>\n", stream);
}

static void write_legend(FILE *stream)
{
    static const char *const entries[][2] = {{"faster", "shared memory is faster"},
                                             {"slower", "slower"},
                                             {"open", "not told apart, or no ratio"}};
    fputs("<ul class=\"legend\">\n", stream);
    for (size_t index = 0; index < sizeof entries / sizeof *entries; index++)
        fprintf(stream,
                "<li><svg class=\"sample\" viewBox=\"0 0 30 14\" aria-hidden=\"true\"><path "
                "class=\"run %s\" d=\"M0 7h30\"/></svg>%s</li>\n",
                entries[index][0], entries[index][1]);
    fputs("</ul>\n", stream);
}

static int write_chart(const struct gallery_collection *collection, const struct chart *chart,
                       FILE *stream)
{
    struct range sizes = {INFINITY, 0.0};
    struct range values = {INFINITY, 0.0};
    struct figure *figure;
    size_t lines = find_ranges(collection, chart, &sizes, &values);
    if (lines == 0)
        return 0;
    if (chart->level > 0.0)
        widen(&values, chart->level);
    int result = figure_make(LANGUAGE_ENGLISH, &figure);
    if (result < 0)
        return result;
    fprintf(stream, "<figure data-chart=\"%s\"%s>\n<figcaption>%s</figcaption>\n", chart->name,
            lines > MANY_LINES ? " class=\"many\"" : "", chart->title);
    write_legend(stream);
    fputs("<div class=\"panels\">\n", stream);
    for (size_t panel = 0; panel < PANELS; panel++) {
        add_panel(figure, chart, panel, with_room(sizes, sizes.least < sizes.most ? 1.0 : 2.0),
                  with_room(values, 1.2));
        write_panel(collection, chart, figure, panel, stream);
    }
    fputs("</div>\n<p class=\"readout\" role=\"status\"></p>\n</figure>\n", stream);
    figure_free(figure);
    return 0;
}

int gallery_charts_write(const struct gallery_collection *collection, FILE *stream)
{
    int result = 0;
    for (size_t index = 0; index < sizeof charts / sizeof *charts && result == 0; index++)
        result = write_chart(collection, &charts[index], stream);
    return result;
}
