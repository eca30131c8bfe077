/*
 * A report while it is written: headings, paragraphs, lists, tables and parts that fold away. The
 * sections of a report say what stands there; a format says how that is written down (Markdown:
 * document_markdown.c, HTML: document_html.c). Knows no bundle. What fails when writing stays in
 * the stream for ferror.
 *
 * Blocks are begun and ended in pairs; within a block stand words. Words of ours may hold
 * `**strong**`, `` `code` `` and `[link](target)`; everything else in them stands for itself.
 * Their formats are looked up in the document's language (text/text.h); words of ours among the
 * arguments are so by whoever passes them: document_text.
 * Whatever a bundle says that is no number and no checked word (see bundle_reader.h) is cited: then
 * nothing of it is markup.
 */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "text/language.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum document_block {
    DOCUMENT_WHOLE, /* around all others */
    DOCUMENT_TITLE, /* the first within it, once */
    DOCUMENT_PARAGRAPH,
    DOCUMENT_WARNING,
    DOCUMENT_BULLETS, /* a list, of which there may be no item */
    DOCUMENT_NUMBERS, /* the same, numbered from 1 */
    DOCUMENT_ITEM,
    DOCUMENT_TABLE, /* columns first, then rows of cells */
    DOCUMENT_ROW,
    DOCUMENT_CELL,
    DOCUMENT_GALLERY /* pictures with their paragraphs */
};

enum document_heading { DOCUMENT_SECTION, DOCUMENT_SUBSECTION };

/* Folds hide what few need. One that is for pages only has no trace in a format that can't fold. */
enum document_fold { DOCUMENT_FOLD, DOCUMENT_FOLD_ON_PAGES };

/* What stands in a column: words, numbers (at the right), or whole sentences, which need width. */
enum document_column { DOCUMENT_WORDS, DOCUMENT_FIGURES, DOCUMENT_SENTENCES };

/* Columns beyond these are left out, and so are their cells. */
#define DOCUMENT_MOST_COLUMNS 64

/* A list, and one within an item of it. */
#define DOCUMENT_MOST_LISTS 2

struct document;

/* One way to write it down; every operation is required. */
struct document_format {
    void (*begin)(struct document *document, enum document_block block);
    void (*end)(struct document *document, enum document_block block);
    /* `name` is the text in English: addresses are the same in every language. */
    void (*heading)(struct document *document, enum document_heading level, const char *name,
                    const char *text);
    void (*begin_fold)(struct document *document, enum document_fold fold, const char *summary);
    void (*end_fold)(struct document *document, enum document_fold fold);
    void (*column)(struct document *document, enum document_column kind, const char *name);
    void (*say)(struct document *document, const char *text);
    void (*cite)(struct document *document, const char *text);
};

extern const struct document_format document_markdown;
extern const struct document_format document_html; /* what stands in the body of a page */

/* The state is the format's; 0 at the beginning. */
struct document {
    FILE *stream; /* the caller's */
    const struct document_format *format;
    enum language language;
    bool begun;
    struct {
        enum document_block kind;
        size_t items;             /* so far */
    } lists[DOCUMENT_MOST_LISTS]; /* within each other, those that are open */
    size_t depth;
    bool in_line; /* of an item: its line has no end yet */
    enum document_column column_kinds[DOCUMENT_MOST_COLUMNS];
    size_t columns;
    size_t cells; /* of the row, so far */
    bool in_rows;
    size_t tables; /* so far */
    bool strong;
    bool code;
    char section[120]; /* its heading */
};

void document_begin(struct document *document, enum document_block block);
void document_end(struct document *document, enum document_block block);
void document_end_fold(struct document *document, enum document_fold fold);

/* Words of ours, as printf writes them, and plain: numbers and checked words, no markup. */
__attribute__((format(printf, 3, 4))) void
document_heading(struct document *document, enum document_heading level, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
document_begin_fold(struct document *document, enum document_fold fold, const char *format, ...);

/* A column of the table that was just begun. */
__attribute__((format(printf, 3, 4))) void
document_column(struct document *document, enum document_column kind, const char *format, ...);

/* Words of ours, as printf writes them. */
__attribute__((format(printf, 2, 3))) void document_say(struct document *document,
                                                        const char *format, ...);

/* A word or text of ours in the document's language. */
__attribute__((format_arg(2))) const char *document_text(const struct document *document,
                                                         const char *english);

/* Anybody's text, of which 4 KiB are shown at most. */
void document_cite(struct document *document, const char *text);

/* A whole block of words of ours; and of a cell what a bundle says. */
__attribute__((format(printf, 3, 4))) void
document_write(struct document *document, enum document_block block, const char *format, ...);
void document_cite_cell(struct document *document, const char *text);

#endif
