#include "document/figure.h"

#include "text/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int figure_make(enum language language, struct figure **figure)
{
    struct figure *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -ENOMEM;
    made->language = language;
    *figure = made;
    return 0;
}

void figure_free(struct figure *figure)
{
    if (figure == NULL)
        return;
    for (size_t index = 0; index < figure->series_count; index++)
        free(figure->series[index].points);
    free(figure);
}

struct figure_panel *figure_add_panel(struct figure *figure)
{
    if (figure->panels_count == FIGURE_MOST_PANELS) {
        figure->error = -E2BIG;
        return NULL;
    }
    return &figure->panels[figure->panels_count++];
}

/* The entry of a role and wait, made where it is not there yet; FIGURE_MOST_ENTRIES when full. */
static size_t find_entry(struct figure *figure, const char *role, const char *wait,
                         const char *name)
{
    size_t index = 0;
    while (index < figure->entries_count && (strcmp(figure->entries[index].role, role) != 0 ||
                                             strcmp(figure->entries[index].wait, wait) != 0 ||
                                             strcmp(figure->entries[index].name, name) != 0))
        index++;
    if (index == figure->entries_count && index < FIGURE_MOST_ENTRIES) {
        struct figure_entry *entry = &figure->entries[figure->entries_count++];
        snprintf(entry->role, sizeof entry->role, "%s", role);
        snprintf(entry->wait, sizeof entry->wait, "%s", wait);
        snprintf(entry->name, sizeof entry->name, "%s", name);
    }
    return index;
}

struct figure_series *figure_add_series(struct figure *figure, enum figure_kind kind, size_t panel,
                                        const char *role, const char *wait, const char *name)
{
    size_t entry = find_entry(figure, role, wait, name);
    if (entry == FIGURE_MOST_ENTRIES || figure->series_count == FIGURE_MOST_SERIES) {
        figure->error = -E2BIG;
        return NULL;
    }
    struct figure_series *series = &figure->series[figure->series_count++];
    *series = (struct figure_series){.kind = kind, .panel = panel, .entry = entry};
    return series;
}

struct figure_point *figure_add_point(struct figure *figure, struct figure_series *series)
{
    if (figure->points_count == FIGURE_MOST_POINTS) {
        figure->error = -E2BIG;
        return NULL;
    }
    if (series->count == series->room) {
        size_t room = series->room > 0 ? 2 * series->room : 16;
        struct figure_point *points = reallocarray(series->points, room, sizeof *points);
        if (points == NULL) {
            figure->error = -ENOMEM;
            return NULL;
        }
        series->points = points;
        series->room = room;
    }
    struct figure_point *point = &series->points[series->count++];
    figure->points_count++;
    *point = (struct figure_point){
        .interval_from = NAN, .interval_to = NAN, .language = figure->language};
    return point;
}

const char *figure_word(const struct figure *figure, const char *english)
{
    return text_in(figure->language, english);
}

void figure_add_line(struct figure_panel *panel, const struct figure_line *line)
{
    if (panel->lines_count < FIGURE_MOST_LINES)
        panel->lines[panel->lines_count++] = *line;
}

void figure_add_tick(struct figure_axis *axis, double at, const char *label)
{
    if (axis->ticks_count == FIGURE_MOST_TICKS)
        return;
    struct figure_tick *tick = &axis->ticks[axis->ticks_count++];
    tick->at = at;
    snprintf(tick->label, sizeof tick->label, "%s", label);
}

void figure_set_axis(struct figure_axis *axis, enum chart_axis_unit unit, double least, double most,
                     const char *name)
{
    struct chart_axis ticks = chart_axis_ticks(unit, least, most);
    char label[CHART_AXIS_LABEL_BYTES];
    axis->logarithmic = true;
    axis->least = least;
    axis->most = most;
    snprintf(axis->name, sizeof axis->name, "%s", name);
    for (size_t index = 0; index < ticks.count; index++)
        figure_add_tick(axis, ticks.ticks[index],
                        chart_axis_label(unit, ticks.ticks[index], label));
}

/* 1, 2 or 5 times a power of ten, so that there are four to ten steps. */
static double round_step(double span)
{
    double power = pow(10.0, floor(log10(span)));
    double part = span / power;
    return (part < 2.0 ? 0.2 : part < 4.0 ? 0.5 : part < 8.0 ? 1.0 : 2.0) * power;
}

void figure_set_linear(struct figure_axis *axis, double least, double most, const char *name)
{
    double step = most > least ? round_step(most - least) : 1.0;
    axis->least = least;
    axis->most = most > least ? most : least + 1.0;
    snprintf(axis->name, sizeof axis->name, "%s", name);
    for (double at = ceil(least / step) * step;
         at <= axis->most && axis->ticks_count < FIGURE_MOST_TICKS; at += step) {
        char label[CHART_AXIS_LABEL_BYTES];
        /* A sum of steps misses 0 by a little. */
        double value = fabs(at) < step / 2.0 ? 0.0 : at;
        snprintf(label, sizeof label, "%.6g", value);
        figure_add_tick(axis, value, label);
    }
}

char *figure_name(const char *role, const char *wait, enum language language, char *name)
{
    static const char *const references[][2] = {{"null", TEXT("null: harness alone")},
                                                {"memcpy", TEXT("memcpy ceiling")},
                                                {"bounce", TEXT("cache-line bounce floor")}};
    for (size_t index = 0; index < sizeof references / sizeof *references; index++) {
        if (strcmp(role, references[index][0]) == 0) {
            snprintf(name, FIGURE_WORDS_BYTES, "%s", text_in(language, references[index][1]));
            return name;
        }
    }
    if (*wait != '\0')
        snprintf(name, FIGURE_WORDS_BYTES, text_in(language, "%s, %s"), role, wait);
    else
        snprintf(name, FIGURE_WORDS_BYTES, "%s", role);
    return name;
}
