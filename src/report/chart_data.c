#include "report/chart_data.h"

#include "report/chart_axis.h"
#include "report/chart_copies.h"
#include "report/chart_gap.h"
#include "report/chart_pairs.h"
#include "report/chart_scaling.h"
#include "report/chart_title.h"
#include "report/report_findings.h"
#include "report/report_machine.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST_SERIES = 160, MOST_PANELS = 8, MOST_MARKS = 4 };

const char *const chart_names[] = {"throughput", "latency", "ratio",   "cpu", "copies",
                                   "gap",        "pairs",   "scaling", NULL};

/* One line of a chart. */
struct series {
    struct bundle_cell cell;
    const char *metric;
    const char *role; /* what it is drawn as: a mechanism's name, or "memcpy" or "bounce" */
    size_t panel;     /* counted by rows, from 0 */
};

struct drawing {
    struct series series[MOST_SERIES]; /* in order of panels */
    size_t series_count;
    struct {
        const char *test;
        const char *copies;
    } panels[MOST_PANELS];
    size_t rows;
    size_t columns;
    double least_size_bytes;
    double most_size_bytes;
};

static enum chart_axis_unit unit_of(enum chart chart)
{
    static const enum chart_axis_unit units[] = {CHART_AXIS_RATE, CHART_AXIS_NANOSECONDS,
                                                 CHART_AXIS_FACTOR, CHART_AXIS_NANOSECONDS};
    return units[chart];
}

static const char *metric_of(enum chart chart)
{
    static const char *const metrics[] = {"throughput_bytes_per_s", "latency_p50_ns",
                                          "ratio_to_pipe", "cpu_ns_per_kib"};
    return metrics[chart];
}

/* The tests of which a chart shows the metric, each in a row of panels of its own. CPU time is that
 * of a stream: a ping-pong's is mostly waiting. */
static const char *const *tests_of(enum chart chart)
{
    static const char *const throughput[] = {"throughput", NULL};
    static const char *const latency[] = {"latency", NULL};
    static const char *const both[] = {"throughput", "latency", NULL};
    static const char *const *const tests[] = {throughput, latency, both, throughput};
    return tests[chart];
}

static void add_series(const struct bundle_data *bundle, struct drawing *drawing,
                       const struct series *series)
{
    if (drawing->series_count < MOST_SERIES &&
        bundle_sizes_of(bundle, &series->cell, series->metric).count > 0)
        drawing->series[drawing->series_count++] = *series;
}

static void add_mechanisms(const struct bundle_data *bundle, const struct chart_view *view,
                           struct drawing *drawing, size_t panel, const char *metric)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    for (size_t index = 0; index < mechanisms->count; index++) {
        /* Later lines are drawn over earlier ones: the pipe, which comes first, on top. */
        const char *mechanism = mechanisms->words[mechanisms->count - 1 - index];
        if (strcmp(mechanism, FINDING_CEILING) == 0)
            continue;
        /* How much faster than a pipe nothing at all is says nothing. */
        if (strcmp(mechanism, FINDING_FLOOR) == 0 && strcmp(metric, "ratio_to_pipe") == 0)
            continue;
        /* The floor is one line, however it waits. */
        size_t waits = strcmp(mechanism, FINDING_FLOOR) == 0 ? 1 : CHART_WAITS;
        for (size_t wait = 0; wait < waits; wait++) {
            const char *word = waits == 1 ? "spin" : view->waits[wait];
            struct series series = {
                .cell = bundle_cell_of(mechanism, drawing->panels[panel].test, word,
                                       drawing->panels[panel].copies, view->touch, view->placement),
                .metric = metric,
                .role = mechanism,
                .panel = panel,
            };
            add_series(bundle, drawing, &series);
        }
    }
}

