/*
 * A document as HTML, and at the same time as XML, so that a strict reader can say whether it is
 * well formed. What it looks like is the style sheet's: page/page.css.
 */
#include "document/document.h"

#include "base/plain_text.h"
#include "document/report_text.h"

#include <ctype.h>
#include <string.h>

/* Each character of a text becomes five at most. */
enum { CITED_BYTES = 4096 * 5 };

static void cite(struct document *document, const char *text)
{
    char safe[CITED_BYTES];
    fputs(report_text_html(text, safe, sizeof safe), document->stream);
}

/* ---- words of ours ---- */

/* The character that a text, not empty, begins with; returns its length in bytes. */
static size_t say_character(struct document *document, const char *text)
{
    uint32_t character;
    size_t length = plain_text_decode(text, &character);
    char alone[8];
    if (length == 0)
        return 1;
    memcpy(alone, text, length);
    alone[length] = '\0';
    cite(document, alone);
    return length;
}

static void say_part(struct document *document, const char *text, size_t bytes)
{
    for (size_t index = 0; index < bytes;)
        index += say_character(document, text + index);
}

static void toggle(struct document *document, bool *open, const char *element)
{
    fprintf(document->stream, *open ? "</%s>" : "<%s>", element);
    *open = !*open;
}

/* Writes the link that a text begins with and returns its length; 0 where there is none. */
static size_t say_link(struct document *document, const char *text)
{
    size_t words = strcspn(text, "]");
    size_t target = text[words] != '\0' && text[words + 1] == '(' ? strcspn(text + words, ") ") : 0;
    if (target == 0 || text[words + target] != ')')
        return 0;
    fputs("<a href=\"", document->stream);
    say_part(document, text + words + 2, target - 2);
    fputs("\">", document->stream);
    say_part(document, text + 1, words - 1);
    fputs("</a>", document->stream);
    return words + target + 1;
}

static void say(struct document *document, const char *text)
{
    while (*text != '\0') {
        size_t length = *text == '[' ? say_link(document, text) : 0;
        if (length > 0) {
            text += length;
        } else if (strncmp(text, "**", 2) == 0) {
            toggle(document, &document->strong, "strong");
            text += 2;
        } else if (*text == '`') {
            toggle(document, &document->code, "code");
            text++;
        } else {
            text += say_character(document, text);
        }
    }
}

/* ---- blocks ---- */

static void begin_table(struct document *document)
{
    document->columns = 0;
    document->in_rows = false;
    document->tables++;
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", document->stream);
    fprintf(document->stream, document_text(document, "Table %zu: "), document->tables);
    cite(document, document->section);
    fputs("\">\n<table>\n<thead><tr>", document->stream);
}

static void end_columns(struct document *document)
{
    if (!document->in_rows)
        fputs("</tr></thead>\n<tbody>\n", document->stream);
    document->in_rows = true;
}

static const char *class_of(enum document_column kind)
{
    static const char *const classes[] = {[DOCUMENT_WORDS] = "",
                                          [DOCUMENT_FIGURES] = " class=\"number\"",
                                          [DOCUMENT_SENTENCES] = " class=\"long\""};
    return classes[kind];
}

/* The first cell of a row names it. */
static void begin_cell(struct document *document)
{
    enum document_column kind = document->cells < document->columns
                                    ? document->column_kinds[document->cells]
                                    : DOCUMENT_WORDS;
    fprintf(document->stream, "<%s%s>", document->cells == 0 ? "th scope=\"row\"" : "td",
            class_of(kind));
}

static void end_cell(struct document *document)
{
    fputs(document->cells == 0 ? "</th>" : "</td>", document->stream);
    document->cells++;
}

/* A list without items would be a list of nothing to whoever hears the page. */
static void begin_item(struct document *document)
{
    size_t list = document->depth - 1;
    if (document->lists[list].items++ == 0)
        fputs(document->lists[list].kind == DOCUMENT_NUMBERS ? "<ol>\n" : "<ul>\n",
              document->stream);
    fputs("<li>", document->stream);
}

static void end_list(struct document *document)
{
    size_t list = --document->depth;
    if (document->lists[list].items > 0)
        fputs(document->lists[list].kind == DOCUMENT_NUMBERS ? "</ol>\n" : "</ul>\n",
              document->stream);
}

