#include "report/chart_scaling.h"

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

enum { MOST_LINES = 32, MOST_NUMBERS = 16 };

struct line {
    const char *mechanism;
    const char *wait;
    struct bundle_places places;
};

struct lines {
    struct line list[MOST_LINES];
    size_t count;
    uint64_t numbers[MOST_NUMBERS]; /* of pairs, those that have a tick */
    size_t numbers_count;
    double most_pairs;
    double least_rate;
    double most_rate;
};

bool chart_scaling_has_data(const struct bundle_data *bundle, const struct chart_view *view)
{
    return *view->suffix == '\0' && bundle_has_parallel(bundle);
}

/* Text writes over text between powers of two that are close; so few have a tick. */
static void add_number(struct lines *lines, uint64_t pairs)
{
    for (size_t index = 0; index < lines->numbers_count; index++) {
        if (lines->numbers[index] == pairs)
            return;
    }
    if (lines->numbers_count < MOST_NUMBERS)
        lines->numbers[lines->numbers_count++] = pairs;
}

static void add_line(const struct bundle_data *bundle, const char *mechanism, const char *wait,
                     struct lines *lines)
{
    struct line line = {.mechanism = mechanism, .wait = wait};
    if (lines->count == MOST_LINES ||
        bundle_list_parallel(bundle, mechanism, wait, &line.places) < 0)
        return;
    for (size_t index = 0; index < line.places.count; index++) {
        const struct bundle_place *place = &line.places.list[index];
        double lower = place->estimate->ci95_lo > 0.0 ? place->estimate->ci95_lo : DBL_MAX;
        add_number(lines, place->pairs);
        lines->most_pairs = fmax(lines->most_pairs, (double)place->pairs);
        lines->least_rate = fmin(fmin(lines->least_rate, place->estimate->median), lower);
        lines->most_rate = fmax(fmax(lines->most_rate, place->estimate->median),
                                place->estimate->ci95_hi); /* a NAN changes nothing */
    }
    if (line.places.count > 0)
        lines->list[lines->count++] = line;
    else
        free(line.places.list);
}

static void collect(const struct bundle_data *bundle, struct lines *lines)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    const struct bundle_words *waits = &bundle->words[BUNDLE_WAIT];
    memset(lines, 0, sizeof *lines);
    lines->least_rate = DBL_MAX;
    /* Later lines are drawn over earlier ones: the pipe, which comes first, on top. */
    for (size_t index = mechanisms->count * waits->count; index-- > 0;)
        add_line(bundle, mechanisms->words[index / waits->count],
                 waits->words[index % waits->count], lines);
}

static void release(struct lines *lines)
{
    for (size_t index = 0; index < lines->count; index++)
        free(lines->list[index].places.list);
}

/* The words in use, in the order of the bundle. */
static void write_used(const char *name, const struct bundle_words *words,
                       const struct lines *lines, bool of_waits, FILE *stream)
{
    fprintf(stream, "%s = '", name);
    for (size_t word = 0; word < words->count; word++) {
        bool used = false;
        for (size_t line = 0; line < lines->count; line++)
            used = used || strcmp(of_waits ? lines->list[line].wait : lines->list[line].mechanism,
                                  words->words[word]) == 0;
        if (used)
            fprintf(stream, "%s ", words->words[word]);
    }
    fputs("'\n", stream);
}

static void measure_rates(const struct lines *lines, double *least, double *most)
{
    double middle = sqrt(lines->least_rate * lines->most_rate);
    *least = fmin(lines->least_rate, middle / 3.0) / 1.2;
    *most = fmax(lines->most_rate, middle * 3.0) * 1.2;
}

static void write_axes(const struct lines *lines, FILE *stream)
{
    double least;
    double most;
    measure_rates(lines, &least, &most);
    struct chart_axis axis = chart_axis_ticks(CHART_AXIS_RATE, least, most);
    fputs("pairs_ticks = \"(", stream);
    for (size_t index = 0; index < lines->numbers_count; index++)
        fprintf(stream, "%s'%llu' %llu", index > 0 ? ", " : "",
                (unsigned long long)lines->numbers[index],
                (unsigned long long)lines->numbers[index]);
    fprintf(stream, ")\"\nmost_pairs = %.9g\nleast_rate = %.9g\nmost_rate = %.9g\nrate_ticks = \"",
            fmax(lines->most_pairs, 2.0), least, most);
    chart_axis_print(&axis, CHART_AXIS_RATE, true, stream);
    fputs("\"\n", stream);
}

/* What one pair alone moves; NAN where that was not measured. */
static double alone(const struct line *line)
{
    return line->places.list[0].pairs == 1 ? line->places.list[0].estimate->median : NAN;
}

/* A row per number of pairs: number, rate, interval from, to, and as many times that of one pair.
 */
static void write_line(const struct line *line, FILE *stream)
{
    for (size_t index = 0; index < line->places.count; index++) {
        const struct bundle_place *place = &line->places.list[index];
        fprintf(stream, "%llu", (unsigned long long)place->pairs);
        chart_write_number(place->estimate->median, stream);
        chart_write_number(place->estimate->ci95_lo > 0.0 ? place->estimate->ci95_lo : NAN, stream);
        chart_write_number(place->estimate->ci95_hi, stream);
        chart_write_number(alone(line) * (double)place->pairs, stream);
        fputc('\n', stream);
    }
}

