/*
 * What a soak keeps apart: one mechanism, one of its ways of waiting, one mode of copies; and what
 * went through it so far.
 */
#ifndef SOAK_SLOT_H
#define SOAK_SLOT_H

#include "base/failure.h"
#include "base/terms.h"
#include "measure/sample.h"
#include "transfer/channel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct slot {
    const struct channel_operations *operations;
    enum wait_kind wait;
    enum copies copies;
    bool by_position; /* waits for positions, whose sleeps are counted; else the kernel wakes */
    bool refused;     /* this machine does not have it */
    uint64_t cells;
    uint64_t errors;   /* cells that failed, or lost a wake-up */
    uint64_t messages; /* one-way messages, warm-up included: their bytes are verified, too */
    uint64_t bytes;
    uint64_t switches; /* voluntary, of the measured batches */
    double seconds;
    struct wait_counts waits;
};

enum { SLOTS_MOST = 128 };

/* Fills `slots` with all that there are, and returns their number. */
size_t slots_make(struct slot *slots);

/* Adds what a cell moved. */
void slot_add(struct slot *slot, const struct sample *sample, const struct wait_counts *waits,
              double seconds);

/* Sums up all slots; only the counts are set. */
struct slot slots_sum(const struct slot *slots, size_t count);

/* For people, aligned, with a last line of sums; and one row each as TSV, with a header. */
void slots_print(const struct slot *slots, size_t count, FILE *stream);
int slots_write_tsv(const struct slot *slots, size_t count, const char *path,
                    struct failure *failure);

#endif
