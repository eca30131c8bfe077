#include "report/chart_data.h"

#include "report/report_findings.h"

#include <stdio.h>
#include <string.h>

/* "-same" unless it is the main one: then nothing. */
static void append_suffix(struct chart_view *view, const char *word, bool main_one)
{
    size_t used = strlen(view->suffix);
    if (!main_one)
        snprintf(view->suffix + used, sizeof view->suffix - used, "-%s", word);
}

static struct chart_view make_view(const struct bundle_words *placements, size_t placement,
                                   const struct bundle_words *touches, size_t touch,
                                   const struct bundle_words *waits, size_t wait)
{
    struct chart_view view;
    memset(&view, 0, sizeof view);
    memcpy(view.placement, placements->words[placement], BUNDLE_WORD_BYTES);
    memcpy(view.touch, touches->words[touch], BUNDLE_WORD_BYTES);
    append_suffix(&view, view.placement, placement == 0);
    append_suffix(&view, view.touch, touch == 0);
    for (size_t index = 0; index < CHART_WAITS && wait + index < waits->count; index++) {
        memcpy(view.waits[index], waits->words[wait + index], BUNDLE_WORD_BYTES);
        append_suffix(&view, view.waits[index], wait == 0);
    }
    return view;
}

struct chart_views chart_views_of(const struct bundle_data *bundle)
{
    struct chart_views views = {.count = 0};
    struct bundle_words placements = finding_measured_words(bundle, BUNDLE_PLACEMENT);
    struct bundle_words touches = finding_measured_words(bundle, BUNDLE_TOUCH);
    struct bundle_words waits = finding_measured_words(bundle, BUNDLE_WAIT);
    for (size_t placement = 0; placement < placements.count; placement++) {
        for (size_t touch = 0; touch < touches.count; touch++) {
            for (size_t wait = 0; wait < waits.count; wait += CHART_WAITS) {
                if (views.count < CHART_MOST_VIEWS)
                    views.views[views.count++] =
                        make_view(&placements, placement, &touches, touch, &waits, wait);
            }
        }
    }
    return views;
}

bool chart_is_first_of_placement(const struct bundle_data *bundle, const struct chart_view *view)
{
    struct bundle_words touches = finding_measured_words(bundle, BUNDLE_TOUCH);
    struct bundle_words waits = finding_measured_words(bundle, BUNDLE_WAIT);
    return touches.count > 0 && strcmp(view->touch, touches.words[0]) == 0 && waits.count > 0 &&
           strcmp(view->waits[0], waits.words[0]) == 0;
}
