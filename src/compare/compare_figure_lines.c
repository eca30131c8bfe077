#include "compare/compare_figure.h"

#include "base/units.h"
#include "report/figure_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a series looks like: by its bundle, and by its mechanism. */
static const char *const bundle_roles[COMPARE_CHART_BUNDLES] = {"run-a", "run-b", "run-c", "run-d"};
static const char *const mechanism_looks[COMPARE_CHART_MECHANISMS] = {"", "second"};

static enum figure_unit unit_of(const struct compare_drawing *drawing, size_t row)
{
    if (compare_drawing_kind(drawing->chart, row) != COMPARE_ABSOLUTE)
        return FIGURE_FACTOR;
    return drawing->chart == COMPARE_CHART_THROUGHPUT ? FIGURE_RATE : FIGURE_NANOSECONDS;
}

/* What is normalised has no unit, and spans too much for powers of two. */
static void set_decades(struct figure_axis *axis, const struct compare_range *range,
                        const char *name)
{
    axis->logarithmic = true;
    axis->least = range->least;
    axis->most = range->most;
    snprintf(axis->name, sizeof axis->name, "%s", name);
    for (int decade = (int)ceil(log10(range->least)); decade <= (int)floor(log10(range->most));
         decade++) {
        char label[CHART_AXIS_LABEL_BYTES];
        snprintf(label, sizeof label, "%.12g", pow(10.0, decade));
        figure_add_tick(axis, pow(10.0, decade), label);
    }
}

static void set_axes(const struct compare_drawing *drawing, size_t row, struct figure_panel *panel)
{
    static const enum chart_axis_unit units[] = {CHART_AXIS_RATE, CHART_AXIS_NANOSECONDS,
                                                 CHART_AXIS_FACTOR};
    struct compare_range sizes = compare_drawing_across(drawing);
    struct compare_range values = compare_drawing_up(drawing, row);
    const char *name = compare_drawing_label(drawing->chart, row);
    figure_set_axis(&panel->across, CHART_AXIS_BYTES, fmax(sizes.least, 0.75), sizes.most,
                    "payload size");
    if (compare_drawing_kind(drawing->chart, row) == COMPARE_NORMALISED)
        set_decades(&panel->up, &values, name);
    else
        figure_set_axis(&panel->up, units[drawing->chart], values.least, values.most, name);
    if (drawing->chart == COMPARE_CHART_RATIO)
        figure_add_line(panel, &(struct figure_line){.from_x = sizes.least,
                                                     .to_x = sizes.most,
                                                     .from_y = 1.0,
                                                     .to_y = 1.0,
                                                     .name = "1: the pipe",
                                                     .strong = true});
}

static void add_point(const struct compare_point *from, enum figure_unit unit, const char *name,
                      struct figure *figure, struct figure_series *series)
{
    struct figure_point *point = figure_add_point(figure, series);
    char size[UNITS_TEXT_BYTES];
    if (point == NULL)
        return;
    point->across = from->size_bytes;
    point->up = from->estimate.median;
    if (from->estimate.ci95_lo > 0.0) {
        point->interval_from = from->estimate.ci95_lo;
        point->interval_to = from->estimate.ci95_hi;
    }
    figure_say(point, "%s, %s: ", name, units_format_bytes((uint64_t)from->size_bytes, size));
    figure_say_estimate(point, unit, &from->estimate);
}

static void add_series(const struct compare_drawing *drawing, size_t row,
                       const struct compare_series *from, struct figure *figure)
{
    char name[FIGURE_WORDS_BYTES];
    snprintf(name, sizeof name, "%c, %s", (char)('A' + from->bundle),
             drawing->mechanisms[from->mechanism]);
    struct figure_series *series =
        figure_add_series(figure, FIGURE_JOINED, figure->panels_count - 1,
                          bundle_roles[from->bundle], mechanism_looks[from->mechanism], name);
    for (size_t index = 0; series != NULL && index < from->count; index++)
        add_point(&from->points[index], unit_of(drawing, row), name, figure, series);
}

static void add_panel(const struct compare_drawing *drawing, size_t row, size_t column,
                      struct figure *figure)
{
    const struct compare_series *lines = drawing->series[row][column];
    size_t count = drawing->bundle_count * drawing->mechanism_count;
    struct figure_panel *panel = NULL;
    for (size_t line = 0; line < count; line++) {
        if (lines[line].count == 0)
            continue;
        if (panel == NULL) {
            panel = figure_add_panel(figure);
            if (panel == NULL)
                return;
            snprintf(panel->title, sizeof panel->title, "%s, %s",
                     compare_drawing_test(drawing->chart, row), copies_names[column]);
            set_axes(drawing, row, panel);
        }
        add_series(drawing, row, &lines[line], figure);
    }
}

int compare_figure_lines(const struct compare_drawing *drawing, struct figure **figure)
{
    struct figure *made;
    int result = figure_make(LANGUAGE_ENGLISH, &made);
    if (result < 0)
        return result;
    for (size_t row = 0; row < COMPARE_DRAWING_ROWS; row++) {
        for (size_t column = 0; column < COMPARE_DRAWING_COLUMNS; column++)
            add_panel(drawing, row, column, made);
    }
    if (made->error < 0) {
        result = made->error;
        figure_free(made);
        return result;
    }
    *figure = made;
    return 0;
}
