/*
 * The few colours that text for a terminal has, by what they mean. Colour never says anything
 * alone: a word, a sign or a side always says it, too. Decides nothing about whether a stream takes
 * colour (terminal.h does) and prints nothing.
 */
#ifndef INK_H
#define INK_H

#include <stdbool.h>

enum ink {
    INK_PLAIN,
    INK_STRONG,  /* a heading */
    INK_GOOD,    /* faster; a claim that holds */
    INK_BAD,     /* slower; a claim that does not hold; a failure */
    INK_DOUBT,   /* holds in part; a warning */
    INK_UNKNOWN, /* unresolved */
    INKS
};

/* The bytes that begin and end an ink; "" without colour, and for INK_PLAIN. */
const char *ink_begin(bool colour, enum ink ink);
const char *ink_end(bool colour, enum ink ink);

#endif
