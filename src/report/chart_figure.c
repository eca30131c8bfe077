#include "report/chart_figure.h"

#include "report/chart_copies.h"
#include "report/chart_gap.h"
#include "report/chart_pairs.h"
#include "report/chart_scaling.h"
#include "report/chart_sizes.h"

#include <errno.h>

static void fill(const struct bundle_data *bundle, const struct evidence *evidence,
                 enum chart chart, const struct chart_view *view, struct figure *figure)
{
    switch (chart) {
    case CHART_COPIES:
        chart_copies_fill(bundle, evidence, view, figure);
        break;
    case CHART_GAP:
        chart_gap_fill(evidence, view, figure);
        break;
    case CHART_PAIRS:
        chart_pairs_fill(bundle, figure);
        break;
    case CHART_SCALING:
        chart_scaling_fill(bundle, figure);
        break;
    default:
        chart_sizes_fill(bundle, chart, view, figure);
    }
}

int chart_figure_make(const struct bundle_data *bundle, const struct evidence *evidence,
                      enum chart chart, const struct chart_view *view, enum language language,
                      struct figure **figure)
{
    struct figure *made;
    if (!chart_has_data(bundle, evidence, chart, view))
        return -ENODATA;
    int result = figure_make(language, &made);
    if (result < 0)
        return result;
    fill(bundle, evidence, chart, view, made);
    if (made->error < 0) {
        result = made->error;
        figure_free(made);
        return result;
    }
    *figure = made;
    return 0;
}
