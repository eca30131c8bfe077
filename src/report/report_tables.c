#include "report/report_sections.h"

#include "base/units.h"
#include "document/sentence.h"
#include "results/statistics.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

enum { MOST_MODES = BUNDLE_MOST_WORDS, FIRST_MODES = 2 };

#define RATIO      "ratio_to_pipe"
#define THROUGHPUT "throughput_bytes_per_s"
#define LATENCY    "latency_p50_ns"

/* "Throughput" for "throughput": words of a bundle are safe, but not all are of ours. */
static const char *title_of(const char *test)
{
    return strcmp(test, "latency") == 0 ? TEXT("Latency (half a round trip, closed loop)")
                                        : TEXT("Throughput");
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
static void write_value(const char *test, const struct estimate *value, struct document *document)
{
    char text[UNITS_TEXT_BYTES];
    if (value == NULL) {
        document_write(document, DOCUMENT_CELL, "-");
        return;
    }
    bool known = !isnan(value->ci95_lo) && !finding_is_wide(value);
    document_write(document, DOCUMENT_CELL, "%s%s", format_value(test, value->median, text),
                   known ? "" : " (?)");
}

static void write_ratio(const struct estimate *ratio, struct document *document)
{
    char text[FINDING_TEXT_BYTES];
    if (ratio == NULL) {
        document_write(document, DOCUMENT_CELL, "-");
        return;
    }
    document_write(document, DOCUMENT_CELL, "%s%s",
                   finding_format_ratio(ratio, document->language, text),
                   finding_of_ratio(ratio) == FINDING_UNRESOLVED ? " (~)"
                   : finding_is_wide(ratio)                      ? " (?)"
                                                                 : "");
}

static bool has_sizes(const struct report_scope *scope, const char *mechanism, const char *test,
                      const char *metric)
{
    struct bundle_cell cell = cell_of(scope, mechanism, test);
    return bundle_sizes_of(scope->bundle, &cell, metric).count > 0;
}

static void write_columns(const struct report_scope *scope, const struct bundle_words *mechanisms,
                          const char *test, struct document *document)
{
    bool latency = strcmp(test, "latency") == 0;
    document_column(document, DOCUMENT_FIGURES,
                    latency ? TEXT("payload, latency") : TEXT("payload, throughput"));
    for (size_t index = 0; index < mechanisms->count; index++) {
        document_column(document, DOCUMENT_FIGURES, "%s%s", mechanisms->words[index],
                        latency ? " p50" : "");
        if (latency)
            document_column(document, DOCUMENT_FIGURES, "%s p99", mechanisms->words[index]);
    }
    for (size_t index = 0; index < mechanisms->count; index++) {
        if (!has_sizes(scope, mechanisms->words[index], test, RATIO))
            continue;
        if (latency)
            document_column(document, DOCUMENT_FIGURES, "pipe/%s p50", mechanisms->words[index]);
        else
            document_column(document, DOCUMENT_FIGURES, "%s/pipe", mechanisms->words[index]);
    }
}

static void write_row(const struct report_scope *scope, const struct bundle_words *mechanisms,
                      const char *test, uint64_t size_bytes, struct document *document)
{
    const struct bundle_data *bundle = scope->bundle;
    char size[UNITS_TEXT_BYTES];
    document_begin(document, DOCUMENT_ROW);
    document_write(document, DOCUMENT_CELL, "%s", units_format_bytes(size_bytes, size));
    for (size_t index = 0; index < mechanisms->count; index++) {
        struct bundle_cell cell = cell_of(scope, mechanisms->words[index], test);
        write_value(test, bundle_find(bundle, &cell, size_bytes, metric_of(test)), document);
        if (strcmp(test, "latency") == 0)
            write_value(test, bundle_find(bundle, &cell, size_bytes, "latency_p99_ns"), document);
    }
    for (size_t index = 0; index < mechanisms->count; index++) {
        struct bundle_cell cell = cell_of(scope, mechanisms->words[index], test);
        if (has_sizes(scope, mechanisms->words[index], test, RATIO))
            write_ratio(bundle_find(bundle, &cell, size_bytes, RATIO), document);
    }
    document_end(document, DOCUMENT_ROW);
}

/* One table: a row per size, a column per mechanism and per ratio; for latency also the subject's
 * and the pipe's 99th percentile. */
static void write_table(const struct report_scope *scope, const char *test,
                        struct document *document)
{
    struct bundle_words all = finding_measured_words(scope->bundle, BUNDLE_MECHANISM);
    struct bundle_sizes sizes =
        finding_sizes_of_mode(scope->bundle, &scope->mode, scope->touch, scope->placement);
    struct bundle_words mechanisms = {.count = 0};
    for (size_t index = 0; index < all.count; index++) {
        if (has_sizes(scope, all.words[index], test, metric_of(test)))
            memcpy(mechanisms.words[mechanisms.count++], all.words[index], BUNDLE_WORD_BYTES);
    }
    if (mechanisms.count == 0)
        return;
    document_begin(document, DOCUMENT_TABLE);
    write_columns(scope, &mechanisms, test, document);
    for (size_t row = 0; row < sizes.count; row++)
        write_row(scope, &mechanisms, test, sizes.bytes[row], document);
    document_end(document, DOCUMENT_TABLE);
}

/* "4 KiB, 64 KiB". */
static struct sentence list_sizes(const struct bundle_sizes *sizes, enum language language)
{
    struct sentence list = sentence_in(language);
    char size[UNITS_TEXT_BYTES];
    for (size_t index = 0; index < sizes->count; index++)
        sentence_add(&list, "%s%s", index > 0 ? sentence_word(&list, ", ") : "",
                     units_format_bytes(sizes->bytes[index], size));
    return list;
}

/* "- Throughput, own, block: at 64 KiB **2.10x [1.90, 2.30]**; 0.95x (64 B) to 3.20x (1 MiB) over
 * 10 sizes, faster at 8; no difference resolved at 64 B; slower at 4 MiB." */
static void say_survey(const struct report_scope *scope, const char *test,
                       const struct bundle_cell *cell, struct document *document)
{
    struct bundle_sizes sizes = bundle_sizes_of(scope->bundle, cell, RATIO);
    struct finding_survey survey = finding_survey_ratio(scope->bundle, cell);
    uint64_t size_bytes = finding_reference_size(&sizes);
    char text[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    char size[UNITS_TEXT_BYTES];
    char most_size[UNITS_TEXT_BYTES];
    document_say(document, "%s, %s, %s: at %s **%s**", document_text(document, title_of(test)),
                 scope->mode.copies, scope->mode.wait, units_format_bytes(size_bytes, size),
                 finding_format_ratio(bundle_find(scope->bundle, cell, size_bytes, RATIO),
                                      document->language, text));
    if (survey.sizes > 1) {
        document_say(document, "; %sx (%s) to %sx (%s)", finding_format_factor(survey.least, text),
                     units_format_bytes(survey.least_size_bytes, size),
                     finding_format_factor(survey.most, most),
                     units_format_bytes(survey.most_size_bytes, most_size));
    }
    if (survey.without_interval == survey.sizes) {
        document_say(document, "; unresolved: an interval needs %d samples (`--rounds`).",
                     STATISTICS_LEAST_SAMPLES);
        return;
    }
    document_say(document, "; faster at %zu of %zu sizes", survey.faster.count, survey.sizes);
    if (survey.slower.count > 0)
        document_say(document, "; slower at %s",
                     list_sizes(&survey.slower, document->language).text);
    if (survey.unresolved.count > 0)
        document_say(document, "; no difference resolved at %s",
                     list_sizes(&survey.unresolved, document->language).text);
    if (survey.wide > 0)
        document_say(document,
                     survey.wide == 1 ? TEXT("; %zu interval is wider than half the median: how "
                                             "much is unresolved there")
                                      : TEXT("; %zu intervals are wider than half the median: how "
                                             "much is unresolved there"),
                     survey.wide);
    document_say(document, ".");
}

static void write_survey(const struct report_scope *scope, const char *test,
                         struct document *document)
{
    struct bundle_cell cell = cell_of(scope, scope->subject, test);
    if (bundle_sizes_of(scope->bundle, &cell, RATIO).count == 0)
        return;
    document_begin(document, DOCUMENT_ITEM);
    say_survey(scope, test, &cell, document);
    document_end(document, DOCUMENT_ITEM);
}

void report_write_speed(const struct report_scope *main_scope, struct document *document)
{
    struct report_scope scope = *main_scope;
    struct finding_mode modes[FIRST_MODES];
    size_t count =
        finding_choose_modes(scope.bundle, scope.touch, scope.placement, modes, FIRST_MODES);
    document_heading(document, DOCUMENT_SECTION, "Speed, by mode");
    if (!finding_has_ratios(scope.bundle)) {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "Nothing was measured beside the pipe in the same rounds: no ratios.");
        return;
    }
    document_write(document, DOCUMENT_PARAGRAPH,
                   "How many times as fast as the pipe is %s, on CPUs of placement %s? (1 means as "
                   "fast; [95 %% interval])",
                   scope.subject, scope.placement);
    document_begin(document, DOCUMENT_BULLETS);
    for (size_t index = 0; index < count; index++) {
        scope.mode = modes[index];
        write_survey(&scope, "throughput", document);
        write_survey(&scope, "latency", document);
    }
    document_end(document, DOCUMENT_BULLETS);
}

static void write_mode(const struct report_scope *scope, bool open, struct document *document)
{
    if (open)
        document_heading(document, DOCUMENT_SUBSECTION, "%s, %s", scope->mode.copies,
                         scope->mode.wait);
    else
        document_begin_fold(document, DOCUMENT_FOLD, "%s, %s; placement %s, touch %s",
                            scope->mode.copies, scope->mode.wait, scope->placement, scope->touch);
    write_table(scope, "throughput", document);
    write_table(scope, "latency", document);
    if (!open)
        document_end_fold(document, DOCUMENT_FOLD);
}

void report_write_tables(const struct report_scope *main_scope, struct document *document)
{
    struct bundle_words placements = finding_measured_words(main_scope->bundle, BUNDLE_PLACEMENT);
    struct bundle_words touches = finding_measured_words(main_scope->bundle, BUNDLE_TOUCH);
    struct finding_mode modes[MOST_MODES];
    document_heading(document, DOCUMENT_SECTION, "Tables");
    document_begin(document, DOCUMENT_PARAGRAPH);
    document_say(document,
                 "Medians over rounds. (~): the interval contains 1, no difference is resolved. "
                 "(?): the interval is wider than half its median, or there is none. A latency is "
                 "half a round trip in a closed loop. Placement %s, touch %s",
                 main_scope->placement, main_scope->touch);
    if (strcmp(main_scope->touch, "full") != 0)
        document_say(document, ": the payload is not written and read in full, so this is no whole "
                               "transfer");
    document_say(document, ".");
    document_end(document, DOCUMENT_PARAGRAPH);
    for (size_t place = 0; place < placements.count * touches.count; place++) {
        struct report_scope scope = *main_scope;
        scope.placement = placements.words[place / touches.count];
        scope.touch = touches.words[place % touches.count];
        size_t count =
            finding_choose_modes(scope.bundle, scope.touch, scope.placement, modes, MOST_MODES);
        for (size_t index = 0; index < count; index++) {
            scope.mode = modes[index];
            write_mode(&scope, place == 0 && index < FIRST_MODES, document);
        }
    }
}

struct reference {
    const char *mechanism;
    const char *test;
    const char *metric;
};

static bool is_of_reference(const struct bundle_row *row, const struct reference *reference)
{
    return strcmp(row->cell.words[BUNDLE_MECHANISM], reference->mechanism) == 0 &&
           strcmp(row->cell.words[BUNDLE_TEST], reference->test) == 0 &&
           strcmp(row->metric, reference->metric) == 0 && !isnan(row->estimate.median);
}

static void begin_references(struct document *document)
{
    document_heading(document, DOCUMENT_SECTION, "Floor and ceilings");
    document_write(document, DOCUMENT_PARAGRAPH,
                   "What the harness alone costs (null), what one process copies at best (memcpy), "
                   "and what a cache line takes from CPU to CPU (bounce).");
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "what");
    document_column(document, DOCUMENT_WORDS, "copies");
    document_column(document, DOCUMENT_WORDS, "placement");
    document_column(document, DOCUMENT_FIGURES, "payload");
    document_column(document, DOCUMENT_FIGURES, "median");
}

