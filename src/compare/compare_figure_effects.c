#include "compare/compare_figure.h"

#include "base/units.h"
#include "compare/compare_sentences.h"
#include "report/figure_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Where the axis ends at the latest: a factor beyond has its mark at the edge. */
#define LEAST_FACTOR 1e-3
#define MOST_FACTOR  1e3

struct ranges {
    double least_bytes;
    double most_bytes;
    double least_factor;
    double most_factor;
};

static bool is_told(const struct compare_outcome *outcome, size_t index)
{
    const struct cell_key *key = compared_cell_key(&outcome->comparison.cells[index]);
    double factor = outcome->comparison.differences[outcome->verdict.kind][index].factor;
    return isfinite(factor) && factor > 0.0 && !compare_is_ceiling(key);
}

static double within(double factor)
{
    return fmax(LEAST_FACTOR, fmin(MOST_FACTOR, factor));
}

/* With room at both ends, and 1 in sight. */
static struct ranges find_ranges(const struct compare_outcome *outcome)
{
    struct ranges ranges = {INFINITY, 0.0, 1.0, 1.0};
    for (size_t index = 0; index < outcome->comparison.cell_count; index++) {
        const struct difference *difference =
            &outcome->comparison.differences[outcome->verdict.kind][index];
        double bytes = (double)compared_cell_key(&outcome->comparison.cells[index])->size_bytes;
        if (!is_told(outcome, index))
            continue;
        ranges.least_bytes = fmin(ranges.least_bytes, bytes);
        ranges.most_bytes = fmax(ranges.most_bytes, bytes);
        /* fmin and fmax pass over a NAN. */
        ranges.least_factor =
            within(fmin(ranges.least_factor, fmin(difference->factor, difference->ci95_lo)));
        ranges.most_factor =
            within(fmax(ranges.most_factor, fmax(difference->factor, difference->ci95_hi)));
    }
    double margin = fmax(1.02, pow(ranges.most_factor / ranges.least_factor, 0.06));
    ranges.least_factor /= margin;
    ranges.most_factor *= margin;
    double step = fmax(1.6, pow(ranges.most_bytes / ranges.least_bytes, 0.05));
    ranges.least_bytes = fmax(0.75, ranges.least_bytes / step);
    ranges.most_bytes *= step;
    return ranges;
}

/* Powers of two are too coarse for changes by some percent. */
static void set_axes(const struct compare_outcome *outcome, const struct ranges *ranges,
                     struct figure_panel *panel)
{
    char name[FIGURE_WORDS_BYTES];
    snprintf(name, sizeof name, "%s: how many times faster %s is",
             compare_kind_names[outcome->verdict.kind], outcome->after);
    figure_set_axis(&panel->across, CHART_AXIS_BYTES, ranges->least_bytes, ranges->most_bytes,
                    "payload size");
    if (ranges->most_factor / ranges->least_factor < 4.0)
        figure_set_linear(&panel->up, ranges->least_factor, ranges->most_factor, name);
    else
        figure_set_axis(&panel->up, CHART_AXIS_FACTOR, ranges->least_factor, ranges->most_factor,
                        name);
    struct figure_line line = {.from_x = ranges->least_bytes,
                               .to_x = ranges->most_bytes,
                               .from_y = 1.0,
                               .to_y = 1.0,
                               .strong = true};
    snprintf(line.name, sizeof line.name, "1: as fast as %s", outcome->before);
    figure_add_line(panel, &line);
}

/* The panel of that title, made where it is not there yet; FIGURE_MOST_PANELS when full. */
static size_t find_panel(const struct compare_outcome *outcome, const struct ranges *ranges,
                         const struct cell_key *key, struct figure *figure)
{
    struct sentence title = sentence_in(LANGUAGE_ENGLISH);
    size_t index = 0;
    sentence_add(&title, "%s, %s", key->test, key->copies);
    compare_say_rest_of_cell(key, &title);
    title.text[FIGURE_WORDS_BYTES - 1] = '\0';
    while (index < figure->panels_count && strcmp(figure->panels[index].title, title.text) != 0)
        index++;
    if (index < figure->panels_count || index == FIGURE_MOST_PANELS)
        return index;
    struct figure_panel *panel = figure_add_panel(figure);
    memcpy(panel->title, title.text, sizeof panel->title);
    set_axes(outcome, ranges, panel);
    return index;
}

