/*
 * What stands beside a point: its value, its 95 % interval and how many samples it rests on, in the
 * unit of its chart. Knows no chart.
 */
#ifndef FIGURE_TEXT_H
#define FIGURE_TEXT_H

#include "document/figure.h"
#include "results/evidence.h"
#include "results/statistics.h"

enum figure_unit {
    FIGURE_RATE,
    FIGURE_NANOSECONDS,
    FIGURE_FACTOR,
    FIGURE_NS_PER_KIB,
    FIGURE_PERCENT
};

enum figure_counted { FIGURE_SAMPLES, FIGURE_ROUNDS };

/* "3.26 GiB/s, 95 % interval 3.10 GiB/s to 3.40 GiB/s, 11 samples", appended to the point's text;
 * without an interval it says so. `counted` says of what there are so many. */
void figure_say_value(struct figure_point *point, enum figure_unit unit,
                      const struct evidence_value *value, uint64_t count,
                      enum figure_counted counted);
void figure_say_estimate(struct figure_point *point, enum figure_unit unit,
                         const struct estimate *estimate);

/* Appends as printf does, the format's text in the point's language. */
__attribute__((format(printf, 2, 3))) void figure_say(struct figure_point *point,
                                                      const char *format, ...);

#endif
