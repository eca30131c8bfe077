/*
 * A text put together from pieces: one finding, to stand in a report, on a terminal or above a
 * chart. What does not fit is cut off. It may hold untrusted text, so it goes through report_text.h
 * wherever it is printed. Knows no bundle.
 */
#ifndef SENTENCE_H
#define SENTENCE_H

#include "text/language.h"

#define SENTENCE_BYTES 1200

struct sentence {
    char text[SENTENCE_BYTES]; /* "" at the beginning: = {""}, which is an English one */
    enum language language;    /* of what is added */
};

/* An empty one. */
struct sentence sentence_in(enum language language);

/* Appends, as printf does, the format's text in the sentence's language (text/text.h). Arguments
 * that are words of ours are looked up by who passes them: sentence_word. */
__attribute__((format(printf, 2, 3))) void sentence_add(struct sentence *sentence,
                                                        const char *format, ...);

/* A word or text in the sentence's language. */
__attribute__((format_arg(2))) const char *sentence_word(const struct sentence *sentence,
                                                         const char *english);

#endif