void chart_scaling_write(const struct bundle_data *bundle, FILE *stream)
{
    struct lines lines;
    collect(bundle, &lines);
    fprintf(stream, "lines = %zu\nline_roles = '", lines.count);
    for (size_t line = 0; line < lines.count; line++)
        fprintf(stream, "%s ", lines.list[line].mechanism);
    fputs("'\nline_waits = '", stream);
    for (size_t line = 0; line < lines.count; line++)
        fprintf(stream, "%s ", lines.list[line].wait);
    fputs("'\n", stream);
    write_used("legend_roles", &bundle->words[BUNDLE_MECHANISM], &lines, false, stream);
    write_used("legend_waits", &bundle->words[BUNDLE_WAIT], &lines, true, stream);
    write_axes(&lines, stream);
    fputs("$data << END_OF_DATA\n", stream);
    for (size_t line = 0; line < lines.count; line++) {
        fputs(line > 0 ? "\n\n" : "", stream);
        write_line(&lines.list[line], stream);
    }
    fputs("END_OF_DATA\n", stream);
    release(&lines);
}

void chart_scaling_say_title(struct sentence *title)
{
    sentence_add(title, "Throughput of many pairs of processes together: 64 KiB, own");
}

/* "2 pairs of pipe (block) move 1.28x, 2 pairs of shm (block) move 0.90x the bytes of one pair":
 * the largest number, of the reference and of the subject. */
void chart_scaling_say_finding(const struct bundle_data *bundle, struct sentence *finding)
{
    struct lines lines;
    collect(bundle, &lines);
    for (size_t index = lines.count; index-- > 0;) {
        const struct line *line = &lines.list[index];
        const struct bundle_place *most = &line->places.list[line->places.count - 1];
        char factor[FINDING_TEXT_BYTES];
        bool told = strcmp(line->mechanism, FINDING_REFERENCE) == 0 ||
                    strcmp(line->mechanism, finding_subject(bundle)) == 0;
        if (!told || isnan(alone(line)) || most->pairs == 1)
            continue;
        if (*finding->text != '\0')
            sentence_add(finding, ", ");
        sentence_add(finding, "%llu pairs of %s (%s) move %sx", (unsigned long long)most->pairs,
                     line->mechanism, line->wait,
                     finding_format_factor(most->estimate->median / alone(line), factor));
    }
    if (*finding->text != '\0')
        sentence_add(finding, " the bytes of one pair");
    release(&lines);
}

/* ---- as a figure ---- */

static void fill_panel(const struct lines *lines, const struct figure *figure,
                       struct figure_panel *panel)
{
    double least;
    double most;
    measure_rates(lines, &least, &most);
    snprintf(panel->title, sizeof panel->title, "%s", figure_word(figure, "all pairs together"));
    figure_set_axis(&panel->up, CHART_AXIS_RATE, least, most,
                    figure_word(figure, "payload per second"));
    panel->across.logarithmic = true;
    panel->across.least = 0.9;
    panel->across.most = 1.12 * fmax(lines->most_pairs, 2.0);
    snprintf(panel->across.name, sizeof panel->across.name, "%s",
             figure_word(figure, "pairs of processes at once"));
    for (size_t index = 0; index < lines->numbers_count; index++) {
        char label[CHART_AXIS_LABEL_BYTES];
        snprintf(label, sizeof label, "%llu", (unsigned long long)lines->numbers[index]);
        figure_add_tick(&panel->across, (double)lines->numbers[index], label);
    }
}

static void fill_line(const struct line *line, struct figure *figure)
{
    char name[FIGURE_WORDS_BYTES];
    figure_name(line->mechanism, line->wait, figure->language, name);
    struct figure_series *series =
        figure_add_series(figure, FIGURE_JOINED, 0, line->mechanism, line->wait, name);
    for (size_t index = 0; series != NULL && index < line->places.count; index++) {
        const struct bundle_place *place = &line->places.list[index];
        struct figure_point *point = figure_add_point(figure, series);
        if (point == NULL)
            return;
        point->across = (double)place->pairs;
        point->up = place->estimate->median;
        if (place->estimate->ci95_lo > 0.0) {
            point->interval_from = place->estimate->ci95_lo;
            point->interval_to = place->estimate->ci95_hi;
        }
        figure_say(point, place->pairs == 1 ? TEXT("%s, %llu pair: ") : TEXT("%s, %llu pairs: "),
                   name, (unsigned long long)place->pairs);
        figure_say_estimate(point, FIGURE_RATE, place->estimate);
    }
}

/* As many times what one pair alone moves. */
static void add_ideal(const struct lines *lines, const struct line *line,
                      struct figure_panel *panel)
{
    if (isnan(alone(line)))
        return;
    figure_add_line(panel, &(struct figure_line){.from_x = 1.0,
                                                 .from_y = alone(line),
                                                 .to_x = lines->most_pairs,
                                                 .to_y = alone(line) * lines->most_pairs});
}

void chart_scaling_fill(const struct bundle_data *bundle, struct figure *figure)
{
    struct lines lines;
    struct figure_panel *panel = figure_add_panel(figure);
    if (panel == NULL)
        return;
    collect(bundle, &lines);
    fill_panel(&lines, figure, panel);
    for (size_t index = 0; index < lines.count; index++) {
        fill_line(&lines.list[index], figure);
        add_ideal(&lines, &lines.list[index], panel);
    }
    release(&lines);
}
