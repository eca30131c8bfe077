/*
 * Ticks for logarithmic axes: few, at round values, with their units. gnuplot's own ticks know
 * neither powers of 1024 nor that 1000 ns are a microsecond. Knows numbers only.
 */
#ifndef CHART_AXIS_H
#define CHART_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CHART_AXIS_MOST_TICKS 13

enum chart_axis_unit {
    CHART_AXIS_BYTES,       /* 64 B, 1 KiB, 16 KiB: powers of two, from `least` on */
    CHART_AXIS_RATE,        /* bytes per second: 1, 10, 100 MiB/s, 1 GiB/s */
    CHART_AXIS_NANOSECONDS, /* 1, 10, 100 ns, 1 us */
    CHART_AXIS_FACTOR       /* 0.5, 1, 2, 4: powers of two */
};

struct chart_axis {
    double ticks[CHART_AXIS_MOST_TICKS];
    size_t count;
};

/* The ticks from `least` to `most` (both included), 0 < least <= most, as many as fit. May be none
 * when the range holds no round value. */
struct chart_axis chart_axis_ticks(enum chart_axis_unit unit, double least, double most);

#define CHART_AXIS_LABEL_BYTES 32

/* "16 KiB", "100 ns", "0.5". Returns `text`. */
char *chart_axis_label(enum chart_axis_unit unit, double value, char text[CHART_AXIS_LABEL_BYTES]);

/* Writes gnuplot's form of them: ('1 KiB' 1024, '4 KiB' 4096); without labels ('' 1024, '' 4096).
 */
void chart_axis_print(const struct chart_axis *axis, enum chart_axis_unit unit, bool labels,
                      FILE *stream);

#endif
