#include "report/report_sections.h"

#include "report/chart_title.h"
#include "text/text.h"

/* In the order of the argument: the cause first, then the speeds. */
static const enum chart chart_order[CHART_COUNT] = {CHART_COPIES,     CHART_GAP,     CHART_RATIO,
                                                    CHART_THROUGHPUT, CHART_LATENCY, CHART_CPU,
                                                    CHART_PAIRS,      CHART_SCALING};

/* How to read a chart. */
static const char *const readings[CHART_COUNT] = {
    [CHART_THROUGHPUT] =
        TEXT("Payload bytes per second against payload size; higher is faster. The "
             "dashed black line is what one process's memcpy reaches, the dotted grey "
             "one the harness alone."),
    [CHART_LATENCY] =
        TEXT("Half a round trip in a closed loop against payload size; lower is faster. "
             "The dashed black line is what one cache line takes from CPU to CPU."),
    [CHART_RATIO] =
        TEXT("How many times as fast as the pipe, paired within rounds, with the 95 % "
             "interval as a band; 1 means as fast, 4 is what four copies against one would "
             "predict if copies were all there is."),
    [CHART_CPU] =
        TEXT("CPU time of writer and reader together per KiB of payload; lower is cheaper. "
             "Spinning costs CPU also while it waits."),
    [CHART_COPIES] =
        TEXT("Each point is one path: to the right how many times it copies every byte, "
             "upwards what a KiB costs. If copies were all that counts, all points would "
             "lie on the line, which was measured by adding copies to shared memory and "
             "nothing else; what lies above it costs something besides copies. The "
             "interval of a distance from the line runs from end to end of both intervals."),
    [CHART_GAP] =
        TEXT("The difference between the article's pipe (4 copies, blocking) and its shared "
             "memory (1 copy, spinning), taken apart: left in shares of the whole, right step "
             "by step in ns per KiB. Each factor's part is its mean over the orders in which "
             "the steps can be taken, and the bars on the right show its range over them. A "
             "part below 0 makes the gap smaller."),
    [CHART_PAIRS] =
        TEXT("Half a round trip of 64 B between two CPUs, as a map of all pairs that were "
             "measured; a pair was measured once and stands on both sides of the diagonal. "
             "Grey: not measured. The bounce of one cache line is the floor of each pair."),
    [CHART_SCALING] =
        TEXT("What many pairs of processes move together, each with a channel of its own and "
             "all under load, against their number; the thin line is what as many times "
             "one pair alone would move."),
};

/* A chart in the first view that has it gets told how to read it. All else are numbers of bundles
 * and checked words, so no markup. */
static void write_words(const struct report_scope *scope, enum chart chart,
                        const struct chart_view *view, bool first, struct document *document)
{
    struct sentence finding = sentence_in(document->language);
    chart_title_say(scope->bundle, scope->evidence, chart, view, &finding);
    document_begin(document, DOCUMENT_PARAGRAPH);
    if (first)
        document_say(document, "%s ", document_text(document, readings[chart]));
    if (*finding.text != '\0')
        document_say(document, "Here: %s.", finding.text);
    else
        document_say(document, "Here it holds no finding to put in a number.");
    document_end(document, DOCUMENT_PARAGRAPH);
}

/* Returns whether it is there. */
static bool write_chart(const struct report_scope *scope, enum chart chart,
                        const struct chart_view *view, bool first,
                        const struct report_chart_drawer *drawer, struct document *document)
{
    if (!chart_has_data(scope->bundle, scope->evidence, chart, view))
        return false;
    if (!first)
        document_begin_fold(
            document, DOCUMENT_FOLD_ON_PAGES, "%s: placement %s, touch %s, wait %s%s%s",
            chart_names[chart], view->placement, view->touch, view->waits[0],
            *view->waits[1] != '\0' ? document_text(document, " and ") : "", view->waits[1]);
    drawer->draw(drawer->state, scope, chart, view, document);
    write_words(scope, chart, view, first, document);
    if (!first)
        document_end_fold(document, DOCUMENT_FOLD_ON_PAGES);
    return true;
}

/* Only runs that ask for them have these. */
static bool is_asked_for(enum chart chart)
{
    return chart == CHART_PAIRS || chart == CHART_SCALING;
}

void report_write_charts(const struct report_scope *scope, const struct report_chart_drawer *drawer,
                         struct document *document)
{
    struct chart_views views = chart_views_of(scope->bundle);
    document_heading(document, DOCUMENT_SECTION, "Charts");
    document_begin(document, DOCUMENT_GALLERY);
    for (size_t index = 0; index < CHART_COUNT; index++) {
        enum chart chart = chart_order[index];
        bool written = false;
        for (size_t view = 0; view < views.count; view++)
            written = write_chart(scope, chart, &views.views[view], !written, drawer, document) ||
                      written;
        if (!written && !is_asked_for(chart))
            document_write(document, DOCUMENT_PARAGRAPH,
                           "No chart `%s`: this bundle has no data for it.", chart_names[chart]);
    }
    document_end(document, DOCUMENT_GALLERY);
}
