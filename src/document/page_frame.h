/*
 * The frame of a page that needs no other file: its head with style sheet and script, and the ends
 * of its body. Both are compiled in (page/), and the page's own policy lets nothing run or load but
 * these two. Knows no bundle and no content.
 */
#ifndef PAGE_FRAME_H
#define PAGE_FRAME_H

#include "text/language.h"

#include <stdio.h>

/* A style sheet or script, one or several files of it: each the lines of a file, ended by NULL, as
 * scripts/page-parts.sh makes them; the list is ended by NULL, too. */
typedef const char *const *const *page_part;

struct page_frame {
    page_part styles;
    page_part scripts;
    const char *mark; /* by which the page's maker knows it again, a plain word; NULL for none */
};

/* `title` is a text of anybody, and is escaped here. What fails stays in the stream for ferror. */
void page_frame_begin(const struct page_frame *frame, const char *title, enum language language,
                      FILE *stream);
void page_frame_end(const struct page_frame *frame, FILE *stream);

/* The line that a page with this mark has in its head, within its first PAGE_MARK_LINES lines. */
#define PAGE_MARK_LINES 8
#define PAGE_MARK_BYTES 128
char *page_frame_mark(const char *mark, char line[PAGE_MARK_BYTES]);

#endif
