#include "report/chart_title.h"

#include "base/units.h"
#include "report/report_findings.h"
#include "report/report_machine.h"
#include "report/report_text.h"

#include <math.h>
#include <string.h>

static void write_title(enum chart chart, const struct chart_view *view, FILE *stream)
{
    static const char *const titles[] = {
        "Throughput by payload size",
        "Latency by payload size: half a round trip, closed loop, median",
        "How many times faster than a pipe, by payload size",
        "CPU time per KiB of payload, by payload size: a stream, writer and reader together",
    };
    fprintf(stream, "title = '%s", titles[chart]);
    if (strcmp(view->touch, "full") != 0)
        fprintf(stream, " (touch %s)", view->touch);
    fputs("'\n", stream);
}

static void write_machine(const struct bundle_data *bundle, const struct chart_view *view,
                          FILE *stream)
{
    struct report_machine machine = report_machine_of(bundle);
    char description[REPORT_MACHINE_TEXT_BYTES];
    char placement[REPORT_MACHINE_TEXT_BYTES];
    char quoted[REPORT_MACHINE_TEXT_BYTES];
    char line[2 * REPORT_MACHINE_TEXT_BYTES + 80];
    report_machine_describe(&machine, description);
    report_machine_describe_placement(bundle, view->placement, placement);
    int used = snprintf(line, sizeof line, "%.90s; %.60s", description, placement);
    if (!isnan(machine.rounds))
        snprintf(line + used, sizeof line - (size_t)used, "; %.0f rounds, medians, %s",
                 machine.rounds,
                 finding_has_intervals(bundle) ? "95 % intervals" : "too few for intervals");
    fprintf(stream, "machine = %s\n", report_text_gnuplot(line, quoted, sizeof quoted));
}

/*
 * "At 64 KiB shm moves 2.10x [1.90, 2.30] the bytes/s of the pipe (own, block), 3.00x [2.80, 3.10]
 * (inplace, spin)". The size is chosen for the first mode; a mode without it is left out.
 * Returns whether there is one.
 */
static bool write_ratios(const struct bundle_data *bundle, const char *test,
                         const struct chart_view *view, const struct finding_mode *modes,
                         size_t count, FILE *stream)
{
    bool latency = strcmp(test, "latency") == 0;
    uint64_t size_bytes = 0;
    for (size_t index = 0; index < count; index++) {
        struct bundle_cell cell = bundle_cell_of(finding_subject(bundle), test, modes[index].wait,
                                                 modes[index].copies, view->touch, view->placement);
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &cell, "ratio_to_pipe");
        bool first = size_bytes == 0;
        if (first)
            size_bytes = finding_reference_size(&sizes);
        const struct estimate *ratio = bundle_find(bundle, &cell, size_bytes, "ratio_to_pipe");
        char size[UNITS_TEXT_BYTES];
        char text[FINDING_TEXT_BYTES];
        if (ratio == NULL)
            continue;
        if (first)
            fprintf(stream, "At %s %s %s ", units_format_bytes(size_bytes, size),
                    finding_subject(bundle), latency ? "is" : "moves");
        fprintf(stream, "%s%s%s (%s, %s%s)", first ? "" : ", ", finding_format_ratio(ratio, text),
                !first    ? ""
                : latency ? " as fast as the pipe"
                          : " the bytes/s of the pipe",
                modes[index].copies, modes[index].wait,
                finding_of_ratio(ratio) == FINDING_UNRESOLVED ? "; not resolved" : "");
    }
    return size_bytes != 0;
}

/* "throughput 0.95x to 3.20x, faster at 8 of 10 sizes" of the first mode. */
static void write_survey(const struct bundle_data *bundle, const struct chart_view *view,
                         const struct finding_mode *mode, FILE *stream)
{
    static const char *const tests[] = {"throughput", "latency"};
    bool begun = false;
    for (size_t index = 0; index < 2; index++) {
        struct bundle_cell cell = bundle_cell_of(finding_subject(bundle), tests[index], mode->wait,
                                                 mode->copies, view->touch, view->placement);
        struct finding_survey survey = finding_survey_ratio(bundle, &cell);
        char least[FINDING_TEXT_BYTES];
        char most[FINDING_TEXT_BYTES];
        if (survey.sizes == 0)
            continue;
        if (!begun)
            fprintf(stream, "%s (%s, %s): ", finding_subject(bundle), mode->copies, mode->wait);
        fprintf(stream, "%s%s %sx", begun ? "; " : "", tests[index],
                finding_format_factor(survey.least, least));
        if (survey.sizes > 1)
            fprintf(stream, " to %sx", finding_format_factor(survey.most, most));
        if (survey.without_interval == survey.sizes)
            fputs(", unresolved", stream);
        else
            fprintf(stream, ", faster at %zu of %zu sizes", survey.faster.count, survey.sizes);
        begun = true;
    }
}

