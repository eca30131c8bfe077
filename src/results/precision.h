/*
 * Whether an interval is narrow enough to rest on, and what stands in the way where it is not. One
 * rule for whoever decides how long to measure and for whoever says how sure a figure is. Knows no
 * cells and no files.
 *
 * The precision of an estimate is half the width of its interval over its median. At a precision P
 * that was asked for, an estimate is settled when its precision is P or better. An interval narrows
 * with the square root of the number of values, so n values of precision p promise P with
 * n * (p / P)^2 of them: up to PRECISION_WORTH times as many as there are, time is what is missing
 * (budget); beyond that, calm is (noise).
 *
 * Measuring until an interval is narrow enough makes it a little too narrow: it stops where the
 * values happen to lie close together (Y. S. Chow, H. Robbins: On the asymptotic theory of
 * fixed-width sequential confidence intervals, Ann. Math. Statist. 36, 1965: the cover is nominal
 * only as the width goes to 0). So nobody stops below PRECISION_LEAST_ROUNDS. Simulated with normal
 * values, P = 5 %, at most 120 rounds, 1200 experiments each (known to +-0.9 points); the test of
 * this file repeats one of them:
 *   spread of a value (standard deviation)      3 %    6 %   10 %   20 %
 *   the interval holds the true median in       94 %  94 %  90 %   91 % of the experiments
 */
#ifndef PRECISION_H
#define PRECISION_H

#include "results/statistics.h"

#define PRECISION_DEFAULT      0.05
#define PRECISION_LEAST_ROUNDS 10
#define PRECISION_WORTH        4.0

enum settlement { SETTLED, UNSETTLED_BUDGET, UNSETTLED_NOISE, SETTLEMENT_COUNT };

/* "settled", "budget", "noise": the column `settled` of summary.tsv. Ended by NULL. */
extern const char *const settlement_names[SETTLEMENT_COUNT + 1];

/* Half the width of the interval over the median; NAN without an interval or with a median that is
 * not above 0. */
double precision_of(const struct estimate *estimate);

/* How many values it takes to reach `precision`, from those there are; NAN where that can't be
 * told.
 */
double precision_values_needed(const struct estimate *estimate, double precision);

/* An estimate without an interval is short of values: UNSETTLED_BUDGET. */
enum settlement precision_settlement(const struct estimate *estimate, double precision);

#endif
