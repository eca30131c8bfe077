/* Whether what a program of a scenario printed is its result, whole and right. */
#ifndef TORTURE_RESULT_H
#define TORTURE_RESULT_H

#include "bundles.h"
#include "play.h"
#include "scenario.h"
#include "stage.h"

#include <stdbool.h>

enum result_state {
    RESULT_NONE,  /* nothing that could be taken for one */
    RESULT_WHOLE, /* complete and right */
    RESULT_WRONG  /* neither: part of one, more than one, or a wrong one */
};

/* `index`: of the scenario's command. For bundles see judge.c: here their path alone counts. */
enum result_state result_of(const struct stage *stage, const struct scenario *scenario,
                            const struct play *play, size_t index);

#endif
