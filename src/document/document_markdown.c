/* A document as Markdown. Blocks are parted by one empty line. */
#include "document/document.h"

#include "document/report_text.h"

enum { CITED_BYTES = 4096 };

static void part(struct document *document)
{
    if (document->begun)
        fputc('\n', document->stream);
    document->begun = true;
}

/* The names of the columns are followed by what says where they stand. */
static void end_columns(struct document *document)
{
    if (document->in_rows)
        return;
    document->in_rows = true;
    fputs("\n|", document->stream);
    for (size_t column = 0; column < document->columns; column++)
        fputs(document->column_kinds[column] == DOCUMENT_FIGURES ? "---:|" : "---|",
              document->stream);
    fputc('\n', document->stream);
}

static void begin_list(struct document *document, enum document_block kind)
{
    part(document);
    document->lists[document->depth].kind = kind;
    document->lists[document->depth].items = 0;
    document->depth++;
}

static void begin_item(struct document *document)
{
    size_t list = document->depth - 1;
    document->in_line = true;
    document->lists[list].items++;
    if (document->lists[list].kind == DOCUMENT_NUMBERS)
        fprintf(document->stream, "%*s%zu. ", (int)(2 * list), "", document->lists[list].items);
    else
        fprintf(document->stream, "%*s- ", (int)(2 * list), "");
}

static void end_line(struct document *document)
{
    if (document->in_line)
        fputc('\n', document->stream);
    document->in_line = false;
}

static void begin(struct document *document, enum document_block block)
{
    switch (block) {
    case DOCUMENT_TITLE:
        part(document);
        fputs("# ", document->stream);
        break;
    case DOCUMENT_PARAGRAPH:
        part(document);
        break;
    case DOCUMENT_WARNING:
        part(document);
        fputs("> ", document->stream);
        break;
    case DOCUMENT_BULLETS:
    case DOCUMENT_NUMBERS:
        begin_list(document, block);
        break;
    case DOCUMENT_ITEM:
        begin_item(document);
        break;
    case DOCUMENT_TABLE:
        part(document);
        document->columns = 0;
        document->in_rows = false;
        fputc('|', document->stream);
        break;
    case DOCUMENT_ROW:
        end_columns(document);
        document->cells = 0;
        fputc('|', document->stream);
        break;
    case DOCUMENT_CELL:
        fputc(' ', document->stream);
        break;
    case DOCUMENT_WHOLE:
    case DOCUMENT_GALLERY:
        break;
    }
}

static void end(struct document *document, enum document_block block)
{
    switch (block) {
    case DOCUMENT_ITEM:
        end_line(document);
        break;
    case DOCUMENT_TABLE:
        end_columns(document);
        break;
    case DOCUMENT_CELL:
        fputs(" |", document->stream);
        break;
    case DOCUMENT_BULLETS:
    case DOCUMENT_NUMBERS:
        document->depth--;
        break;
    case DOCUMENT_TITLE:
    case DOCUMENT_PARAGRAPH:
    case DOCUMENT_WARNING:
    case DOCUMENT_ROW:
    case DOCUMENT_GALLERY:
        fputc('\n', document->stream);
        break;
    case DOCUMENT_WHOLE:
        break;
    }
}

static void heading(struct document *document, enum document_heading level, const char *name,
                    const char *text)
{
    (void)name;
    part(document);
    fprintf(document->stream, "%s %s\n", level == DOCUMENT_SECTION ? "##" : "###", text);
}

/* Within an item of a list it is indented and followed by an empty line, or it would end the list.
 */
static void begin_fold(struct document *document, enum document_fold fold, const char *summary)
{
    if (fold == DOCUMENT_FOLD_ON_PAGES)
        return;
    end_line(document);
    fprintf(document->stream, "\n%s<details><summary>%s</summary>\n",
            document->depth > 0 ? "  " : "", summary);
}

static void end_fold(struct document *document, enum document_fold fold)
{
    if (fold == DOCUMENT_FOLD)
        fprintf(document->stream, document->depth > 0 ? "\n  </details>\n\n" : "\n</details>\n");
}

static void column(struct document *document, enum document_column kind, const char *name)
{
    (void)kind;
    fprintf(document->stream, " %s |", name);
}

static void say(struct document *document, const char *text)
{
    fputs(text, document->stream);
}

static void cite(struct document *document, const char *text)
{
    char safe[CITED_BYTES];
    fputs(report_text_markdown(text, safe, sizeof safe), document->stream);
}

const struct document_format document_markdown = {
    .begin = begin,
    .end = end,
    .heading = heading,
    .begin_fold = begin_fold,
    .end_fold = end_fold,
    .column = column,
    .say = say,
    .cite = cite,
};
