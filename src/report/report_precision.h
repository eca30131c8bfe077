/*
 * How sure a run's figures are: how many have intervals as narrow as was asked for, and what the
 * others lack. The section of the report is declared in report_sections.h.
 */
#ifndef REPORT_PRECISION_H
#define REPORT_PRECISION_H

#include "document/sentence.h"
#include "results/bundle_reader.h"

/* One sentence with its full stop; numbers and fixed words only. */
void precision_say(const struct bundle_data *bundle, struct sentence *sentence);

#endif
