#include "report/chart_pairs.h"

#include "base/units.h"
#include "document/chart_axis.h"
#include "report/figure_text.h"
#include "report/report_findings.h"
#include "results/bundle_places.h"
#include "text/text.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many maps a page holds, and CPUs an axis. */
enum { MOST_MAPS = 20, MOST_CPUS = 1024, MOST_CPU_TICKS = 8, MOST_CPUS_WITH_VALUES = 16 };

struct map {
    const char *mechanism;
    const char *wait;
    struct bundle_places places;
};

struct maps {
    struct map list[MOST_MAPS];
    size_t count;
    int cpus[MOST_CPUS]; /* rising */
    size_t cpus_count;
    double least_ns;
    double most_ns;
};

bool chart_pairs_has_data(const struct bundle_data *bundle, const struct chart_view *view)
{
    return *view->suffix == '\0' && bundle_has_pairs(bundle);
}

static int compare_cpus(const void *left, const void *right)
{
    int one = *(const int *)left;
    int other = *(const int *)right;
    return (one > other) - (one < other);
}

/* Keeps the list sorted; CPUs beyond what an axis holds are left out. */
static void add_cpu(struct maps *maps, int cpu)
{
    if (maps->cpus_count == MOST_CPUS ||
        bsearch(&cpu, maps->cpus, maps->cpus_count, sizeof cpu, compare_cpus) != NULL)
        return;
    size_t at = maps->cpus_count++;
    for (; at > 0 && maps->cpus[at - 1] > cpu; at--)
        maps->cpus[at] = maps->cpus[at - 1];
    maps->cpus[at] = cpu;
}

static void add_map(const struct bundle_data *bundle, const char *mechanism, const char *wait,
                    struct maps *maps)
{
    struct map map = {.mechanism = mechanism, .wait = wait};
    if (maps->count == MOST_MAPS || bundle_list_pairs(bundle, mechanism, wait, &map.places) < 0)
        return;
    for (size_t index = 0; index < map.places.count; index++) {
        const struct bundle_place *place = &map.places.list[index];
        add_cpu(maps, place->writer);
        add_cpu(maps, place->reader);
        maps->least_ns = fmin(maps->least_ns, place->estimate->median);
        maps->most_ns = fmax(maps->most_ns, place->estimate->median);
    }
    if (map.places.count > 0)
        maps->list[maps->count++] = map;
    else
        free(map.places.list);
}

static void collect(const struct bundle_data *bundle, struct maps *maps)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    const struct bundle_words *waits = &bundle->words[BUNDLE_WAIT];
    memset(maps, 0, sizeof *maps);
    maps->least_ns = DBL_MAX;
    add_map(bundle, FINDING_CEILING, FINDING_NONE, maps);
    for (size_t index = 0; index < mechanisms->count * waits->count; index++) {
        const char *mechanism = mechanisms->words[index % mechanisms->count];
        const char *wait = waits->words[index / mechanisms->count];
        if (strcmp(mechanism, FINDING_CEILING) != 0)
            add_map(bundle, mechanism, wait, maps);
    }
}

static void release(struct maps *maps)
{
    for (size_t index = 0; index < maps->count; index++)
        free(maps->list[index].places.list);
}

/* Where a CPU stands on an axis, from 1; 0 where it was left out. */
static size_t position_of(const struct maps *maps, int cpu)
{
    const int *found = bsearch(&cpu, maps->cpus, maps->cpus_count, sizeof cpu, compare_cpus);
    return found != NULL ? (size_t)(found - maps->cpus) + 1 : 0;
}

static void write_cpu_ticks(const struct maps *maps, FILE *stream)
{
    size_t step = (maps->cpus_count + MOST_CPU_TICKS - 1) / MOST_CPU_TICKS;
    fputs("cpu_ticks = \"(", stream);
    for (size_t index = 0; index < maps->cpus_count; index += step)
        fprintf(stream, "%s'%d' %zu", index > 0 ? ", " : "", maps->cpus[index], index + 1);
    fputs(")\"\n", stream);
}

static double most_of(const struct bundle_places *places)
{
    double most = 0.0;
    for (size_t index = 0; index < places->count; index++)
        most = fmax(most, places->list[index].estimate->median);
    return most;
}

/* "cache-line bounce", "shm, block". */
static void name_map(const struct map *map, enum language language, char *name, size_t name_bytes)
{
    if (strcmp(map->mechanism, FINDING_CEILING) == 0)
        snprintf(name, name_bytes, "%s", text_in(language, "cache-line bounce"));
    else
        snprintf(name, name_bytes, text_in(language, "%s, %s"), map->mechanism, map->wait);
}

