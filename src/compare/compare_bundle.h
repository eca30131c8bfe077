/*
 * A bundle, read for comparing: its manifest and its raw rows, grouped by cell, with the figures
 * of a cell round by round. The summary is not read: figures are compared by their rounds. A bundle
 * may come from a stranger: its texts are untrusted (see report_text.h). Compares nothing.
 */
#ifndef COMPARE_BUNDLE_H
#define COMPARE_BUNDLE_H

#include "base/failure.h"
#include "results/raw_samples.h"

#include <jansson.h>
#include <limits.h>
#include <stddef.h>

/* Schemas from 1 up to this one are read; columns that are not known are passed over. */
#define COMPARE_NEWEST_SCHEMA 3

/* What is compared of a cell. All are speeds, higher is faster: a latency counts by its
 * reciprocal. */
enum compare_kind {
    COMPARE_RATIO, /* to the pipe, in the same round: what summary_rows.h calls ratio_to_pipe */
    COMPARE_NORMALISED, /* by what the machine can do, in the same round: throughput over memcpy of
                           the same size, the bounce of a cache line over latency */
    COMPARE_ABSOLUTE,   /* throughput_bytes_per_s; in a latency test 1 / latency_p50_ns */
    COMPARE_KINDS
};

extern const char *const compare_kind_names[COMPARE_KINDS + 1];

struct compare_cell {
    const struct raw_sample *samples; /* [0 .. count), rising by round */
    size_t count;
    uint64_t capacity_least_bytes; /* 0: not recorded */
    uint64_t capacity_most_bytes;
};

struct compare_bundle {
    char name[NAME_MAX + 1]; /* of the folder, links resolved; untrusted text */
    json_t *manifest;        /* an object */
    struct raw_samples raw;
    struct compare_cell *cells; /* rising by key */
    size_t cell_count;
    const struct compare_cell **copy_ceilings; /* of memcpy, rising by size */
    size_t copy_ceiling_count;
};

/*
 * Reads the bundle in `folder`. Returns 0; -EINVAL when it is none, has no rows or a file of it is
 * damaged (`failure` names it); -ENOMEM; or another -errno of opening. *bundle is set on success
 * only and is then released by compare_bundle_free.
 */
int compare_bundle_read(const char *folder, struct compare_bundle *bundle, struct failure *failure);
void compare_bundle_free(struct compare_bundle *bundle);

/* Lets all samples count again, whatever state of the machine a comparison has chosen. */
void compare_bundle_count_all(struct compare_bundle *bundle);

static inline const struct cell_key *compare_cell_key(const struct compare_cell *cell)
{
    return &cell->samples->cell;
}

/* The cell with that key, or NULL. */
const struct compare_cell *compare_bundle_find(const struct compare_bundle *bundle,
                                               const struct cell_key *key);

/* Whether a cell is a ceiling, or the harness alone: neither is a mechanism. */
bool compare_is_ceiling(const struct cell_key *key);
bool compare_is_floor(const struct cell_key *key);

/* The cell that a figure of `kind` divides by: the pipe's, or a ceiling. NULL where there is none,
 * and for absolute figures, which need none. */
const struct compare_cell *compare_bundle_partner(const struct compare_bundle *bundle,
                                                  const struct compare_cell *cell,
                                                  enum compare_kind kind);

/*
 * The figures of a cell in the order of its rounds into values[0 .. cell->count): NAN where the
 * round was not measured, or its bytes did not arrive unchanged. `partner` is that of
 * compare_bundle_partner; only an absolute figure goes without one.
 */
void compare_cell_values(const struct compare_cell *cell, const struct compare_cell *partner,
                         enum compare_kind kind, double *values);

#endif