/* The ceiling of this placement, or else of whichever has one: memory is as fast everywhere. */
static void add_ceiling(const struct bundle_data *bundle, const struct chart_view *view,
                        struct drawing *drawing, size_t panel, const char *test, const char *metric,
                        bool anywhere)
{
    const struct bundle_words *placements = &bundle->words[BUNDLE_PLACEMENT];
    struct series series = {.metric = metric, .role = test, .panel = panel};
    size_t before = drawing->series_count;
    series.cell = bundle_cell_of(FINDING_CEILING, test, FINDING_NONE, FINDING_NONE, FINDING_NONE,
                                 view->placement);
    add_series(bundle, drawing, &series);
    for (size_t index = 0; anywhere && index < placements->count; index++) {
        if (drawing->series_count > before)
            return;
        series.cell = bundle_cell_of(FINDING_CEILING, test, FINDING_NONE, FINDING_NONE,
                                     FINDING_NONE, placements->words[index]);
        add_series(bundle, drawing, &series);
    }
}

static void add_panel(const struct bundle_data *bundle, enum chart chart,
                      const struct chart_view *view, struct drawing *drawing, size_t panel)
{
    add_mechanisms(bundle, view, drawing, panel, metric_of(chart));
    if (chart == CHART_THROUGHPUT)
        add_ceiling(bundle, view, drawing, panel, "memcpy", metric_of(chart), true);
    if (chart == CHART_LATENCY)
        add_ceiling(bundle, view, drawing, panel, "bounce", metric_of(chart), false);
}

/* Whether a measured mechanism has this metric in this test and mode, within the view. */
static bool has_data(const struct bundle_data *bundle, const struct chart_view *view,
                     const char *test, const char *copies, const char *metric)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    for (size_t index = 0; index < mechanisms->count * CHART_WAITS; index++) {
        const char *mechanism = mechanisms->words[index / CHART_WAITS];
        struct bundle_cell cell = bundle_cell_of(mechanism, test, view->waits[index % CHART_WAITS],
                                                 copies, view->touch, view->placement);
        if (strcmp(mechanism, FINDING_FLOOR) != 0 && strcmp(mechanism, FINDING_CEILING) != 0 &&
            bundle_sizes_of(bundle, &cell, metric).count > 0)
            return true;
    }
    return false;
}

/* Panels: a row per test and a column per mode, of those that have data. */
static void lay_out(const struct bundle_data *bundle, enum chart chart,
                    const struct chart_view *view, struct drawing *drawing)
{
    const struct bundle_words *modes = &bundle->words[BUNDLE_COPIES];
    const char *const *tests = tests_of(chart);
    const char *used_tests[CHART_COUNT] = {NULL};
    const char *used_modes[MOST_PANELS] = {NULL};
    for (size_t test = 0; tests[test] != NULL; test++) {
        bool used = false;
        for (size_t mode = 0; mode < modes->count; mode++)
            used =
                used || has_data(bundle, view, tests[test], modes->words[mode], metric_of(chart));
        if (used)
            used_tests[drawing->rows++] = tests[test];
    }
    size_t most = drawing->rows > 0 ? MOST_PANELS / drawing->rows : 0;
    for (size_t mode = 0; mode < modes->count && drawing->columns < most; mode++) {
        bool used = false;
        for (size_t row = 0; row < drawing->rows; row++)
            used = used ||
                   has_data(bundle, view, used_tests[row], modes->words[mode], metric_of(chart));
        if (used)
            used_modes[drawing->columns++] = modes->words[mode];
    }
    for (size_t panel = 0; panel < drawing->rows * drawing->columns; panel++) {
        drawing->panels[panel].test = used_tests[panel / drawing->columns];
        drawing->panels[panel].copies = used_modes[panel % drawing->columns];
    }
}

static void measure_sizes(const struct bundle_data *bundle, struct drawing *drawing)
{
    drawing->least_size_bytes = INFINITY;
    drawing->most_size_bytes = 0.0;
    for (size_t index = 0; index < drawing->series_count; index++) {
        const struct series *series = &drawing->series[index];
        if (strcmp(series->role, "bounce") == 0)
            continue;
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &series->cell, series->metric);
        drawing->least_size_bytes = fmin(drawing->least_size_bytes, (double)sizes.bytes[0]);
        drawing->most_size_bytes =
            fmax(drawing->most_size_bytes, (double)sizes.bytes[sizes.count - 1]);
    }
}

