/*
 * A mechanism that is spoilt on purpose: what the writer hands over is, once, not what it produced.
 * With it a soak shows that it would see such a fault.
 */
#ifndef SOAK_DOCTOR_H
#define SOAK_DOCTOR_H

#include "transfer/channel.h"

#include <stdbool.h>
#include <stdint.h>

enum doctoring {
    DOCTOR_NOTHING,
    DOCTOR_LOSE,   /* one message is never handed over */
    DOCTOR_DROP,   /* one message is left out, all later ones come one place earlier */
    DOCTOR_DOUBLE, /* one message comes in the place of the next, too */
    DOCTOR_SWAP,   /* two neighbours change places */
    DOCTOR_BLOCKS, /* within one message two blocks change places; in a small one, two bits turn */
    DOCTOR_FLIP,   /* one bit of one message turns */
    DOCTORING_COUNT
};

extern const char *const doctoring_names[DOCTORING_COUNT + 1];

/* The spoilt table, and what it needs to know. Copied into both processes by the fork, and used by
 * one channel in each direction. */
struct doctor {
    struct channel_operations operations; /* first: a channel leads to it by this table */
    const struct channel_operations *original;
    enum doctoring doctoring;
    uint64_t seed;       /* of the writer's payload */
    uint64_t at_message; /* that is spoilt */
    size_t size;
    bool is_writer; /* of the process that writes first */
    bool knows_side;
    uint64_t messages; /* handed over so far by this process */
    void *loan;
};

/* Makes a spoilt table of `original` for payload (not files) of one size. */
void doctor_make(struct doctor *doctor, const struct channel_operations *original,
                 enum doctoring doctoring, uint64_t seed, size_t size, uint64_t at_message);

#endif
