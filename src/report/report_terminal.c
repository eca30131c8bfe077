#include "report/report.h"

#include "base/ink.h"
#include "base/units.h"
#include "document/report_text.h"
#include "report/report_answer.h"
#include "report/report_bars.h"
#include "report/report_check_sentences.h"
#include "report/report_findings.h"
#include "report/report_machine.h"
#include "report/report_noise.h"
#include "report/report_precision.h"
#include "results/statistics.h"
#include "text/columns.h"
#include "text/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

enum {
    COLUMNS = 80,
    SHORT_NAME = 5,
    SIZE_COLUMNS = 8,
    RATIO_COLUMNS = 18,
    MOST_ROWS = 10,
    MOST_MECHANISMS = 3,
    MOST_MODES = 2,
    MOST_WARNINGS = 3,
    WARNING_BYTES = 4 * COLUMNS
};

#define RATIO "ratio_to_pipe"

/* What every table here is about. */
struct scope {
    const struct bundle_data *bundle;
    const struct evidence *evidence;
    const char *subject;
    struct bundle_words mechanisms;
    struct bundle_words placements;
    struct bundle_words touches;
    const char *placement; /* the main one */
    const char *touch;
    struct finding_mode modes[MOST_MODES];
    size_t mode_count;
    const struct report_look *look;
    FILE *stream;
};

/* Words of ours, as printf writes them. */
__attribute__((format(printf, 2, 3))) static void write_text(const struct scope *scope,
                                                             const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(scope->stream, text_in(scope->look->language, format), arguments);
    va_end(arguments);
}

__attribute__((format_arg(2))) static const char *word_of(const struct scope *scope,
                                                          const char *english)
{
    return text_in(scope->look->language, english);
}

/* What fills a column of that width behind the text. */
static void write_blanks(const struct scope *scope, const char *text, size_t columns)
{
    size_t used = text_columns(text);
    fprintf(scope->stream, "%*s", used < columns ? (int)(columns - used) : 0, "");
}

static void write_inked(const struct scope *scope, enum ink ink, const char *text)
{
    fprintf(scope->stream, "%s%s%s", ink_begin(scope->look->colour, ink), text,
            ink_end(scope->look->colour, ink));
}

/* Three digits and a letter: "12.2M", "33.1u". */
static const char *format_short(double value, double thousand, const char *letters, char *text)
{
    char digits[FINDING_TEXT_BYTES];
    size_t power = 0;
    while (letters[power + 1] != '\0' && value >= thousand * 0.9995) {
        value /= thousand;
        power++;
    }
    snprintf(text, FINDING_TEXT_BYTES, "%.8s%c", finding_format_factor(value, digits),
             letters[power]);
    return text;
}

static void write_value(const struct scope *scope, const struct bundle_cell *cell,
                        uint64_t size_bytes)
{
    bool latency = strcmp(cell->words[BUNDLE_TEST], "latency") == 0;
    const struct estimate *value = bundle_find(
        scope->bundle, cell, size_bytes, latency ? "latency_p50_ns" : "throughput_bytes_per_s");
    char text[FINDING_TEXT_BYTES] = "-";
    if (value != NULL && latency)
        format_short(value->median, 1000.0, "num", text);
    else if (value != NULL)
        format_short(value->median, 1024.0, "BKMG", text);
    fprintf(scope->stream, "%6s", text);
}

/* What follows a ratio: nothing when it is resolved. */
static const char *mark_of(const struct estimate *ratio)
{
    switch (finding_of_ratio(ratio)) {
    case FINDING_UNRESOLVED:
        return "~";
    case FINDING_NO_INTERVAL:
        return "?";
    case FINDING_FASTER:
    case FINDING_SLOWER:
        break;
    }
    return finding_is_wide(ratio) ? "?" : "";
}

