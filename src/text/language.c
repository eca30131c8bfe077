#include "text/language.h"

#include <ctype.h>
#include <stddef.h>
#include <strings.h>

const char *const language_names[LANGUAGE_COUNT + 1] = {
    [LANGUAGE_ENGLISH] = "en", [LANGUAGE_CHINESE] = "zh", NULL};

const char *language_tag(enum language language)
{
    return language == LANGUAGE_CHINESE ? "zh-CN" : "en";
}

enum language language_of_locale(const char *lc_all, const char *lc_messages, const char *lang)
{
    const char *const values[] = {lc_all, lc_messages, lang};
    for (size_t index = 0; index < sizeof values / sizeof *values; index++) {
        const char *value = values[index];
        if (value == NULL || *value == '\0')
            continue;
        return strncasecmp(value, "zh", 2) == 0 && !isalnum((unsigned char)value[2])
                   ? LANGUAGE_CHINESE
                   : LANGUAGE_ENGLISH;
    }
    return LANGUAGE_ENGLISH;
}
