/*
 * The frame of a report's or a comparison's page: page_frame.h with their style sheet and script
 * (page/). Knows no bundle.
 */
#ifndef PAGE_H
#define PAGE_H

#include "document/page_frame.h"
#include "text/language.h"

#include <stdio.h>

/* `title` is a text of anybody, and is escaped here. What fails stays in the stream for ferror. */
void page_begin(const char *title, enum language language, FILE *stream);
void page_end(FILE *stream);

/* The style sheet, for other pages with figures and tables of ours. */
const char *const *page_style_lines(void);

#endif
