/* Whether the charts can be drawn from the bundle: their numbers, not their looks. */
#include "report/chart_data.h"
#include "verify/verification.h"

#include <errno.h>
#include <stdlib.h>

/* Returns 0, -ENODATA when the bundle has nothing for the chart, or another negative errno. */
static int make_chart(const struct verification *verification, enum chart chart,
                      const struct chart_view *view)
{
    char *memory = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&memory, &bytes);
    if (stream == NULL)
        return -errno;
    int result = chart_write(&verification->bundle, &verification->evidence, chart, view,
                             LANGUAGE_ENGLISH, stream);
    if (fclose(stream) != 0 && result == 0)
        result = -ENOMEM;
    free(memory);
    return result;
}

void verify_charts(const struct verification *verification)
{
    size_t made = 0;
    if (!verification->has_bundle) {
        check_say(verification->checks, "charts", CHECK_NOT_RUN,
                  "cannot be made: the bundle's tables cannot be read");
        return;
    }
    struct chart_views views = chart_views_of(&verification->bundle);
    for (size_t view = 0; view < views.count; view++) {
        for (int chart = 0; chart < CHART_COUNT; chart++) {
            int result = make_chart(verification, (enum chart)chart, &views.views[view]);
            if (result < 0 && result != -ENODATA) {
                check_say(verification->checks, "charts", CHECK_DIFFERS, "%s%s cannot be made",
                          chart_names[chart], views.views[view].suffix);
                return;
            }
            made += result == 0 ? 1 : 0;
        }
    }
    check_say(verification->checks, "charts", CHECK_OK,
              "the data of %zu can be made; drawings are no part of a bundle: plot BUNDLE draws "
              "them",
              made);
}
