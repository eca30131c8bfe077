/*
 * What disturbed a run, round by round: rounds.tsv and the distances in samples.tsv against limits.
 * A mark is a hint where to look: nothing is left out of any figure because of one. (`elsewhere`
 * tells of samples that machine_state.h left out.) Reads and writes files of a bundle only; knows
 * no report.
 */
#ifndef NOISE_H
#define NOISE_H

#include "base/failure.h"
#include "results/raw_rounds.h"
#include "results/raw_samples.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NOISE_FILE "noise.tsv"

enum noise_kind {
    NOISE_STEAL,     /* the hypervisor ran others on our CPUs */
    NOISE_BUSY,      /* other processes ran */
    NOISE_FREQUENCY, /* the CPUs ran faster or slower than in most rounds */
    NOISE_THROTTLED, /* they were slowed down against heat */
    NOISE_MOVED,     /* two CPUs changed their distance, see measure/distance.h */
    NOISE_ELSEWHERE, /* samples of another state than most, which no figure counts: machine_state.h
                      */
    NOISE_KINDS
};

/* The words of noise.tsv, ended by NULL. */
extern const char *const noise_names[NOISE_KINDS + 1];

/* A mark is made of what lies beyond its limit, not at it.
 *
 * Of the time of all CPUs that are online. A calm guest shows 0; what is taken from one of two
 * CPUs stops both sides of a pair, so it weighs about double. */
#define NOISE_STEAL_SHARE 0.01
/* CPUs used by others. Services of a calm machine take a few percent of one; from a tenth on, one
 * sample in ten or so had to share its CPU, if there is no other to go to. */
#define NOISE_BUSY_CPUS 0.1
/* Of the median over rounds. As much as the interval of a settled figure is wide on each side, see
 * precision.h. */
#define NOISE_FREQUENCY_SHARE 0.05
/* Of the median of the same two CPUs, to either side. Within one distance bounces differ by some
 * ten percent; between neighbours on a core, cores and packages manifold. */
#define NOISE_MOVED_FACTOR 1.5
/* /proc/stat counts whole ticks, of each CPU: a difference of up to one tick per CPU is none. So
 * short rounds need more than their share. */
#define NOISE_TICK_NS 1e7

struct noise_mark {
    uint64_t round;
    enum noise_kind kind;
    /* steal: the share; busy: CPUs; frequency: the mean in Hz; throttled: events; moved: the median
     * of the distances that lie beyond, in ns, of each sample the one farther off; elsewhere: the
     * share of the round's samples */
    double value;
    double usual;      /* frequency, moved: the median of the run, in the same unit; else NAN */
    double limit;      /* one of the above: a share, CPUs, a share, 0, a factor, 0 */
    uint64_t affected; /* samples: moved, elsewhere: those; else all of the round */
};

/*
 * The marks, by round and then in the order of enum noise_kind; at most one of each kind per round.
 * What a bundle does not tell makes no mark. Returns 0 or -ENOMEM; *marks and *count are set on
 * success only; the caller frees *marks, which is NULL when there are none.
 */
int noise_compute(const struct raw_samples *raw, const struct raw_round *rounds,
                  size_t rounds_count, struct noise_mark **marks, size_t *count);

/* Prints header and rows as the table that noise_read reads. */
void noise_print(const struct noise_mark *marks, size_t count, FILE *stream);

/*
 * Writes noise.tsv of the bundle in `folder`, replaced as a whole: without rows where the run was
 * watched and nothing found. Where nobody watched, as in older bundles, there is no such file, and
 * one that is there is removed. Returns 0 or a negative errno with the file, and where it is
 * damaged row and column, in `failure`.
 */
int noise_write(const char *folder, struct failure *failure);

/* The same from the bundle's raw rows, which the caller has read already. */
int noise_write_from(const char *folder, const struct raw_samples *raw, struct failure *failure);

struct noise {
    struct noise_mark *marks;
    size_t count;
    bool watched; /* the bundle has the file */
};

/*
 * Reads noise.tsv of the bundle in `folder`. Returns 0, also when there is none; -EINVAL when it is
 * damaged, with file, row and column in `failure`; or another negative errno. *noise is set on
 * success only and is then released by noise_free.
 */
int noise_read(const char *folder, struct noise *noise, struct failure *failure);
void noise_free(struct noise *noise);

#endif