static void begin(struct document *document, enum document_block block)
{
    static const char *const tags[] = {
        [DOCUMENT_WHOLE] = "",
        [DOCUMENT_TITLE] = "<header>\n<h1>",
        [DOCUMENT_PARAGRAPH] = "<p>",
        [DOCUMENT_WARNING] = "<p class=\"warning\">",
        [DOCUMENT_GALLERY] = "<div class=\"gallery\">\n",
    };
    switch (block) {
    case DOCUMENT_BULLETS:
    case DOCUMENT_NUMBERS:
        document->lists[document->depth].kind = block;
        document->lists[document->depth].items = 0;
        document->depth++;
        break;
    case DOCUMENT_ITEM:
        begin_item(document);
        break;
    case DOCUMENT_TABLE:
        begin_table(document);
        break;
    case DOCUMENT_ROW:
        end_columns(document);
        document->cells = 0;
        fputs("<tr>", document->stream);
        break;
    case DOCUMENT_CELL:
        begin_cell(document);
        break;
    default:
        fputs(tags[block], document->stream);
    }
}

/* What follows the title. */
static void begin_answer(struct document *document)
{
    fputs("<section class=\"answer\" id=\"answer\" aria-label=\"", document->stream);
    cite(document, document_text(document, "The answer"));
    fputs("\">\n", document->stream);
}

static void end(struct document *document, enum document_block block)
{
    static const char *const tags[] = {
        [DOCUMENT_WHOLE] = "</section>\n</main>\n",
        [DOCUMENT_TITLE] = "</h1>\n</header>\n<main id=\"main\">\n",
        [DOCUMENT_PARAGRAPH] = "</p>\n",
        [DOCUMENT_WARNING] = "</p>\n",
        [DOCUMENT_ITEM] = "</li>\n",
        [DOCUMENT_ROW] = "</tr>\n",
        [DOCUMENT_GALLERY] = "</div>\n",
    };
    switch (block) {
    case DOCUMENT_BULLETS:
    case DOCUMENT_NUMBERS:
        end_list(document);
        break;
    case DOCUMENT_TABLE:
        end_columns(document);
        fputs("</tbody>\n</table>\n</div>\n", document->stream);
        break;
    case DOCUMENT_CELL:
        end_cell(document);
        break;
    default:
        fputs(tags[block], document->stream);
    }
    if (block == DOCUMENT_TITLE)
        begin_answer(document);
}

/* "the-claims" for "The claims": what an address names a section by. */
static void write_name(struct document *document, const char *text)
{
    bool gap = false;
    for (; *text != '\0'; text++) {
        if (isalnum((unsigned char)*text)) {
            fprintf(document->stream, "%s%c", gap ? "-" : "", tolower((unsigned char)*text));
            gap = false;
        } else {
            gap = true;
        }
    }
}

static void heading(struct document *document, enum document_heading level, const char *name,
                    const char *text)
{
    snprintf(document->section, sizeof document->section, "%s", text);
    if (level == DOCUMENT_SUBSECTION) {
        fputs("<h3>", document->stream);
        cite(document, text);
        fputs("</h3>\n", document->stream);
        return;
    }
    fputs("</section>\n<section id=\"", document->stream);
    write_name(document, name);
    fputs("\" aria-labelledby=\"", document->stream);
    write_name(document, name);
    fputs("-title\">\n<h2 id=\"", document->stream);
    write_name(document, name);
    fputs("-title\">", document->stream);
    cite(document, text);
    fputs("</h2>\n", document->stream);
}

static void begin_fold(struct document *document, enum document_fold fold, const char *summary)
{
    (void)fold;
    fputs("<details>\n<summary>", document->stream);
    cite(document, summary);
    fputs("</summary>\n", document->stream);
}

static void end_fold(struct document *document, enum document_fold fold)
{
    (void)fold;
    fputs("</details>\n", document->stream);
}

static void column(struct document *document, enum document_column kind, const char *name)
{
    fprintf(document->stream, "<th scope=\"col\"%s>", class_of(kind));
    cite(document, name);
    fputs("</th>", document->stream);
}

const struct document_format document_html = {
    .begin = begin,
    .end = end,
    .heading = heading,
    .begin_fold = begin_fold,
    .end_fold = end_fold,
    .column = column,
    .say = say,
    .cite = cite,
};
