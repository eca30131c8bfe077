#include "report/chart_title.h"

#include "base/units.h"
#include "document/report_text.h"
#include "report/chart_pairs.h"
#include "report/chart_scaling.h"
#include "report/report_cause_findings.h"
#include "report/report_cause_sentences.h"
#include "report/report_findings.h"
#include "report/report_machine.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

static void say_title(enum chart chart, const struct chart_view *view, struct sentence *sentence)
{
    static const char *const titles[] = {
        TEXT("Throughput by payload size"),
        TEXT("Latency by payload size: half a round trip, closed loop, median"),
        TEXT("How many times faster than a pipe, by payload size"),
        TEXT("CPU time per KiB of payload, by payload size: a stream, writer and reader together"),
    };
    sentence_add(sentence, "%s", sentence_word(sentence, titles[chart]));
    if (strcmp(view->touch, "full") != 0)
        sentence_add(sentence, " (touch %s)", view->touch);
}

static void write_statement(const char *name, const struct sentence *sentence, FILE *stream)
{
    char quoted[SENTENCE_BYTES + 2];
    fprintf(stream, "%s = %s\n", name,
            report_text_gnuplot_ours(sentence->text, quoted, sizeof quoted));
}

/* The machine's facts are a stranger's texts, of which a chart shows ASCII only. */
static void say_machine(const struct report_machine *machine, struct sentence *sentence)
{
    enum { FACT_BYTES = 96, MOST_BYTES = 91 };
    char cpu_model[FACT_BYTES];
    char kernel[FACT_BYTES];
    char hypervisor[FACT_BYTES];
    char description[REPORT_MACHINE_TEXT_BYTES];
    char line[MOST_BYTES];
    struct report_machine shown = *machine;
    shown.cpu_model = report_text_ascii(machine->cpu_model, cpu_model, sizeof cpu_model);
    shown.kernel = report_text_ascii(machine->kernel, kernel, sizeof kernel);
    shown.hypervisor = report_text_ascii(machine->hypervisor, hypervisor, sizeof hypervisor);
    report_machine_describe(&shown, sentence->language, description);
    sentence_add(sentence, "%s", report_text_plain(description, line, sizeof line));
}

static void say_circumstances(const struct bundle_data *bundle, enum chart chart,
                              const struct chart_view *view, struct sentence *sentence)
{
    struct report_machine machine = report_machine_of(bundle);
    char placement[REPORT_MACHINE_TEXT_BYTES];
    say_machine(&machine, sentence);
    report_machine_describe_placement(bundle, view->placement, sentence->language, placement);
    /* Two charts are over placements, so they have none. */
    if (chart != CHART_PAIRS && chart != CHART_SCALING)
        sentence_add(sentence, "; %s", placement);
    if (!isnan(machine.rounds))
        sentence_add(sentence,
                     finding_has_intervals(bundle)
                         ? TEXT("; %.0f rounds, medians, 95 %% intervals")
                         : TEXT("; %.0f rounds, medians, too few for intervals"),
                     machine.rounds);
}

/*
 * "At 64 KiB shm moves 2.10x [1.90, 2.30] the bytes/s of the pipe (own, block), 3.00x [2.80, 3.10]
 * (inplace, spin)". The size is chosen for the first mode; a mode without it is left out.
 * Returns whether there is one.
 */
static bool say_ratios(const struct bundle_data *bundle, const char *test,
                       const struct chart_view *view, const struct finding_mode *modes,
                       size_t count, struct sentence *sentence)
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
        const char *doubt = finding_of_ratio(ratio) == FINDING_UNRESOLVED
                                ? sentence_word(sentence, "; not resolved")
                                : "";
        finding_format_ratio(ratio, sentence->language, text);
        if (first)
            sentence_add(sentence,
                         latency ? TEXT("At %s %s is %s as fast as the pipe (%s, %s%s)")
                                 : TEXT("At %s %s moves %s the bytes/s of the pipe (%s, %s%s)"),
                         units_format_bytes(size_bytes, size), finding_subject(bundle), text,
                         modes[index].copies, modes[index].wait, doubt);
        else
            sentence_add(sentence, ", %s (%s, %s%s)", text, modes[index].copies, modes[index].wait,
                         doubt);
    }
    return size_bytes != 0;
}

