#include "report/chart_data.h"

#include "report/chart_copies.h"
#include "report/chart_gap.h"
#include "report/chart_pairs.h"
#include "report/chart_scaling.h"
#include "report/chart_sizes.h"
#include "report/chart_title.h"
#include "report/chart_words.h"
#include "report/report_findings.h"

#include <errno.h>
#include <math.h>
#include <string.h>

const char *const chart_names[] = {"throughput", "latency", "ratio",   "cpu", "copies",
                                   "gap",        "pairs",   "scaling", NULL};

/* Ticks with their texts, and without for panels that share the axis of a neighbour. */
static void write_ticks(const char *name, const struct chart_axis *axis, enum chart_axis_unit unit,
                        FILE *stream)
{
    fprintf(stream, "%s_ticks = \"", name);
    chart_axis_print(axis, unit, true, stream);
    fprintf(stream, "\"\n%s_bare_ticks = \"", name);
    chart_axis_print(axis, unit, false, stream);
    fputs("\"\n", stream);
}

static void write_axes(const struct bundle_data *bundle, enum chart chart,
                       const struct chart_sizes *drawing, FILE *stream)
{
    struct chart_range sizes = chart_sizes_across(drawing);
    struct chart_axis axis =
        chart_axis_ticks(CHART_AXIS_BYTES, fmax(sizes.least, 0.75), sizes.most);
    fprintf(stream, "x_least = %.9g\nx_most = %.9g\n", sizes.least, sizes.most);
    write_ticks("x", &axis, CHART_AXIS_BYTES, stream);
    for (size_t row = 0; row < drawing->rows; row++) {
        struct chart_range values = chart_sizes_up(bundle, chart, drawing, row);
        /* Up into the room that plots/ leaves above for the texts of marks. */
        axis = chart_axis_ticks(chart_sizes_unit(chart), values.least, 1.5 * values.most);
        char name[24];
        snprintf(name, sizeof name, "y%zu", row + 1);
        fprintf(stream, "%s_least = %.9g\n%s_most = %.9g\n", name, values.least, name, values.most);
        write_ticks(name, &axis, chart_sizes_unit(chart), stream);
    }
}

static void write_marks(const struct bundle_data *bundle, const struct chart_sizes *drawing,
                        enum language language, FILE *stream)
{
    struct chart_sizes_mark marks[CHART_SIZES_MOST_MARKS];
    size_t count = chart_sizes_marks(bundle, drawing, language, marks);
    fprintf(stream, "marks = %zu\n", count);
    for (size_t index = 0; index < count; index++)
        fprintf(stream, "mark_bytes_%zu = %.9g\nmark_text_%zu = '%s'\n", index + 1,
                marks[index].bytes, index + 1, marks[index].text);
}

/* A word per series, in the order of the data blocks. */
static void write_words(const struct chart_sizes *drawing, FILE *stream)
{
    fprintf(stream, "series = %zu\nseries_roles = '", drawing->series_count);
    for (size_t index = 0; index < drawing->series_count; index++)
        fprintf(stream, "%s ", drawing->series[index].role);
    fputs("'\nseries_waits = '", stream);
    for (size_t index = 0; index < drawing->series_count; index++)
        fprintf(stream, "%s ", drawing->series[index].cell.words[BUNDLE_WAIT]);
    fputs("'\n", stream);
}

static void write_panels(const struct chart_sizes *drawing, FILE *stream)
{
    fprintf(stream, "rows = %zu\ncolumns = %zu\n", drawing->rows, drawing->columns);
    for (size_t panel = 0; panel < drawing->rows * drawing->columns; panel++) {
        size_t first = 0;
        while (first < drawing->series_count && drawing->series[first].panel < panel)
            first++;
        size_t end = first;
        while (end < drawing->series_count && drawing->series[end].panel == panel)
            end++;
        fprintf(stream,
                "panel_test_%zu = '%s'\npanel_copies_%zu = '%s'\n"
                "panel_first_%zu = %zu\npanel_last_%zu = %zu\n",
                panel + 1, drawing->panels[panel].test, panel + 1, drawing->panels[panel].copies,
                panel + 1, first + 1, panel + 1, end);
    }
}

/* What the legend explains: each role and each way of waiting once. */
static void write_legend(const struct bundle_data *bundle, const struct chart_view *view,
                         const struct chart_sizes *drawing, FILE *stream)
{
    static const char *const last[] = {FINDING_FLOOR, "memcpy", "bounce"};
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    fputs("legend_roles = '", stream);
    for (size_t index = 0; index < mechanisms->count + 3; index++) {
        const char *role =
            index < mechanisms->count ? mechanisms->words[index] : last[index - mechanisms->count];
        bool floor = index < mechanisms->count && strcmp(role, FINDING_FLOOR) == 0;
        bool used = false;
        for (size_t line = 0; line < drawing->series_count && !floor; line++)
            used = used || strcmp(drawing->series[line].role, role) == 0;
        if (used)
            fprintf(stream, "%s ", role);
    }
    fputs("'\nlegend_waits = '", stream);
    for (size_t wait = 0; wait < CHART_WAITS; wait++) {
        bool used = false;
        for (size_t line = 0; line < drawing->series_count; line++) {
            const struct chart_sizes_series *series = &drawing->series[line];
            used = used || (strcmp(series->role, FINDING_FLOOR) != 0 &&
                            strcmp(series->cell.words[BUNDLE_WAIT], view->waits[wait]) == 0);
        }
        if (used)
            fprintf(stream, "%s ", view->waits[wait]);
    }
    fputs("'\n", stream);
}

