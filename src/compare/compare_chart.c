#include "compare/compare_chart.h"

#include "base/terms.h"
#include "report/chart_axis.h"
#include "report/chart_data.h" /* chart_write_number */
#include "report/report_text.h"
#include "report/sentence.h"
#include "results/statistics.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = COPIES_COUNT, ROWS = 2, MOST_POINTS = 256, SEED = 1 };

const char *const compare_chart_names[] = {"compare-throughput", "compare-latency", "compare-ratio",
                                           NULL};

struct point {
    double size_bytes;
    struct estimate estimate;
};

/* One line: a mechanism of a bundle, in a panel. */
struct series {
    size_t bundle;
    size_t mechanism;
    struct point points[MOST_POINTS];
    size_t count;
};

struct drawing {
    const struct compare_bundle *bundles;
    size_t bundle_count; /* drawn */
    size_t given_count;
    enum compare_chart chart;
    const struct compare_view *view;
    char mechanisms[COMPARE_CHART_MECHANISMS][BUNDLE_WORD_BYTES];
    size_t mechanism_count;
    struct sentence left_out; /* mechanisms */
    /* [row][column]: in each a line per bundle and mechanism, some without points. */
    struct series series[ROWS][MOST_COLUMNS][COMPARE_CHART_BUNDLES * COMPARE_CHART_MECHANISMS];
};

/* --- What is drawn ------------------------------------------------------------------------------
 */

/* A word of a stranger becomes part of a script and of a file's name. */
static bool is_plain_word(const char *word)
{
    char copy[BUNDLE_WORD_BYTES];
    return bundle_read_word(word, copy) == 0;
}

/* Latency and throughput go from memory to use; others have no place here. */
static bool is_drawable(const struct cell_key *key)
{
    return !compare_is_ceiling(key) && !compare_is_floor(key) &&
           strcmp(key->test, test_names[TEST_RELAY]) != 0 && strcmp(key->source, "memory") == 0 &&
           strcmp(key->sink, "use") == 0 && key->extra_copies == 0 &&
           is_plain_word(key->mechanism) && is_plain_word(key->wait) && is_plain_word(key->touch) &&
           is_plain_word(key->placement);
}

static int rank(const char *const *names, const char *word)
{
    int index = term_find(names, word);
    return index < 0 ? INT_MAX : index;
}

static int compare_views(const void *left, const void *right)
{
    const struct compare_view *a = left;
    const struct compare_view *b = right;
    const int ranks[][2] = {
        {rank(placement_names, a->placement), rank(placement_names, b->placement)},
        {rank(touch_names, a->touch), rank(touch_names, b->touch)},
        {rank(wait_names, a->wait), rank(wait_names, b->wait)},
    };
    for (size_t index = 0; index < sizeof ranks / sizeof *ranks; index++) {
        if (ranks[index][0] != ranks[index][1])
            return ranks[index][0] < ranks[index][1] ? -1 : 1;
    }
    return 0;
}

static void add_view(struct compare_views *views, const struct cell_key *key)
{
    for (size_t index = 0; index < views->count; index++) {
        const struct compare_view *view = &views->views[index];
        if (strcmp(view->placement, key->placement) == 0 && strcmp(view->touch, key->touch) == 0 &&
            strcmp(view->wait, key->wait) == 0)
            return;
    }
    if (views->count == COMPARE_CHART_MOST_VIEWS)
        return;
    struct compare_view *view = &views->views[views->count++];
    memset(view, 0, sizeof *view);
    memcpy(view->placement, key->placement, sizeof key->placement);
    memcpy(view->touch, key->touch, sizeof key->touch);
    memcpy(view->wait, key->wait, sizeof key->wait);
}

/* "-spin" unless it is as in the main view: then nothing. */
static void append_suffix(struct compare_view *view, const char *word, const char *main_word)
{
    size_t used = strlen(view->suffix);
    if (strcmp(word, main_word) != 0)
        snprintf(view->suffix + used, sizeof view->suffix - used, "-%s", word);
}

