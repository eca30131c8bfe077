#include "report/report.h"

#include "base/units.h"
#include "report/chart_data.h"
#include "report/report_findings.h"
#include "report/report_machine.h"
#include "report/report_text.h"
#include "results/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 1024, MOST_MODES = BUNDLE_MOST_WORDS, FIRST_MODES = 2 };

#define RATIO      "ratio_to_pipe"
#define THROUGHPUT "throughput_bytes_per_s"
#define LATENCY    "latency_p50_ns"

/* What a table or sentence is about. */
struct scope {
    const struct bundle_data *bundle;
    const char *subject;
    const char *placement;
    const char *touch;
    struct finding_mode mode;
    FILE *stream;
};

/* "Throughput" for "throughput": words of a bundle are safe, but not all are of ours. */
static const char *title_of(const char *test)
{
    return strcmp(test, "latency") == 0 ? "Latency (half a round trip, closed loop)" : "Throughput";
}

static const char *metric_of(const char *test)
{
    return strcmp(test, "latency") == 0 ? LATENCY : THROUGHPUT;
}

static struct bundle_cell cell_of(const struct scope *scope, const char *mechanism,
                                  const char *test)
{
    return bundle_cell_of(mechanism, test, scope->mode.wait, scope->mode.copies, scope->touch,
                          scope->placement);
}

static void write_escaped(const char *text, FILE *stream)
{
    char safe[TEXT_BYTES];
    fputs(report_text_markdown(text, safe, sizeof safe), stream);
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

static bool has_sizes(const struct scope *scope, const char *mechanism, const char *test,
                      const char *metric)
{
    struct bundle_cell cell = cell_of(scope, mechanism, test);
    return bundle_sizes_of(scope->bundle, &cell, metric).count > 0;
}

/* One table: a row per size, a column per mechanism and per ratio; for latency also the subject's
 * and the pipe's 99th percentile. */
static void write_table(const struct scope *scope, const char *test)
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
static void write_answer(const struct scope *scope, const char *test)
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

static void write_answers(const struct scope *main_scope, const struct finding_mode *modes,
                          size_t count)
{
    struct scope scope = *main_scope;
    if (!finding_has_ratios(scope.bundle)) {
        fputs("\nNothing was measured beside the pipe in the same rounds: no ratios.\n",
              scope.stream);
        return;
    }
    fprintf(
        scope.stream,
        "\nHow many times as fast as the pipe is %s, on CPUs of placement %s? (1 means as fast; "
        "[95 %% interval])\n\n",
        scope.subject, scope.placement);
    for (size_t index = 0; index < count && index < FIRST_MODES; index++) {
        scope.mode = modes[index];
        write_answer(&scope, "throughput");
        write_answer(&scope, "latency");
    }
}

static void write_charts(const struct bundle_data *bundle, FILE *stream)
{
    struct chart_views views = chart_views_of(bundle);
    char folder[3 * NAME_MAX + 1];
    report_text_link(bundle->name, folder, sizeof folder);
    fputs("\n## Charts\n\n", stream);
    for (size_t index = 0; index < views.count; index++) {
        const struct chart_view *view = &views.views[index];
        for (int chart = 0; chart < CHART_COUNT; chart++) {
            if (chart_has_data(bundle, (enum chart)chart, view))
                fprintf(stream, "![%s%s](../../plots/%s/%s%s.svg)\n\n", chart_names[chart],
                        view->suffix, folder, chart_names[chart], view->suffix);
        }
    }
}

static void write_mode(const struct scope *scope, bool open)
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

static void write_tables(const struct scope *main_scope)
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
        struct scope scope = *main_scope;
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
static void write_references(const struct scope *scope)
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

/* How often a throughput of `own`, where every byte is copied, lies above memcpy's. */
static size_t count_above_ceiling(const struct bundle_data *bundle, size_t *compared)
{
    size_t above = 0;
    *compared = 0;
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        const char *mechanism = row->cell.words[BUNDLE_MECHANISM];
        if (strcmp(row->metric, THROUGHPUT) != 0 || isnan(row->estimate.ci95_lo) ||
            strcmp(row->cell.words[BUNDLE_COPIES], "own") != 0 ||
            strcmp(mechanism, FINDING_FLOOR) == 0)
            continue;
        struct bundle_cell cell =
            bundle_cell_of(FINDING_CEILING, "memcpy", FINDING_NONE, FINDING_NONE, FINDING_NONE,
                           row->cell.words[BUNDLE_PLACEMENT]);
        const struct estimate *ceiling =
            bundle_find(bundle, &cell, row->cell.size_bytes, THROUGHPUT);
        if (ceiling == NULL || isnan(ceiling->ci95_hi))
            continue;
        (*compared)++;
        above += row->estimate.ci95_lo > ceiling->ci95_hi ? 1 : 0;
    }
    return above;
}

