/*
 * The data of the chart `copies`: copies per payload byte, as copies.tsv predicts them, against the
 * wall time per KiB of payload, at one size; a panel per way of waiting, a series per mechanism and
 * mode, and the padded control with its fitted lines. Draws nothing.
 */
#ifndef CHART_COPIES_H
#define CHART_COPIES_H

#include "document/figure.h"
#include "report/chart_data.h"

bool chart_copies_has_data(const struct bundle_data *bundle, const struct evidence *evidence,
                           const struct chart_view *view);

/* Writes the statements, other than those of chart_title.h, for a view that has data. */
void chart_copies_write(const struct bundle_data *bundle, const struct evidence *evidence,
                        const struct chart_view *view, enum language language, FILE *stream);

/* Adds the same to an empty figure; what fails stays in figure->error. */
void chart_copies_fill(const struct bundle_data *bundle, const struct evidence *evidence,
                       const struct chart_view *view, struct figure *figure);

#endif
