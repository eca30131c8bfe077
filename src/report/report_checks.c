#include "report/report_sections.h"

#include "base/units.h"
#include "report/report_check_sentences.h"
#include "results/outer_clock.h"

#include <math.h>
#include <string.h>

/* ---- the gates ---- */

/* One cell of the detail per line, folded away: there may be dozens. */
static void write_flagged(const char *detail, FILE *stream)
{
    fputs("\n  <details><summary>Which</summary>\n\n", stream);
    while (*detail != '\0') {
        size_t length = strcspn(detail, ";");
        fprintf(stream, "  - %.*s\n", (int)length, detail);
        detail += length;
        detail += strspn(detail, "; ");
    }
    fputs("\n  </details>\n\n", stream);
}

static void write_gates(const struct report_scope *scope)
{
    struct gate_result gates[GATE_COUNT];
    gates_compute(scope->bundle, gates);
    for (int gate = 0; gate < GATE_COUNT; gate++) {
        struct sentence sentence = {""};
        check_say_fully((enum gate)gate, &gates[gate], &sentence);
        fprintf(scope->stream, "- %s\n", sentence.text);
        if (gates[gate].tripped > 0 && gate != GATE_CLOCKS)
            write_flagged(gates[gate].detail, scope->stream);
    }
}

/* ---- the outer clock ---- */

static void write_clock_head(const struct report_scope *scope)
{
    if (outer_clock_has_inner(scope->bundle))
        fputs("\nWhole relay runs, file to file (own, block), per message of 64 KiB: hyperfine's "
              "clock from outside against the programs' own clock in the very same runs. What "
              "starting a program costs is subtracted: both are differences between long and short "
              "runs.\n",
              scope->stream);
    else
        fputs("\nThe programs' own clock against hyperfine's from outside, per message of 64 KiB "
              "(own, block):\n",
              scope->stream);
    fputs("\n| mechanism | own clock | hyperfine | hyperfine / own |\n|---|---:|---:|---:|\n",
          scope->stream);
}

static void write_clocks(const struct report_scope *scope)
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
            write_clock_head(scope);
        begun = true;
        fprintf(scope->stream, "| %s | %s | %s | %.2f |\n", mechanism,
                units_format_nanoseconds(inside, inside_text),
                units_format_nanoseconds(outside, outside_text), outside / inside);
    }
}

/* The ratio that hyperfine saw, beside ours and its interval. */
static void write_outer_ratio(const struct report_scope *scope, const char *mechanism)
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
    fprintf(scope->stream, "- %s/pipe: %s by our clock, %.2fx by hyperfine's: %s.\n", mechanism,
            finding_format_ratio(ratio, text), outer,
            inside ? "inside the interval" : "**outside the interval**");
}

static void write_outer_ratios(const struct report_scope *scope)
{
    struct bundle_words mechanisms = finding_measured_words(scope->bundle, BUNDLE_MECHANISM);
    fputc('\n', scope->stream);
    for (size_t index = 0; index < mechanisms.count; index++) {
        if (strcmp(mechanisms.words[index], "pipe") != 0)
            write_outer_ratio(scope, mechanisms.words[index]);
    }
}

/* ---- steadiness ---- */

enum { MOST_WORST = 10 };

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

static void write_unsteady_row(const struct stability_row *row, FILE *stream)
{
    char size[UNITS_TEXT_BYTES];
    char text[FINDING_TEXT_BYTES];
    char factor[FINDING_TEXT_BYTES];
    fprintf(stream, "| %s %s %s %s %s", row->cell.mechanism, row->cell.test, row->cell.copies,
            row->cell.wait, row->cell.placement);
    if (strcmp(row->cell.test, "relay") == 0)
        fprintf(stream, ", %s to %s", row->cell.source, row->cell.sink);
    if (row->cell.extra_copies > 0)
        fprintf(stream, ", %llu extra copies (%s)", (unsigned long long)row->cell.extra_copies,
                row->cell.working_set);
    fprintf(stream, " | %s | %s | %+.2f | %s | %s | %s |\n",
            units_format_bytes(row->cell.size_bytes, size), stability_state_names[row->state],
            row->tau, finding_format_factor(row->trend_q, text),
            finding_format_factor(row->last_over_first.median, factor), row->outlier_rounds);
}

static void write_steadiness(const struct report_scope *scope)
{
    struct sentence sentence = {""};
    const struct stability_row *row = NULL;
    check_say_steadiness(scope, &sentence);
    fprintf(scope->stream, "\n### Warm-up, steady state and outliers\n\n%s\n", sentence.text);
    for (int shown = 0; shown < MOST_WORST; shown++) {
        row = next_worst(scope->evidence, row);
        if (row == NULL)
            return;
        if (shown == 0)
            fputs("\nThe worst (tau: -1 always falling, 1 always rising; last / first: time per "
                  "message within a sample; outliers: rounds):\n\n"
                  "| cell | payload | state | tau | q | last / first | outliers |\n"
                  "|---|---:|---|---:|---:|---:|---|\n",
                  scope->stream);
        write_unsteady_row(row, scope->stream);
    }
}

void report_write_checks(const struct report_scope *scope)
{
    fputs("\n## Checks\n\n", scope->stream);
    write_gates(scope);
    write_clocks(scope);
    write_outer_ratios(scope);
    write_steadiness(scope);
}
