/*
 * Whether the figures of a run were steady: outliers among the rounds of a cell, a drift over them,
 * and warm-up within its samples. From the raw rows of a bundle to the rows of stability.tsv.
 * Nothing is ever dropped for it: medians and intervals rest on all rounds. Knows no report.
 *
 * Per cell and main metric (the median latency of a latency test, else the throughput), over the
 * rounds whose bytes arrived intact:
 *   outliers   rounds with a modified z-score of the value's logarithm beyond 3.5 (outliers.h)
 *   tau, p, q  the test of Mann and Kendall for a trend over rounds, and its p corrected for the
 *              number of cells (trend.h)
 *   last_over_first   how long a message took in the last batch of a sample, over the first one's:
 *              the median over rounds and its interval (statistics.h). NAN where a sample has one
 *              batch only, and in older bundles, which do not say
 * Below STATISTICS_LEAST_SAMPLES rounds nothing of it is known.
 */
#ifndef STABILITY_H
#define STABILITY_H

#include "base/failure.h"
#include "results/raw_samples.h"
#include "results/statistics.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define STABILITY_FILE         "stability.tsv"
#define STABILITY_Q            0.05 /* at most: a trend is called a drift */
#define STABILITY_WARM_LO      0.9  /* an interval of last_over_first wholly outside: warming */
#define STABILITY_WARM_HI      1.1
#define STABILITY_ROUNDS_BYTES 128

enum stability_state {
    STABILITY_STEADY,
    STABILITY_DRIFTS,
    STABILITY_WARMING, /* wins over drifts: it biases every sample alike */
    STABILITY_UNKNOWN, /* too few rounds */
    STABILITY_STATE_COUNT
};

extern const char *const stability_state_names[STABILITY_STATE_COUNT + 1];

struct stability_row {
    struct cell_key cell;
    char metric[32];
    uint64_t rounds;
    uint64_t outliers;
    char outlier_rounds[STABILITY_ROUNDS_BYTES]; /* "2,5", cut at ",..."; "-" for none */
    double tau;                                  /* NAN when not known, as what follows */
    double trend_p;
    double trend_q;
    struct estimate last_over_first;
    enum stability_state state;
};

/* *rows, rising by cell. `seed` seeds every bootstrap. Returns 0 or -ENOMEM; *rows and *count are
 * set on success only. The caller frees *rows, which is NULL when there are none. */
int stability_compute(const struct raw_samples *raw, uint64_t seed, struct stability_row **rows,
                      size_t *count);

/* stability_table.c: prints header and rows as the table that stability_read reads. */
void stability_print(const struct stability_row *rows, size_t count, FILE *stream);

/*
 * Writes stability.tsv of the bundle in `bundle_folder`, replaced as a whole (replace_file.h).
 * Same bundle and seed, same bytes. Returns 0, or a negative errno as raw_samples_read and
 * replace_file; then nothing has changed.
 */
int stability_write(const char *bundle_folder, uint64_t seed, struct failure *failure);

/* The same from the bundle's raw rows, which the caller has read already. */
int stability_write_from(const char *bundle_folder, const struct raw_samples *raw, uint64_t seed,
                         struct failure *failure);

/* Reads stability.tsv; a bundle without it has no rows. Returns 0; -EINVAL when it is damaged
 * (`failure` names file, row and column); -ENOMEM; or another -errno of opening. Outputs as
 * stability_compute. */
int stability_read(const char *bundle_folder, struct stability_row **rows, size_t *count,
                   struct failure *failure);

#endif