struct compare_views compare_chart_views(const struct compare_bundle *first)
{
    struct compare_views views = {.count = 0};
    for (size_t index = 0; index < first->cell_count; index++) {
        const struct cell_key *key = compare_cell_key(&first->cells[index]);
        if (is_drawable(key))
            add_view(&views, key);
    }
    qsort(views.views, views.count, sizeof *views.views, compare_views);
    for (size_t index = 1; index < views.count; index++) {
        struct compare_view *view = &views.views[index];
        append_suffix(view, view->placement, views.views[0].placement);
        append_suffix(view, view->touch, views.views[0].touch);
        append_suffix(view, view->wait, views.views[0].wait);
    }
    return views;
}

static bool is_in_view(const struct drawing *drawing, const struct cell_key *key)
{
    return is_drawable(key) && strcmp(key->placement, drawing->view->placement) == 0 &&
           strcmp(key->touch, drawing->view->touch) == 0 &&
           strcmp(key->wait, drawing->view->wait) == 0;
}

static void add_mechanism(struct drawing *drawing, const char *mechanism)
{
    bool ratio = drawing->chart == COMPARE_CHART_RATIO;
    if (ratio && strcmp(mechanism, "pipe") == 0)
        return;
    for (size_t index = 0; index < drawing->mechanism_count; index++) {
        if (strcmp(drawing->mechanisms[index], mechanism) == 0)
            return;
    }
    if (drawing->mechanism_count < COMPARE_CHART_MECHANISMS)
        snprintf(drawing->mechanisms[drawing->mechanism_count++], BUNDLE_WORD_BYTES, "%s",
                 mechanism);
    else if (strstr(drawing->left_out.text, mechanism) == NULL)
        sentence_add(&drawing->left_out, ", %s", mechanism);
}

/* pipe and shm first, then others as they come. */
static void choose_mechanisms(struct drawing *drawing)
{
    static const char *const wanted[] = {"pipe", "shm", NULL};
    for (size_t pass = 0; pass < 3; pass++) {
        for (size_t index = 0; index < drawing->bundles[0].cell_count; index++) {
            const struct cell_key *key = compare_cell_key(&drawing->bundles[0].cells[index]);
            if (is_in_view(drawing, key) &&
                (wanted[pass] == NULL || strcmp(key->mechanism, wanted[pass]) == 0))
                add_mechanism(drawing, key->mechanism);
        }
    }
}

/* --- Numbers ------------------------------------------------------------------------------------
 */

/* The test and the kind of figure that a row of panels shows. */
static const char *test_of(enum compare_chart chart, size_t row)
{
    if (chart == COMPARE_CHART_RATIO)
        return test_names[row == 0 ? TEST_THROUGHPUT : TEST_LATENCY];
    return test_names[chart == COMPARE_CHART_THROUGHPUT ? TEST_THROUGHPUT : TEST_LATENCY];
}

static enum compare_kind kind_of(enum compare_chart chart, size_t row)
{
    if (chart == COMPARE_CHART_RATIO)
        return COMPARE_RATIO;
    return row == 0 ? COMPARE_ABSOLUTE : COMPARE_NORMALISED;
}

static int add_point(const struct compare_bundle *bundle, const struct compare_cell *cell,
                     enum compare_kind kind, bool as_time, struct series *series)
{
    const struct compare_cell *partner = compare_bundle_partner(bundle, cell, kind);
    struct point *point = &series->points[series->count];
    if ((partner == NULL && kind != COMPARE_ABSOLUTE) || series->count == MOST_POINTS)
        return 0;
    double *values = calloc(cell->count + 1, sizeof *values);
    if (values == NULL)
        return -ENOMEM;
    compare_cell_values(cell, partner, kind, values);
    for (size_t index = 0; index < cell->count && as_time; index++)
        values[index] = 1.0 / values[index];
    int result = statistics_estimate_median(values, cell->count, SEED, &point->estimate);
    free(values);
    if (result < 0 || isnan(point->estimate.median))
        return result;
    point->size_bytes = (double)compare_cell_key(cell)->size_bytes;
    series->count++;
    return 0;
}

static int fill_series(const struct drawing *drawing, size_t row, size_t column,
                       struct series *series)
{
    const struct compare_bundle *bundle = &drawing->bundles[series->bundle];
    enum compare_kind kind = kind_of(drawing->chart, row);
    int result = 0;
    for (size_t index = 0; index < bundle->cell_count && result == 0; index++) {
        const struct compare_cell *cell = &bundle->cells[index];
        const struct cell_key *key = compare_cell_key(cell);
        if (strcmp(key->mechanism, drawing->mechanisms[series->mechanism]) == 0 &&
            strcmp(key->test, test_of(drawing->chart, row)) == 0 &&
            strcmp(key->copies, copies_names[column]) == 0 && is_in_view(drawing, key))
            result = add_point(bundle, cell, kind, drawing->chart == COMPARE_CHART_LATENCY, series);
    }
    return result;
}