/* What one message of 64 KiB takes by both clocks, matched by own, block and the main placement. */
static void write_clocks(const struct scope *scope)
{
    const json_t *costs = json_object_get(scope->bundle->outer_clock, "marginal_ns_per_message");
    struct bundle_words mechanisms = finding_measured_words(scope->bundle, BUNDLE_MECHANISM);
    bool begun = false;
    for (size_t index = 0; index < mechanisms.count; index++) {
        struct bundle_cell cell = bundle_cell_of(mechanisms.words[index], "throughput", "block",
                                                 "own", "full", scope->placement);
        const struct estimate *rate = bundle_find(scope->bundle, &cell, 65536, "messages_per_s");
        double outer = json_number_value(json_object_get(costs, mechanisms.words[index]));
        char inside[UNITS_TEXT_BYTES];
        char outside[UNITS_TEXT_BYTES];
        if (rate == NULL || !(rate->median > 0.0) || !(outer > 0.0))
            continue;
        if (!begun)
            fputs(
                "\nThe programs' own clock against hyperfine's from outside, per message of "
                "64 KiB (own, block):\n\n| mechanism | own clock | hyperfine | hyperfine / own |\n"
                "|---|---:|---:|---:|\n",
                scope->stream);
        begun = true;
        fprintf(scope->stream, "| %s | %s | %s | %.2f |\n", mechanisms.words[index],
                units_format_nanoseconds(1e9 / rate->median, inside),
                units_format_nanoseconds(outer, outside), outer * rate->median / 1e9);
    }
    if (!begun)
        fputs("\nThe outer clock (hyperfine) was not run on these cells.\n", scope->stream);
}

/* The ratio that hyperfine saw, beside ours and its interval. */
static void write_outer_ratio(const struct scope *scope, const char *mechanism, double pipe_ns)
{
    const json_t *costs = json_object_get(scope->bundle->outer_clock, "marginal_ns_per_message");
    struct bundle_cell cell =
        bundle_cell_of(mechanism, "throughput", "block", "own", "full", scope->placement);
    const struct estimate *ratio = bundle_find(scope->bundle, &cell, 65536, "ratio_to_pipe");
    double outer_ns = json_number_value(json_object_get(costs, mechanism));
    char text[FINDING_TEXT_BYTES];
    if (ratio == NULL || isnan(ratio->ci95_lo) || !(outer_ns > 0.0) || !(pipe_ns > 0.0))
        return;
    double outer = pipe_ns / outer_ns;
    bool inside = outer >= ratio->ci95_lo && outer <= ratio->ci95_hi;
    fprintf(scope->stream, "- %s/pipe: %s by our clock, %.2fx by hyperfine's: %s.\n", mechanism,
            finding_format_ratio(ratio, text), outer,
            inside ? "inside the interval" : "**outside the interval**");
}

static void write_outer_ratios(const struct scope *scope)
{
    const json_t *costs = json_object_get(scope->bundle->outer_clock, "marginal_ns_per_message");
    struct bundle_words mechanisms = finding_measured_words(scope->bundle, BUNDLE_MECHANISM);
    double pipe_ns = json_number_value(json_object_get(costs, "pipe"));
    fputc('\n', scope->stream);
    for (size_t index = 0; index < mechanisms.count; index++) {
        if (strcmp(mechanisms.words[index], "pipe") != 0)
            write_outer_ratio(scope, mechanisms.words[index], pipe_ns);
    }
}

static void write_checks(const struct scope *scope)
{
    struct finding_self_test test = finding_self_test(scope->bundle);
    char from[UNITS_TEXT_BYTES];
    size_t compared;
    size_t above = count_above_ceiling(scope->bundle, &compared);
    fputs("\n## Self-tests\n\n", scope->stream);
    if (test.intervals > 0)
        fprintf(
            scope->stream,
            "- A FIFO runs the pipe's own kernel code and, at each call, keeps the times of its "
            "file. From %s on, where a call costs little beside the payload, it must equal "
            "the pipe: %zu of %zu 95 %% intervals contain 1, %s.\n",
            units_format_bytes(FINDING_FIFO_BYTES, from), test.containing_one, test.intervals,
            test.within_chance ? "as many as chance lets"
                               : "**fewer than chance lets: something favours one of the two**");
    else
        fprintf(scope->stream, "- FIFO against pipe: no intervals from %s on in this bundle.\n",
                units_format_bytes(FINDING_FIFO_BYTES, from));
    if (compared > 0)
        fprintf(scope->stream,
                "- Where payload is copied (own), throughput above that of one process's memcpy "
                "of the same size is suspect: %zu of %zu. (Beyond the caches two processes that "
                "share the work can exceed it.)\n",
                above, compared);
    write_clocks(scope);
    write_outer_ratios(scope);
}

static void write_method(const struct scope *scope)
{
    fputs("\n## Method\n\nEach sample is a fresh pair of processes that measures one cell once; a "
          "round passes over all cells in random order. Medians and their 95 % intervals are over "
          "rounds, ratios are paired within rounds, and whatever is transferred is verified by a "
          "checksum. Throughput's clock stops when the reader has consumed the last byte; latency "
          "is half a round trip in a closed loop. What is measured, how, and what it can't tell: "
          "[docs/METHOD.md](../../docs/METHOD.md).\n",
          scope->stream);
}

