/*
 * A text put together from pieces: one finding, to stand in a report, on a terminal or above a
 * chart. What does not fit is cut off. It may hold untrusted text, so it goes through report_text.h
 * wherever it is printed. Knows no bundle.
 */
#ifndef SENTENCE_H
#define SENTENCE_H

#define SENTENCE_BYTES 1200

struct sentence {
    char text[SENTENCE_BYTES]; /* "" at the beginning: = {""} */
};

/* Appends, as printf does. */
__attribute__((format(printf, 2, 3))) void sentence_add(struct sentence *sentence,
                                                        const char *format, ...);

#endif
