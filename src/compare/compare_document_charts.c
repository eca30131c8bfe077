#include "compare/compare_document_parts.h"

#include "compare/compare_drawing.h"
#include "compare/compare_figure.h"

#include <errno.h>

static void say_left_out(size_t left_out, struct document *document)
{
    if (left_out > 0)
        document_write(document, DOCUMENT_PARAGRAPH,
                       "Not drawn, for want of room: %zu cells; the table has them.", left_out);
}

int compare_write_effects(const struct compare_outcome *outcome,
                          const struct compare_drawer *drawer, struct document *document)
{
    struct figure *figure = NULL;
    struct sentence title = sentence_in(LANGUAGE_ENGLISH);
    char name[32];
    size_t left_out = 0;
    int result = compare_figure_effects(outcome, &figure, &left_out);
    if (result == -ENODATA)
        return 0;
    if (result < 0)
        return result;
    snprintf(name, sizeof name, "effect-%s", outcome->after);
    sentence_add(&title, "How many times faster %s is than %s, cell by cell (%s)", outcome->after,
                 outcome->before, compare_kind_names[outcome->verdict.kind]);
    drawer->draw(drawer->state, figure, name, title.text, document);
    figure_free(figure);
    document_write(document, DOCUMENT_PARAGRAPH,
                   "Above 1 the cell became faster. Bars are the 95 %% intervals of single cells; "
                   "points with a ring differ, after the correction for so many cells.");
    say_left_out(left_out, document);
    return 0;
}

/* How to read a chart. */
static const char *const readings[COMPARE_CHART_COUNT] = {
    [COMPARE_CHART_THROUGHPUT] =
        "Payload bytes per second against payload size; higher is faster. Where the runs know what "
        "memcpy of that size reaches, the same over that.",
    [COMPARE_CHART_LATENCY] =
        "Half a round trip in a closed loop against payload size; lower is faster. Where the runs "
        "know how long one cache line takes from CPU to CPU, the same over that.",
    [COMPARE_CHART_RATIO] = "How many times as fast as the pipe of the same run, paired within "
                            "rounds; 1 means as fast. It means the same on every machine.",
};

static void write_words(const struct compare_drawing *drawing, bool first,
                        struct document *document)
{
    size_t missing = drawing->given_count - drawing->bundle_count;
    if (first)
        document_write(document, DOCUMENT_PARAGRAPH,
                       "%s Bars are 95 %% intervals of the median over rounds.",
                       readings[drawing->chart]);
    if (missing > 0)
        document_write(document, DOCUMENT_PARAGRAPH,
                       "Left out, because more could not be told apart: the last %zu of the runs.",
                       missing);
    if (*drawing->left_out.text != '\0')
        document_write(document, DOCUMENT_PARAGRAPH,
                       "Left out, because more could not be told apart: %s.",
                       drawing->left_out.text + 2);
}

static int write_chart(const struct compare_drawing *drawing, bool first,
                       const struct compare_drawer *drawer, struct document *document)
{
    const struct compare_view *view = drawing->view;
    const char *chart = compare_chart_names[drawing->chart];
    char name[sizeof view->suffix + 32];
    struct sentence title = sentence_in(LANGUAGE_ENGLISH);
    struct figure *figure = NULL;
    int result = compare_figure_lines(drawing, &figure);
    if (result < 0)
        return result == -ENOMEM ? result : 0;
    snprintf(name, sizeof name, "%s%s", chart, view->suffix);
    sentence_add(&title, "%s: wait %s, placement %s, touch %s",
                 compare_drawing_title(drawing->chart), view->wait, view->placement, view->touch);
    if (!first)
        document_begin_fold(document, DOCUMENT_FOLD_ON_PAGES, "%s: wait %s, placement %s, touch %s",
                            chart, view->wait, view->placement, view->touch);
    drawer->draw(drawer->state, figure, name, title.text, document);
    write_words(drawing, first, document);
    if (!first)
        document_end_fold(document, DOCUMENT_FOLD_ON_PAGES);
    figure_free(figure);
    return 0;
}

/* In each view that has it, the first one with how to read it. */
static int write_views(const struct compare_story *story, enum compare_chart chart,
                       const struct compare_views *views, const struct compare_drawer *drawer,
                       struct document *document)
{
    bool first = true;
    for (size_t index = 0; index < views->count; index++) {
        struct compare_drawing *drawing = NULL;
        int result = compare_drawing_make(story->bundles, story->bundle_count, chart,
                                          &views->views[index], &drawing);
        if (result == -ENODATA)
            continue;
        if (result == 0)
            result = write_chart(drawing, first, drawer, document);
        compare_drawing_free(drawing);
        if (result < 0)
            return result;
        first = false;
    }
    return 0;
}

int compare_write_charts(const struct compare_story *story, const struct compare_drawer *drawer,
                         struct document *document)
{
    static const enum compare_chart order[COMPARE_CHART_COUNT] = {
        COMPARE_CHART_RATIO, COMPARE_CHART_THROUGHPUT, COMPARE_CHART_LATENCY};
    struct compare_views views = compare_chart_views(&story->bundles[0]);
    int result = 0;
    /* Each comparison chose others; a chart of all runs can't. */
    for (size_t index = 0; index < story->bundle_count; index++)
        compare_bundle_count_all(&story->bundles[index]);
    document_heading(document, DOCUMENT_SECTION, "Charts of all runs");
    document_begin(document, DOCUMENT_GALLERY);
    for (size_t index = 0; index < COMPARE_CHART_COUNT && result == 0; index++)
        result = write_views(story, order[index], &views, drawer, document);
    document_end(document, DOCUMENT_GALLERY);
    return result;
}
