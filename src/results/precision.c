#include "results/precision.h"

#include <math.h>
#include <stdbool.h>

const char *const settlement_names[SETTLEMENT_COUNT + 1] = {"settled", "budget", "noise", NULL};

double precision_of(const struct estimate *estimate)
{
    /* Written so that a NAN fails it too. */
    if (!(estimate->median > 0.0) || isnan(estimate->ci95_lo) || isnan(estimate->ci95_hi))
        return NAN;
    return (estimate->ci95_hi - estimate->ci95_lo) / 2.0 / estimate->median;
}

double precision_values_needed(const struct estimate *estimate, double precision)
{
    double reached = precision_of(estimate) / precision;
    return ceil((double)estimate->samples * reached * reached);
}

enum settlement precision_settlement(const struct estimate *estimate, double precision)
{
    double reached = precision_of(estimate);
    if (isnan(reached))
        return UNSETTLED_BUDGET;
    if (reached <= precision)
        return SETTLED;
    bool worth =
        precision_values_needed(estimate, precision) <= PRECISION_WORTH * (double)estimate->samples;
    return worth ? UNSETTLED_BUDGET : UNSETTLED_NOISE;
}
