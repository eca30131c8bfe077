#include "report/report_sections.h"

#include "base/units.h"
#include "results/statistics.h"

#include <math.h>
#include <string.h>

enum { MOST_MODES = BUNDLE_MOST_WORDS, FIRST_MODES = 2 };

#define RATIO      "ratio_to_pipe"
#define THROUGHPUT "throughput_bytes_per_s"
#define LATENCY    "latency_p50_ns"

/* "Throughput" for "throughput": words of a bundle are safe, but not all are of ours. */
static const char *title_of(const char *test)
{
    return strcmp(test, "latency") == 0 ? "Latency (half a round trip, closed loop)" : "Throughput";
}

static const char *metric_of(const char *test)
{
    return strcmp(test, "latency") == 0 ? LATENCY : THROUGHPUT;
}

static struct bundle_cell cell_of(const struct report_scope *scope, const char *mechanism,
                                  const char *test)
{
    return bundle_cell_of(mechanism, test, scope->mode.wait, scope->mode.copies, scope->touch,
                          scope->placement);
}

static const char *format_value(const char *test, double value, char *text)
{
    return strcmp(test, "latency") == 0 ? units_format_nanoseconds(value, text)
                                        : units_format_rate(value, text);
}

/* A median; "(?)" behind it when its interval is wide or missing. */
static void write_value(const char *test, const struct estimate *value, FILE *stream)
{
    char text[UNITS_TEXT_BYTES];
    if (value == NULL) {
        fputs(" - |", stream);
        return;
    }
    bool known = !isnan(value->ci95_lo) && !finding_is_wide(value);
    fprintf(stream, " %s%s |", format_value(test, value->median, text), known ? "" : " (?)");
}

static void write_ratio(const struct estimate *ratio, FILE *stream)
{
    char text[FINDING_TEXT_BYTES];
    if (ratio == NULL) {
        fputs(" - |", stream);
        return;
    }
    fprintf(stream, " %s", finding_format_ratio(ratio, text));
    if (finding_of_ratio(ratio) == FINDING_UNRESOLVED)
        fputs(" (~)", stream);
    else if (finding_is_wide(ratio))
        fputs(" (?)", stream);
    fputs(" |", stream);
}

static bool has_sizes(const struct report_scope *scope, const char *mechanism, const char *test,
                      const char *metric)
{
    struct bundle_cell cell = cell_of(scope, mechanism, test);
    return bundle_sizes_of(scope->bundle, &cell, metric).count > 0;
}

/* One table: a row per size, a column per mechanism and per ratio; for latency also the subject's
 * and the pipe's 99th percentile. */
static void write_table(const struct report_scope *scope, const char *test)
{
    const struct bundle_data *bundle = scope->bundle;
    struct bundle_words all = finding_measured_words(bundle, BUNDLE_MECHANISM);
    struct bundle_sizes sizes =
        finding_sizes_of_mode(bundle, &scope->mode, scope->touch, scope->placement);
    struct bundle_words mechanisms = {.count = 0};
    FILE *stream = scope->stream;
    bool latency = strcmp(test, "latency") == 0;
    char size[UNITS_TEXT_BYTES];
    for (size_t index = 0; index < all.count; index++) {
        if (has_sizes(scope, all.words[index], test, metric_of(test)))
            memcpy(mechanisms.words[mechanisms.count++], all.words[index], BUNDLE_WORD_BYTES);
    }
    if (mechanisms.count == 0)
        return;
    fprintf(stream, "\n| %s |", latency ? "payload, latency" : "payload, throughput");
    for (size_t index = 0; index < mechanisms.count; index++)
        fprintf(stream, latency ? " %s p50 | %s p99 |" : " %s |", mechanisms.words[index],
                mechanisms.words[index]);
    for (size_t index = 0; index < mechanisms.count; index++) {
        if (has_sizes(scope, mechanisms.words[index], test, RATIO))
            fprintf(stream, latency ? " pipe/%s p50 |" : " %s/pipe |", mechanisms.words[index]);
    }
    fputs("\n|---:|", stream);
    for (size_t index = 0; index < mechanisms.count; index++) {
        fputs(latency ? "---:|---:|" : "---:|", stream);
        if (has_sizes(scope, mechanisms.words[index], test, RATIO))
            fputs("---:|", stream);
    }
    fputc('\n', stream);
    for (size_t row = 0; row < sizes.count; row++) {
        fprintf(stream, "| %s |", units_format_bytes(sizes.bytes[row], size));
        for (size_t index = 0; index < mechanisms.count; index++) {
            struct bundle_cell cell = cell_of(scope, mechanisms.words[index], test);
            write_value(test, bundle_find(bundle, &cell, sizes.bytes[row], metric_of(test)),
                        stream);
            if (latency)
                write_value(test, bundle_find(bundle, &cell, sizes.bytes[row], "latency_p99_ns"),
                            stream);
        }
        for (size_t index = 0; index < mechanisms.count; index++) {
            struct bundle_cell cell = cell_of(scope, mechanisms.words[index], test);
            if (has_sizes(scope, mechanisms.words[index], test, RATIO))
                write_ratio(bundle_find(bundle, &cell, sizes.bytes[row], RATIO), stream);
        }
        fputc('\n', stream);
    }
}

