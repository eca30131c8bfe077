/*
 * Which of a few values lie far from the others. Knows numbers only.
 *
 * The modified z-score (B. Iglewicz, D. C. Hoaglin: How to Detect and Handle Outliers, 1993):
 * 0.6745 (x - median) / MAD, where MAD is the median absolute deviation from the median; beyond 3.5
 * a value is called an outlier. Neither median nor MAD is moved by the outliers themselves. Where
 * more than half of the values are equal MAD is 0; then the mean absolute deviation takes its
 * place, which for a normal distribution is as wide with the factor 1.2533 instead of 1 / 0.6745.
 *
 * With few values even a normal distribution has such scores: in 1000 simulated experiments of n
 * normal values each, at least one was called an outlier in (tests/outliers_test.c repeats it)
 *   n          6       10       20
 *            16.6 %  12.3 %    7.2 %
 * So an outlier says "look at this round", and never that its value is wrong.
 */
#ifndef OUTLIERS_H
#define OUTLIERS_H

#include <stdbool.h>
#include <stddef.h>

#define OUTLIERS_SCORE 3.5

/* Sets is_outlier[i] for values[0 .. count), which must be finite, and *found to how many there
 * are. Returns 0 or -ENOMEM; outputs are set on success only. */
int outliers_find(const double *values, size_t count, bool *is_outlier, size_t *found);

#endif
