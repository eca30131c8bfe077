/*
 * What a terminal, or whatever else a stream leads to, can show: colour, and characters beyond
 * ASCII. Asks the stream and the environment and changes nothing, the locale included. Knows no
 * text that is shown.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* What the user asked for with --color. */
enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER, COLOUR_CHOICES };

/* "auto", "always", "never", ended by NULL. */
extern const char *const colour_choice_names[COLOUR_CHOICES + 1];

/* What decides with `auto`: whether the stream is a terminal, and variables of the environment,
 * NULL where one is not set. */
struct colour_signs {
    bool is_terminal;
    const char *term;     /* TERM: "dumb" knows no colour */
    const char *no_color; /* NO_COLOR: set and not empty, never colour (no-color.org) */
    const char *clicolor; /* CLICOLOR: "0", no colour */
    const char
        *clicolor_force; /* CLICOLOR_FORCE, FORCE_COLOR: set and neither empty nor "0", colour */
    const char *force_color; /* even where there is no terminal; NO_COLOR wins over both */
};

bool colour_wanted(enum colour_choice choice, const struct colour_signs *signs);

/* The same with the signs of this process and `stream`. */
bool terminal_takes_colour(enum colour_choice choice, FILE *stream);

/* Whether the environment's locale is one of UTF-8. */
bool terminal_takes_utf8(void);

#endif
