/*
 * A comparison as text: for a terminal, as Markdown, and as a table for machines. All texts from
 * bundles are made safe here. Decides nothing.
 */
#ifndef COMPARE_OUTPUT_H
#define COMPARE_OUTPUT_H

#include "compare/compare_verdict.h"
#include "document/sentence.h"

#include <stdbool.h>
#include <stdio.h>

/* What all forms are made from. `before` and `after` are what the bundles are called: "A", "B". */
struct compare_output {
    const struct comparison *comparison;
    const struct compare_verdict *verdict;
    const char *before;
    const char *after;
    bool named; /* several comparisons stand below each other: each says which it is */
    bool all;   /* all cells, and all facts, instead of those that differ and matter */
    bool markdown;
    FILE *stream;
};

/* The verdict, the notes, the cells, and in what the machines differ. Returns 0 or -ENOMEM; what
 * writing met stays in the stream for ferror, here and below. */
int compare_output_text(const struct compare_output *output);

/* The header of the table, and a row for every cell in both bundles and kind that it has; the notes
 * as lines "note: ..." on `notes`. */
void compare_output_tsv_header(FILE *stream);
void compare_output_tsv(const struct compare_output *output, FILE *notes);

/* The sentence that names one mechanism, such as "shm is 9 % slower in B (31 of 32 ratio cells,
 * 0.91 [0.90, 0.92])"; the interval is the range over its cells. Holds untrusted text. */
void compare_output_say_mechanism(const struct compare_output *output,
                                  const struct mechanism_verdict *mechanism,
                                  struct sentence *sentence);

#endif
