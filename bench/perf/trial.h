/* Measures one side of a goal once: fresh processes, one number. Knows no bounds and no rounds. */
#ifndef PERF_TRIAL_H
#define PERF_TRIAL_H

#include "goals.h"

#include "base/failure.h"
#include "machine/cpu.h"

/* What is the same for all trials of a run. */
struct trial_setting {
    struct cpu_pair cpus; /* two different ones, but for trials on one CPU */
    double seconds;       /* of the measured part of a trial, about */
    uint64_t seed;
};

/* What a trial is made for; all but the first of sessions alone. */
enum trial_quantity {
    TRIAL_TIME,   /* ns of wall time per message; of a latency test half a round trip, spinning the
                   * median, else the mean */
    TRIAL_SLEEPS, /* of both processes, per message */
    TRIAL_START   /* ns from the fork of the processes to the first message */
};

/*
 * Blocks. Sets *result to the quantity asked for. Returns 0, or as session_run, ceiling_bounce and
 * bare_pair_run do.
 */
int trial_run(const struct trial *trial, const struct trial_setting *setting,
              enum trial_quantity quantity, double *result, struct failure *failure);

#endif
