/*
 * Conducts a run from a request to a finished bundle: asks the programs what they can do, makes
 * the plan, tries every mechanism once, measures round after round, and ends by rule. What a
 * person should see meanwhile goes to one stream; the caller prints the failure and the result.
 */
#ifndef CONDUCTOR_H
#define CONDUCTOR_H

#include "base/exit_code.h"
#include "base/failure.h"
#include "conduct/plan_request.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct conductor_task {
    struct plan_request request;
    const char *preset;
    const char *label; /* NULL for none */
    const char *out;
    const char *resume;   /* the .partial folder of an interrupted run to go on with; else NULL */
    const char *programs; /* the folder with the matched programs */
    uint64_t seed;        /* below 2^53, so that every JSON reader keeps it */
    int argument_count;   /* the command line, for the record */
    char *const *arguments;
    FILE *messages; /* progress, warnings, failed samples */
    int stop_fd;    /* readable: end the run; see conductor_catch_signals */
};

/* What came out of a run. */
struct conductor_outcome {
    enum exit_code exit_code;
    uint64_t rounds;
    uint64_t samples;
    uint64_t errors;
    uint64_t disagreements; /* paths on which a witness contradicts the copies ledger */
    char folder[PATH_MAX];  /* the bundle; "" when there is none */
};

/*
 * SIGINT, SIGTERM, SIGQUIT and SIGHUP (unless that is ignored, as under nohup) no longer interrupt:
 * they make the returned descriptor readable. For a process without threads; call it before
 * anything is started. Returns a descriptor or a negative errno.
 */
int conductor_catch_signals(void);

/*
 * Runs the task. Blocks until it is done, the budget is used or `stop_fd` is readable. Returns 0
 * when a bundle stands, finished or, after an interruption, under its .partial name; else a
 * negative errno with one line in `failure`. outcome->exit_code is set in every case.
 */
int conductor_run(const struct conductor_task *task, struct conductor_outcome *outcome,
                  struct failure *failure);

/* Prints what conductor_run would do, and measures nothing. Returns as conductor_run. */
int conductor_print_plan(const struct conductor_task *task, FILE *stream,
                         struct conductor_outcome *outcome, struct failure *failure);

#endif
