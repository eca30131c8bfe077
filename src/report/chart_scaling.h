/*
 * The data of the chart `scaling`: the throughput of many pairs of processes together against their
 * number, per mechanism and way of waiting, and what it would be if each pair were as fast as one
 * alone. Drawn once per bundle. Draws nothing.
 */
#ifndef CHART_SCALING_H
#define CHART_SCALING_H

#include "document/figure.h"
#include "document/sentence.h"
#include "report/chart_data.h"

bool chart_scaling_has_data(const struct bundle_data *bundle, const struct chart_view *view);

/* Writes the statements, other than those of chart_title.h, for a view that has data. */
void chart_scaling_write(const struct bundle_data *bundle, FILE *stream);

void chart_scaling_say_title(struct sentence *title);
void chart_scaling_say_finding(const struct bundle_data *bundle, struct sentence *finding);

/* Adds the same to an empty figure; what fails stays in figure->error. */
void chart_scaling_fill(const struct bundle_data *bundle, struct figure *figure);

#endif
