/*
 * Watches what else happens on the machine while a round is measured, and what is said of it before
 * the first. Knows no plan and no bundle; reads under a root, see machine/disturbance.h.
 */
#ifndef NOISE_WATCH_H
#define NOISE_WATCH_H

#include "base/failure.h"
#include "machine/disturbance.h"
#include "results/raw_rounds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A round while it lasts. */
struct noise_watch {
    struct disturbance before;
    double own_cpu_ns; /* of this process and its ended children, since they began */
    uint64_t started_ns;
    double at_s;
    bool is_watching;
};

/* Begins to watch; `at_s` is the time of the run. */
void noise_watch_begin(struct noise_watch *watch, const char *root, double at_s);

/*
 * Ends it. Returns whether there is a row: not of a round whose begin was not watched, because it
 * was interrupted there. The row has everything but its round and its samples.
 */
bool noise_watch_end(struct noise_watch *watch, const char *root, struct raw_round *row);

/* The row of two moments `seconds` apart between which our own processes used `own_cpu_ns`. A
 * counter that went backward, as after a guest moved to another host, is NAN. */
void noise_watch_difference(const struct disturbance *before, const struct disturbance *after,
                            double own_cpu_ns, double seconds, struct raw_round *row);

enum { NOISE_WARNINGS_MOST = 3 };

/* What to know, and to do, before a run begins: one line each. */
struct noise_warnings {
    char lines[NOISE_WARNINGS_MOST][FAILURE_TEXT_BYTES];
    size_t count;
};

/* `allowed_cpus` are those that this process may use. Names no other process: bundles are made to
 * be passed on. */
void noise_warnings_of(const struct disturbance *now, size_t allowed_cpus,
                       struct noise_warnings *warnings);

#endif
