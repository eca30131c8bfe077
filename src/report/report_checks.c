#include "report/report_sections.h"

#include "base/units.h"
#include "report/report_check_sentences.h"
#include "results/outer_clock.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

/* ---- the gates ---- */

/* One cell of the detail per line, folded away: there may be dozens. */
static void write_flagged(const char *detail, struct document *document)
{
    document_begin_fold(document, DOCUMENT_FOLD, "Which");
    document_begin(document, DOCUMENT_BULLETS);
    while (*detail != '\0') {
        size_t length = strcspn(detail, ";");
        document_write(document, DOCUMENT_ITEM, "%.*s", (int)length, detail);
        detail += length;
        detail += strspn(detail, "; ");
    }
    document_end(document, DOCUMENT_BULLETS);
    document_end_fold(document, DOCUMENT_FOLD);
}

static void write_gates(const struct report_scope *scope, struct document *document)
{
    struct gate_result gates[GATE_COUNT];
    document_begin(document, DOCUMENT_BULLETS);
    gates_compute(scope->bundle, gates);
    for (int gate = 0; gate < GATE_COUNT; gate++) {
        struct sentence sentence = sentence_in(document->language);
        check_say_fully((enum gate)gate, &gates[gate], &sentence);
        document_begin(document, DOCUMENT_ITEM);
        document_say(document, "%s", sentence.text);
        if (gates[gate].tripped > 0 && gate != GATE_CLOCKS)
            write_flagged(gates[gate].detail, document);
        document_end(document, DOCUMENT_ITEM);
    }
    document_end(document, DOCUMENT_BULLETS);
}

/* ---- the outer clock ---- */

static void begin_clocks(const struct report_scope *scope, struct document *document)
{
    if (outer_clock_has_inner(scope->bundle))
        document_write(document, DOCUMENT_PARAGRAPH,
                       "Whole relay runs, file to file (own, block), per message of 64 KiB: "
                       "hyperfine's clock from outside against the programs' own clock in the very "
                       "same runs. What starting a program costs is subtracted: both are "
                       "differences between long and short runs.");
    else
        document_write(document, DOCUMENT_PARAGRAPH,
                       "The programs' own clock against hyperfine's from outside, per message of "
                       "64 KiB (own, block):");
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "mechanism");
    document_column(document, DOCUMENT_FIGURES, "own clock");
    document_column(document, DOCUMENT_FIGURES, "hyperfine");
    document_column(document, DOCUMENT_FIGURES, "hyperfine / own");
}

static void write_clocks(const struct report_scope *scope, struct document *document)
{
    struct bundle_words mechanisms = finding_measured_words(scope->bundle, BUNDLE_MECHANISM);
    bool begun = false;
    for (size_t index = 0; index < mechanisms.count; index++) {
        const char *mechanism = mechanisms.words[index];
        char inside_text[UNITS_TEXT_BYTES];
        char outside_text[UNITS_TEXT_BYTES];
        double inside = outer_clock_inner_ns(scope->bundle, mechanism, scope->placement);
        double outside = outer_clock_outer_ns(scope->bundle, mechanism);
        if (isnan(inside) || isnan(outside))
            continue;
        if (!begun)
            begin_clocks(scope, document);
        begun = true;
        document_begin(document, DOCUMENT_ROW);
        document_write(document, DOCUMENT_CELL, "%s", mechanism);
        document_write(document, DOCUMENT_CELL, "%s",
                       units_format_nanoseconds(inside, inside_text));
        document_write(document, DOCUMENT_CELL, "%s",
                       units_format_nanoseconds(outside, outside_text));
        document_write(document, DOCUMENT_CELL, "%.2f", outside / inside);
        document_end(document, DOCUMENT_ROW);
    }
    if (begun)
        document_end(document, DOCUMENT_TABLE);
}

/* The ratio that hyperfine saw, beside ours and its interval. */
static void write_outer_ratio(const struct report_scope *scope, const char *mechanism,
                              struct document *document)
{
    struct bundle_cell cell = outer_clock_cell(scope->bundle, mechanism, scope->placement);
    const struct estimate *ratio =
        bundle_find(scope->bundle, &cell, OUTER_CLOCK_SIZE_BYTES, "ratio_to_pipe");
    double outer = outer_clock_outer_ns(scope->bundle, "pipe") /
                   outer_clock_outer_ns(scope->bundle, mechanism);
    char text[FINDING_TEXT_BYTES];
    if (ratio == NULL || isnan(ratio->ci95_lo) || isnan(outer))
        return;
    bool inside = outer >= ratio->ci95_lo && outer <= ratio->ci95_hi;
    document_write(document, DOCUMENT_ITEM, "%s/pipe: %s by our clock, %.2fx by hyperfine's: %s.",
                   mechanism, finding_format_ratio(ratio, document->language, text), outer,
                   inside ? document_text(document, "inside the interval")
                          : document_text(document, "**outside the interval**"));
}

