/*
 * What we say, in the language of whoever reads it. The English text stands in the code where it is
 * said; another language has one table of pairs (text_chinese.c). tests/texts.bats finds what is
 * missing in it and what nobody says any more. Numbers, names of files, options and mechanisms
 * are the same in every language.
 */
#ifndef TEXT_H
#define TEXT_H

#include "text/language.h"

#include <stddef.h>

struct text_pair {
    const char *english;
    const char *translation;
};

/* Sorted by strcmp of the English, each of them once. */
extern const struct text_pair text_chinese[];
extern const size_t text_chinese_count;

/* The text in that language; `english` itself where the table has none. A format of printf stays
 * one for the same arguments. Never fails; both texts live as long as the program. */
__attribute__((format_arg(2))) const char *text_in(enum language language, const char *english);

/* Marks a text that is looked up elsewhere, such as one in a table of the code. */
#define TEXT(english) english

#endif
