/* A plan as a person reads it before a run: what would be measured, what is left out and why,
 * and how long it takes. */
#ifndef PLAN_TEXT_H
#define PLAN_TEXT_H

#include "conduct/plan.h"

#include <stdint.h>
#include <stdio.h>

/* Prints the plan with one line per mechanism, test, wait, copies and placement. */
void plan_print(const struct plan *plan, const struct plan_request *request, uint64_t seed,
                FILE *stream);

/* The seconds that a run of the request takes, roughly: rounds or the budget, what is less, but
 * never less than the rounds that even a used-up budget leaves. */
double plan_estimate_seconds(const struct plan *plan, const struct plan_request *request);

#endif
