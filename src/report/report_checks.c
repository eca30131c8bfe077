#include "report/report_sections.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

#define THROUGHPUT "throughput_bytes_per_s"

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

/* ---- the outer clock ---- */

/* What one more message of 64 KiB took in whole runs of a mechanism, by hyperfine's clock outside
 * or by the programs' own in the very same runs; NAN where it was not timed. */
#define OUTER "marginal_ns_per_message"
#define INNER "inner_marginal_ns_per_message"

static double whole_run_ns(const struct report_scope *scope, const char *clock,
                           const char *mechanism)
{
    const json_t *costs = json_object_get(scope->bundle->outer_clock, clock);
    double nanoseconds = json_number_value(json_object_get(costs, mechanism));
    return nanoseconds > 0.0 ? nanoseconds : NAN;
}

/* Whether hyperfine timed relays from file to file that told their own time as well, or, in an
 * older bundle, plain streams. */
static bool has_inner_clock(const struct report_scope *scope)
{
    return json_object_size(json_object_get(scope->bundle->outer_clock, INNER)) > 0;
}

/* The cell of the summary that is like hyperfine's runs. */
static struct bundle_cell cell_of_whole_runs(const struct report_scope *scope,
                                             const char *mechanism)
{
    bool relay = has_inner_clock(scope);
    struct bundle_cell cell = bundle_cell_of(mechanism, relay ? "relay" : "throughput", "block",
                                             "own", "full", scope->placement);
    if (!relay)
        return cell;
    cell = bundle_cell_with(&cell, BUNDLE_SOURCE, "file");
    return bundle_cell_with(&cell, BUNDLE_SINK, "file");
}

/* The clock inside: of the same runs, or in an older bundle of the summary's samples. */
static double inner_ns(const struct report_scope *scope, const char *mechanism)
{
    if (has_inner_clock(scope))
        return whole_run_ns(scope, INNER, mechanism);
    struct bundle_cell cell = cell_of_whole_runs(scope, mechanism);
    const struct estimate *rate = bundle_find(scope->bundle, &cell, 65536, "messages_per_s");
    return rate != NULL && rate->median > 0.0 ? 1e9 / rate->median : NAN;
}

/* By how much the outer clock differs from the inner, over the mechanisms. */
struct difference {
    double least; /* outer / inner; NAN where there is none */
    double most;
};

static void write_clock(const struct report_scope *scope, const char *mechanism, double inside,
                        double outside)
{
    char inside_text[UNITS_TEXT_BYTES];
    char outside_text[UNITS_TEXT_BYTES];
    fprintf(scope->stream, "| %s | %s | %s | %.2f |\n", mechanism,
            units_format_nanoseconds(inside, inside_text),
            units_format_nanoseconds(outside, outside_text), outside / inside);
}

static void write_clock_head(const struct report_scope *scope)
{
    if (has_inner_clock(scope))
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
    struct difference difference = {NAN, NAN};
    for (size_t index = 0; index < mechanisms.count; index++) {
        double inside = inner_ns(scope, mechanisms.words[index]);
        double outside = whole_run_ns(scope, OUTER, mechanisms.words[index]);
        if (isnan(inside) || isnan(outside))
            continue;
        if (isnan(difference.least))
            write_clock_head(scope);
        write_clock(scope, mechanisms.words[index], inside, outside);
        difference.least = fmin(difference.least, outside / inside);
        difference.most = fmax(difference.most, outside / inside);
    }
    if (isnan(difference.least))
        fputs("\nThe outer clock (hyperfine) was not run on these cells.\n", scope->stream);
    else
        fprintf(scope->stream,
                "\nThe outer clock differs from the inner by %+.1f %% to %+.1f %%.\n",
                100.0 * (difference.least - 1.0), 100.0 * (difference.most - 1.0));
}

/* The ratio that hyperfine saw, beside ours and its interval. */
static void write_outer_ratio(const struct report_scope *scope, const char *mechanism)
{
    struct bundle_cell cell = cell_of_whole_runs(scope, mechanism);
    const struct estimate *ratio = bundle_find(scope->bundle, &cell, 65536, "ratio_to_pipe");
    double outer = whole_run_ns(scope, OUTER, "pipe") / whole_run_ns(scope, OUTER, mechanism);
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

void report_write_checks(const struct report_scope *scope)
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