static void write_size_list(const char *lead, const struct bundle_sizes *sizes, FILE *stream)
{
    char size[UNITS_TEXT_BYTES];
    if (sizes->count == 0)
        return;
    fputs(lead, stream);
    for (size_t index = 0; index < sizes->count; index++)
        fprintf(stream, "%s %s", index > 0 ? "," : "",
                units_format_bytes(sizes->bytes[index], size));
}

/* "- Throughput, own, block: at 64 KiB **2.10x [1.90, 2.30]**; 0.95x (64 B) to 3.20x (1 MiB) over
 * 10 sizes, faster at 8; no difference resolved at 64 B; slower at 4 MiB." */
static void write_survey(const struct report_scope *scope, const char *test)
{
    struct bundle_cell cell = cell_of(scope, scope->subject, test);
    struct bundle_sizes sizes = bundle_sizes_of(scope->bundle, &cell, RATIO);
    struct finding_survey survey = finding_survey_ratio(scope->bundle, &cell);
    uint64_t size_bytes = finding_reference_size(&sizes);
    char text[FINDING_TEXT_BYTES];
    char size[UNITS_TEXT_BYTES];
    FILE *stream = scope->stream;
    if (survey.sizes == 0)
        return;
    fprintf(stream, "- %s, %s, %s: at %s **%s**", title_of(test), scope->mode.copies,
            scope->mode.wait, units_format_bytes(size_bytes, size),
            finding_format_ratio(bundle_find(scope->bundle, &cell, size_bytes, RATIO), text));
    if (survey.sizes > 1) {
        fprintf(stream, "; %sx (%s)", finding_format_factor(survey.least, text),
                units_format_bytes(survey.least_size_bytes, size));
        fprintf(stream, " to %sx (%s)", finding_format_factor(survey.most, text),
                units_format_bytes(survey.most_size_bytes, size));
    }
    if (survey.without_interval == survey.sizes) {
        fprintf(stream, "; unresolved: an interval needs %d samples (`--rounds`).\n",
                STATISTICS_LEAST_SAMPLES);
        return;
    }
    fprintf(stream, "; faster at %zu of %zu sizes", survey.faster.count, survey.sizes);
    write_size_list("; slower at", &survey.slower, stream);
    write_size_list("; no difference resolved at", &survey.unresolved, stream);
    if (survey.wide > 0)
        fprintf(stream, "; %zu %s wider than half the median: how much is unresolved there",
                survey.wide, survey.wide == 1 ? "interval is" : "intervals are");
    fputs(".\n", stream);
}

void report_write_speed(const struct report_scope *main_scope)
{
    struct report_scope scope = *main_scope;
    struct finding_mode modes[FIRST_MODES];
    size_t count =
        finding_choose_modes(scope.bundle, scope.touch, scope.placement, modes, FIRST_MODES);
    fputs("\n## Speed, by mode\n\n", scope.stream);
    if (!finding_has_ratios(scope.bundle)) {
        fputs("Nothing was measured beside the pipe in the same rounds: no ratios.\n",
              scope.stream);
        return;
    }
    fprintf(scope.stream,
            "How many times as fast as the pipe is %s, on CPUs of placement %s? (1 means as fast; "
            "[95 %% interval])\n\n",
            scope.subject, scope.placement);
    for (size_t index = 0; index < count; index++) {
        scope.mode = modes[index];
        write_survey(&scope, "throughput");
        write_survey(&scope, "latency");
    }
}

