/*
 * What a comparison says in sum: how many cells differ, and which mechanism is to be named for it.
 * Prints nothing.
 *
 * A ratio to the pipe changes when the mechanism changes and when the pipe does. So for every cell
 * of the pipe, the ratios to it are looked at together. The pipe is named when all of them moved
 * alike (to the same side, the least by at least half as much as the most, on a logarithmic scale),
 * the pipe's absolute figure moved to the other side and farther than that of every other mechanism
 * there, and one of these holds: there are two or more others, so that the pipe is the odd one; or
 * the only other one moved by less than half as much. Else each mechanism is named for its own
 * ratio.
 */
#ifndef COMPARE_VERDICT_H
#define COMPARE_VERDICT_H

#include "compare/comparison.h"

#include <stddef.h>

/* One mechanism and how its cells differ. */
struct mechanism_verdict {
    char mechanism[SAMPLE_WORD_BYTES]; /* untrusted text */
    size_t cells;                      /* compared; of the pipe: those that a ratio divides by */
    size_t differ;
    size_t slower; /* of those that differ */
    /* Over the cells that differ, how many times faster it became; of the pipe, where ratios
     * decide: against the others, the reciprocal of how their ratios moved. NAN for none. */
    double median;
    double least;
    double most;
    /* Where ratios decide, of a mechanism other than the pipe: the medians of how its absolute
     * figures and the pipe's moved in the cells that differ, to see which side did. Else NAN. */
    double own_absolute;
    double pipe_absolute;
};

struct compare_verdict {
    enum compare_kind kind; /* what was decided by */
    size_t cells;           /* compared, in enough rounds */
    size_t differ;
    struct mechanism_verdict *mechanisms; /* those that differ in most cells first */
    size_t mechanism_count;
};

/* Returns 0 or -ENOMEM; *verdict is set on success only and is then released by
 * compare_verdict_free. Ceilings decide nothing and are not named. */
int compare_verdict_make(const struct comparison *comparison, enum compare_kind kind,
                         struct compare_verdict *verdict);
void compare_verdict_free(struct compare_verdict *verdict);

#endif