static int draw(const struct bundle_data *bundle, enum chart chart, const struct chart_view *view,
                struct drawing *drawing)
{
    memset(drawing, 0, sizeof *drawing);
    lay_out(bundle, chart, view, drawing);
    if (drawing->rows * drawing->columns == 0)
        return -ENODATA;
    for (size_t panel = 0; panel < drawing->rows * drawing->columns; panel++)
        add_panel(bundle, chart, view, drawing, panel);
    measure_sizes(bundle, drawing);
    return 0;
}

struct range {
    double least;
    double most;
};

static void widen(struct range *range, double value)
{
    if (isnan(value) || value <= 0.0)
        return;
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

/* The values that a row of panels must show, on one common scale so that panels can be compared. */
static struct range range_of_row(const struct bundle_data *bundle, const struct drawing *drawing,
                                 size_t row)
{
    struct range range = {.least = INFINITY, .most = 0.0};
    for (size_t index = 0; index < drawing->series_count; index++) {
        const struct series *series = &drawing->series[index];
        if (series->panel / drawing->columns != row)
            continue;
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &series->cell, series->metric);
        for (size_t size = 0; size < sizes.count; size++) {
            const struct estimate *estimate =
                bundle_find(bundle, &series->cell, sizes.bytes[size], series->metric);
            widen(&range, estimate->median);
            widen(&range, estimate->ci95_lo);
            widen(&range, estimate->ci95_hi);
        }
    }
    return range;
}

/* Room around the values: never less than a factor of `span` from end to end, or an axis would
 * have no round value to show, and some free space at both ends. */
static struct range make_room(struct range range, double span)
{
    if (range.most <= 0.0)
        range = (struct range){.least = 1.0, .most = 1.0};
    double missing = span / (range.most / range.least);
    if (missing > 1.0) {
        range.least /= sqrt(missing);
        range.most *= sqrt(missing);
    }
    double margin = pow(range.most / range.least, 0.05);
    range.least = fmax(range.least / margin, DBL_MIN);
    range.most = fmin(range.most * margin, DBL_MAX / 1e6);
    return range;
}

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
                       const struct drawing *drawing, FILE *stream)
{
    struct range sizes = make_room(
        (struct range){.least = drawing->least_size_bytes, .most = drawing->most_size_bytes}, 4.0);
    struct chart_axis axis =
        chart_axis_ticks(CHART_AXIS_BYTES, fmax(sizes.least, 0.75), sizes.most);
    fprintf(stream, "x_least = %.9g\nx_most = %.9g\n", sizes.least, sizes.most);
    write_ticks("x", &axis, CHART_AXIS_BYTES, stream);
    for (size_t row = 0; row < drawing->rows; row++) {
        struct range values = range_of_row(bundle, drawing, row);
        if (chart == CHART_RATIO) { /* its lines at 1 and 4 are always in sight */
            widen(&values, 1.0);
            widen(&values, 4.0);
        }
        values = make_room(values, chart == CHART_RATIO ? 4.0 : 10.0);
        /* Up into the room that plots/ leaves above for the texts of marks. */
        axis = chart_axis_ticks(unit_of(chart), values.least, 1.5 * values.most);
        char name[24];
        snprintf(name, sizeof name, "y%zu", row + 1);
        fprintf(stream, "%s_least = %.9g\n%s_most = %.9g\n", name, values.least, name, values.most);
        write_ticks(name, &axis, unit_of(chart), stream);
    }
}

struct mark {
    double bytes;
    char text[64];
};