/* The range of a map's values, and the unit of those that are written into its boxes. */
static void write_heading(size_t number, const struct map *map, enum language language,
                          FILE *stream)
{
    char least_text[UNITS_TEXT_BYTES];
    char most_text[UNITS_TEXT_BYTES];
    double least = DBL_MAX;
    double most = most_of(&map->places);
    for (size_t index = 0; index < map->places.count; index++)
        least = fmin(least, map->places.list[index].estimate->median);
    char name[2 * BUNDLE_WORD_BYTES];
    name_map(map, language, name, sizeof name);
    fprintf(stream, "map_name_%zu = '%s'\nmap_range_%zu = '%s", number, name, number,
            units_format_nanoseconds(least, least_text));
    if (map->places.count > 1)
        fprintf(stream, text_in(language, " to %s"), units_format_nanoseconds(most, most_text));
    fprintf(stream, "'\nmap_unit_%zu = '%s'\n", number, most < 1000.0 ? "ns" : "us");
}

/* Few letters, for a box: three digits in the unit of the map. */
static void write_value(double ns, bool in_us, FILE *stream)
{
    double value = in_us ? ns / 1000.0 : ns;
    fprintf(stream, value < 0.995 ? " %.2f" : value < 9.95 ? " %.1f" : " %.0f", value);
}

/* A row per box: place of the reader, of the writer, nanoseconds, text. A pair was measured once
 * and stands on both sides of the diagonal. */
static void write_map(const struct maps *maps, const struct map *map, FILE *stream)
{
    bool in_us = most_of(&map->places) >= 1000.0;
    for (size_t index = 0; index < map->places.count; index++) {
        const struct bundle_place *place = &map->places.list[index];
        size_t writer = position_of(maps, place->writer);
        size_t reader = position_of(maps, place->reader);
        for (int side = 0; side < (writer == reader ? 1 : 2) && writer > 0 && reader > 0; side++) {
            fprintf(stream, "%zu %zu", side == 0 ? reader : writer, side == 0 ? writer : reader);
            chart_write_number(place->estimate->median, stream);
            write_value(place->estimate->median, in_us, stream);
            fputc('\n', stream);
        }
    }
}

/* Never less than a factor of four, so that noise does not look like a difference, and there is a
 * round value to name. */
static void measure_scale(const struct maps *maps, double *least, double *most)
{
    double middle = sqrt(maps->least_ns * maps->most_ns);
    *least = fmin(maps->least_ns, middle / 2.0);
    *most = fmax(maps->most_ns, middle * 2.0);
}

static void write_scale(const struct maps *maps, FILE *stream)
{
    double least;
    double most;
    measure_scale(maps, &least, &most);
    struct chart_axis axis = chart_axis_ticks(CHART_AXIS_NANOSECONDS, least, most);
    fprintf(stream, "least_ns = %.9g\nmost_ns = %.9g\nscale_ticks = \"", least, most);
    chart_axis_print(&axis, CHART_AXIS_NANOSECONDS, true, stream);
    fputs("\"\n", stream);
}

void chart_pairs_write(const struct bundle_data *bundle, enum language language, FILE *stream)
{
    struct maps maps;
    collect(bundle, &maps);
    fprintf(stream, "maps = %zu\ncpus = %zu\nwith_values = %d\n", maps.count, maps.cpus_count,
            maps.cpus_count <= MOST_CPUS_WITH_VALUES);
    write_cpu_ticks(&maps, stream);
    write_scale(&maps, stream);
    for (size_t map = 0; map < maps.count; map++)
        write_heading(map + 1, &maps.list[map], language, stream);
    fputs("$data << END_OF_DATA\n", stream);
    for (size_t map = 0; map < maps.count; map++) {
        fputs(map > 0 ? "\n\n" : "", stream);
        write_map(&maps, &maps.list[map], stream);
    }
    fputs("END_OF_DATA\n", stream);
    release(&maps);
}

void chart_pairs_say_title(struct sentence *title)
{
    sentence_add(title, "Latency between two CPUs: 64 B, half a round trip, own, median");
}