/* The series of a cell in a panel, made where it is not there yet; NULL when there is no room. */
static struct figure_series *find_series(struct figure *figure, size_t panel,
                                         const struct cell_key *key)
{
    char name[FIGURE_WORDS_BYTES];
    figure_name(key->mechanism, compare_is_floor(key) ? "" : key->wait, LANGUAGE_ENGLISH, name);
    for (size_t index = 0; index < figure->series_count; index++) {
        struct figure_series *series = &figure->series[index];
        if (series->panel == panel && strcmp(figure->entries[series->entry].name, name) == 0)
            return series;
    }
    return figure_add_series(figure, FIGURE_JOINED, panel, key->mechanism, key->wait, name);
}

static void fill_point(const struct compare_outcome *outcome, size_t index,
                       struct figure_point *point)
{
    const struct cell_key *key = compared_cell_key(&outcome->comparison.cells[index]);
    const struct difference *difference =
        &outcome->comparison.differences[outcome->verdict.kind][index];
    const struct evidence_value value = {difference->factor, difference->ci95_lo,
                                         difference->ci95_hi};
    struct sentence cell = sentence_in(LANGUAGE_ENGLISH);
    size_t rounds = difference->before_rounds < difference->after_rounds ? difference->before_rounds
                                                                         : difference->after_rounds;
    point->across = (double)key->size_bytes;
    point->up = within(difference->factor);
    if (isfinite(difference->ci95_lo) && isfinite(difference->ci95_hi)) {
        point->interval_from = within(difference->ci95_lo);
        point->interval_to = within(difference->ci95_hi);
    }
    point->marked = difference->differs;
    compare_say_cell(key, &cell);
    figure_say(point, "%.*s: ", FIGURE_TEXT_BYTES / 2, cell.text);
    figure_say_value(point, FIGURE_FACTOR, &value, rounds, FIGURE_ROUNDS);
    figure_say(point, difference->differs ? ", differs" : ", does not differ");
}

static bool add_cell(const struct compare_outcome *outcome, const struct ranges *ranges,
                     size_t index, struct figure *figure)
{
    const struct cell_key *key = compared_cell_key(&outcome->comparison.cells[index]);
    size_t panel = find_panel(outcome, ranges, key, figure);
    if (panel == FIGURE_MOST_PANELS)
        return false;
    struct figure_series *series = find_series(figure, panel, key);
    struct figure_point *point = series != NULL ? figure_add_point(figure, series) : NULL;
    if (point != NULL)
        fill_point(outcome, index, point);
    return point != NULL;
}

/* Streams first, as in all charts; paths from file to file last. */
enum { PASSES = 3 };

static size_t pass_of(const struct compare_outcome *outcome, size_t index)
{
    const char *test = compared_cell_key(&outcome->comparison.cells[index])->test;
    return strcmp(test, test_names[TEST_THROUGHPUT]) == 0 ? 0
           : strcmp(test, test_names[TEST_LATENCY]) == 0  ? 1
                                                          : 2;
}

int compare_figure_effects(const struct compare_outcome *outcome, struct figure **figure,
                           size_t *left_out)
{
    struct ranges ranges = find_ranges(outcome);
    struct figure *made;
    size_t missing = 0;
    int result = ranges.most_bytes > 0.0 ? figure_make(LANGUAGE_ENGLISH, &made) : -ENODATA;
    if (result < 0)
        return result;
    for (size_t pass = 0; pass < PASSES; pass++) {
        for (size_t index = 0; index < outcome->comparison.cell_count; index++) {
            if (is_told(outcome, index) && pass_of(outcome, index) == pass)
                missing += !add_cell(outcome, &ranges, index, made);
        }
    }
    if (made->error == -ENOMEM) {
        figure_free(made);
        return -ENOMEM;
    }
    *figure = made;
    *left_out = missing;
    return 0;
}
