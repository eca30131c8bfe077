/*
 * The straight line through points, and how well it explains them. Knows numbers only: no units,
 * no cells, no files.
 *
 * Ordinary least squares (N. R. Draper, H. Smith: Applied Regression Analysis, 3rd edition, 1998,
 * sections 1.2 and 1.3). With the deviations from the means mx and my,
 *   Sxx = sum (x - mx)^2     Sxy = sum (x - mx)(y - my)     Syy = sum (y - my)^2
 *   slope = Sxy / Sxx        intercept = my - slope * mx    R^2 = Sxy^2 / (Sxx * Syy)
 */
#ifndef LINE_FIT_H
#define LINE_FIT_H

#include <stddef.h>

struct line_fit {
    double slope;
    double intercept;
    /* The part of y's variation that the line explains, 0 to 1. NAN when all y are equal: nothing
     * varies, so there is nothing to explain, although the line is exact. */
    double r_squared;
};

/*
 * The line through the `count` points (x[i], y[i]). Two points give their line and R^2 = 1, which
 * says nothing about how straight the matter is. Fewer than two different x, or a coordinate that
 * is not finite: all NAN.
 */
struct line_fit line_fit(const double *x, const double *y, size_t count);

#endif
