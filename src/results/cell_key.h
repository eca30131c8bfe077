/*
 * The key of a cell: which mechanism did which test how, on which CPUs, with which payload,
 * from where to where. Samples
 * of one cell are repetitions of the same measurement. Knows no results.
 */
#ifndef CELL_KEY_H
#define CELL_KEY_H

#include "measure/sample.h"

#include <stdint.h>
#include <stdio.h>

struct cell_key {
    char mechanism[SAMPLE_WORD_BYTES];
    char test[SAMPLE_WORD_BYTES];
    char wait[SAMPLE_WORD_BYTES];
    char copies[SAMPLE_WORD_BYTES];
    char touch[SAMPLE_WORD_BYTES];
    char placement[SAMPLE_WORD_BYTES];
    char source[SAMPLE_WORD_BYTES];
    char sink[SAMPLE_WORD_BYTES];
    uint64_t extra_copies;
    char working_set[SAMPLE_WORD_BYTES];
    uint64_t size_bytes;
};

struct cell_key cell_key_of_sample(const struct sample *sample);

/* The same cell of another mechanism, whose name is shorter than SAMPLE_WORD_BYTES. */
struct cell_key cell_key_with_mechanism(const struct cell_key *key, const char *mechanism);

/* Below, equal to or above 0 as strcmp: by the words in the order of the struct, then by size, so
 * that in a sorted list a series over the payload size stands together, rising. */
int cell_key_compare(const struct cell_key *left, const struct cell_key *right);

/* The names, and the fields, as columns of a table: tab separated, without tab or newline behind
 * the last. */
void cell_key_print_tsv_header(FILE *stream);
void cell_key_print_tsv(const struct cell_key *key, FILE *stream);

#endif
