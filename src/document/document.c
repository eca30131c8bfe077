#include "document/document.h"

#include "text/text.h"

#include <stdarg.h>

/* Longer than any sentence of ours. */
enum { WORDS_BYTES = 8192 };

void document_begin(struct document *document, enum document_block block)
{
    document->format->begin(document, block);
}

void document_end(struct document *document, enum document_block block)
{
    document->format->end(document, block);
}

void document_heading(struct document *document, enum document_heading level, const char *format,
                      ...)
{
    char name[WORDS_BYTES];
    char text[WORDS_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    va_start(arguments, format);
    vsnprintf(text, sizeof text, text_in(document->language, format), arguments);
    va_end(arguments);
    document->format->heading(document, level, name, text);
}

void document_begin_fold(struct document *document, enum document_fold fold, const char *format,
                         ...)
{
    char summary[WORDS_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(summary, sizeof summary, text_in(document->language, format), arguments);
    va_end(arguments);
    document->format->begin_fold(document, fold, summary);
}

void document_end_fold(struct document *document, enum document_fold fold)
{
    document->format->end_fold(document, fold);
}

void document_column(struct document *document, enum document_column kind, const char *format, ...)
{
    char name[WORDS_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, text_in(document->language, format), arguments);
    va_end(arguments);
    if (document->columns == DOCUMENT_MOST_COLUMNS)
        return;
    document->column_kinds[document->columns++] = kind;
    document->format->column(document, kind, name);
}

__attribute__((format(printf, 2, 0))) static void say(struct document *document, const char *format,
                                                      va_list arguments)
{
    char words[WORDS_BYTES];
    vsnprintf(words, sizeof words, text_in(document->language, format), arguments);
    document->format->say(document, words);
}

void document_say(struct document *document, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(document, format, arguments);
    va_end(arguments);
}

const char *document_text(const struct document *document, const char *english)
{
    return text_in(document->language, english);
}

void document_cite(struct document *document, const char *text)
{
    document->format->cite(document, text);
}

void document_write(struct document *document, enum document_block block, const char *format, ...)
{
    va_list arguments;
    document_begin(document, block);
    va_start(arguments, format);
    say(document, format, arguments);
    va_end(arguments);
    document_end(document, block);
}

void document_cite_cell(struct document *document, const char *text)
{
    document_begin(document, DOCUMENT_CELL);
    document_cite(document, text);
    document_end(document, DOCUMENT_CELL);
}