static void write_ratio(const struct scope *scope, const struct bundle_cell *cell,
                        uint64_t size_bytes)
{
    const struct estimate *ratio = bundle_find(scope->bundle, cell, size_bytes, RATIO);
    char median[FINDING_TEXT_BYTES];
    char lo[FINDING_TEXT_BYTES];
    char hi[FINDING_TEXT_BYTES];
    char text[FINDING_TEXT_BYTES] = "    -";
    if (ratio != NULL && isnan(ratio->ci95_lo))
        snprintf(text, sizeof text, "%5.7s%s", finding_format_factor(ratio->median, median),
                 mark_of(ratio));
    else if (ratio != NULL)
        snprintf(text, sizeof text, "%5.7s [%.7s,%.7s]%s",
                 finding_format_factor(ratio->median, median),
                 finding_format_factor(ratio->ci95_lo, lo),
                 finding_format_factor(ratio->ci95_hi, hi), mark_of(ratio));
    enum ink ink = ratio != NULL ? report_ink_of_ratio(ratio) : INK_PLAIN;
    /* The last column ends the line. */
    bool last = strcmp(cell->words[BUNDLE_TEST], "latency") == 0;
    int blanks = last ? 0 : RATIO_COLUMNS - (int)strlen(text);
    write_inked(scope, ink, text);
    fprintf(scope->stream, "%*s", blanks > 0 ? blanks : 0, "");
}

static void write_row(const struct scope *scope, const struct finding_mode *mode,
                      uint64_t size_bytes)
{
    static const char *const tests[] = {"throughput", "latency"};
    char size[UNITS_TEXT_BYTES];
    fprintf(scope->stream, "%8s", units_format_bytes(size_bytes, size));
    for (size_t test = 0; test < 2; test++) {
        for (size_t index = 0; index < MOST_MECHANISMS && index < scope->mechanisms.count;
             index++) {
            struct bundle_cell cell =
                bundle_cell_of(scope->mechanisms.words[index], tests[test], mode->wait,
                               mode->copies, scope->touch, scope->placement);
            write_value(scope, &cell, size_bytes);
        }
        struct bundle_cell cell = bundle_cell_of(scope->subject, tests[test], mode->wait,
                                                 mode->copies, scope->touch, scope->placement);
        write_ratio(scope, &cell, size_bytes);
    }
    fputc('\n', scope->stream);
}

static void write_heads(const struct scope *scope)
{
    size_t columns =
        scope->mechanisms.count < MOST_MECHANISMS ? scope->mechanisms.count : MOST_MECHANISMS;
    const char *throughput = word_of(scope, "payload bytes per second");
    fprintf(scope->stream, "          %s", throughput);
    write_blanks(scope, throughput, 6 * columns + RATIO_COLUMNS - 2);
    fprintf(scope->stream, "  %s\n", word_of(scope, "half a round trip, closed loop"));
    const char *size = word_of(scope, "size");
    fprintf(scope->stream, "%*s%s", (int)(SIZE_COLUMNS - text_columns(size)), "", size);
    for (size_t test = 0; test < 2; test++) {
        char ratio[80];
        for (size_t index = 0; index < columns; index++)
            fprintf(scope->stream, "%6.*s", SHORT_NAME, scope->mechanisms.words[index]);
        snprintf(ratio, sizeof ratio, test == 0 ? "  %.*s/pipe" : "  pipe/%.*s", SHORT_NAME,
                 scope->subject);
        fprintf(scope->stream, "%-*s", test == 0 ? RATIO_COLUMNS : 0,
                *scope->subject != '\0' ? ratio : "");
    }
    fputc('\n', scope->stream);
}

static const char *describe_mode(const struct finding_mode *mode)
{
    if (strcmp(mode->copies, "own") == 0)
        return TEXT("private buffer to private buffer");
    if (strcmp(mode->copies, "inplace") == 0)
        return TEXT("each mechanism at its best");
    return "";
}

