/*
 * rounds.tsv: what else happened on the machine while each round was measured, one row per round
 * that was measured from its begin to its end. Written by the run as it goes, read for judging.
 * Knows the columns, and judges nothing.
 */
#ifndef RAW_ROUNDS_H
#define RAW_ROUNDS_H

#include "base/failure.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define RAW_ROUNDS_FILE      "rounds.tsv"
#define RAW_ROUNDS_MOST_ROWS 1000000 /* as many as there may be samples */

/* Counts and times are differences over the round; NAN where the machine does not tell. */
struct raw_round {
    uint64_t round;
    double at_s; /* when it began, in seconds since the run did */
    double seconds;
    uint64_t samples; /* those that succeeded */
    double online_cpus;
    double steal_ns; /* over all CPUs, as the rest */
    /* CPU time of everybody but the run itself and its programs. The kernel counts theirs and ours
     * apart, so a calm round may be a little below 0. */
    double other_busy_ns;
    double interrupts;
    double context_switches;
    double load_1min;          /* at the end */
    double frequency_mean_hz;  /* the mean of begin and end, over CPUs */
    double frequency_least_hz; /* the least CPU's at begin or end */
    double throttles;
};

/* The header, and a row, each ended by a newline. Errors stay in the stream for ferror. */
void raw_rounds_print_header(FILE *stream);
void raw_rounds_print(const struct raw_round *round, FILE *stream);

/*
 * Reads the file of the bundle in `folder`. Returns 0; -ENOENT, undescribed, where the bundle has
 * none, as older ones; -EINVAL where it is damaged or its rounds do not rise, with file, row and
 * column in `failure`; or another negative errno, described. *rows and *count are set on success
 * only; the caller frees *rows, which is NULL when there are none.
 */
int raw_rounds_read(const char *folder, struct raw_round **rows, size_t *count,
                    struct failure *failure);

#endif
