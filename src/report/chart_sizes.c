#include "report/chart_sizes.h"
#include "text/text.h"

#include "report/report_findings.h"
#include "report/report_machine.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum chart_axis_unit chart_sizes_unit(enum chart chart)
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

static void add_series(const struct bundle_data *bundle, struct chart_sizes *drawing,
                       const struct chart_sizes_series *series)
{
    if (drawing->series_count < CHART_SIZES_MOST_SERIES &&
        bundle_sizes_of(bundle, &series->cell, series->metric).count > 0)
        drawing->series[drawing->series_count++] = *series;
}

static void add_mechanisms(const struct bundle_data *bundle, const struct chart_view *view,
                           struct chart_sizes *drawing, size_t panel, const char *metric)
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
            struct chart_sizes_series series = {
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
                        struct chart_sizes *drawing, size_t panel, const char *test,
                        const char *metric, bool anywhere)
{
    const struct bundle_words *placements = &bundle->words[BUNDLE_PLACEMENT];
    struct chart_sizes_series series = {.metric = metric, .role = test, .panel = panel};
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
                      const struct chart_view *view, struct chart_sizes *drawing, size_t panel)
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
static void make_panels(const struct bundle_data *bundle, enum chart chart,
                        const struct chart_view *view, struct chart_sizes *drawing)
{
    const struct bundle_words *modes = &bundle->words[BUNDLE_COPIES];
    const char *const *tests = tests_of(chart);
    const char *used_tests[CHART_COUNT] = {NULL};
    const char *used_modes[CHART_SIZES_MOST_PANELS] = {NULL};
    for (size_t test = 0; tests[test] != NULL; test++) {
        bool used = false;
        for (size_t mode = 0; mode < modes->count; mode++)
            used =
                used || has_data(bundle, view, tests[test], modes->words[mode], metric_of(chart));
        if (used)
            used_tests[drawing->rows++] = tests[test];
    }
    size_t most = drawing->rows > 0 ? CHART_SIZES_MOST_PANELS / drawing->rows : 0;
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

bool chart_sizes_is_level(const struct chart_sizes_series *series)
{
    return strcmp(series->role, "bounce") == 0;
}

static void measure_sizes(const struct bundle_data *bundle, struct chart_sizes *drawing)
{
    drawing->least_size_bytes = INFINITY;
    drawing->most_size_bytes = 0.0;
    for (size_t index = 0; index < drawing->series_count; index++) {
        const struct chart_sizes_series *series = &drawing->series[index];
        if (chart_sizes_is_level(series))
            continue;
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &series->cell, series->metric);
        drawing->least_size_bytes = fmin(drawing->least_size_bytes, (double)sizes.bytes[0]);
        drawing->most_size_bytes =
            fmax(drawing->most_size_bytes, (double)sizes.bytes[sizes.count - 1]);
    }
}

int chart_sizes_lay_out(const struct bundle_data *bundle, enum chart chart,
                        const struct chart_view *view, struct chart_sizes *drawing)
{
    memset(drawing, 0, sizeof *drawing);
    make_panels(bundle, chart, view, drawing);
    if (drawing->rows * drawing->columns == 0)
        return -ENODATA;
    for (size_t panel = 0; panel < drawing->rows * drawing->columns; panel++)
        add_panel(bundle, chart, view, drawing, panel);
    measure_sizes(bundle, drawing);
    return 0;
}

static void widen(struct chart_range *range, double value)
{
    if (isnan(value) || value <= 0.0)
        return;
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

/* The values that a row of panels must show, on one common scale so that panels can be compared. */
static struct chart_range range_of_row(const struct bundle_data *bundle,
                                       const struct chart_sizes *drawing, size_t row)
{
    struct chart_range range = {.least = INFINITY, .most = 0.0};
    for (size_t index = 0; index < drawing->series_count; index++) {
        const struct chart_sizes_series *series = &drawing->series[index];
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
static struct chart_range make_room(struct chart_range range, double span)
{
    if (range.most <= 0.0)
        range = (struct chart_range){.least = 1.0, .most = 1.0};
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

struct chart_range chart_sizes_across(const struct chart_sizes *drawing)
{
    struct chart_range sizes = make_room(
        (struct chart_range){.least = drawing->least_size_bytes, .most = drawing->most_size_bytes},
        4.0);
    return sizes;
}

struct chart_range chart_sizes_up(const struct bundle_data *bundle, enum chart chart,
                                  const struct chart_sizes *drawing, size_t row)
{
    struct chart_range values = range_of_row(bundle, drawing, row);
    if (chart == CHART_RATIO) { /* its lines at 1 and 4 are always in sight */
        widen(&values, 1.0);
        widen(&values, 4.0);
    }
    return make_room(values, chart == CHART_RATIO ? 4.0 : 10.0);
}

size_t chart_sizes_marks(const struct bundle_data *bundle, const struct chart_sizes *drawing,
                         enum language language,
                         struct chart_sizes_mark marks[CHART_SIZES_MOST_MARKS])
{
    struct report_machine machine = report_machine_of(bundle);
    const struct {
        const char *name;
        double bytes;
    } candidates[CHART_SIZES_MOST_MARKS] = {
        {"L1d", machine.l1d_bytes},
        {TEXT("capacity"), machine.capacity_bytes},
        {"L2", machine.l2_bytes},
        {"L3", machine.l3_bytes},
    };
    size_t count = 0;
    for (size_t index = 0; index < CHART_SIZES_MOST_MARKS; index++) {
        double bytes = candidates[index].bytes;
        /* NAN is in no range. */
        if (!(bytes >= drawing->least_size_bytes && bytes <= drawing->most_size_bytes))
            continue;
        size_t near = 0;
        while (near < count && fabs(log2(marks[near].bytes / bytes)) > 0.6)
            near++;
        if (near == count)
            marks[count++] = (struct chart_sizes_mark){.bytes = bytes, .text = ""};
        size_t used = strlen(marks[near].text);
        snprintf(marks[near].text + used, sizeof marks[near].text - used, "%s%s",
                 used > 0 ? ", " : "", text_in(language, candidates[index].name));
    }
    return count;
}