/* The sizes at which any mechanism has this mode, in either test. */
static struct bundle_sizes sizes_of_mode(const struct scope *scope, const struct finding_mode *mode)
{
    return finding_sizes_of_mode(scope->bundle, mode, scope->touch, scope->placement);
}

static void write_table(const struct scope *scope, const struct finding_mode *mode)
{
    struct bundle_sizes sizes = sizes_of_mode(scope, mode);
    size_t shown = sizes.count < MOST_ROWS ? sizes.count : MOST_ROWS;
    uint64_t shown_bytes[MOST_ROWS];
    fprintf(scope->stream, "\n%s", ink_begin(scope->look->colour, INK_STRONG));
    write_text(scope, "%s, %s", mode->copies, mode->wait);
    fputs(ink_end(scope->look->colour, INK_STRONG), scope->stream);
    write_text(scope, " (%s)", word_of(scope, describe_mode(mode)));
    if (shown < sizes.count)
        write_text(scope, "; %zu of %zu sizes", shown, sizes.count);
    fputc('\n', scope->stream);
    write_heads(scope);
    for (size_t row = 0; row < shown; row++) {
        /* The first, the last, and others evenly between them. */
        size_t index = shown == 1 ? 0 : row * (sizes.count - 1) / (shown - 1);
        shown_bytes[row] = sizes.bytes[index];
        write_row(scope, mode, sizes.bytes[index]);
    }
    struct report_bars bars = {.bundle = scope->bundle,
                               .subject = scope->subject,
                               .mode = mode,
                               .touch = scope->touch,
                               .placement = scope->placement,
                               .sizes_bytes = shown_bytes,
                               .sizes_count = shown};
    report_write_bars(&bars, scope->look, scope->stream);
}

/* A list of sizes behind a lead, cut where the line ends. */
static void write_sizes(const struct scope *scope, const char *lead,
                        const struct bundle_sizes *sizes)
{
    char size[UNITS_TEXT_BYTES];
    size_t used = 4 + text_columns(lead);
    fprintf(scope->stream, "    %s", lead);
    for (size_t index = 0; index < sizes->count; index++) {
        const char *separator = index == 0 ? "" : word_of(scope, ", ");
        units_format_bytes(sizes->bytes[index], size);
        used += text_columns(separator) + text_columns(size);
        if (used > COLUMNS - 13) {
            write_text(scope, " and %zu more", sizes->count - index);
            break;
        }
        fprintf(scope->stream, "%s%s", separator, size);
    }
    fputc('\n', scope->stream);
}