static void write_value(enum chart chart, double value, FILE *stream)
{
    char text[UNITS_TEXT_BYTES];
    if (chart == CHART_THROUGHPUT)
        fputs(units_format_rate(value, text), stream);
    else
        fputs(units_format_nanoseconds(value, text), stream);
}

/* "At 64 KiB (own, block) a KiB costs pipe 250 ns [245 ns, 256 ns], shm 85.0 ns [...]": the values
 * of the pipe and the subject, or of whichever mechanisms there are. */
static void write_values(const struct bundle_data *bundle, enum chart chart, const char *metric,
                         const struct chart_view *view, const struct finding_mode *mode,
                         FILE *stream)
{
    static const char *const beginnings[] = {"", "", "", "a KiB costs "};
    struct bundle_words mechanisms = finding_measured_words(bundle, BUNDLE_MECHANISM);
    size_t written = 0;
    for (size_t index = 0; index < mechanisms.count && written < 3; index++) {
        struct bundle_cell cell = bundle_cell_of(
            mechanisms.words[index], chart == CHART_LATENCY ? "latency" : "throughput", mode->wait,
            mode->copies, view->touch, view->placement);
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &cell, metric);
        uint64_t size_bytes = finding_reference_size(&sizes);
        char size[UNITS_TEXT_BYTES];
        if (size_bytes == 0)
            continue;
        const struct estimate *value = bundle_find(bundle, &cell, size_bytes, metric);
        if (written == 0)
            fprintf(stream, "At %s (%s, %s) %s", units_format_bytes(size_bytes, size), mode->copies,
                    mode->wait, beginnings[chart]);
        fprintf(stream, "%s%s ", written > 0 ? ", " : "", mechanisms.words[index]);
        write_value(chart, value->median, stream);
        if (!isnan(value->ci95_lo)) {
            fputs(" [", stream);
            write_value(chart, value->ci95_lo, stream);
            fputs(", ", stream);
            write_value(chart, value->ci95_hi, stream);
            fputs("]", stream);
        }
        written++;
    }
}

/* The two modes to tell about, of those that this view draws. */
static size_t choose_modes(const struct bundle_data *bundle, const struct chart_view *view,
                           struct finding_mode modes[2])
{
    struct finding_mode all[BUNDLE_MOST_WORDS];
    size_t count =
        finding_choose_modes(bundle, view->touch, view->placement, all, BUNDLE_MOST_WORDS);
    size_t chosen = 0;
    for (size_t index = 0; index < count && chosen < 2; index++) {
        for (size_t wait = 0; wait < CHART_WAITS && chosen < 2; wait++) {
            if (strcmp(all[index].wait, view->waits[wait]) == 0)
                modes[chosen++] = all[index];
        }
    }
    return chosen;
}

void chart_title_write(const struct bundle_data *bundle, enum chart chart,
                       const struct chart_view *view, FILE *stream)
{
    struct finding_mode modes[2];
    size_t count = choose_modes(bundle, view, modes);
    write_title(chart, view, stream);
    write_machine(bundle, view, stream);
    fputs("finding = '", stream);
    if (count > 0) {
        switch (chart) {
        case CHART_THROUGHPUT:
        case CHART_LATENCY:
            if (!write_ratios(bundle, chart_names[chart], view, modes, count, stream))
                write_values(bundle, chart,
                             chart == CHART_LATENCY ? "latency_p50_ns" : "throughput_bytes_per_s",
                             view, &modes[0], stream);
            break;
        case CHART_RATIO:
            write_survey(bundle, view, &modes[0], stream);
            break;
        case CHART_CPU:
            write_values(bundle, chart, "cpu_ns_per_kib", view, &modes[0], stream);
            break;
        case CHART_COUNT:
            break;
        }
    }
    fputs("'\n", stream);
}
