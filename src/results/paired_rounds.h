/*
 * Cells that were measured in the same rounds, and statistics of their medians. Whatever disturbs a
 * round disturbs all its cells, so a figure that several cells make together, such as a difference,
 * takes the same rounds from each of them: only those in which every cell was measured.
 *
 * A figure is computed from one median per cell over those rounds. Its interval is a percentile
 * bootstrap (statistics.h) that resamples ROUNDS: each resample draws the same rounds for all
 * cells, takes their medians and computes the figure anew. Knows no figure: who asks brings it.
 */
#ifndef PAIRED_ROUNDS_H
#define PAIRED_ROUNDS_H

#include "results/raw_samples.h"
#include "results/statistics.h"

#include <stddef.h>
#include <stdint.h>

/* What is taken from a sample; NAN where it does not have it. */
typedef double paired_value(const struct sample *sample);

/* ns per KiB of payload: by the clock, from the throughput, and of CPU time of both processes. */
double paired_wall_ns_per_kib(const struct sample *sample);
double paired_cpu_ns_per_kib(const struct sample *sample);

struct paired_rounds {
    size_t cells;
    size_t measured; /* how many of the cells have a value in any round */
    size_t rounds;   /* that all of these have */
    /* The values of each cell in rising order, sorted[cell * rounds + rank], and from which of the
     * rounds 0 .. rounds - 1 each came. A cell that was never measured has NAN. */
    double *sorted;
    uint32_t *round_of;
};

/*
 * The values of cells[0 .. count) in the rounds that all of them have. A sample without the value
 * or with a wrong checksum is none. A cell without any sample is one that does not exist here: it
 * takes no round from the others. Returns 0 or -ENOMEM; *paired is set on success only and is then
 * released by paired_rounds_free.
 */
int paired_rounds_collect(const struct raw_samples *raw, const struct cell_key *cells, size_t count,
                          paired_value *value, struct paired_rounds *paired);
void paired_rounds_free(struct paired_rounds *paired);

/* medians[cell] over all rounds; NAN for a cell that was never measured, or when there is no round.
 */
void paired_rounds_medians(const struct paired_rounds *paired, double *medians);

/* Computes figures from medians as above. How many is up to the caller of paired_rounds_estimate.
 */
typedef void paired_figures(const double *medians, const void *context, double *figures);

/*
 * The `count` figures that `compute` sets, with intervals: `median` of an estimate is the figure,
 * `samples` the number of rounds. A figure that is NAN in a resample could be anything there, and
 * counts as beyond both ends of its interval; in more resamples than an interval leaves out at one
 * end, or with fewer rounds than STATISTICS_LEAST_SAMPLES: no interval. Same values and seed, same
 * estimates. Returns 0 or -ENOMEM; estimates[0 .. count) are set on success only.
 */
int paired_rounds_estimate(const struct paired_rounds *paired, paired_figures *compute,
                           const void *context, size_t count, uint64_t seed,
                           struct estimate *estimates);

#endif
