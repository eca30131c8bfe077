/*
 * Any figure as HTML with SVG in it: a legend whose entries name their series, a picture per panel,
 * and a line for what a point says. Everything that a script of the page adds to it is extra: each
 * point has its words in a <title>. Well formed as XML, too. Knows no chart.
 */
#ifndef FIGURE_HTML_H
#define FIGURE_HTML_H

#include "document/figure.h"

#include <stdio.h>

/* `name` tells figures of one page apart: letters, digits and "-._"; `title` is a text of anybody,
 * and is escaped here. What fails when writing stays in the stream for ferror. */
void figure_write_html(const struct figure *figure, const char *name, const char *title,
                       FILE *stream);

#endif
