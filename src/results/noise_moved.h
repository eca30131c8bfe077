/*
 * In which rounds two CPUs were not as far apart as in most of the run. For noise.c only.
 */
#ifndef NOISE_MOVED_H
#define NOISE_MOVED_H

#include "results/raw_samples.h"

#include <stddef.h>
#include <stdint.h>

struct noise_moved {
    uint64_t round;
    double bounce_ns; /* the median over the samples that changed, of each the one farther off */
    double usual_ns;  /* the median of all bounces of the same two CPUs, over those samples */
    uint64_t samples; /* that changed */
};

/*
 * Rounds with a sample whose bounce before or after lies beyond NOISE_MOVED_FACTOR of the run's
 * median for its placement and CPUs, rising. Returns 0 or -ENOMEM; *moved and *count are set on
 * success only; the caller frees *moved, which is NULL when there are none.
 */
int noise_moved_find(const struct raw_samples *raw, struct noise_moved **moved, size_t *count);

#endif