/* "throughput 0.95x to 3.20x, faster at 8 of 10 sizes" of the first mode. */
static void say_survey(const struct bundle_data *bundle, const struct chart_view *view,
                       const struct finding_mode *mode, struct sentence *sentence)
{
    static const char *const tests[] = {TEXT("throughput"), TEXT("latency")};
    bool begun = false;
    for (size_t index = 0; index < 2; index++) {
        struct bundle_cell cell = bundle_cell_of(finding_subject(bundle), tests[index], mode->wait,
                                                 mode->copies, view->touch, view->placement);
        struct finding_survey survey = finding_survey_ratio(bundle, &cell);
        char least[FINDING_TEXT_BYTES];
        char most[FINDING_TEXT_BYTES];
        if (survey.sizes == 0)
            continue;
        const char *test = sentence_word(sentence, tests[index]);
        finding_format_factor(survey.least, least);
        finding_format_factor(survey.most, most);
        if (begun)
            sentence_add(sentence, "; ");
        else
            sentence_add(sentence, "%s (%s, %s): ", finding_subject(bundle), mode->copies,
                         mode->wait);
        if (survey.sizes > 1)
            sentence_add(sentence, "%s %sx to %sx", test, least, most);
        else
            sentence_add(sentence, "%s %sx", test, least);
        if (survey.without_interval == survey.sizes)
            sentence_add(sentence, ", unresolved");
        else
            sentence_add(sentence, ", faster at %zu of %zu sizes", survey.faster.count,
                         survey.sizes);
        begun = true;
    }
}

static const char *format_value(enum chart chart, double value, char text[UNITS_TEXT_BYTES])
{
    return chart == CHART_THROUGHPUT ? units_format_rate(value, text)
                                     : units_format_nanoseconds(value, text);
}

/* "At 64 KiB (own, block) a KiB costs pipe 250 ns [245 ns, 256 ns], shm 85.0 ns [...]": the values
 * of the pipe and the subject, or of whichever mechanisms there are. */
