/*
 * The words that the scripts in plots/ say themselves, such as the names of axes: they ask for them
 * by the English, with say("..."). Knows no bundle. tests/texts.bats finds those that are missing.
 */
#ifndef CHART_WORDS_H
#define CHART_WORDS_H

#include "text/language.h"

#include <stdio.h>

/* Writes them as gnuplot statements: `language`, and for all but English pairs of texts. Errors
 * stay in the stream. */
void chart_words_write(enum language language, FILE *stream);

#endif
