/*
 * The charts of a comparison as figures: what gnuplot gets of several bundles, and how many times
 * faster each cell of one became. Draws nothing.
 */
#ifndef COMPARE_FIGURE_H
#define COMPARE_FIGURE_H

#include "compare/compare_drawing.h"
#include "compare/compare_outcome.h"
#include "document/figure.h"

/* One series per bundle and mechanism: the bundle gives colour and shape, the mechanism dashes and
 * filling. Returns 0, -ENOMEM or -E2BIG; *figure is set on success only, and goes back with
 * figure_free. */
int compare_figure_lines(const struct compare_drawing *drawing, struct figure **figure);

/*
 * The factors by which a comparable outcome's verdict was decided, over payload sizes: a panel per
 * test and mode, and what else a cell's words say; a series per mechanism and wait. Those that
 * differ are marked. Cells for which there is no room are counted in *left_out. Returns 0; -ENODATA
 * where there is none; or -ENOMEM. *figure is set on success only, and goes back with figure_free.
 */
int compare_figure_effects(const struct compare_outcome *outcome, struct figure **figure,
                           size_t *left_out);

#endif
