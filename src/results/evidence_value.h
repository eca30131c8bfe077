/*
 * A value with its interval, on its way from an estimate to a table that evidence_read reads.
 */
#ifndef EVIDENCE_VALUE_H
#define EVIDENCE_VALUE_H

#include "results/evidence.h"
#include "results/statistics.h"

#include <stdio.h>

struct evidence_value evidence_value_of_estimate(const struct estimate *estimate);

/* Three fields, value, lower and upper bound, each with a tab before it. */
void evidence_value_print(const struct evidence_value *value, FILE *stream);

/* One field of such a row, with a tab before it. */
void evidence_value_print_real(double value, FILE *stream);

#endif
