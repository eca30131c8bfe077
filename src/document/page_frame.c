#include "document/page_frame.h"

#include "base/sha256.h"
#include "document/report_text.h"
#include "text/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { TITLE_BYTES = 4096, HASH_BYTES = 32, BASE64_BYTES = 48 };

/* Within these marks `<` and `&` are text also for a reader of XML; for HTML they are remarks. */
static const char style_begin[] = "/*<![CDATA[*/\n";
static const char style_end[] = "/*]]>*/";

/* 32 bytes, given as hexadecimal digits. */
static void write_base64(const char *digits, char text[BASE64_BYTES])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t bytes[HASH_BYTES + 1] = {0};
    size_t used = 0;
    for (size_t index = 0; index < HASH_BYTES; index++) {
        unsigned byte = 0;
        sscanf(digits + 2 * index, "%2x", &byte);
        bytes[index] = (uint8_t)byte;
    }
    for (size_t index = 0; index < HASH_BYTES; index += 3) {
        uint32_t three = (uint32_t)bytes[index] << 16 | (uint32_t)bytes[index + 1] << 8;
        bool whole = index + 2 < HASH_BYTES;
        three |= whole ? bytes[index + 2] : 0;
        text[used++] = letters[three >> 18];
        text[used++] = letters[three >> 12 & 63];
        text[used++] = letters[three >> 6 & 63];
        text[used++] = '=';
        if (whole)
            text[used - 1] = letters[three & 63];
    }
    text[used] = '\0';
}

/* "'sha256-...'": by this a policy knows a style sheet or a script. */
static void write_source(page_part part, FILE *stream)
{
    struct sha256 hash;
    char digits[SHA256_TEXT_BYTES];
    char text[BASE64_BYTES];
    sha256_start(&hash);
    sha256_add(&hash, style_begin, strlen(style_begin));
    for (; *part != NULL; part++) {
        for (const char *const *line = *part; *line != NULL; line++)
            sha256_add(&hash, *line, strlen(*line));
    }
    sha256_add(&hash, style_end, strlen(style_end));
    write_base64(sha256_finish(&hash, digits), text);
    fprintf(stream, "'sha256-%s'", text);
}

static void write_element(const char *name, page_part part, FILE *stream)
{
    fprintf(stream, "<%s>%s", name, style_begin);
    for (; *part != NULL; part++) {
        for (const char *const *line = *part; *line != NULL; line++)
            fputs(*line, stream);
    }
    fprintf(stream, "%s</%s>\n", style_end, name);
}

static void write_text(const char *text, FILE *stream)
{
    char safe[TITLE_BYTES];
    fputs(report_text_html(text, safe, sizeof safe), stream);
}

/* The script is the same for all languages, or its hash were not: it takes its words from here. */
static void begin_body(enum language language, FILE *stream)
{
    fputs("<body data-sections=\"", stream);
    write_text(text_in(language, "Sections"), stream);
    fputs("\" data-hint=\"", stream);
    write_text(text_in(language, "Point at or tap a point to read its value; by keyboard: Tab, "
                                 "then arrows."),
               stream);
    fputs("\">\n<a class=\"skip\" href=\"#main\">", stream);
    write_text(text_in(language, "Skip to the answer"), stream);
    fputs("</a>\n", stream);
}

char *page_frame_mark(const char *mark, char line[PAGE_MARK_BYTES])
{
    snprintf(line, PAGE_MARK_BYTES, "<meta name=\"generator\" content=\"%s\"/>\n", mark);
    return line;
}

void page_frame_begin(const struct page_frame *frame, const char *title, enum language language,
                      FILE *stream)
{
    char mark[PAGE_MARK_BYTES];
    fprintf(stream, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n",
            language_tag(language));
    if (frame->mark != NULL)
        fputs(page_frame_mark(frame->mark, mark), stream);
    fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ",
          stream);
    write_source(frame->styles, stream);
    fputs("; script-src ", stream);
    write_source(frame->scripts, stream);
    fputs("; base-uri 'none'; form-action 'none'\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>",
          stream);
    write_text(title, stream);
    fputs("</title>\n", stream);
    write_element("style", frame->styles, stream);
    fputs("</head>\n", stream);
    begin_body(language, stream);
}

void page_frame_end(const struct page_frame *frame, FILE *stream)
{
    write_element("script", frame->scripts, stream);
    fputs("</body>\n</html>\n", stream);
}