/* An interval end that a logarithmic axis can't show is none. */
static void write_number(double value, FILE *stream)
{
    chart_write_number(value > 0.0 ? value : NAN, stream);
}

static void write_point(double x, const struct estimate *estimate, FILE *stream)
{
    fprintf(stream, "%.17g", x);
    write_number(estimate->median, stream);
    write_number(estimate->ci95_lo, stream);
    write_number(estimate->ci95_hi, stream);
    fputc('\n', stream);
}

static void write_series(const struct bundle_data *bundle, const struct chart_sizes *drawing,
                         const struct chart_sizes_series *series, FILE *stream)
{
    struct bundle_sizes sizes = bundle_sizes_of(bundle, &series->cell, series->metric);
    if (chart_sizes_is_level(series)) {
        const struct estimate *bounce =
            bundle_find(bundle, &series->cell, sizes.bytes[0], series->metric);
        write_point(drawing->least_size_bytes / 2.0, bounce, stream);
        write_point(drawing->most_size_bytes * 2.0, bounce, stream);
        return;
    }
    for (size_t index = 0; index < sizes.count; index++)
        write_point((double)sizes.bytes[index],
                    bundle_find(bundle, &series->cell, sizes.bytes[index], series->metric), stream);
}

/* One block per series, told apart by two empty lines: gnuplot's `index`. Columns: size, median,
 * interval from, interval to. */
static void write_data(const struct bundle_data *bundle, const struct chart_sizes *drawing,
                       FILE *stream)
{
    fputs("$data << END_OF_DATA\n", stream);
    for (size_t index = 0; index < drawing->series_count; index++) {
        fputs(index > 0 ? "\n\n" : "", stream);
        write_series(bundle, drawing, &drawing->series[index], stream);
    }
    fputs("END_OF_DATA\n", stream);
}

void chart_write_number(double number, FILE *stream)
{
    if (isnan(number))
        fputs(" NaN", stream);
    else
        fprintf(stream, " %.9g", number);
}

bool chart_has_data(const struct bundle_data *bundle, const struct evidence *evidence,
                    enum chart chart, const struct chart_view *view)
{
    struct chart_sizes drawing;
    if (chart == CHART_COPIES)
        return chart_copies_has_data(bundle, evidence, view);
    if (chart == CHART_GAP)
        return chart_gap_has_data(bundle, evidence, view);
    if (chart == CHART_PAIRS)
        return chart_pairs_has_data(bundle, view);
    if (chart == CHART_SCALING)
        return chart_scaling_has_data(bundle, view);
    return chart_sizes_lay_out(bundle, chart, view, &drawing) == 0;
}

/* The charts that are not over payload sizes. Returns whether it is one of them. */
static bool write_other(const struct bundle_data *bundle, const struct evidence *evidence,
                        enum chart chart, const struct chart_view *view, enum language language,
                        FILE *stream)
{
    switch (chart) {
    case CHART_COPIES:
        chart_copies_write(bundle, evidence, view, language, stream);
        return true;
    case CHART_GAP:
        chart_gap_write(evidence, view, stream);
        return true;
    case CHART_PAIRS:
        chart_pairs_write(bundle, language, stream);
        return true;
    case CHART_SCALING:
        chart_scaling_write(bundle, stream);
        return true;
    default:
        return false;
    }
}

int chart_write(const struct bundle_data *bundle, const struct evidence *evidence, enum chart chart,
                const struct chart_view *view, enum language language, FILE *stream)
{
    struct chart_sizes drawing;
    if (!chart_has_data(bundle, evidence, chart, view))
        return -ENODATA;
    chart_words_write(language, stream);
    chart_title_write(bundle, evidence, chart, view, language, stream);
    if (write_other(bundle, evidence, chart, view, language, stream))
        return ferror(stream) ? -EIO : 0;
    chart_sizes_lay_out(bundle, chart, view, &drawing);
    write_panels(&drawing, stream);
    write_words(&drawing, stream);
    write_legend(bundle, view, &drawing, stream);
    write_axes(bundle, chart, &drawing, stream);
    write_marks(bundle, &drawing, language, stream);
    write_data(bundle, &drawing, stream);
    return ferror(stream) ? -EIO : 0;
}
