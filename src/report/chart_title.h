/*
 * The words above a chart: what is plotted, on which machine, and what it shows in numbers of this
 * bundle. Written as gnuplot statements `title`, `machine` and `finding`.
 */
#ifndef CHART_TITLE_H
#define CHART_TITLE_H

#include "document/sentence.h"
#include "report/chart_data.h"

/* Writes the three statements; a finding that the bundle does not have is an empty text. */
void chart_title_write(const struct bundle_data *bundle, const struct evidence *evidence,
                       enum chart chart, const struct chart_view *view, enum language language,
                       FILE *stream);

/* What is plotted, which for copies and gap is the finding in short. */
void chart_title_name(const struct bundle_data *bundle, const struct evidence *evidence,
                      enum chart chart, const struct chart_view *view, struct sentence *title);

/* What the chart shows in numbers of this bundle, all of it, for a report's text. */
void chart_title_say(const struct bundle_data *bundle, const struct evidence *evidence,
                     enum chart chart, const struct chart_view *view, struct sentence *sentence);

#endif