/* "shm, spin: 300 ns (CPUs 0 and 1) to 480 ns (CPUs 0 and 8)" of the subject, with each wait. */
void chart_pairs_say_finding(const struct bundle_data *bundle, struct sentence *finding)
{
    const struct bundle_words *waits = &bundle->words[BUNDLE_WAIT];
    for (size_t wait = 0; wait < waits->count; wait++) {
        struct bundle_places places;
        char text[UNITS_TEXT_BYTES];
        if (bundle_list_pairs(bundle, finding_subject(bundle), waits->words[wait], &places) < 0)
            return;
        const struct bundle_place *fastest = places.list;
        const struct bundle_place *slowest = places.list;
        for (size_t index = 1; index < places.count; index++) {
            const struct bundle_place *place = &places.list[index];
            fastest = place->estimate->median < fastest->estimate->median ? place : fastest;
            slowest = place->estimate->median > slowest->estimate->median ? place : slowest;
        }
        if (places.count > 0)
            sentence_add(finding,
                         *finding->text != '\0' ? TEXT("; %s, %s: %s (CPUs %d and %d)")
                                                : TEXT("%s, %s: %s (CPUs %d and %d)"),
                         finding_subject(bundle), waits->words[wait],
                         units_format_nanoseconds(fastest->estimate->median, text), fastest->writer,
                         fastest->reader);
        if (places.count > 1)
            sentence_add(finding, " to %s (CPUs %d and %d)",
                         units_format_nanoseconds(slowest->estimate->median, text), slowest->writer,
                         slowest->reader);
        free(places.list);
    }
}

/* ---- as a figure ---- */

static void fill_axis(const struct maps *maps, struct figure_axis *axis, const char *name)
{
    size_t step = (maps->cpus_count + MOST_CPU_TICKS - 1) / MOST_CPU_TICKS;
    axis->least = 0.5;
    axis->most = (double)maps->cpus_count + 0.5;
    snprintf(axis->name, sizeof axis->name, "%s", name);
    for (size_t index = 0; index < maps->cpus_count; index += step) {
        char label[CHART_AXIS_LABEL_BYTES];
        snprintf(label, sizeof label, "%d", maps->cpus[index]);
        figure_add_tick(axis, (double)index + 1.0, label);
    }
}

static int heat_of(const struct maps *maps, double ns)
{
    double least;
    double most;
    measure_scale(maps, &least, &most);
    int heat = (int)(FIGURE_HEATS * log(ns / least) / log(most / least));
    return heat < 0 ? 0 : heat >= FIGURE_HEATS ? FIGURE_HEATS - 1 : heat;
}

/* A box on each side of the diagonal. */
static void fill_place(const struct maps *maps, const struct bundle_place *place, const char *name,
                       struct figure *figure, struct figure_series *series)
{
    size_t writer = position_of(maps, place->writer);
    size_t reader = position_of(maps, place->reader);
    for (int side = 0; side < (writer == reader ? 1 : 2) && writer > 0 && reader > 0; side++) {
        struct figure_point *point = figure_add_point(figure, series);
        if (point == NULL)
            return;
        point->across = (double)(side == 0 ? reader : writer);
        point->up = (double)(side == 0 ? writer : reader);
        point->heat = heat_of(maps, place->estimate->median);
        figure_say(point, "%s, CPUs %d and %d: ", name, place->writer, place->reader);
        figure_say_estimate(point, FIGURE_NANOSECONDS, place->estimate);
    }
}

static void fill_map(const struct maps *maps, size_t index, struct figure *figure)
{
    const struct map *map = &maps->list[index];
    struct figure_panel *panel = figure_add_panel(figure);
    char name[FIGURE_WORDS_BYTES];
    if (panel == NULL)
        return;
    name_map(map, figure->language, name, sizeof name);
    memcpy(panel->title, name, sizeof name);
    fill_axis(maps, &panel->across, "CPU");
    fill_axis(maps, &panel->up, "CPU");
    struct figure_series *series =
        figure_add_series(figure, FIGURE_BOXES, index, map->mechanism, map->wait, name);
    for (size_t place = 0; series != NULL && place < map->places.count; place++)
        fill_place(maps, &map->places.list[place], name, figure, series);
}

void chart_pairs_fill(const struct bundle_data *bundle, struct figure *figure)
{
    struct maps maps;
    char text[UNITS_TEXT_BYTES];
    double least;
    double most;
    collect(bundle, &maps);
    measure_scale(&maps, &least, &most);
    for (size_t map = 0; map < maps.count; map++)
        fill_map(&maps, map, figure);
    snprintf(figure->heat_names[0], sizeof figure->heat_names[0], "%s",
             units_format_nanoseconds(least, text));
    snprintf(figure->heat_names[1], sizeof figure->heat_names[1], "%s",
             units_format_nanoseconds(most, text));
    release(&maps);
}