static void write_outer_ratios(const struct report_scope *scope, struct document *document)
{
    struct bundle_words mechanisms = finding_measured_words(scope->bundle, BUNDLE_MECHANISM);
    document_begin(document, DOCUMENT_BULLETS);
    for (size_t index = 0; index < mechanisms.count; index++) {
        if (strcmp(mechanisms.words[index], "pipe") != 0)
            write_outer_ratio(scope, mechanisms.words[index], document);
    }
    document_end(document, DOCUMENT_BULLETS);
}

/* ---- steadiness ---- */

enum { MOST_WORST = 10 };

static const char *const states[STABILITY_STATE_COUNT] = {
    [STABILITY_STEADY] = TEXT("steady"),
    [STABILITY_DRIFTS] = TEXT("drifts"),
    [STABILITY_WARMING] = TEXT("warming"),
    [STABILITY_UNKNOWN] = TEXT("unknown"),
};

/* How far a row is from steady, to show the worst first; 0 for one that is steady. */
static double unsteadiness(const struct stability_row *row)
{
    switch (row->state) {
    case STABILITY_WARMING:
        return 2.0 + fabs(log(row->last_over_first.median));
    case STABILITY_DRIFTS:
        return 1.0 + fabs(row->tau);
    case STABILITY_STEADY:
    case STABILITY_UNKNOWN:
    case STABILITY_STATE_COUNT:
        break;
    }
    return 0.0;
}

/* The next row below `least`, or equal to it and behind `last`; NULL when all were shown. */
static const struct stability_row *next_worst(const struct evidence *evidence,
                                              const struct stability_row *last)
{
    const struct stability_row *worst = NULL;
    for (size_t index = 0; index < evidence->stability_count; index++) {
        const struct stability_row *row = &evidence->stability[index];
        double its = unsteadiness(row);
        bool shown = last != NULL &&
                     (its > unsteadiness(last) || (its >= unsteadiness(last) && row <= last));
        if (its > 0.0 && !shown && (worst == NULL || its > unsteadiness(worst)))
            worst = row;
    }
    return worst;
}

static void write_unsteady_row(const struct stability_row *row, struct document *document)
{
    char size[UNITS_TEXT_BYTES];
    char text[FINDING_TEXT_BYTES];
    document_begin(document, DOCUMENT_ROW);
    document_begin(document, DOCUMENT_CELL);
    document_say(document, "%s %s %s %s %s", row->cell.mechanism, row->cell.test, row->cell.copies,
                 row->cell.wait, row->cell.placement);
    if (strcmp(row->cell.test, "relay") == 0)
        document_say(document, ", %s to %s", row->cell.source, row->cell.sink);
    if (row->cell.extra_copies > 0)
        document_say(document, ", %llu extra copies (%s)",
                     (unsigned long long)row->cell.extra_copies, row->cell.working_set);
    document_end(document, DOCUMENT_CELL);
    document_write(document, DOCUMENT_CELL, "%s", units_format_bytes(row->cell.size_bytes, size));
    document_write(document, DOCUMENT_CELL, "%s", document_text(document, states[row->state]));
    document_write(document, DOCUMENT_CELL, "%+.2f", row->tau);
    document_write(document, DOCUMENT_CELL, "%s", finding_format_factor(row->trend_q, text));
    document_write(document, DOCUMENT_CELL, "%s",
                   finding_format_factor(row->last_over_first.median, text));
    document_write(document, DOCUMENT_CELL, "%s", row->outlier_rounds);
    document_end(document, DOCUMENT_ROW);
}

static void write_worst(const struct evidence *evidence, struct document *document)
{
    const struct stability_row *row = next_worst(evidence, NULL);
    if (row == NULL)
        return;
    document_write(document, DOCUMENT_PARAGRAPH,
                   "The worst (tau: -1 always falling, 1 always rising; last / first: time per "
                   "message within a sample; outliers: rounds):");
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "cell");
    document_column(document, DOCUMENT_FIGURES, "payload");
    document_column(document, DOCUMENT_WORDS, "state");
    document_column(document, DOCUMENT_FIGURES, "tau");
    document_column(document, DOCUMENT_FIGURES, "q");
    document_column(document, DOCUMENT_FIGURES, "last / first");
    document_column(document, DOCUMENT_WORDS, "outliers");
    for (int shown = 0; shown < MOST_WORST && row != NULL; shown++) {
        write_unsteady_row(row, document);
        row = next_worst(evidence, row);
    }
    document_end(document, DOCUMENT_TABLE);
}

static void write_steadiness(const struct report_scope *scope, struct document *document)
{
    struct sentence sentence = sentence_in(document->language);
    check_say_steadiness(scope, &sentence);
    document_heading(document, DOCUMENT_SUBSECTION, "Warm-up, steady state and outliers");
    document_write(document, DOCUMENT_PARAGRAPH, "%s", sentence.text);
    write_worst(scope->evidence, document);
}

void report_write_checks(const struct report_scope *scope, struct document *document)
{
    document_heading(document, DOCUMENT_SECTION, "Checks");
    write_gates(scope, document);
    write_clocks(scope, document);
    write_outer_ratios(scope, document);
    write_steadiness(scope, document);
}
