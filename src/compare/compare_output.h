/*
 * A comparison for a terminal, and as a table for machines; compare_document.h has those for
 * readers. All texts from bundles are made safe here. Decides nothing.
 */
#ifndef COMPARE_OUTPUT_H
#define COMPARE_OUTPUT_H

#include "compare/compare_outcome.h"

#include <stdbool.h>
#include <stdio.h>

struct compare_terminal {
    bool named; /* several comparisons stand below each other: each says which it is */
    bool all;   /* all cells, and all facts, instead of those that differ and matter */
    FILE *stream;
};

/* The verdict, the notes, the cells, and in what the machines differ, of what is comparable.
 * Returns 0 or -ENOMEM; what writing met stays in the stream for ferror, here and below. */
int compare_output_terminal(const struct compare_outcome *outcome,
                            const struct compare_terminal *terminal);

/* The header of the table, and a row for every cell in both bundles and kind that it has; the notes
 * as lines "note: ..." on `notes`. */
void compare_output_tsv_header(FILE *stream);
void compare_output_tsv(const struct compare_outcome *outcome, FILE *stream, FILE *notes);

#endif