static void write_mode(const struct report_scope *scope, bool open)
{
    FILE *stream = scope->stream;
    if (open)
        fprintf(stream, "\n### %s, %s\n", scope->mode.copies, scope->mode.wait);
    else
        fprintf(stream, "\n<details><summary>%s, %s; placement %s, touch %s</summary>\n",
                scope->mode.copies, scope->mode.wait, scope->placement, scope->touch);
    write_table(scope, "throughput");
    write_table(scope, "latency");
    if (!open)
        fputs("\n</details>\n", stream);
}

void report_write_tables(const struct report_scope *main_scope)
{
    struct bundle_words placements = finding_measured_words(main_scope->bundle, BUNDLE_PLACEMENT);
    struct bundle_words touches = finding_measured_words(main_scope->bundle, BUNDLE_TOUCH);
    struct finding_mode modes[MOST_MODES];
    fprintf(main_scope->stream,
            "\n## Tables\n\nMedians over rounds. (~): the interval contains 1, no difference is "
            "resolved. (?): the interval is wider than half its median, or there is none. A "
            "latency is half a round trip in a closed loop. Placement %s, touch %s%s.\n",
            main_scope->placement, main_scope->touch,
            strcmp(main_scope->touch, "full") == 0
                ? ""
                : ": the payload is not written and read in full, so this is no whole transfer");
    for (size_t place = 0; place < placements.count * touches.count; place++) {
        struct report_scope scope = *main_scope;
        scope.placement = placements.words[place / touches.count];
        scope.touch = touches.words[place % touches.count];
        size_t count =
            finding_choose_modes(scope.bundle, scope.touch, scope.placement, modes, MOST_MODES);
        for (size_t index = 0; index < count; index++) {
            scope.mode = modes[index];
            write_mode(&scope, place == 0 && index < FIRST_MODES);
        }
    }
}

/* The cells of the floor and the ceilings, one line each: no pairs to compare. */
void report_write_references(const struct report_scope *scope)
{
    static const struct {
        const char *mechanism;
        const char *test;
        const char *metric;
    } references[] = {
        {FINDING_CEILING, "memcpy", THROUGHPUT},
        {FINDING_FLOOR, "throughput", THROUGHPUT},
        {FINDING_CEILING, "bounce", LATENCY},
        {FINDING_FLOOR, "latency", LATENCY},
    };
    bool begun = false;
    for (size_t kind = 0; kind < sizeof references / sizeof *references; kind++) {
        for (size_t index = 0; index < scope->bundle->row_count; index++) {
            const struct bundle_row *row = &scope->bundle->rows[index];
            if (strcmp(row->cell.words[BUNDLE_MECHANISM], references[kind].mechanism) != 0 ||
                strcmp(row->cell.words[BUNDLE_TEST], references[kind].test) != 0 ||
                strcmp(row->metric, references[kind].metric) != 0 || isnan(row->estimate.median))
                continue;
            if (!begun)
                fputs("\n## Floor and ceilings\n\nWhat the harness alone costs (null), what one "
                      "process copies at best (memcpy), and what a cache line takes from CPU to "
                      "CPU (bounce).\n\n| what | copies | placement | payload | median |\n"
                      "|---|---|---|---:|---:|\n",
                      scope->stream);
            begun = true;
            char size[UNITS_TEXT_BYTES];
            fprintf(scope->stream, "| %s %s | %s | %s | %s |", references[kind].mechanism,
                    references[kind].test, row->cell.words[BUNDLE_COPIES],
                    row->cell.words[BUNDLE_PLACEMENT],
                    units_format_bytes(row->cell.size_bytes, size));
            write_value(strcmp(references[kind].metric, LATENCY) == 0 ? "latency" : "throughput",
                        &row->estimate, scope->stream);
            fputc('\n', scope->stream);
        }
    }
}
