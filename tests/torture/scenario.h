/*
 * What one run of the storm starts: one or two programs with options drawn at random, and how their
 * results are recognised. Knows nothing of signals.
 */
#ifndef TORTURE_SCENARIO_H
#define TORTURE_SCENARIO_H

#include "base/random.h"
#include "stage.h"

#include <stdbool.h>
#include <stddef.h>

enum scenario_kind {
    SCENARIO_MEASURE, /* a matched program: its result is one sample as JSON */
    SCENARIO_COPIES,  /* its audit: a header and a row */
    SCENARIO_FILTER,  /* its relay from a file to standard output: the bytes of the file */
    SCENARIO_NAMED,   /* send and recv: the bytes come out of the other program */
    SCENARIO_LETTERS, /* server and client: their last lines */
    SCENARIO_CLAIMS,  /* a table of verdicts */
    SCENARIO_SUITE,   /* the path of a bundle that verifies */
    SCENARIO_SCRIPT,  /* the front door: the same, and a report */
    SCENARIO_RESUME,  /* the front door again, over an interrupted run */
    SCENARIO_KINDS
};

enum {
    SCENARIO_COMMANDS_MOST = 2,
    SCENARIO_ARGUMENTS_MOST = 48,
    SCENARIO_TEXT_BYTES = 4096,
    SCENARIO_NAME_BYTES = 40
};

struct command {
    const char *arguments[SCENARIO_ARGUMENTS_MOST]; /* ended by NULL; [0] is the path */
    size_t count;
    char text[SCENARIO_TEXT_BYTES]; /* where they lie */
    size_t used;
    const char *role;  /* of its first process */
    const char *input; /* standard input; NULL: /dev/null */
};

struct scenario {
    enum scenario_kind kind;
    char name[SCENARIO_NAME_BYTES]; /* as reports group it */
    struct command commands[SCENARIO_COMMANDS_MOST];
    size_t count;
    char mechanism[24];     /* of a matched program */
    double seconds;         /* of measuring, asked for */
    double timeout_seconds; /* after which a side gives up that hears nothing from the other */
    bool crowd;             /* many pairs: workers have a supervisor of their own each */
    bool on_terminal;
    bool goes_on; /* when a process below the first is hit: the run then ends as always */
};

/* The folders of programs that scenarios start. */
struct scenario_programs {
    const char *programs; /* the matched programs, suite, claims, ... */
    const char *audited;
    int cpus[2]; /* that this process may use; the same twice where it is one */
};

/* Draws one. `only`: a name's beginning that it must have, or NULL. The result holds pointers into
 * itself: it must not be copied. Returns false when no name begins like that. */
bool scenario_draw(struct random *random, const struct stage *stage,
                   const struct scenario_programs *programs, const char *only,
                   struct scenario *scenario);

/* Where a resumed run lies, for who puts it there. */
#define SCENARIO_INTERRUPTED "interrupted.partial"

#endif
