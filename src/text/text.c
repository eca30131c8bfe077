#include "text/text.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *english, const void *pair)
{
    return strcmp(english, ((const struct text_pair *)pair)->english);
}

const char *text_in(enum language language, const char *english)
{
    if (language == LANGUAGE_ENGLISH)
        return english;
    const struct text_pair *pair =
        bsearch(english, text_chinese, text_chinese_count, sizeof *text_chinese, compare);
    return pair == NULL ? english : pair->translation;
}
