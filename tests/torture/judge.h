/* Judges one run of the storm after its end: time, exit codes, what was printed, what was left, and
 * the bundles. Every judgement that fails is a line of words. */
#ifndef TORTURE_JUDGE_H
#define TORTURE_JUDGE_H

#include "bundles.h"
#include "play.h"
#include "remains.h"
#include "scenario.h"
#include "stage.h"
#include "strike.h"

#include <stdbool.h>
#include <stddef.h>

enum { JUDGE_TEXT_BYTES = 2048 };

struct judgement {
    size_t failures;
    char text[JUDGE_TEXT_BYTES]; /* of all failures, "; " between them */
    bool late;                   /* it took too long, but the machine was busy with other things */
    bool left;                   /* something was left that only `clean` could know of */
    enum cleaning cleaning;      /* where something was left */
    bool cleaned_later;          /* not before it was old enough to be surely nobody's */
    char remains[REMAINS_TEXT_BYTES];
};

struct judge {
    const struct stage *stage;
    const struct bundles *bundles; /* NULL where scenarios make none */
    const char *clean;             /* the path of that program */
    bool strict;                   /* as if the machine had nothing else to do */
};

/* Looks at what is left, cleans, and judges. */
void judge_run(const struct judge *judge, const struct scenario *scenario,
               const struct strike *strike, const struct play *play, struct judgement *judgement);

#endif
