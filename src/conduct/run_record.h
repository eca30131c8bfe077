/*
 * What manifest.json says of a run beside the facts of the machine: what was asked, what was
 * planned, how far it came and why it stopped. Bundles are made to be passed on, so paths of the
 * command line lose their folders. Knows no machine facts and writes no file.
 */
#ifndef RUN_RECORD_H
#define RUN_RECORD_H

#include "conduct/plan.h"
#include "conduct/plan_places.h"
#include "conduct/plan_request.h"

#include <jansson.h>
#include <stdint.h>

#define RUN_RECORD_SCHEMA 3

struct run_record {
    const char *id;
    const char *label; /* NULL for none */
    const char *preset;
    int argument_count;
    char *const *arguments;
    uint64_t seed;
    const struct plan_request *request;
    const struct plan *plan;
    const struct plan_placement *placements;
    size_t placements_count;
    const struct plan_pairs *pairs; /* NULL, or without a list: not asked for */
    const struct plan_crowd *crowds;
    size_t crowds_count;
    uint64_t rounds_done;
    uint64_t samples;
    uint64_t errors;
    double wall_seconds;
    const char *stopped_because; /* "settled", "rounds", "budget", "interrupted"; NULL: it runs */
    json_t *warnings;            /* array of lines; lent */
    json_t *machine;             /* object; lent */
    json_t *resumptions;         /* array: when an interrupted run was gone on with; lent */
    json_t *argv; /* the command line of the first part of a resumed run; NULL: arguments; lent */
};

/* New objects, which the caller owns; NULL when memory runs out. The second is the first's member
 * `plan`. */
json_t *run_record_to_json(const struct run_record *record);
json_t *run_record_plan_to_json(const struct run_record *record);

#endif
