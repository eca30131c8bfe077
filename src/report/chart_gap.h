/*
 * The data of the chart `gap`: the shares of mechanism, copies and waiting in the gap between pipe
 * and shared memory, stacked, per payload size; and at one size the way down from the one to the
 * other, step by step. Draws nothing.
 */
#ifndef CHART_GAP_H
#define CHART_GAP_H

#include "document/figure.h"
#include "report/chart_data.h"

bool chart_gap_has_data(const struct bundle_data *bundle, const struct evidence *evidence,
                        const struct chart_view *view);

/* Writes the statements, other than those of chart_title.h, for a view that has data. */
void chart_gap_write(const struct evidence *evidence, const struct chart_view *view, FILE *stream);

/* Adds the same to an empty figure; what fails stays in figure->error. */
void chart_gap_fill(const struct evidence *evidence, const struct chart_view *view,
                    struct figure *figure);

#endif
