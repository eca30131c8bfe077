#include "export/export_text.h"

#include "base/plain_text.h"

#include <string.h>

char *export_text_clean(const char *source, char text[EXPORT_TEXT_BYTES])
{
    size_t used = 0;
    while (*source != '\0') {
        uint32_t character = 0;
        size_t length = plain_text_decode(source, &character);
        size_t step = length > 0 ? length : 1;
        if (used + step >= EXPORT_TEXT_BYTES)
            break;
        if (character == '\t')
            text[used++] = ' ';
        else if (length > 0 && (character == '\n' || !plain_text_is_invisible(character))) {
            memcpy(text + used, source, length);
            used += length;
        }
        source += step;
    }
    text[used] = '\0';
    return text;
}

/* What a spreadsheet would take for a formula, and run, is a text behind an apostrophe. */
static int is_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@", *text) != NULL;
}

void export_text_csv(const char *source, FILE *stream)
{
    char text[EXPORT_TEXT_BYTES];
    export_text_clean(source, text);
    const char *apostrophe = is_formula(text) ? "'" : "";
    if (strpbrk(text, "\",\n") == NULL) {
        fprintf(stream, "%s%s", apostrophe, text);
        return;
    }
    fprintf(stream, "\"%s", apostrophe);
    for (const char *letter = text; *letter != '\0'; letter++) {
        if (*letter == '"')
            fputc('"', stream);
        fputc(*letter, stream);
    }
    fputc('"', stream);
}

void export_text_label(const char *source, FILE *stream)
{
    char text[EXPORT_TEXT_BYTES];
    export_text_clean(source, text);
    fputc('"', stream);
    for (const char *letter = text; *letter != '\0'; letter++) {
        if (*letter == '\n') {
            fputs("\\n", stream);
            continue;
        }
        if (*letter == '"' || *letter == '\\')
            fputc('\\', stream);
        fputc(*letter, stream);
    }
    fputc('"', stream);
}