static int fill(struct drawing *drawing)
{
    int result = 0;
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t column = 0; column < MOST_COLUMNS; column++) {
            for (size_t line = 0; line < drawing->bundle_count * drawing->mechanism_count; line++) {
                struct series *series = &drawing->series[row][column][line];
                series->mechanism = line / drawing->bundle_count;
                series->bundle = line % drawing->bundle_count;
                if (result == 0)
                    result = fill_series(drawing, row, column, series);
            }
        }
    }
    return result;
}

/* --- Axes ---------------------------------------------------------------------------------------
 */

struct range {
    double least;
    double most;
};

static void widen(struct range *range, double value)
{
    if (isfinite(value) && value > 0.0) {
        range->least = fmin(range->least, value);
        range->most = fmax(range->most, value);
    }
}

static bool is_empty(const struct range *range)
{
    return range->most <= 0.0;
}

/* Of the values of a row, or of all payload sizes. */
static struct range range_of(const struct drawing *drawing, size_t row, bool sizes)
{
    struct range range = {.least = INFINITY, .most = 0.0};
    for (size_t column = 0; column < MOST_COLUMNS; column++) {
        for (size_t line = 0; line < drawing->bundle_count * drawing->mechanism_count; line++) {
            const struct series *series = &drawing->series[row][column][line];
            for (size_t index = 0; index < series->count; index++) {
                const struct point *point = &series->points[index];
                widen(&range, sizes ? point->size_bytes : point->estimate.median);
                widen(&range, sizes ? point->size_bytes : point->estimate.ci95_lo);
                widen(&range, sizes ? point->size_bytes : point->estimate.ci95_hi);
            }
        }
    }
    return range;
}

/* Free space at both ends, and never less than `span` from end to end: an axis needs a round
 * value. */
static struct range make_room(struct range range, double span)
{
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

static void write_ticks(const char *name, const struct chart_axis *axis, enum chart_axis_unit unit,
                        FILE *stream)
{
    fprintf(stream, "%s_ticks = \"", name);
    chart_axis_print(axis, unit, true, stream);
    fprintf(stream, "\"\n%s_bare_ticks = \"", name);
    chart_axis_print(axis, unit, false, stream);
    fputs("\"\n", stream);
}

/* Plain decades: what is normalised has no unit, and spans too much for powers of two. */
static void write_decades(const char *name, const struct range *range, FILE *stream)
{
    for (int labels = 1; labels >= 0; labels--) {
        bool first = true;
        fprintf(stream, "%s%s_ticks = \"(", name, labels ? "" : "_bare");
        for (int decade = (int)fmax(-15.0, ceil(log10(range->least)));
             decade <= (int)fmin(15.0, floor(log10(range->most))); decade++) {
            double value = pow(10.0, decade);
            fputs(first ? "'" : ", '", stream);
            if (labels)
                fprintf(stream, "%.12g", value);
            fprintf(stream, "' %.9g", value);
            first = false;
        }
        fputs(")\"\n", stream);
    }
}

static void write_row_axis(const struct drawing *drawing, size_t row, const struct range *values,
                           size_t place, FILE *stream)
{
    static const enum chart_axis_unit units[] = {CHART_AXIS_RATE, CHART_AXIS_NANOSECONDS,
                                                 CHART_AXIS_FACTOR};
    bool normalised = kind_of(drawing->chart, row) == COMPARE_NORMALISED;
    struct range range = *values;
    char name[32];
    if (drawing->chart == COMPARE_CHART_RATIO)
        widen(&range, 1.0); /* its line at 1 is always in sight */
    range = make_room(range, drawing->chart == COMPARE_CHART_RATIO ? 4.0 : 10.0);
    snprintf(name, sizeof name, "y%zu", place);
    fprintf(stream, "%s_least = %.9g\n%s_most = %.9g\n", name, range.least, name, range.most);
    if (normalised) {
        write_decades(name, &range, stream);
        return;
    }
    struct chart_axis axis = chart_axis_ticks(units[drawing->chart], range.least, range.most);
    write_ticks(name, &axis, units[drawing->chart], stream);
}

static const char *label_of(enum compare_chart chart, size_t row)
{
    static const char *const labels[COMPARE_CHART_COUNT][ROWS] = {
        {"payload per second", "over memcpy of that size"},
        {"half a round trip", "over one cache-line bounce"},
        {"throughput: mechanism / pipe", "latency: pipe / mechanism"},
    };
    return labels[chart][row];
}

/* --- Writing ------------------------------------------------------------------------------------
 */

static void write_text(const char *name, const char *text, FILE *stream)
{
    char quoted[SENTENCE_BYTES];
    fprintf(stream, "%s = %s\n", name, report_text_gnuplot(text, quoted, sizeof quoted));
}

static const char *machine_text(const struct compare_bundle *bundle, const char *name,
                                const char *otherwise)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(bundle->manifest, "machine"), name));
    return text != NULL && *text != '\0' ? text : otherwise;
}

