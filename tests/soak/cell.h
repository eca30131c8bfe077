/*
 * The cells of a soak: what to move next, drawn by chance, and the command line of the matched
 * program that does the same.
 */
#ifndef SOAK_CELL_H
#define SOAK_CELL_H

#include "base/random.h"
#include "measure/session.h"
#include "slot.h"

/* What a cell is drawn for. */
enum wish {
    WISH_ANYTHING, /* all sizes, capacities, tests and CPUs that there are */
    WISH_BYTES,    /* where bytes go through fast */
    WISH_MESSAGES, /* many small messages */
    WISH_SLEEPS    /* sides that sleep for nearly every message */
};

/* What the machine allows. */
struct cell_limits {
    const int *cpus;
    size_t cpus_count;
    uint64_t pipe_capacity_bytes; /* the largest that a pipe may have here */
};

/* Draws a cell of a slot. Every byte of it is verified: touch is full, and of a relay there are
 * only those that keep a digest over all that came. `relays`: whether there may be any. */
struct session_setup cell_draw(struct random *random, const struct slot *slot,
                               const struct cell_limits *limits, enum wish wish, bool relays);

enum { CELL_COMMAND_BYTES = 512 };

/* The same as a command: "`folder`shm throughput --size 1 ...". Returns `text`. */
char *cell_command(const struct session_setup *setup, const char *folder, char *text);

#endif