/* One fact per row; objects and lists as compact JSON. */
static void write_fact(const char *name, const json_t *value, FILE *stream)
{
    char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    char cut[401];
    snprintf(cut, sizeof cut, "%s",
             text != NULL            ? text
             : json_is_string(value) ? json_string_value(value)
                                     : "");
    fputs("| ", stream);
    write_escaped(name, stream);
    fputs(" | ", stream);
    write_escaped(cut, stream);
    fputs(" |\n", stream);
    if (text != NULL)
        free(text);
}

static void write_facts(const struct scope *scope)
{
    static const char *const run[] = {"id",          "label",  "preset",          "seed",
                                      "rounds_done", "wall_s", "stopped_because", "argv"};
    json_t *machine = json_object_get(scope->bundle->manifest, "machine");
    const char *name;
    json_t *value;
    fputs("\n## Run and machine\n\n| fact | value |\n|---|---|\n", scope->stream);
    for (size_t index = 0; index < sizeof run / sizeof *run; index++) {
        const json_t *fact = json_object_get(scope->bundle->manifest, run[index]);
        if (fact != NULL && !json_is_null(fact))
            write_fact(run[index], fact, scope->stream);
    }
    json_object_foreach(machine, name, value)
    {
        if (!json_is_null(value) && strcmp(name, "unreadable") != 0)
            write_fact(name, value, scope->stream);
    }
    const json_t *unreadable = json_object_get(machine, "unreadable");
    if (json_object_size(unreadable) > 0)
        fprintf(scope->stream, "\n%zu facts could not be read; manifest.json says of each why.\n",
                json_object_size(unreadable));
}

static void write_failures(const struct scope *scope)
{
    const struct bundle_data *bundle = scope->bundle;
    const json_t *warnings = bundle_fact(bundle, "warnings");
    char size[UNITS_TEXT_BYTES];
    for (size_t index = 0; index < json_array_size(warnings); index++) {
        const char *warning = json_string_value(json_array_get(warnings, index));
        if (warning == NULL)
            continue;
        fputs("\n> Warning: ", scope->stream);
        write_escaped(warning, scope->stream);
        fputc('\n', scope->stream);
    }
    if (bundle->error_count == 0)
        return;
    size_t kept =
        bundle->error_count < BUNDLE_ERRORS_KEPT ? bundle->error_count : BUNDLE_ERRORS_KEPT;
    fprintf(scope->stream,
            "\n## Failed samples\n\n%zu samples failed and are in no figure here%s.\n\n"
            "| cell | payload | message |\n|---|---:|---|\n",
            bundle->error_count, kept < bundle->error_count ? "; the first of them" : "");
    for (size_t index = 0; index < kept; index++) {
        const struct bundle_error *error = &bundle->errors[index];
        fprintf(scope->stream, "| %s %s %s %s %s | %s | ", error->cell.words[BUNDLE_MECHANISM],
                error->cell.words[BUNDLE_TEST], error->cell.words[BUNDLE_COPIES],
                error->cell.words[BUNDLE_WAIT], error->cell.words[BUNDLE_PLACEMENT],
                units_format_bytes(error->cell.size_bytes, size));
        write_escaped(error->message, scope->stream);
        fputs(" |\n", scope->stream);
    }
}

static void write_head(const struct scope *scope)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    char text[REPORT_MACHINE_TEXT_BYTES];
    fputs("# Pipe against shared memory", scope->stream);
    if (*machine.label != '\0') {
        fputs(": ", scope->stream);
        write_escaped(machine.label, scope->stream);
    }
    fputs("\n\n", scope->stream);
    write_escaped(report_machine_describe(&machine, text), scope->stream);
    fputs("; ", scope->stream);
    write_escaped(report_machine_describe_placement(scope->bundle, scope->placement, text),
                  scope->stream);
    if (!isnan(machine.rounds))
        fprintf(scope->stream, "; %.0f rounds", machine.rounds);
    if (!isnan(machine.seconds))
        fprintf(scope->stream, " in %.0f s", machine.seconds);
    fprintf(scope->stream, "; touch %s.\n", scope->touch);
}

int report_write_markdown(const struct bundle_data *bundle, FILE *stream)
{
    struct bundle_words placements = finding_measured_words(bundle, BUNDLE_PLACEMENT);
    struct bundle_words touches = finding_measured_words(bundle, BUNDLE_TOUCH);
    struct scope scope = {
        .bundle = bundle,
        .subject = finding_subject(bundle),
        .placement = placements.count > 0 ? placements.words[0] : FINDING_NONE,
        .touch = touches.count > 0 ? touches.words[0] : FINDING_NONE,
        .stream = stream,
    };
    struct finding_mode modes[MOST_MODES];
    size_t count = finding_choose_modes(bundle, scope.touch, scope.placement, modes, MOST_MODES);
    write_head(&scope);
    write_answers(&scope, modes, count);
    write_failures(&scope);
    write_charts(bundle, stream);
    write_tables(&scope);
    write_references(&scope);
    write_checks(&scope);
    write_method(&scope);
    write_facts(&scope);
    return ferror(stream) ? -EIO : 0;
}
