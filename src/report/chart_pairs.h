/*
 * The data of the chart `pairs`: the latency between every two CPUs that were measured, as a map
 * per mechanism and way of waiting, and one of the bounce ceiling. Drawn once per bundle, whatever
 * its other placements. Draws nothing.
 */
#ifndef CHART_PAIRS_H
#define CHART_PAIRS_H

#include "document/figure.h"
#include "document/sentence.h"
#include "report/chart_data.h"

bool chart_pairs_has_data(const struct bundle_data *bundle, const struct chart_view *view);

/* Writes the statements, other than those of chart_title.h, for a view that has data. Where memory
 * runs out maps are missing. */
void chart_pairs_write(const struct bundle_data *bundle, enum language language, FILE *stream);

/* "Latency between every two CPUs", and the fastest and the slowest pair of the subject. */
void chart_pairs_say_title(struct sentence *title);
void chart_pairs_say_finding(const struct bundle_data *bundle, struct sentence *finding);

/* Adds the same to an empty figure; what fails stays in figure->error. */
void chart_pairs_fill(const struct bundle_data *bundle, struct figure *figure);

#endif
