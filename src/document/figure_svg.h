/*
 * The pictures of a figure as SVG within HTML. Positions and shapes are given here, and classes;
 * colours, dashes and fonts are the style sheet's (page/page.css). Knows no chart.
 */
#ifndef FIGURE_SVG_H
#define FIGURE_SVG_H

#include "document/figure.h"

#include <stdio.h>

/* Where a value lies in the picture of a panel, in pixels of its own; beyond its axes for what they
 * do not hold. */
struct figure_place {
    double x;
    double y;
};

struct figure_place figure_svg_place(const struct figure *figure, size_t panel, double across_value,
                                     double up_value);

/* The picture of a panel with axes and lines, and its end: between them others may draw. */
void figure_svg_begin_panel(const struct figure *figure, size_t panel, FILE *stream);
void figure_svg_end_panel(FILE *stream);

/* One panel. Its points can be focused: one of them by the Tab key, the others from there. */
void figure_svg_write_panel(const struct figure *figure, size_t panel, FILE *stream);

/* The place of an entry's role in a legend, rising: the pipe first. */
size_t figure_svg_order(const struct figure_entry *entry);

/* What a series of this entry looks like, for a legend; and the colours of boxes, rising. */
void figure_svg_write_sample(const struct figure *figure, size_t entry, FILE *stream);
void figure_svg_write_scale(FILE *stream);

#endif
