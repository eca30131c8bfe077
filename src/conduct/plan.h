/*
 * The plan of a run: which cells there are, which were left out and why, and in which order each
 * round measures them. Made from a request and from what the programs can do; the same input gives
 * the same plan on every machine. Runs nothing and knows no clock.
 */
#ifndef PLAN_H
#define PLAN_H

#include "base/failure.h"
#include "conduct/capability.h"
#include "conduct/plan_request.h"
#include "machine/cpu.h"
#include "measure/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The floor and the ceilings are cells like all others and measured in every round. */
#define PLAN_FLOOR         "null"
#define PLAN_CEILING       "ceiling"
#define PLAN_MEMCPY        "memcpy"
#define PLAN_BOUNCE        "bounce"
#define PLAN_NONE          "none" /* wait, copies and touch of a ceiling */
#define PLAN_BOUNCE_BYTES  UINT64_C(8)
#define PLAN_REFERENCE     "pipe" /* what ratio_to_pipe compares with */
#define PLAN_ROUNDS_LEAST  6      /* that even a used-up budget leaves: intervals need them */
#define PLAN_SECONDS_START 0.008  /* to start and end a pair of processes, for estimates */

/* One cell, in the words that its sample will carry, and the CPUs it runs on. */
struct cell {
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
    struct cpu_pair cpus;
    uint64_t pairs_parallel; /* so many pairs at once; 0: one, as a session of its own */
    const char *cpu_list;    /* of all pairs at once, as --cpus takes it; lent, else NULL */
};

/* A placement of the request, resolved to CPUs of this machine. */
struct plan_placement {
    char word[SAMPLE_WORD_BYTES];
    struct cpu_pair cpus;
    uint64_t pairs_parallel; /* and cpu_list: see struct cell */
    const char *cpu_list;
};

/* Cells that were asked for and are left out. */
struct plan_skip {
    char reason[120];
    size_t cells;
    bool expected; /* by design, on every machine: recorded, but nothing to say aloud */
};

struct plan {
    struct cell *cells;
    size_t cells_count;
    struct plan_skip *skips;
    size_t skips_count;
};

/*
 * Makes the cells. `capabilities` are those of the request's mechanisms, in its order, and of the
 * floor after them (a floor that was asked for as a mechanism stands in its place only). Returns
 * 0; -EINVAL when no cell of a mechanism is left, with the first reason in `failure`; or -ENOMEM.
 * The caller frees the plan with plan_free.
 */
int plan_make(const struct plan_request *request, const struct capability *capabilities,
              size_t capabilities_count, const struct plan_placement *placements,
              size_t placements_count, struct plan *plan, struct failure *failure);

void plan_free(struct plan *plan);

/* Writes the order of a round (counted from 1) into order[0..cells_count): every cell's index
 * once, shuffled by (seed, round) alone. */
void plan_order(size_t cells_count, uint64_t seed, uint64_t round, size_t *order);

/* How long one round takes, roughly: the length of the samples, starting the processes, and what
 * the few messages of a large size take that fill no sample. */
double plan_estimate_round_seconds(const struct plan *plan, double sample_seconds);

#endif