static void write_texts(const struct drawing *drawing, FILE *stream)
{
    static const char *const titles[] = {
        "Throughput by payload size",
        "Latency by payload size: half a round trip, closed loop, median",
        "How many times faster than a pipe, by payload size",
    };
    const struct compare_view *view = drawing->view;
    struct sentence line = sentence_in(LANGUAGE_ENGLISH);
    sentence_add(&line, "%s: %zu runs compared", titles[drawing->chart], drawing->given_count);
    write_text("title", line.text, stream);
    line = sentence_in(LANGUAGE_ENGLISH);
    sentence_add(&line,
                 "wait %s, placement %s, touch %s; bars are 95 %% intervals of the median over "
                 "rounds",
                 view->wait, view->placement, view->touch);
    write_text("machine", line.text, stream);
    line = sentence_in(LANGUAGE_ENGLISH);
    size_t missing = drawing->given_count - drawing->bundle_count;
    if (missing == 1)
        sentence_add(&line, ", the last bundle");
    else if (missing > 1)
        sentence_add(&line, ", the last %zu bundles", missing);
    sentence_add(&line, "%s", drawing->left_out.text);
    struct sentence finding = sentence_in(LANGUAGE_ENGLISH);
    if (*line.text != '\0')
        sentence_add(&finding, "left out: %s", line.text + 2);
    write_text("finding", finding.text, stream);
}

static void write_legend(const struct drawing *drawing, FILE *stream)
{
    fprintf(stream, "bundles = %zu\n", drawing->bundle_count);
    for (size_t index = 0; index < drawing->bundle_count; index++) {
        const struct compare_bundle *bundle = &drawing->bundles[index];
        struct sentence line = sentence_in(LANGUAGE_ENGLISH);
        char name[32];
        const char *label = json_string_value(json_object_get(bundle->manifest, "label"));
        sentence_add(&line, "%c: %.60s", (char)('A' + index), bundle->name);
        if (label != NULL && *label != '\0')
            sentence_add(&line, " (%.40s)", label);
        sentence_add(&line, ", %.50s, Linux %.40s",
                     machine_text(bundle, "cpu_model", "unknown CPU"),
                     machine_text(bundle, "kernel_release", "unknown"));
        snprintf(name, sizeof name, "bundle_%zu", index + 1);
        write_text(name, line.text, stream);
    }
    fputs("mechanisms = '", stream);
    for (size_t index = 0; index < drawing->mechanism_count; index++)
        fprintf(stream, "%s ", drawing->mechanisms[index]);
    fprintf(stream, "'\nlevels = '%s'\n", drawing->chart == COMPARE_CHART_RATIO ? "1" : "");
}

static bool has_points(const struct drawing *drawing, size_t column)
{
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t line = 0; line < drawing->bundle_count * drawing->mechanism_count; line++) {
            if (drawing->series[row][column][line].count > 0)
                return true;
        }
    }
    return false;
}

static void write_series(const struct series *series, FILE *stream)
{
    for (size_t index = 0; index < series->count; index++) {
        const struct estimate *estimate = &series->points[index].estimate;
        fprintf(stream, "%.17g", series->points[index].size_bytes);
        chart_write_number(estimate->median, stream);
        chart_write_number(estimate->ci95_lo, stream);
        chart_write_number(estimate->ci95_hi, stream);
        fputc('\n', stream);
    }
}

