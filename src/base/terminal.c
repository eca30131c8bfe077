#include "base/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const colour_choice_names[COLOUR_CHOICES + 1] = {"auto", "always", "never", NULL};

static bool is_set(const char *variable)
{
    return variable != NULL && *variable != '\0';
}

static bool is_on(const char *variable)
{
    return is_set(variable) && strcmp(variable, "0") != 0;
}

bool colour_wanted(enum colour_choice choice, const struct colour_signs *signs)
{
    if (choice != COLOUR_AUTO)
        return choice == COLOUR_ALWAYS;
    if (is_set(signs->no_color))
        return false;
    if (is_on(signs->clicolor_force) || is_on(signs->force_color))
        return true;
    if (signs->clicolor != NULL && strcmp(signs->clicolor, "0") == 0)
        return false;
    return signs->is_terminal && is_set(signs->term) && strcmp(signs->term, "dumb") != 0;
}

bool terminal_takes_colour(enum colour_choice choice, FILE *stream)
{
    struct colour_signs signs = {
        .is_terminal = isatty(fileno(stream)) == 1,
        .term = getenv("TERM"),
        .no_color = getenv("NO_COLOR"),
        .clicolor = getenv("CLICOLOR"),
        .clicolor_force = getenv("CLICOLOR_FORCE"),
        .force_color = getenv("FORCE_COLOR"),
    };
    return colour_wanted(choice, &signs);
}

bool terminal_takes_utf8(void)
{
    /* Not setlocale: all numbers here are written and read without a locale. */
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale == (locale_t)0)
        return false;
    bool utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}
