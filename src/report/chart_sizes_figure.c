/* The charts over payload sizes, as figures. */
#include "report/chart_sizes.h"
#include "report/figure_text.h"
#include "report/report_findings.h"
#include "text/text.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *describe_value(enum chart chart)
{
    static const char *const names[] = {
        [CHART_THROUGHPUT] = TEXT("payload per second"),
        [CHART_LATENCY] = TEXT("half a round trip, median"),
        [CHART_RATIO] = TEXT("times as fast as the pipe"),
        [CHART_CPU] = TEXT("CPU time per KiB of payload"),
    };
    return names[chart];
}

static enum figure_unit unit_of(enum chart chart)
{
    static const enum figure_unit units[] = {FIGURE_RATE, FIGURE_NANOSECONDS, FIGURE_FACTOR,
                                             FIGURE_NANOSECONDS};
    return units[chart];
}

/* As fast as the pipe, and what four copies against one would predict. */
static void add_levels(const struct chart_range *sizes, const struct figure *figure,
                       struct figure_panel *panel)
{
    static const double levels[] = {1.0, 4.0};
    static const char *const names[] = {TEXT("1: the pipe"), TEXT("4: by copies alone")};
    for (size_t index = 0; index < 2; index++) {
        struct figure_line line = {.from_x = sizes->least,
                                   .to_x = sizes->most,
                                   .from_y = levels[index],
                                   .to_y = levels[index],
                                   .strong = true};
        snprintf(line.name, sizeof line.name, "%s", figure_word(figure, names[index]));
        figure_add_line(panel, &line);
    }
}

static void add_marks(const struct bundle_data *bundle, const struct chart_sizes *drawing,
                      const struct chart_range *values, const struct figure *figure,
                      struct figure_panel *panel)
{
    struct chart_sizes_mark marks[CHART_SIZES_MOST_MARKS];
    size_t count = chart_sizes_marks(bundle, drawing, figure->language, marks);
    for (size_t index = 0; index < count; index++) {
        struct figure_line line = {.from_x = marks[index].bytes,
                                   .to_x = marks[index].bytes,
                                   .from_y = values->least,
                                   .to_y = values->most};
        snprintf(line.name, sizeof line.name, "%s", marks[index].text);
        figure_add_line(panel, &line);
    }
}

static void add_panel(const struct bundle_data *bundle, enum chart chart,
                      const struct chart_sizes *drawing, size_t index, struct figure *figure)
{
    struct figure_panel *panel = figure_add_panel(figure);
    struct chart_range sizes = chart_sizes_across(drawing);
    struct chart_range values = chart_sizes_up(bundle, chart, drawing, index / drawing->columns);
    if (panel == NULL)
        return;
    snprintf(panel->title, sizeof panel->title, figure_word(figure, "%s, %s"),
             figure_word(figure, drawing->panels[index].test), drawing->panels[index].copies);
    figure_set_axis(&panel->across, CHART_AXIS_BYTES, fmax(sizes.least, 0.75), sizes.most,
                    figure_word(figure, "payload size"));
    figure_set_axis(&panel->up, chart_sizes_unit(chart), values.least, values.most,
                    figure_word(figure, describe_value(chart)));
    add_marks(bundle, drawing, &values, figure, panel);
    if (chart == CHART_RATIO)
        add_levels(&sizes, figure, panel);
}

/* An interval end that a logarithmic axis can't show is none. */
static void add_point(const struct bundle_data *bundle, enum chart chart,
                      const struct chart_sizes_series *from, uint64_t size_bytes, const char *name,
                      struct figure *figure, struct figure_series *series)
{
    const struct estimate *estimate = bundle_find(bundle, &from->cell, size_bytes, from->metric);
    struct figure_point *point = figure_add_point(figure, series);
    char size[UNITS_TEXT_BYTES];
    if (point == NULL)
        return;
    point->across = (double)size_bytes;
    point->up = estimate->median;
    if (estimate->ci95_lo > 0.0) {
        point->interval_from = estimate->ci95_lo;
        point->interval_to = estimate->ci95_hi;
    }
    figure_say(point, "%s, %s: ", name, units_format_bytes(size_bytes, size));
    figure_say_estimate(point, unit_of(chart), estimate);
}

static bool is_reference(const struct chart_sizes_series *series)
{
    return strcmp(series->cell.words[BUNDLE_MECHANISM], FINDING_CEILING) == 0 ||
           strcmp(series->role, FINDING_FLOOR) == 0;
}

static void add_series(const struct bundle_data *bundle, enum chart chart,
                       const struct chart_sizes_series *from, struct figure *figure)
{
    struct bundle_sizes sizes = bundle_sizes_of(bundle, &from->cell, from->metric);
    const char *wait = is_reference(from) ? "" : from->cell.words[BUNDLE_WAIT];
    char name[FIGURE_WORDS_BYTES];
    struct figure_series *series = figure_add_series(
        figure, chart_sizes_is_level(from) ? FIGURE_LEVEL : FIGURE_JOINED, from->panel, from->role,
        wait, figure_name(from->role, wait, figure->language, name));
    for (size_t index = 0; series != NULL && index < sizes.count; index++)
        add_point(bundle, chart, from, sizes.bytes[index], name, figure, series);
}

void chart_sizes_fill(const struct bundle_data *bundle, enum chart chart,
                      const struct chart_view *view, struct figure *figure)
{
    struct chart_sizes drawing;
    if (chart_sizes_lay_out(bundle, chart, view, &drawing) < 0)
        return;
    for (size_t panel = 0; panel < drawing.rows * drawing.columns; panel++)
        add_panel(bundle, chart, &drawing, panel, figure);
    figure->bands = chart == CHART_RATIO;
    for (size_t index = 0; index < drawing.series_count; index++)
        add_series(bundle, chart, &drawing.series[index], figure);
}
