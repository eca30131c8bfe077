/*
 * One run while it lasts: what the files run_*.c and conductor.c hand to each other. For them only.
 */
#ifndef RUN_H
#define RUN_H

#include "conduct/bundle_writer.h"
#include "conduct/conductor.h"
#include "conduct/noise_watch.h"
#include "conduct/plan.h"
#include "conduct/plan_places.h"
#include "conduct/progress.h"
#include "conduct/settle.h"
#include "conduct/standby_pool.h"
#include "measure/histogram.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Everything that a run holds while it lasts; freed in one place. */
struct run {
    const struct conductor_task *task;
    struct plan_request request;
    struct conductor_outcome *outcome;
    struct failure *failure;
    struct plan_placement *placements;
    size_t placements_count;
    struct plan_pairs pairs;   /* list is NULL where they were not asked for */
    struct plan_crowd *crowds; /* many pairs at once */
    size_t crowds_count;
    struct plan plan;
    size_t *order;
    struct settle *settle;
    bool *measured;                /* per cell: in the present round */
    uint64_t round;                /* the present one; 0 before the first */
    double seconds_before;         /* that the run lasted before it was interrupted and resumed */
    struct standby_pool *standby;  /* the programs that take more than one sample each */
    struct noise_watch watch;      /* of the present round */
    uint64_t samples_before_round; /* that outcome->samples counted when it began */
    struct histogram *histogram;
    json_t *warnings;
    json_t *machine;
    json_t *resumptions; /* array: when the run was gone on with */
    json_t *argv;        /* the command line that began a resumed run; else NULL */
    char *label;         /* NULL for none */
    struct bundle bundle;
    struct progress progress;
    uint64_t started_ns;
    const char *stopped_because;    /* NULL while it goes on */
    uint64_t capacity_warned_bytes; /* what the last warning about it said; 0: none yet */
};

/* Begins a run that has no plan yet. Returns 0 or -ENOMEM, described. run_close is due either
 * way. */
int run_open(struct run *run, const struct conductor_task *task, struct conductor_outcome *outcome,
             struct failure *failure);
void run_close(struct run *run);

/* Since the run began, without the time between an interruption and its resumption. */
double run_elapsed_seconds(const struct run *run);

/* Whether a signal asked the run to stop. Does not block. */
bool run_is_stopped(const struct run *run);

/* Notes which exit code a failure that ends the run has; returns `result`. */
int run_end_with(struct run *run, enum exit_code exit_code, int result);

/* Says a warning and keeps it for the manifest. */
__attribute__((format(printf, 2, 3))) void run_warn(struct run *run, const char *format, ...);

/* run_plan.c: asks the programs what they can do, resolves the placements and makes the plan. Runs
 * programs, so it blocks. Returns 0 or a negative errno, described; the exit code is then set. */
int run_make_plan(struct run *run);

/* run_places.c: adds to the plan the pairs of CPUs and the many pairs at once that were asked for.
 * Returns 0 or a negative errno, described; the exit code is then set. */
int run_add_places(struct run *run, const struct capability *capabilities,
                   size_t capabilities_count);

/* run_sample.c: one short sample of every program, which no file records, so that a broken set-up
 * shows at once. Blocks; returns 0 or a negative errno, described. */
int run_try_mechanisms(struct run *run);

/* Puts the names of all mechanisms that work here in the place of `all`, and warns of the others.
 * Runs their programs. */
int run_choose_every_mechanism(struct run *run);

/* run_copies.c: audits the copies of every path into copies.tsv of the bundle; a path that this
 * machine does not allow is left out with a warning. Blocks. Returns 0 (also when a witness
 * disagrees with the ledger: outcome->disagreements counts such rows), -ECANCELED, or a negative
 * errno, described. */
int run_audit_copies(struct run *run);

/* run_sample.c: measures a cell of the plan in the present round and appends its row, or its error,
 * to the bundle. Blocks. Returns 0 (also when the sample failed: that is recorded), -ECANCELED when
 * the run was stopped, or a negative errno when the bundle cannot be written. */
int run_measure_cell(struct run *run, uint64_t order, size_t cell_index);

/* run_noise.c: says what to know of the machine before a run, as warnings. */
void run_warn_of_noise(struct run *run);

/* run_noise.c: watch what else happens in a round from its begin to its end. The second appends the
 * row to the bundle, unless the begin was not watched; returns 0 or a negative errno, described. */
void run_begin_watch(struct run *run);
int run_end_watch(struct run *run);

/* run_resume.c: takes over the rows of the interrupted run that the task names, if its plan,
 * programs and machine are still the same. Blocks. Returns 0 or a negative errno, described; the
 * exit code is then set. */
int run_resume(struct run *run);

/* conductor.c: the plan as the manifest has it, a new object; NULL when memory runs out. */
json_t *run_record_plan(const struct run *run);

/* run_rounds.c: measures round after round, from where the run is, until a rule ends it, which
 * run->stopped_because then names. Blocks. Returns 0 (also when the run was stopped) or a negative
 * errno, described. */
int run_measure_rounds(struct run *run);

#endif