static void write_finding(const struct scope *scope, const struct finding_mode *mode,
                          const char *test)
{
    struct bundle_cell cell = bundle_cell_of(scope->subject, test, mode->wait, mode->copies,
                                             scope->touch, scope->placement);
    struct finding_survey survey = finding_survey_ratio(scope->bundle, &cell);
    char least[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    char least_size[UNITS_TEXT_BYTES];
    char most_size[UNITS_TEXT_BYTES];
    if (survey.sizes == 0)
        return;
    write_text(scope, "  %s, %s, %s: %sx (%s)", word_of(scope, test), mode->copies, mode->wait,
               finding_format_factor(survey.least, least),
               units_format_bytes(survey.least_size_bytes, least_size));
    if (survey.sizes > 1)
        write_text(scope, " to %sx (%s)", finding_format_factor(survey.most, most),
                   units_format_bytes(survey.most_size_bytes, most_size));
    if (survey.without_interval == survey.sizes) {
        fputs("\n    ", scope->stream);
        write_text(scope, "unresolved: an interval needs %d samples (--rounds)",
                   STATISTICS_LEAST_SAMPLES);
        fputc('\n', scope->stream);
        return;
    }
    write_text(scope, ", faster at %zu of %zu", survey.faster.count, survey.sizes);
    fputc('\n', scope->stream);
    if (survey.slower.count > 0)
        write_sizes(scope, word_of(scope, "slower at "), &survey.slower);
    if (survey.unresolved.count > 0)
        write_sizes(scope, word_of(scope, "no difference resolved at "), &survey.unresolved);
}

static void write_findings(const struct scope *scope)
{
    if (!finding_has_ratios(scope->bundle)) {
        fprintf(
            scope->stream, "\n%s\n",
            word_of(scope, "Nothing was measured beside the pipe in the same rounds: no ratios."));
        return;
    }
    fputc('\n', scope->stream);
    write_text(scope, "What this says (%s, times as fast as the pipe)", scope->subject);
    fputc('\n', scope->stream);
    for (size_t index = 0; index < scope->mode_count; index++) {
        write_finding(scope, &scope->modes[index], TEXT("throughput"));
        write_finding(scope, &scope->modes[index], TEXT("latency"));
    }
}

enum { ANSWER_INDENT = 9 };

/* A line of the answer; one that is too long goes on below its text. */
static void write_line(const struct scope *scope, enum ink ink, const char *name,
                       const char *source)
{
    char text[SENTENCE_BYTES];
    const char *rest = report_text_plain(source, text, sizeof text);
    write_inked(scope, ink, name);
    write_blanks(scope, name, ANSWER_INDENT);
    while (*rest != '\0') {
        size_t length = text_break(rest, COLUMNS - ANSWER_INDENT);
        fprintf(scope->stream, "%.*s", (int)length, rest);
        rest += length;
        rest += strspn(rest, " ");
        if (*rest != '\0')
            fprintf(scope->stream, "\n%*s", ANSWER_INDENT, "");
    }
    fputc('\n', scope->stream);
}

/* The gates that tripped, and what was not steady: nothing where there is nothing to say. */
static void write_checks(const struct scope *scope)
{
    struct report_scope about =
        report_scope_of(scope->bundle, scope->evidence, scope->look->language);
    struct gate_result gates[GATE_COUNT];
    struct sentence steadiness = sentence_in(scope->look->language);
    const char *separator = "\n";
    gates_compute(scope->bundle, gates);
    for (int gate = 0; gate < GATE_COUNT; gate++) {
        struct sentence sentence = sentence_in(scope->look->language);
        check_say_briefly((enum gate)gate, &gates[gate], &sentence);
        if (*sentence.text == '\0')
            continue;
        fputs(separator, scope->stream);
        write_line(scope, INK_DOUBT, word_of(scope, "Gate"), sentence.text);
        separator = "";
    }
    check_say_steadiness_briefly(&about, &steadiness);
    if (*steadiness.text != '\0') {
        fputs(separator, scope->stream);
        write_line(scope, INK_DOUBT, word_of(scope, "Steady"), steadiness.text);
    }
}

static void write_failures(const struct scope *scope)
{
    const struct bundle_data *bundle = scope->bundle;
    const json_t *warnings = bundle_fact(bundle, "warnings");
    char text[WARNING_BYTES];
    char size[UNITS_TEXT_BYTES];
    if (bundle->error_count > 0) {
        const struct bundle_error *error = &bundle->errors[0];
        fprintf(scope->stream, "\n%s", ink_begin(scope->look->colour, INK_BAD));
        write_text(scope, "%zu samples FAILED", bundle->error_count);
        fputs(ink_end(scope->look->colour, INK_BAD), scope->stream);
        write_text(
            scope, " (errors.tsv). The first: %s %s, %s:", error->cell.words[BUNDLE_MECHANISM],
            error->cell.words[BUNDLE_TEST], units_format_bytes(error->cell.size_bytes, size));
        fprintf(scope->stream, "\n  %s\n", report_text_plain(error->message, text, COLUMNS - 2));
    }
    for (size_t index = 0; index < json_array_size(warnings) && index < MOST_WARNINGS; index++) {
        const char *warning = json_string_value(json_array_get(warnings, index));
        if (warning == NULL)
            continue;
        fputs(index == 0 ? "\n" : "", scope->stream);
        write_line(scope, INK_DOUBT, word_of(scope, "warning:"),
                   report_text_plain(warning, text, sizeof text));
    }
}

/* Each verdict in its ink, unless there is none of it. */
static void write_verdicts(const struct scope *scope)
{
    static const enum ink inks[ANSWER_VERDICTS] = {INK_GOOD, INK_DOUBT, INK_BAD, INK_UNKNOWN};
    const size_t claims = scope->evidence->claims_count;
    struct sentence all = sentence_in(scope->look->language);
    if (claims == 0 || !scope->look->colour) {
        answer_count_verdicts(scope->evidence, &all);
        write_line(scope, INK_STRONG, word_of(scope, "Claims"), all.text);
        return;
    }
    const char *name = word_of(scope, "Claims");
    write_inked(scope, INK_STRONG, name);
    write_blanks(scope, name, ANSWER_INDENT);
    write_text(scope, "of %zu: ", claims);
    for (int verdict = 0; verdict < ANSWER_VERDICTS; verdict++) {
        struct sentence piece = sentence_in(scope->look->language);
        fputs(verdict > 0 ? word_of(scope, ", ") : "", scope->stream);
        answer_count_verdict(scope->evidence, (enum answer_verdict)verdict, &piece);
        write_inked(scope, inks[verdict], piece.text);
    }
    fputc('\n', scope->stream);
}

static void write_answer(const struct scope *scope)
{
    struct report_scope about =
        report_scope_of(scope->bundle, scope->evidence, scope->look->language);
    for (int answer = 0; answer < ANSWERS; answer++) {
        struct sentence sentence = sentence_in(scope->look->language);
        answer_say_briefly(&about, (enum answer)answer, &sentence);
        write_line(scope, INK_STRONG, word_of(scope, answer_names[answer]), sentence.text);
    }
    write_verdicts(scope);
}

/* How many figures are as sure as was asked for. */
static void write_precision(const struct scope *scope)
{
    struct sentence sentence = sentence_in(scope->look->language);
    precision_say(scope->bundle, &sentence);
    fputc('\n', scope->stream);
    write_line(scope, INK_STRONG, word_of(scope, "Sure"), sentence.text);
}

/* Only where there was any. */
static void write_noise(const struct scope *scope)
{
    struct sentence sentence = sentence_in(scope->look->language);
    sentence_add(&sentence, "disturbed: ");
    size_t length = strlen(sentence.text);
    noise_say(scope->bundle, &sentence);
    if (strlen(sentence.text) == length)
        return;
    fputc('\n', scope->stream);
    write_line(scope, INK_DOUBT, word_of(scope, "Noise"), sentence.text);
}

static void write_head(const struct scope *scope)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    char description[REPORT_MACHINE_TEXT_BYTES];
    char text[COLUMNS + 1];
    report_text_plain(scope->bundle->name, text, 60);
    fputs(ink_begin(scope->look->colour, INK_STRONG), scope->stream);
    write_text(scope, "pipe against shared memory: %s", text);
    fprintf(scope->stream, "%s\n", ink_end(scope->look->colour, INK_STRONG));
    if (*machine.label != '\0')
        fprintf(scope->stream, "%s\n", report_text_plain(machine.label, text, sizeof text));
    write_answer(scope);
    report_machine_describe_placement(scope->bundle, scope->placement, scope->look->language,
                                      description);
    write_text(scope, "%s; touch %s", report_text_plain(description, text, 50), scope->touch);
    if (!isnan(machine.rounds))
        write_text(scope, "; %.0f rounds", machine.rounds);
    if (!isnan(machine.seconds))
        write_text(scope, " in %.0f s", machine.seconds);
    fputc('\n', scope->stream);
    if (strcmp(machine.stopped_because, "budget") == 0)
        fprintf(scope->stream, "%s\n", word_of(scope, "stopped early: budget"));
    if (strcmp(machine.stopped_because, "interrupted") == 0)
        fprintf(scope->stream, "%s\n", word_of(scope, "stopped early: interrupted"));
}

