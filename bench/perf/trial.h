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

/*
 * Blocks. Sets *result: nanoseconds of wall time per message; of a latency test half a round trip,
 * spinning the median, else the mean; or, with `count_sleeps`, sleeps of both processes per
 * message. Returns 0, or as session_run, ceiling_bounce and bare_pair_run do.
 */
int trial_run(const struct trial *trial, const struct trial_setting *setting, bool count_sleeps,
              double *result, struct failure *failure);

#endif