/* The data of all panels, one block per line that has points, told apart by two empty lines:
 * gnuplot's `index`. Before it, what each block is and which of them a panel has. */
static void write_panels(const struct drawing *drawing, const bool *rows, const bool *columns,
                         FILE *stream)
{
    size_t lines = drawing->bundle_count * drawing->mechanism_count;
    for (int pass = 0; pass < 3; pass++) {
        static const char *const begins[] = {"", "series_looks = '", "$data << END_OF_DATA\n"};
        static const char *const ends[] = {"", "'\n", "END_OF_DATA\n"};
        size_t panel = 0;
        size_t block = 0;
        fputs(begins[pass], stream);
        for (size_t place = 0; place < (size_t)ROWS * MOST_COLUMNS; place++) {
            size_t row = place / MOST_COLUMNS;
            size_t column = place % MOST_COLUMNS;
            size_t first = block;
            if (!rows[row] || !columns[column])
                continue;
            for (size_t line = 0; line < lines; line++) {
                const struct series *series = &drawing->series[row][column][line];
                if (series->count == 0)
                    continue;
                if (pass == 1) /* bundle and mechanism, from 1, as one word */
                    fprintf(stream, "%zu%zu ", series->bundle + 1, series->mechanism + 1);
                if (pass == 2) {
                    fputs(block > 0 ? "\n\n" : "", stream);
                    write_series(series, stream);
                }
                block++;
            }
            panel++;
            if (pass == 0)
                fprintf(stream,
                        "panel_copies_%zu = '%s'\npanel_first_%zu = %zu\npanel_last_%zu = %zu\n",
                        panel, copies_names[column], panel, first + 1, panel, block);
        }
        fputs(ends[pass], stream);
    }
}

static int write_drawing(const struct drawing *drawing, FILE *stream)
{
    bool rows[ROWS];
    bool columns[MOST_COLUMNS];
    size_t row_count = 0;
    size_t column_count = 0;
    struct range sizes = {.least = INFINITY, .most = 0.0};
    for (size_t column = 0; column < MOST_COLUMNS; column++) {
        columns[column] = has_points(drawing, column);
        column_count += columns[column];
    }
    for (size_t row = 0; row < ROWS; row++) {
        struct range values = range_of(drawing, row, false);
        struct range those = range_of(drawing, row, true);
        char name[32];
        rows[row] = !is_empty(&values);
        if (!rows[row])
            continue;
        widen(&sizes, those.least);
        widen(&sizes, those.most);
        row_count++;
        write_row_axis(drawing, row, &values, row_count, stream);
        snprintf(name, sizeof name, "y_label_%zu", row_count);
        write_text(name, label_of(drawing->chart, row), stream);
    }
    sizes = make_room(sizes, 4.0);
    struct chart_axis axis =
        chart_axis_ticks(CHART_AXIS_BYTES, fmax(sizes.least, 0.75), sizes.most);
    fprintf(stream, "x_least = %.9g\nx_most = %.9g\n", sizes.least, sizes.most);
    write_ticks("x", &axis, CHART_AXIS_BYTES, stream);
    fprintf(stream, "rows = %zu\ncolumns = %zu\n", row_count, column_count);
    write_texts(drawing, stream);
    write_legend(drawing, stream);
    write_panels(drawing, rows, columns, stream);
    return ferror(stream) ? -EIO : 0;
}

int compare_chart_write(const struct compare_bundle *bundles, size_t count,
                        enum compare_chart chart, const struct compare_view *view, FILE *stream)
{
    struct drawing *drawing = calloc(1, sizeof *drawing);
    if (drawing == NULL)
        return -ENOMEM;
    drawing->bundles = bundles;
    drawing->bundle_count = count < COMPARE_CHART_BUNDLES ? count : COMPARE_CHART_BUNDLES;
    drawing->given_count = count;
    drawing->chart = chart;
    drawing->view = view;
    choose_mechanisms(drawing);
    int result = fill(drawing);
    if (result == 0) {
        bool any = false;
        for (size_t column = 0; column < MOST_COLUMNS; column++)
            any = any || has_points(drawing, column);
        result = any ? write_drawing(drawing, stream) : -ENODATA;
    }
    free(drawing);
    return result;
}