/* The mechanisms whose names did not fit over their columns. */
static void write_long_names(const struct scope *scope)
{
    const char *separator = "";
    for (size_t index = 0; index < MOST_MECHANISMS && index < scope->mechanisms.count; index++) {
        const char *name = scope->mechanisms.words[index];
        if (strlen(name) <= SHORT_NAME)
            continue;
        fputs(separator, scope->stream);
        write_text(scope, "%.*s is %s", SHORT_NAME, name, name);
        separator = word_of(scope, ", ");
    }
    if (*separator != '\0')
        fprintf(scope->stream, "%s\n", word_of(scope, "."));
}

static void write_foot(const struct scope *scope)
{
    fputc('\n', scope->stream);
    write_text(scope,
               "Bytes: K M G are powers of 1024. Times: n u m are ns us ms. [95 %% interval].\n"
               "~ the interval contains 1: no difference resolved.  ? wide, or no interval.");
    fputc('\n', scope->stream);
    if (finding_has_ratios(scope->bundle))
        report_write_bar_legend(scope->look, scope->stream);
    write_long_names(scope);
    if (scope->placements.count > 1 || scope->touches.count > 1)
        write_text(scope, "Shown: placement %s, touch %s; the report has them all.\n",
                   scope->placement, scope->touch);
}

