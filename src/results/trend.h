/*
 * Whether a series of values goes up or down, and what remains of many such verdicts. Knows numbers
 * only: no cells, no rounds, no files.
 *
 * The test of Mann and Kendall (H. B. Mann: Nonparametric tests against trend, Econometrica 13,
 * 1945; M. G. Kendall: Rank Correlation Methods, 4th edition, 1975). S counts the pairs that rise
 * less those that fall; without a trend every order of the values is equally likely, whatever their
 * distribution.
 *
 * The control of the false discovery rate (Y. Benjamini, Y. Hochberg: Controlling the false
 * discovery rate, Journal of the Royal Statistical Society B 57, 1995): of a hundred series without
 * any trend five have p below 0.05, so among hundreds of cells p alone says nothing.
 */
#ifndef TREND_H
#define TREND_H

#include <stddef.h>

/* Up to here, and without ties, p comes from the exact distribution of S; else from the normal
 * approximation with correction for ties and continuity. */
#define TREND_EXACT_MOST 40

struct trend {
    double tau; /* S over the number of pairs: -1 always falling, 1 always rising; NAN below 2 */
    double p;   /* two-sided: how often chance alone gives such an S or a more extreme one */
};

/* The trend of values[0 .. count) in their order; none of them may be NAN. Below 2 values there is
 * none: NAN and p = 1. Takes about as long as sorting them. Returns 0 or -ENOMEM; *trend is set on
 * success only. */
int trend_of(const double *values, size_t count, struct trend *trend);

/*
 * From p to q: the smallest rate of false discoveries at which this p is still one, of all the
 * values that are known. NAN stays NAN and does not count. p[i] must lie in 0 to 1. Returns 0 or
 * -ENOMEM; q[0 .. count) is set on success only.
 */
int trend_correct(const double *p, size_t count, double *q);

#endif
