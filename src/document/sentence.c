#include "document/sentence.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sentence_add(struct sentence *sentence, const char *format, ...)
{
    size_t used = strlen(sentence->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence->text + used, sizeof sentence->text - used, format, arguments);
    va_end(arguments);
}