/* The mechanisms that have a latency or a throughput: controls that only relay have no column. */
static struct bundle_words compared_mechanisms(const struct bundle_data *bundle)
{
    struct bundle_words measured = finding_measured_words(bundle, BUNDLE_MECHANISM);
    struct bundle_words compared = {.count = 0};
    for (size_t index = 0; index < measured.count; index++) {
        const char *word = measured.words[index];
        bool found = false;
        for (size_t row = 0; row < bundle->row_count && !found; row++) {
            const struct bundle_cell *cell = &bundle->rows[row].cell;
            found = strcmp(cell->words[BUNDLE_MECHANISM], word) == 0 &&
                    strcmp(cell->words[BUNDLE_TEST], "relay") != 0;
        }
        if (found)
            memcpy(compared.words[compared.count++], word, BUNDLE_WORD_BYTES);
    }
    return compared;
}

int report_write_summary(const struct bundle_data *bundle, const struct evidence *evidence,
                         const struct report_look *look, FILE *stream)
{
    struct scope scope = {
        .bundle = bundle,
        .evidence = evidence,
        .subject = finding_subject(bundle),
        .mechanisms = compared_mechanisms(bundle),
        .placements = finding_measured_words(bundle, BUNDLE_PLACEMENT),
        .touches = finding_measured_words(bundle, BUNDLE_TOUCH),
        .modes = {{FINDING_NONE, FINDING_NONE}, {FINDING_NONE, FINDING_NONE}},
        .look = look,
        .stream = stream,
    };
    scope.placement = scope.placements.count > 0 ? scope.placements.words[0] : FINDING_NONE;
    scope.touch = scope.touches.count > 0 ? scope.touches.words[0] : FINDING_NONE;
    scope.mode_count =
        finding_choose_modes(bundle, scope.touch, scope.placement, scope.modes, MOST_MODES);
    write_head(&scope);
    for (size_t index = 0; index < scope.mode_count; index++)
        write_table(&scope, &scope.modes[index]);
    write_findings(&scope);
    write_precision(&scope);
    write_checks(&scope);
    write_noise(&scope);
    write_failures(&scope);
    write_foot(&scope);
    return ferror(stream) ? -EIO : 0;
}

int report_write_terminal(const struct bundle_data *bundle, const struct evidence *evidence,
                          enum language language, FILE *stream)
{
    const struct report_look plain = {.colour = false, .utf8 = false, .language = language};
    return report_write_summary(bundle, evidence, &plain, stream);
}
