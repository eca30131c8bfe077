#include "document/chart_axis.h"

#include <math.h>

/* Of an axis of powers: the labels of payload sizes stand side by side and are wide. */
enum { MOST_POWERS = 6 };

/* Adds a tick if it lies in the range; a rounding error at an end of it must not lose one. Counts
 * past the end of the array, so that the caller can see that there are too many. */
static void add_tick(struct chart_axis *axis, double value, double least, double most)
{
    if (value < least * (1.0 - 1e-9) || value > most * (1.0 + 1e-9))
        return;
    if (axis->count < CHART_AXIS_MOST_TICKS)
        axis->ticks[axis->count] = value;
    axis->count++;
}

/* 1, 10, 100, then the next unit: 1000 or 1024 of the one before. */
static double decade_value(int decade, double thousand)
{
    int unit = decade >= 0 ? decade / 3 : -((2 - decade) / 3);
    return pow(10.0, decade - 3 * unit) * pow(thousand, unit);
}

/* Every `step`-th decade, cut into 1, 2 and 5 where `fine`. */
static struct chart_axis decade_ticks(double least, double most, double thousand, int step,
                                      int fine)
{
    static const double parts[] = {1.0, 2.0, 5.0};
    struct chart_axis axis = {.count = 0};
    for (int decade = -9; decade <= 24; decade++) {
        if ((decade + 9) % step != 0)
            continue;
        for (int part = 0; part < (fine ? 3 : 1); part++)
            add_tick(&axis, decade_value(decade, thousand) * parts[part], least, most);
    }
    return axis;
}

static struct chart_axis power_ticks(double least, double most, int first, int step)
{
    struct chart_axis axis = {.count = 0};
    for (int power = first; power <= 64; power += step)
        add_tick(&axis, exp2(power), least, most);
    return axis;
}

struct chart_axis chart_axis_ticks(enum chart_axis_unit unit, double least, double most)
{
    struct chart_axis axis;
    if (unit == CHART_AXIS_BYTES || unit == CHART_AXIS_FACTOR) {
        int step = 0;
        do {
            step++;
            int first =
                unit == CHART_AXIS_BYTES ? (int)ceil(log2(least) - 1e-9) : -16 / step * step;
            axis = power_ticks(least, most, first, step);
        } while (axis.count > MOST_POWERS);
        return axis;
    }
    double thousand = unit == CHART_AXIS_RATE ? 1024.0 : 1000.0;
    axis = decade_ticks(least, most, thousand, 1, 1);
    for (int step = 1; axis.count > CHART_AXIS_MOST_TICKS; step++)
        axis = decade_ticks(least, most, thousand, step, 0);
    return axis;
}

char *chart_axis_label(enum chart_axis_unit unit, double value, char text[CHART_AXIS_LABEL_BYTES])
{
    static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", NULL};
    static const char *const rates[] = {"B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s", NULL};
    static const char *const times[] = {"ns", "us", "ms", "s", NULL};
    static const char *const factors[] = {"", NULL};
    static const char *const *const all[] = {bytes, rates, times, factors};
    const char *const *units = all[unit];
    double thousand = unit == CHART_AXIS_NANOSECONDS ? 1000.0 : 1024.0;
    size_t power = 0;
    while (units[power + 1] != NULL && value >= thousand * (1.0 - 1e-9)) {
        value /= thousand;
        power++;
    }
    snprintf(text, CHART_AXIS_LABEL_BYTES, "%g%s%s", value, *units[power] != '\0' ? " " : "",
             units[power]);
    return text;
}

void chart_axis_print(const struct chart_axis *axis, enum chart_axis_unit unit, bool labels,
                      FILE *stream)
{
    char label[CHART_AXIS_LABEL_BYTES];
    fputc('(', stream);
    for (size_t index = 0; index < axis->count; index++) {
        fputs(index > 0 ? ", " : "", stream);
        fprintf(stream, "'%s' %.17g",
                labels ? chart_axis_label(unit, axis->ticks[index], label) : "",
                axis->ticks[index]);
    }
    fputc(')', stream);
}
