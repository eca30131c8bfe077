/* The figures of a storm: by scenario, by what happened, and what was left by whom. */
#ifndef TORTURE_TALLY_H
#define TORTURE_TALLY_H

#include "judge.h"
#include "play.h"
#include "scenario.h"
#include "strike.h"

#include <stddef.h>
#include <stdio.h>

enum { TALLY_ROWS_MOST = 64, TALLY_NAME_BYTES = 80 };

struct tally_row {
    char name[TALLY_NAME_BYTES];
    size_t runs;
    size_t landed;   /* found its process still running */
    size_t ending;   /* of these: had to end the run */
    size_t late;     /* ended too late on a busy machine */
    size_t left;     /* left something */
    size_t cleaned;  /* which `clean` removed */
    size_t later;    /* of these: not before it was old */
    size_t unclean;  /* which it could not be asked to, for it is missing */
    size_t failures; /* runs with one or more */
    double worst_end_seconds;
};

struct tally_table {
    struct tally_row rows[TALLY_ROWS_MOST];
    size_t count;
};

struct tally {
    struct tally_row total;
    struct tally_table scenarios;
    struct tally_table strikes;
    struct tally_table windows; /* scenario, killed process and what it left */
};

void tally_note(struct tally *tally, const struct scenario *scenario, const struct strike *strike,
                const struct play *play, const struct judgement *judgement);

/* For people; and as rows of one table: kind, name, and the figures. */
void tally_print(const struct tally *tally, FILE *stream);
int tally_write(const struct tally *tally, const char *path);

#endif
