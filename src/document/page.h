/*
 * The frame of a page: its head with style sheet and script, and the ends of its body. The
 * style sheet and the script (page/) are compiled in, so that the page needs no other file; the
 * page's own policy lets nothing run or load but these two. Knows no bundle.
 */
#ifndef PAGE_H
#define PAGE_H

#include "text/language.h"

#include <stdio.h>

/* `title` is a text of anybody, and is escaped here. What fails stays in the stream for ferror. */
void page_begin(const char *title, enum language language, FILE *stream);
void page_end(FILE *stream);

#endif
