/*
 * What a matched program can do, as it says itself when it is run with `describe`. The plan is
 * made from this, so that a new mechanism needs no entry anywhere else. Knows no mechanism by
 * name.
 */
#ifndef CAPABILITY_H
#define CAPABILITY_H

#include "base/failure.h"
#include "conduct/plan_request.h"
#include "measure/sample.h"

#include <jansson.h>
#include <stdbool.h>

struct capability {
    char mechanism[SAMPLE_WORD_BYTES];
    struct word_set tests;
    struct word_set waits;
    struct word_set copies;
    struct word_set touches;
    bool stands_by;      /* see base/standby.h */
    bool inplace_is_own; /* both copies modes make the same system calls and copies */
};

/* Reads what `describe` printed; words that this suite does not know are left out. Returns 0 or
 * -EPROTO. */
int capability_from_json(const json_t *object, struct capability *capability,
                         struct failure *failure);

/*
 * Runs `<programs>/<mechanism> describe`. Returns 0; -ENOENT when there is no such program;
 * -EPIPE when a signal ended it; -ETIMEDOUT when it did not answer; or another negative errno when
 * it fails or answers something else. Blocks until the program ends, ten seconds at most.
 */
int capability_ask(const char *programs, const char *mechanism, struct capability *capability,
                   struct failure *failure);

#endif