/* Vertical marks where something of the machine ends. Two that would overlap share a line. */
static void write_marks(const struct bundle_data *bundle, const struct drawing *drawing,
                        FILE *stream)
{
    struct report_machine machine = report_machine_of(bundle);
    const struct {
        const char *name;
        double bytes;
    } candidates[MOST_MARKS] = {
        {"L1d", machine.l1d_bytes},
        {"capacity", machine.capacity_bytes},
        {"L2", machine.l2_bytes},
        {"L3", machine.l3_bytes},
    };
    struct mark marks[MOST_MARKS] = {{0}};
    size_t count = 0;
    for (size_t index = 0; index < MOST_MARKS; index++) {
        double bytes = candidates[index].bytes;
        /* NAN is in no range. */
        if (!(bytes >= drawing->least_size_bytes && bytes <= drawing->most_size_bytes))
            continue;
        size_t near = 0;
        while (near < count && fabs(log2(marks[near].bytes / bytes)) > 0.6)
            near++;
        if (near == count)
            marks[count++] = (struct mark){.bytes = bytes, .text = ""};
        size_t used = strlen(marks[near].text);
        snprintf(marks[near].text + used, sizeof marks[near].text - used, "%s%s",
                 used > 0 ? ", " : "", candidates[index].name);
    }
    fprintf(stream, "marks = %zu\n", count);
    for (size_t index = 0; index < count; index++)
        fprintf(stream, "mark_bytes_%zu = %.9g\nmark_text_%zu = '%s'\n", index + 1,
                marks[index].bytes, index + 1, marks[index].text);
}

/* A word per series, in the order of the data blocks. */
static void write_words(const struct drawing *drawing, FILE *stream)
{
    fprintf(stream, "series = %zu\nseries_roles = '", drawing->series_count);
    for (size_t index = 0; index < drawing->series_count; index++)
        fprintf(stream, "%s ", drawing->series[index].role);
    fputs("'\nseries_waits = '", stream);
    for (size_t index = 0; index < drawing->series_count; index++)
        fprintf(stream, "%s ", drawing->series[index].cell.words[BUNDLE_WAIT]);
    fputs("'\n", stream);
}

static void write_panels(const struct drawing *drawing, FILE *stream)
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
                         const struct drawing *drawing, FILE *stream)
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
            const struct series *series = &drawing->series[line];
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

static void write_series(const struct bundle_data *bundle, const struct drawing *drawing,
                         const struct series *series, FILE *stream)
{
    struct bundle_sizes sizes = bundle_sizes_of(bundle, &series->cell, series->metric);
    if (strcmp(series->role, "bounce") == 0) {
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
static void write_data(const struct bundle_data *bundle, const struct drawing *drawing,
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
    struct drawing drawing;
    if (chart == CHART_COPIES)
        return chart_copies_has_data(bundle, evidence, view);
    if (chart == CHART_GAP)
        return chart_gap_has_data(bundle, evidence, view);
    if (chart == CHART_PAIRS)
        return chart_pairs_has_data(bundle, view);
    if (chart == CHART_SCALING)
        return chart_scaling_has_data(bundle, view);
    return draw(bundle, chart, view, &drawing) == 0;
}

/* The charts that are not over payload sizes. Returns whether it is one of them. */
static bool write_other(const struct bundle_data *bundle, const struct evidence *evidence,
                        enum chart chart, const struct chart_view *view, FILE *stream)
{
    switch (chart) {
    case CHART_COPIES:
        chart_copies_write(bundle, evidence, view, stream);
        return true;
    case CHART_GAP:
        chart_gap_write(evidence, view, stream);
        return true;
    case CHART_PAIRS:
        chart_pairs_write(bundle, stream);
        return true;
    case CHART_SCALING:
        chart_scaling_write(bundle, stream);
        return true;
    default:
        return false;
    }
}

int chart_write(const struct bundle_data *bundle, const struct evidence *evidence, enum chart chart,
                const struct chart_view *view, FILE *stream)
{
    struct drawing drawing;
    if (!chart_has_data(bundle, evidence, chart, view))
        return -ENODATA;
    chart_title_write(bundle, evidence, chart, view, stream);
    if (write_other(bundle, evidence, chart, view, stream))
        return ferror(stream) ? -EIO : 0;
    draw(bundle, chart, view, &drawing);
    write_panels(&drawing, stream);
    write_words(&drawing, stream);
    write_legend(bundle, view, &drawing, stream);
    write_axes(bundle, chart, &drawing, stream);
    write_marks(bundle, &drawing, stream);
    write_data(bundle, &drawing, stream);
    return ferror(stream) ? -EIO : 0;
}
