#include "document/report_text.h"

#include "base/plain_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* How a character stands in the output: into `piece` (at least 8 bytes), "" to drop it. */
typedef void (*render)(const char *source, size_t length, uint32_t character, char *piece);

static char *transform(const char *source, char *text, size_t text_bytes, render render_character)
{
    size_t used = 0;
    while (*source != '\0') {
        uint32_t character = 0;
        size_t length = plain_text_decode(source, &character);
        char piece[16] = "";
        if (length > 0)
            render_character(source, length, character, piece);
        size_t piece_length = strlen(piece);
        if (used + piece_length >= text_bytes)
            break;
        memcpy(text + used, piece, piece_length);
        used += piece_length;
        source += length > 0 ? length : 1;
    }
    text[used] = '\0';
    return text;
}

static void render_plain(const char *source, size_t length, uint32_t character, char *piece)
{
    if (character == '\t' || character == '\n' || character == '\r') {
        strcpy(piece, " ");
    } else if (!plain_text_is_invisible(character)) {
        memcpy(piece, source, length);
        piece[length] = '\0';
    }
}

static void render_markdown(const char *source, size_t length, uint32_t character, char *piece)
{
    render_plain(source, length, character, piece);
    if (character == '<')
        strcpy(piece, "&lt;");
    else if (character == '>')
        strcpy(piece, "&gt;");
    else if (character == '&')
        strcpy(piece, "&amp;");
    else if (character < 0x80 && character != 0 && strchr("\\`*_{}[]#!|~$", (int)character))
        snprintf(piece, 8, "\\%c", (char)character);
    else if (character == ':' && source[1] == '/')
        strcpy(piece, "&#58;"); /* else "http://..." would become a link */
    else if (strncasecmp(source, "www.", 4) == 0)
        strcpy(piece, *source == 'w' ? "&#119;" : "&#87;"); /* as would "www...." */
    else if (character == '@')
        strcpy(piece, "&#64;"); /* else "@name" would address a person on some forges */
}

static void render_html(const char *source, size_t length, uint32_t character, char *piece)
{
    render_plain(source, length, character, piece);
    if (character == '<')
        strcpy(piece, "&lt;");
    else if (character == '>')
        strcpy(piece, "&gt;");
    else if (character == '&')
        strcpy(piece, "&amp;");
    else if (character == '"')
        strcpy(piece, "&#34;");
    else if (character == '\'')
        strcpy(piece, "&#39;");
    else if (character == 0xFFFE || character == 0xFFFF)
        strcpy(piece, ""); /* no characters of XML */
}

static void render_gnuplot(const char *source, size_t length, uint32_t character, char *piece)
{
    if (length > 1)
        strcpy(piece, "?");
    else if (strchr("'\"`\\", *source) != NULL || plain_text_is_invisible(character))
        strcpy(piece, " ");
    else
        snprintf(piece, 8, "%c", *source);
}

/* Ours are whole characters, and none of them is invisible. */
static void render_gnuplot_ours(const char *source, size_t length, uint32_t character, char *piece)
{
    if (length > 1)
        render_plain(source, length, character, piece);
    else
        render_gnuplot(source, length, character, piece);
}

static void render_ascii(const char *source, size_t length, uint32_t character, char *piece)
{
    if (length > 1)
        strcpy(piece, "?");
    else
        snprintf(piece, 8, "%c", plain_text_is_invisible(character) ? ' ' : *source);
}

static void render_link(const char *source, size_t length, uint32_t character, char *piece)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    if (length == 1 && strchr(kept, (int)character) != NULL) {
        snprintf(piece, 8, "%c", *source);
        return;
    }
    for (size_t index = 0; index < length; index++)
        snprintf(piece + 3 * index, 4, "%%%02X", (unsigned)(unsigned char)source[index]);
}

char *report_text_plain(const char *source, char *text, size_t text_bytes)
{
    return plain_text_make(source, text, text_bytes);
}

char *report_text_markdown(const char *source, char *text, size_t text_bytes)
{
    return transform(source, text, text_bytes, render_markdown);
}

char *report_text_html(const char *source, char *text, size_t text_bytes)
{
    return transform(source, text, text_bytes, render_html);
}

static char *quote(const char *source, char *text, size_t text_bytes, render render_character)
{
    if (text_bytes < 3) {
        text[0] = '\0';
        return text;
    }
    transform(source, text + 1, text_bytes - 2, render_character);
    text[0] = '\'';
    strcat(text, "'");
    return text;
}

char *report_text_gnuplot(const char *source, char *text, size_t text_bytes)
{
    return quote(source, text, text_bytes, render_gnuplot);
}

char *report_text_gnuplot_ours(const char *source, char *text, size_t text_bytes)
{
    return quote(source, text, text_bytes, render_gnuplot_ours);
}

char *report_text_ascii(const char *source, char *text, size_t text_bytes)
{
    return transform(source, text, text_bytes, render_ascii);
}

char *report_text_link(const char *source, char *text, size_t text_bytes)
{
    return transform(source, text, text_bytes, render_link);
}
