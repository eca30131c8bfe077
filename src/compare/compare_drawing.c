#include "compare/compare_drawing.h"

#include "base/terms.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 1 };

const char *const compare_chart_names[] = {"compare-throughput", "compare-latency", "compare-ratio",
                                           NULL};

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

static int order_views(const void *left, const void *right)
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
    qsort(views.views, views.count, sizeof *views.views, order_views);
    for (size_t index = 1; index < views.count; index++) {
        struct compare_view *view = &views.views[index];
        append_suffix(view, view->placement, views.views[0].placement);
        append_suffix(view, view->touch, views.views[0].touch);
        append_suffix(view, view->wait, views.views[0].wait);
    }
    return views;
}

static bool is_in_view(const struct compare_drawing *drawing, const struct cell_key *key)
{
    return is_drawable(key) && strcmp(key->placement, drawing->view->placement) == 0 &&
           strcmp(key->touch, drawing->view->touch) == 0 &&
           strcmp(key->wait, drawing->view->wait) == 0;
}

static void add_mechanism(struct compare_drawing *drawing, const char *mechanism)
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
static void choose_mechanisms(struct compare_drawing *drawing)
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
const char *compare_drawing_test(enum compare_chart chart, size_t row)
{
    if (chart == COMPARE_CHART_RATIO)
        return test_names[row == 0 ? TEST_THROUGHPUT : TEST_LATENCY];
    return test_names[chart == COMPARE_CHART_THROUGHPUT ? TEST_THROUGHPUT : TEST_LATENCY];
}

enum compare_kind compare_drawing_kind(enum compare_chart chart, size_t row)
{
    if (chart == COMPARE_CHART_RATIO)
        return COMPARE_RATIO;
    return row == 0 ? COMPARE_ABSOLUTE : COMPARE_NORMALISED;
}

static int add_point(const struct compare_bundle *bundle, const struct compare_cell *cell,
                     enum compare_kind kind, bool as_time, struct compare_series *series)
{
    const struct compare_cell *partner = compare_bundle_partner(bundle, cell, kind);
    struct compare_point *point = &series->points[series->count];
    if ((partner == NULL && kind != COMPARE_ABSOLUTE) || series->count == COMPARE_DRAWING_POINTS)
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

static int fill_series(const struct compare_drawing *drawing, size_t row, size_t column,
                       struct compare_series *series)
{
    const struct compare_bundle *bundle = &drawing->bundles[series->bundle];
    enum compare_kind kind = compare_drawing_kind(drawing->chart, row);
    int result = 0;
    for (size_t index = 0; index < bundle->cell_count && result == 0; index++) {
        const struct compare_cell *cell = &bundle->cells[index];
        const struct cell_key *key = compare_cell_key(cell);
        if (strcmp(key->mechanism, drawing->mechanisms[series->mechanism]) == 0 &&
            strcmp(key->test, compare_drawing_test(drawing->chart, row)) == 0 &&
            strcmp(key->copies, copies_names[column]) == 0 && is_in_view(drawing, key))
            result = add_point(bundle, cell, kind, drawing->chart == COMPARE_CHART_LATENCY, series);
    }
    return result;
}

static int fill(struct compare_drawing *drawing)
{
    int result = 0;
    for (size_t row = 0; row < COMPARE_DRAWING_ROWS; row++) {
        for (size_t column = 0; column < COMPARE_DRAWING_COLUMNS; column++) {
            for (size_t line = 0; line < drawing->bundle_count * drawing->mechanism_count; line++) {
                struct compare_series *series = &drawing->series[row][column][line];
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

static void widen(struct compare_range *range, double value)
{
    if (isfinite(value) && value > 0.0) {
        range->least = fmin(range->least, value);
        range->most = fmax(range->most, value);
    }
}

static bool is_empty(const struct compare_range *range)
{
    return range->most <= 0.0;
}

/* Of the values of a row, or of all payload sizes. */
static struct compare_range range_of(const struct compare_drawing *drawing, size_t row, bool sizes)
{
    struct compare_range range = {.least = INFINITY, .most = 0.0};
    for (size_t column = 0; column < COMPARE_DRAWING_COLUMNS; column++) {
        for (size_t line = 0; line < drawing->bundle_count * drawing->mechanism_count; line++) {
            const struct compare_series *series = &drawing->series[row][column][line];
            for (size_t index = 0; index < series->count; index++) {
                const struct compare_point *point = &series->points[index];
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
static struct compare_range make_room(struct compare_range range, double span)
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

bool compare_drawing_has_column(const struct compare_drawing *drawing, size_t column)
{
    for (size_t row = 0; row < COMPARE_DRAWING_ROWS; row++) {
        for (size_t line = 0; line < drawing->bundle_count * drawing->mechanism_count; line++) {
            if (drawing->series[row][column][line].count > 0)
                return true;
        }
    }
    return false;
}

bool compare_drawing_has_row(const struct compare_drawing *drawing, size_t row)
{
    struct compare_range values = range_of(drawing, row, false);
    return !is_empty(&values);
}

struct compare_range compare_drawing_up(const struct compare_drawing *drawing, size_t row)
{
    struct compare_range range = range_of(drawing, row, false);
    bool ratio = drawing->chart == COMPARE_CHART_RATIO;
    if (ratio)
        widen(&range, 1.0); /* its line at 1 is always in sight */
    return make_room(range, ratio ? 4.0 : 10.0);
}

struct compare_range compare_drawing_across(const struct compare_drawing *drawing)
{
    struct compare_range sizes = {.least = INFINITY, .most = 0.0};
    for (size_t row = 0; row < COMPARE_DRAWING_ROWS; row++) {
        struct compare_range those = range_of(drawing, row, true);
        widen(&sizes, those.least);
        widen(&sizes, those.most);
    }
    return make_room(sizes, 4.0);
}

const char *compare_drawing_title(enum compare_chart chart)
{
    static const char *const titles[] = {
        "Throughput by payload size",
        "Latency by payload size: half a round trip, closed loop, median",
        "How many times faster than a pipe, by payload size",
    };
    return titles[chart];
}

const char *compare_drawing_label(enum compare_chart chart, size_t row)
{
    static const char *const labels[COMPARE_CHART_COUNT][COMPARE_DRAWING_ROWS] = {
        {"payload per second", "over memcpy of that size"},
        {"half a round trip", "over one cache-line bounce"},
        {"throughput: mechanism / pipe", "latency: pipe / mechanism"},
    };
    return labels[chart][row];
}

int compare_drawing_make(const struct compare_bundle *bundles, size_t count,
                         enum compare_chart chart, const struct compare_view *view,
                         struct compare_drawing **drawing)
{
    struct compare_drawing *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -ENOMEM;
    made->bundles = bundles;
    made->bundle_count = count < COMPARE_CHART_BUNDLES ? count : COMPARE_CHART_BUNDLES;
    made->given_count = count;
    made->chart = chart;
    made->view = view;
    choose_mechanisms(made);
    int result = fill(made);
    bool any = false;
    for (size_t column = 0; column < COMPARE_DRAWING_COLUMNS; column++)
        any = any || compare_drawing_has_column(made, column);
    if (result == 0 && !any)
        result = -ENODATA;
    if (result < 0)
        free(made);
    else
        *drawing = made;
    return result;
}

void compare_drawing_free(struct compare_drawing *drawing)
{
    free(drawing);
}
