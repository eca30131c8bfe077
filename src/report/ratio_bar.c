#include "report/ratio_bar.h"

#include <math.h>
#include <string.h>

enum glyph {
    GLYPH_BLANK,
    GLYPH_AXIS,
    GLYPH_SOLID,
    GLYPH_INTERVAL,
    GLYPH_MEDIAN,
    GLYPH_DOUBT,
    GLYPH_BELOW,
    GLYPH_ABOVE,
    GLYPHS
};

static const char *const glyphs[2][GLYPHS] = {
    {" ", "|", "#", "-", "+", "?", "<", ">"},
    {" ", "│", "█", "─", "┼", "?", "<", ">"},
};

double ratio_bar_widen(double limit, double ratio)
{
    double farthest = ratio > 0.0 ? fmax(ratio, 1.0 / ratio) : 1.0;
    while (limit < farthest && limit < RATIO_BAR_MOST_LIMIT)
        limit *= 2.0;
    return limit;
}

/* The column of a ratio, counted from the middle; beyond the scale, one more than it has. */
static int column_of(double ratio, double limit)
{
    double column = ratio > 0.0 ? RATIO_BAR_HALF * log(ratio) / log(limit) : -INFINITY;
    return (int)round(fmin(fmax(column, -RATIO_BAR_HALF - 1.0), RATIO_BAR_HALF + 1.0));
}

/* Sets the columns from `from` to `to` that are on the scale, both included. */
static void fill(enum glyph *middle, int from, int to, enum glyph glyph)
{
    for (int column = from; column <= to; column++) {
        if (column >= -RATIO_BAR_HALF && column <= RATIO_BAR_HALF)
            middle[column] = glyph;
    }
}

static void place(const struct estimate *ratio, double limit, enum glyph *middle)
{
    bool has_interval = !isnan(ratio->ci95_lo) && !isnan(ratio->ci95_hi);
    int median = column_of(ratio->median, limit);
    int low = has_interval ? column_of(ratio->ci95_lo, limit) : median;
    int high = has_interval ? column_of(ratio->ci95_hi, limit) : median;
    if (has_interval) {
        fill(middle, low, high, GLYPH_INTERVAL);
        fill(middle, 1, low - 1, GLYPH_SOLID);
        fill(middle, high + 1, -1, GLYPH_SOLID);
    }
    middle[0] = GLYPH_AXIS;
    fill(middle, median, median, has_interval ? GLYPH_MEDIAN : GLYPH_DOUBT);
    if (low < -RATIO_BAR_HALF)
        middle[-RATIO_BAR_HALF] = GLYPH_BELOW;
    if (high > RATIO_BAR_HALF)
        middle[RATIO_BAR_HALF] = GLYPH_ABOVE;
}

char *ratio_bar_draw(const struct estimate *ratio, double limit, bool utf8,
                     char text[RATIO_BAR_BYTES])
{
    enum glyph columns[RATIO_BAR_COLUMNS] = {GLYPH_BLANK};
    char *end = text;
    if (ratio != NULL && ratio->median > 0.0)
        place(ratio, limit, &columns[RATIO_BAR_HALF]);
    for (int column = 0; column < RATIO_BAR_COLUMNS; column++) {
        const char *glyph = glyphs[utf8 ? 1 : 0][columns[column]];
        size_t length = strlen(glyph);
        memcpy(end, glyph, length);
        end += length;
    }
    *end = '\0';
    return text;
}
