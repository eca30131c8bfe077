/*
 * The ledger: how often each payload byte of a path is copied, stage by stage, as predicted from
 * what the path is made of; and what each witness must then see. Predictions only: observes
 * nothing.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "base/terms.h"
#include "transfer/channel.h"

enum ledger_stage {
    LEDGER_SOURCE,
    LEDGER_TRANSFER_IN,
    LEDGER_TRANSFER_OUT,
    LEDGER_SINK,
    LEDGER_STAGES
};

/* What a change of the bytes upstream of a stage, made after they were handed over, shows. */
enum mutation {
    MUTATION_NONE,   /* there is no such stage */
    MUTATION_UNSEEN, /* nothing that could be changed, or looked at, belongs to us */
    MUTATION_COPIED, /* the change did not get through: there is a copy */
    MUTATION_SHARED, /* it did: there is none */
    MUTATION_COUNT
};

/* Name tables, ended by NULL; also the columns' words. */
extern const char *const ledger_stage_names[LEDGER_STAGES + 1];
extern const char *const stage_kind_names[STAGE_KIND_COUNT + 1];
extern const char *const mutation_names[MUTATION_COUNT + 1];

struct ledger_path {
    enum stage_kind stages[LEDGER_STAGES];
};

/* The path of a mechanism's `operations` between two ends, in a copies mode. */
struct ledger_path ledger_predict(const struct channel_operations *operations,
                                  enum source_kind source, enum sink_kind sink, enum copies copies);

/* Copies per payload byte: true ones, those that /proc/PID/io reports (it counts fills and
 * discards, too, and misses user and remote copies, and those of queues), those by memcpy, and the
 * number of stages at which a mutation proves a copy. */
double ledger_copies(const struct ledger_path *path);
double ledger_kernel_io(const struct ledger_path *path);
double ledger_user_copies(const struct ledger_path *path);
double ledger_mutations(const struct ledger_path *path);

/* What a mutation must show at a stage. */
enum mutation ledger_mutation(const struct ledger_path *path, enum ledger_stage stage);

#endif
