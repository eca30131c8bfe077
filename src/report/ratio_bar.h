/*
 * A ratio to the pipe as a bar of characters, on a logarithmic scale with 1 in the middle: to the
 * right where it is above 1. What is surely so is drawn solid, up to the near end of the interval;
 * the interval is a line with the median on it. Knows no bundle, no colour and no stream.
 */
#ifndef RATIO_BAR_H
#define RATIO_BAR_H

#include "results/statistics.h"

#include <stdbool.h>

enum {
    RATIO_BAR_HALF = 16, /* columns on each side of the middle one */
    RATIO_BAR_COLUMNS = 2 * RATIO_BAR_HALF + 1,
    RATIO_BAR_BYTES = 3 * RATIO_BAR_COLUMNS + 1,
    RATIO_BAR_LEAST_LIMIT = 2,
    RATIO_BAR_MOST_LIMIT = 4096
};

/* The right end of a scale that holds `ratio` and what `limit` held: the next power of two, from
 * RATIO_BAR_LEAST_LIMIT, which is the limit to begin with, to RATIO_BAR_MOST_LIMIT. The left end is
 * 1 / limit. A ratio that is no number above 0 changes nothing. */
double ratio_bar_widen(double limit, double ratio);

/*
 * Draws `ratio` into `text`: RATIO_BAR_COLUMNS characters, of ASCII or UTF-8, without colour. What
 * lies beyond the scale ends in < or >. Without an interval the median is a ?, alone. NULL or a
 * median that is no number above 0 is all blank. Returns `text`.
 */
char *ratio_bar_draw(const struct estimate *ratio, double limit, bool utf8,
                     char text[RATIO_BAR_BYTES]);

#endif
