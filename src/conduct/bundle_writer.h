/*
 * The folder of one run while it is written. Everything goes into `<out>/<id>.partial`; only a
 * finished run gets its final name, so a folder without ".partial" is always whole. Rows are
 * appended at once, each sample with one write per file, and a row that could not be written
 * whole is taken back: what is there can be read at any moment, also after a crash. Knows the
 * files' columns, but not what the values mean.
 */
#ifndef BUNDLE_WRITER_H
#define BUNDLE_WRITER_H

#include "base/failure.h"
#include "conduct/plan.h"
#include "measure/histogram.h"
#include "measure/sample.h"
#include "results/raw_rounds.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { BUNDLE_ID_BYTES = 96 };

struct bundle {
    char id[BUNDLE_ID_BYTES];
    char out[PATH_MAX];    /* the folder that holds the bundles */
    char folder[PATH_MAX]; /* where the bundle is now: .partial until it is finished */
    int samples_fd;
    int latency_fd;
    int rounds_fd;
    int errors_fd; /* -1 while nothing has failed */
    bool made_out; /* the folder `out` was not there before */
};

/* Where a row stands in the run. */
struct bundle_position {
    uint64_t round; /* from 1 */
    uint64_t order; /* within the round, from 1; cells that were left out keep their number */
    double at_s;    /* when the sample began, in seconds since the run did */
};

/* "20261123T031452Z-amd-epyc" of a UTC time and a slug. */
void bundle_make_id(time_t now, const char *slug, char id[BUNDLE_ID_BYTES]);

/*
 * Makes `out` (with its parents) where it is missing, and in it `<id>.partial` with the header
 * rows of samples.tsv, latency.tsv and rounds.tsv. When the id is taken (two runs in one second),
 * "-2" and so on is appended. Returns 0 or a negative errno with a line that names --out; nothing
 * is left after an error. The bundle is ended by bundle_finish, bundle_keep or bundle_discard.
 */
int bundle_create(struct bundle *bundle, const char *out, const char *id, struct failure *failure);

/*
 * Opens the bundle of an interrupted run, `<out>/<id>.partial`, to go on with it: torn last rows,
 * and a histogram whose sample was not written any more, are taken back. Returns 0 or a negative
 * errno with a line that names --resume or the file: -EINVAL when it is no interrupted run, -EBUSY
 * while another run writes it. Ended as a created one, but must not be discarded.
 */
int bundle_reopen(struct bundle *bundle, const char *folder, struct failure *failure);

/* Whether the bundle has a file of that name. */
bool bundle_has(const struct bundle *bundle, const char *name);

/*
 * Appends one sample and, unless it is NULL, its histogram of whole round trips. Returns 0 or a
 * negative errno (-ENOSPC, -EIO, ...) with a line that names the file; then neither file has
 * anything of this sample.
 */
int bundle_append_sample(struct bundle *bundle, struct bundle_position position,
                         const struct sample *sample, const struct histogram *histogram,
                         struct failure *failure);

/* Appends a sample that failed to errors.tsv, which is made with the first one. Tabs and newlines
 * in `message` become spaces. Returns as bundle_append_sample. */
int bundle_append_error(struct bundle *bundle, struct bundle_position position,
                        const struct cell *cell, int exit_code, const char *message,
                        struct failure *failure);

/* Appends a row to rounds.tsv. Returns as bundle_append_sample. */
int bundle_append_round(struct bundle *bundle, const struct raw_round *round,
                        struct failure *failure);

/* Writes `json` into the bundle's file `name`, replacing an earlier one at once: a reader sees the
 * old or the new file, never a part. Returns 0 or a negative errno with a line. */
int bundle_write_json(const struct bundle *bundle, const char *name, const json_t *json,
                      struct failure *failure);

/* Makes the file `name` of the bundle, which must not be there, with `text` in it. Returns as
 * bundle_append_sample. */
int bundle_write_text(const struct bundle *bundle, const char *name, const char *text,
                      struct failure *failure);

/*
 * Puts everything on the disk, renames the folder to its final name (bundle->folder says it then)
 * and points `<out>/latest` to it. Returns 0 or a negative errno with a line; when only the link
 * failed, bundle->folder has its final name all the same. The bundle is closed in every case.
 */
int bundle_finish(struct bundle *bundle, struct failure *failure);

/* Closes the files and leaves the folder under its .partial name. */
void bundle_keep(struct bundle *bundle);

/* Removes a bundle in which nothing was measured. */
void bundle_discard(struct bundle *bundle);

#endif
