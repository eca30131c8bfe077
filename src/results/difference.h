/*
 * Whether two runs of the same cell differ, and by how much: ALL decisions about that are taken
 * here. Knows numbers only: no units, no cells, no files.
 *
 * Values are compared on a logarithmic scale, because what changes a speed changes it by a factor.
 *
 * Factor: the Hodges-Lehmann estimate (J. L. Hodges, E. L. Lehmann: Estimates of Location Based on
 * Rank Tests, Annals of Mathematical Statistics 34, 1963): the median of all after / before. One
 * round that was disturbed hardly moves it.
 *
 * p-value: Wilcoxon's rank-sum test, two-sided (F. Wilcoxon: Individual Comparisons by Ranking
 * Methods, Biometrics Bulletin 1, 1945; H. B. Mann, D. R. Whitney, 1947). With at most
 * DIFFERENCE_EXACT_ROUNDS values on both sides together and no two of them equal, from the exact
 * distribution; else from the normal one, corrected for ties and continuity.
 *
 * Interval: 95 %, of the factors that the same test does not reject at 0.05 (L. E. Moses; M.
 * Hollander, D. A. Wolfe: Nonparametric Statistical Methods, 1973, chapter 4): from the c-th
 * smallest to the c-th largest after / before. A bootstrap over rounds would answer the same
 * question by drawing; this one has its coverage by counting also for six rounds, needs no draws,
 * and never contradicts the p-value: without ties it leaves out 1 exactly when p <= 0.05.
 *
 * Many comparisons: Y. Benjamini, Y. Hochberg: Controlling the False Discovery Rate (Journal of the
 * Royal Statistical Society B 57, 1995), at DIFFERENCE_RATE: of what is said to differ, no more
 * than one in twenty is expected not to.
 *
 * What rounds can show: with six on both sides no p-value is below 0.0022 (two in 924 orders), so
 * of 100 cells one that differs alone cannot be told from chance, five that do can. With ten the
 * least is 0.000011. difference_least_p_value tells.
 *
 * What a run cannot show: all rounds of it share its hour, its memory layout of the kernel and its
 * neighbours. What changes between two runs and not between rounds is a difference here, too.
 */
#ifndef DIFFERENCE_H
#define DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIFFERENCE_EXACT_ROUNDS 40
#define DIFFERENCE_RATE         0.05

struct difference {
    double factor; /* after / before; NAN, as all four, where there are too few values */
    double ci95_lo;
    double ci95_hi;
    double p_value;
    size_t before_rounds; /* how many values there were */
    size_t after_rounds;
    bool differs; /* set by difference_decide alone */
};

/* What a comparison that was not made looks like. */
struct difference difference_none(void);

/*
 * Compares values in the order of rounds. NAN is a round that was not measured, and so is a value
 * that is not above 0 or not finite. With fewer than STATISTICS_LEAST_SAMPLES on either side there
 * is no factor, and nothing ever differs. `seed` is for estimators that draw; this one does not.
 * Takes time n log n in the number of values. Returns 0 or -ENOMEM; *difference is set on success
 * only.
 */
int difference_estimate(const double *before, size_t before_count, const double *after,
                        size_t after_count, uint64_t seed, struct difference *difference);

/* Decides `differs` of all comparisons of one kind together, corrected for their number. Those
 * without a p-value are not counted and do not differ. */
void difference_decide(struct difference *differences, size_t count);

/* The smallest p-value that so many rounds can yield. */
double difference_least_p_value(size_t before_rounds, size_t after_rounds);

/* Of `count` comparisons with that smallest p-value, how many must differ at once so that
 * difference_decide can say so: 1 when each can be told alone. */
size_t difference_least_number(size_t count, double least_p_value);

#endif
