/*
 * A chart of a bundle as a figure: the same panels, lines and numbers that gnuplot gets of it
 * (chart_data.h). Draws nothing.
 */
#ifndef CHART_FIGURE_H
#define CHART_FIGURE_H

#include "document/figure.h"
#include "report/chart_data.h"

/* Returns 0; -ENODATA when the bundle has nothing for this chart; -E2BIG when it has more than a
 * figure holds; or -ENOMEM. *figure is set on success only and is the caller's (figure_free). */
int chart_figure_make(const struct bundle_data *bundle, const struct evidence *evidence,
                      enum chart chart, const struct chart_view *view, enum language language,
                      struct figure **figure);

#endif
