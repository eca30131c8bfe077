#include "document/sentence.h"

#include "text/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct sentence sentence_in(enum language language)
{
    return (struct sentence){.text = "", .language = language};
}

/* Back to where the last whole character ends: what is cut must stay UTF-8. */
static void cut_between_characters(char *text)
{
    size_t end = strlen(text);
    size_t start = end;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char first = (unsigned char)text[start - 1];
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (end - (start - 1) < length)
        text[start - 1] = '\0';
}

void sentence_add(struct sentence *sentence, const char *format, ...)
{
    size_t used = strlen(sentence->text);
    size_t room = sizeof sentence->text - used;
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(sentence->text + used, room, text_in(sentence->language, format), arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length >= room)
        cut_between_characters(sentence->text);
}

const char *sentence_word(const struct sentence *sentence, const char *english)
{
    return text_in(sentence->language, english);
}
