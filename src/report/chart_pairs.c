#include "report/chart_pairs.h"

#include "base/units.h"
#include "report/chart_axis.h"
#include "report/report_findings.h"
#include "results/bundle_places.h"

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

/* The range of a map's values, and the unit of those that are written into its boxes. */
static void write_heading(size_t number, const struct map *map, FILE *stream)
{
    char least_text[UNITS_TEXT_BYTES];
    char most_text[UNITS_TEXT_BYTES];
    double least = DBL_MAX;
    double most = most_of(&map->places);
    for (size_t index = 0; index < map->places.count; index++)
        least = fmin(least, map->places.list[index].estimate->median);
    bool ceiling = strcmp(map->mechanism, FINDING_CEILING) == 0;
    fprintf(stream, "map_name_%zu = '%s%s%s'\nmap_range_%zu = '%s", number,
            ceiling ? "cache-line bounce" : map->mechanism, ceiling ? "" : ", ",
            ceiling ? "" : map->wait, number, units_format_nanoseconds(least, least_text));
    if (map->places.count > 1)
        fprintf(stream, " to %s", units_format_nanoseconds(most, most_text));
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

static void write_scale(const struct maps *maps, FILE *stream)
{
    /* Never less than a factor of four, so that noise does not look like a difference, and there is
     * a round value to name. */
    double middle = sqrt(maps->least_ns * maps->most_ns);
    double least = fmin(maps->least_ns, middle / 2.0);
    double most = fmax(maps->most_ns, middle * 2.0);
    struct chart_axis axis = chart_axis_ticks(CHART_AXIS_NANOSECONDS, least, most);
    fprintf(stream, "least_ns = %.9g\nmost_ns = %.9g\nscale_ticks = \"", least, most);
    chart_axis_print(&axis, CHART_AXIS_NANOSECONDS, true, stream);
    fputs("\"\n", stream);
}

void chart_pairs_write(const struct bundle_data *bundle, FILE *stream)
{
    struct maps maps;
    collect(bundle, &maps);
    fprintf(stream, "maps = %zu\ncpus = %zu\nwith_values = %d\n", maps.count, maps.cpus_count,
            maps.cpus_count <= MOST_CPUS_WITH_VALUES);
    write_cpu_ticks(&maps, stream);
    write_scale(&maps, stream);
    for (size_t map = 0; map < maps.count; map++)
        write_heading(map + 1, &maps.list[map], stream);
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
            sentence_add(finding, "%s%s, %s: %s (CPUs %d and %d)",
                         *finding->text != '\0' ? "; " : "", finding_subject(bundle),
                         waits->words[wait],
                         units_format_nanoseconds(fastest->estimate->median, text), fastest->writer,
                         fastest->reader);
        if (places.count > 1)
            sentence_add(finding, " to %s (CPUs %d and %d)",
                         units_format_nanoseconds(slowest->estimate->median, text), slowest->writer,
                         slowest->reader);
        free(places.list);
    }
}