static void say_values(const struct bundle_data *bundle, enum chart chart, const char *metric,
                       const struct chart_view *view, const struct finding_mode *mode,
                       struct sentence *sentence)
{
    struct bundle_words mechanisms = finding_measured_words(bundle, BUNDLE_MECHANISM);
    size_t written = 0;
    for (size_t index = 0; index < mechanisms.count && written < 3; index++) {
        struct bundle_cell cell = bundle_cell_of(
            mechanisms.words[index], chart == CHART_LATENCY ? "latency" : "throughput", mode->wait,
            mode->copies, view->touch, view->placement);
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &cell, metric);
        uint64_t size_bytes = finding_reference_size(&sizes);
        char size[UNITS_TEXT_BYTES];
        char text[UNITS_TEXT_BYTES];
        char other[UNITS_TEXT_BYTES];
        if (size_bytes == 0)
            continue;
        const struct estimate *value = bundle_find(bundle, &cell, size_bytes, metric);
        if (written > 0)
            sentence_add(sentence, ", ");
        else
            sentence_add(sentence,
                         chart == CHART_CPU ? TEXT("At %s (%s, %s) a KiB costs ")
                                            : TEXT("At %s (%s, %s) "),
                         units_format_bytes(size_bytes, size), mode->copies, mode->wait);
        sentence_add(sentence, "%s %s", mechanisms.words[index],
                     format_value(chart, value->median, text));
        if (!isnan(value->ci95_lo))
            sentence_add(sentence, " [%s, %s]", format_value(chart, value->ci95_lo, text),
                         format_value(chart, value->ci95_hi, other));
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

/* The line of the padded control with one way of waiting, or without it what the pipe takes. */
static void say_line(const struct bundle_data *bundle, const struct evidence *evidence,
                     const struct chart_view *view, const char *wait, bool intervals,
                     struct sentence *sentence)
{
    uint64_t size_bytes = finding_copies_size(bundle, evidence, view->touch, view->placement);
    struct finding_line line =
        finding_line_at(bundle, evidence, wait, view->touch, view->placement, size_bytes);
    char size[UNITS_TEXT_BYTES];
    char value[FINDING_VALUE_BYTES];
    char copies[FINDING_TEXT_BYTES];
    if (line.price == NULL && isnan(line.pipe.value))
        return;
    if (*sentence->text != '\0')
        sentence_add(sentence, ". ");
    sentence_add(sentence, "%s, %s: ", units_format_bytes(size_bytes, size), wait);
    if (!cause_say_line(&line, intervals, sentence))
        sentence_add(sentence, "the pipe with %s copies takes %s ns/KiB",
                     finding_format_copies(line.pipe_copies, copies),
                     finding_format_interval(&line.pipe, sentence->language, value));
}

/* "Above the line: block 152 [140, 164], spin 90.1 [85.2, 95.0] ns/KiB": what the title has no room
 * for. */
static void say_distances(const struct bundle_data *bundle, const struct evidence *evidence,
                          const struct chart_view *view, struct sentence *sentence)
{
    uint64_t size_bytes = finding_copies_size(bundle, evidence, view->touch, view->placement);
    for (size_t wait = 0; wait < CHART_WAITS && *view->waits[wait] != '\0'; wait++) {
        struct finding_line line = finding_line_at(bundle, evidence, view->waits[wait], view->touch,
                                                   view->placement, size_bytes);
        char value[FINDING_VALUE_BYTES];
        if (isnan(line.above.value))
            continue;
        if (*sentence->text != '\0')
            sentence_add(sentence, ", ");
        else
            sentence_add(sentence, "Pipe, file to file, above the line: ");
        sentence_add(sentence, "%s %s", view->waits[wait],
                     finding_format_interval(&line.above, sentence->language, value));
    }
    if (*sentence->text != '\0')
        sentence_add(sentence, " ns/KiB");
}

static void say_other_shares(const struct evidence *evidence, const struct chart_view *view,
                             struct sentence *sentence)
{
    struct sentence range = sentence_in(sentence->language);
    cause_say_other_shares(evidence, view->placement, sentence);
    cause_say_share_range(evidence, view->placement, &range);
    if (*range.text != '\0')
        sentence_add(sentence, *sentence->text != '\0' ? TEXT("; %s") : "%s", range.text);
}

/* The finding of a chart over payload sizes. */
static void say_finding(const struct bundle_data *bundle, enum chart chart,
                        const struct chart_view *view, struct sentence *sentence)
{
    struct finding_mode modes[2];
    size_t count = choose_modes(bundle, view, modes);
    if (count == 0)
        return;
    if (chart == CHART_RATIO)
        say_survey(bundle, view, &modes[0], sentence);
    else if (chart == CHART_CPU)
        say_values(bundle, chart, "cpu_ns_per_kib", view, &modes[0], sentence);
    else if (!say_ratios(bundle, chart_names[chart], view, modes, count, sentence))
        say_values(bundle, chart,
                   chart == CHART_LATENCY ? "latency_p50_ns" : "throughput_bytes_per_s", view,
                   &modes[0], sentence);
}

void chart_title_say(const struct bundle_data *bundle, const struct evidence *evidence,
                     enum chart chart, const struct chart_view *view, struct sentence *sentence)
{
    if (chart == CHART_COPIES) {
        for (size_t wait = 0; wait < CHART_WAITS && *view->waits[wait] != '\0'; wait++)
            say_line(bundle, evidence, view, view->waits[wait], true, sentence);
    } else if (chart == CHART_GAP) {
        struct sentence others = sentence_in(sentence->language);
        cause_say_share(evidence, view->placement, true, sentence);
        say_other_shares(evidence, view, &others);
        if (*others.text != '\0')
            sentence_add(sentence, "; %s", others.text);
    } else if (chart == CHART_PAIRS) {
        chart_pairs_say_finding(bundle, sentence);
    } else if (chart == CHART_SCALING) {
        chart_scaling_say_finding(bundle, sentence);
    } else {
        say_finding(bundle, chart, view, sentence);
    }
}

void chart_title_name(const struct bundle_data *bundle, const struct evidence *evidence,
                      enum chart chart, const struct chart_view *view, struct sentence *title)
{
    if (chart == CHART_COPIES) {
        for (size_t wait = 0; wait < CHART_WAITS && *title->text == '\0'; wait++)
            say_line(bundle, evidence, view, view->waits[wait], false, title);
        if (*title->text == '\0')
            sentence_add(title, "Copies and time, by path");
    } else if (chart == CHART_GAP) {
        cause_say_share(evidence, view->placement, false, title);
    } else if (chart == CHART_PAIRS) {
        chart_pairs_say_title(title);
    } else if (chart == CHART_SCALING) {
        chart_scaling_say_title(title);
    } else {
        say_title(chart, view, title);
    }
}

/* What the title has no room for. */
static void say_rest(const struct bundle_data *bundle, const struct evidence *evidence,
                     enum chart chart, const struct chart_view *view, struct sentence *finding)
{
    if (chart == CHART_COPIES)
        say_distances(bundle, evidence, view, finding);
    else if (chart == CHART_GAP)
        say_other_shares(evidence, view, finding);
    else
        chart_title_say(bundle, evidence, chart, view, finding);
}

void chart_title_write(const struct bundle_data *bundle, const struct evidence *evidence,
                       enum chart chart, const struct chart_view *view, enum language language,
                       FILE *stream)
{
    struct sentence title = sentence_in(language);
    struct sentence machine = sentence_in(language);
    struct sentence finding = sentence_in(language);
    chart_title_name(bundle, evidence, chart, view, &title);
    say_circumstances(bundle, chart, view, &machine);
    say_rest(bundle, evidence, chart, view, &finding);
    write_statement("title", &title, stream);
    write_statement("machine", &machine, stream);
    write_statement("finding", &finding, stream);
}