static void write_reference(const struct bundle_row *row, const struct reference *reference,
                            struct document *document)
{
    char size[UNITS_TEXT_BYTES];
    bool latency = strcmp(reference->metric, LATENCY) == 0;
    document_begin(document, DOCUMENT_ROW);
    document_write(document, DOCUMENT_CELL, "%s %s", reference->mechanism, reference->test);
    document_write(document, DOCUMENT_CELL, "%s", row->cell.words[BUNDLE_COPIES]);
    document_write(document, DOCUMENT_CELL, "%s", row->cell.words[BUNDLE_PLACEMENT]);
    document_write(document, DOCUMENT_CELL, "%s", units_format_bytes(row->cell.size_bytes, size));
    write_value(latency ? "latency" : "throughput", &row->estimate, document);
    document_end(document, DOCUMENT_ROW);
}

/* The cells of the floor and the ceilings, one line each: no pairs to compare. */
void report_write_references(const struct report_scope *scope, struct document *document)
{
    static const struct reference references[] = {
        {FINDING_CEILING, "memcpy", THROUGHPUT},
        {FINDING_FLOOR, "throughput", THROUGHPUT},
        {FINDING_CEILING, "bounce", LATENCY},
        {FINDING_FLOOR, "latency", LATENCY},
    };
    bool begun = false;
    for (size_t kind = 0; kind < sizeof references / sizeof *references; kind++) {
        for (size_t index = 0; index < scope->bundle->row_count; index++) {
            const struct bundle_row *row = &scope->bundle->rows[index];
            if (!is_of_reference(row, &references[kind]))
                continue;
            if (!begun)
                begin_references(document);
            begun = true;
            write_reference(row, &references[kind], document);
        }
    }
    if (begun)
        document_end(document, DOCUMENT_TABLE);
}
