#include "report/report_sections.h"

#include "report/chart_data.h"
#include "report/chart_title.h"
#include "report/report_text.h"

/* In the order of the argument: the cause first, then the speeds. */
static const enum chart chart_order[CHART_COUNT] = {CHART_COPIES,     CHART_GAP,     CHART_RATIO,
                                                    CHART_THROUGHPUT, CHART_LATENCY, CHART_CPU,
                                                    CHART_PAIRS,      CHART_SCALING};

/* How to read a chart. */
static const char *const readings[CHART_COUNT] = {
    [CHART_THROUGHPUT] = "Payload bytes per second against payload size; higher is faster. The "
                         "dashed black line is what one process's memcpy reaches, the dotted grey "
                         "one the harness alone.",
    [CHART_LATENCY] = "Half a round trip in a closed loop against payload size; lower is faster. "
                      "The dashed black line is what one cache line takes from CPU to CPU.",
    [CHART_RATIO] = "How many times as fast as the pipe, paired within rounds, with the 95 % "
                    "interval as a band; 1 means as fast, 4 is what four copies against one would "
                    "predict if copies were all there is.",
    [CHART_CPU] = "CPU time of writer and reader together per KiB of payload; lower is cheaper. "
                  "Spinning costs CPU also while it waits.",
    [CHART_COPIES] = "Each point is one path: to the right how many times it copies every byte, "
                     "upwards what a KiB costs. If copies were all that counts, all points would "
                     "lie on the line, which was measured by adding copies to shared memory and "
                     "nothing else; what lies above it costs something besides copies. The "
                     "interval of a distance from the line runs from end to end of both intervals.",
    [CHART_GAP] = "The difference between the article's pipe (4 copies, blocking) and its shared "
                  "memory (1 copy, spinning), taken apart: left in shares of the whole, right step "
                  "by step in ns per KiB. Each factor's part is its mean over the orders in which "
                  "the steps can be taken, and the bars on the right show its range over them. A "
                  "part below 0 makes the gap smaller.",
    [CHART_PAIRS] = "Half a round trip of 64 B between two CPUs, as a map of all pairs that were "
                    "measured; a pair was measured once and stands on both sides of the diagonal. "
                    "Grey: not measured. The bounce of one cache line is the floor of each pair.",
    [CHART_SCALING] =
        "What many pairs of processes move together, each with a channel of its own and "
        "all under load, against their number; the thin line is what as many times "
        "one pair alone would move.",
};

/* All numbers of bundles and checked words, so no markup. */
static void write_finding(const struct report_scope *scope, enum chart chart,
                          const struct chart_view *view)
{
    struct sentence finding = {""};
    chart_title_say(scope->bundle, scope->evidence, chart, view, &finding);
    if (*finding.text != '\0')
        fprintf(scope->stream, "Here: %s.", finding.text);
    else
        fputs("Here it holds no finding to put in a number.", scope->stream);
}

/* A chart in the first view that has it gets told how to read it. Returns whether it is there. */
static bool write_chart(const struct report_scope *scope, enum chart chart,
                        const struct chart_view *view, const char *folder, bool first)
{
    if (!chart_has_data(scope->bundle, scope->evidence, chart, view))
        return false;
    fprintf(scope->stream, "![%s%s](../../plots/%s/%s%s.svg)\n\n", chart_names[chart], view->suffix,
            folder, chart_names[chart], view->suffix);
    if (first)
        fprintf(scope->stream, "%s ", readings[chart]);
    write_finding(scope, chart, view);
    fputs("\n\n", scope->stream);
    return true;
}

void report_write_charts(const struct report_scope *scope)
{
    struct chart_views views = chart_views_of(scope->bundle);
    char folder[3 * NAME_MAX + 1];
    report_text_link(scope->bundle->name, folder, sizeof folder);
    fputs("\n## Charts\n\n", scope->stream);
    for (size_t index = 0; index < CHART_COUNT; index++) {
        bool written = false;
        for (size_t view = 0; view < views.count; view++)
            written =
                write_chart(scope, chart_order[index], &views.views[view], folder, !written) ||
                written;
        /* Only runs that ask for them have the last two. */
        bool asked_for = chart_order[index] != CHART_PAIRS && chart_order[index] != CHART_SCALING;
        if (!written && asked_for)
            fprintf(scope->stream, "No chart `%s`: this bundle has no data for it.\n\n",
                    chart_names[chart_order[index]]);
    }
}
