/*
 * The bundles on the stage: one made before the storm, which no run may change; one that was
 * interrupted, to go on with; and what a run leaves in the folder of results.
 */
#ifndef TORTURE_BUNDLES_H
#define TORTURE_BUNDLES_H

#include "base/failure.h"
#include "base/sha256.h"
#include "stage.h"

#include <limits.h>
#include <stdbool.h>

struct bundles {
    const char *programs; /* the folder of suite and verify */
    const char *results;
    char earlier[NAME_MAX + 1]; /* in `results` */
    char fingerprint[SHA256_TEXT_BYTES];
    char template[PATH_MAX]; /* the interrupted one, elsewhere */
};

/* Makes both. Takes a few seconds. Returns 0 or -errno. */
int bundles_make(struct bundles *bundles, const struct stage *stage, const char *programs,
                 struct failure *failure);

/* Whether the earlier bundle has the bytes that it had; and whether it verifies, too. */
bool bundles_earlier_is_unchanged(const struct bundles *bundles);
bool bundles_earlier_verifies(const struct bundles *bundles, struct failure *failure);

/* Puts a copy of the interrupted one where a resumed run finds it. */
int bundles_place_interrupted(const struct bundles *bundles, struct failure *failure);

/* What a run left in the folder of results. */
struct bundles_found {
    bool finished;
    bool partial;
    char path[PATH_MAX]; /* of that bundle */
};

void bundles_find(const struct bundles *bundles, struct bundles_found *found);

/* Whether all that was written to an interrupted bundle is whole: rows have the fields of their
 * header and end with a newline. 0, or -EBADMSG with file and row. */
int bundles_check_rows(const char *folder, struct failure *failure);

/* Goes on with an interrupted bundle and verifies what comes of it. One without a manifest was
 * ended before its first row, and is only looked at. */
int bundles_check_interrupted(const struct bundles *bundles, const char *folder,
                              struct failure *failure);

int bundles_verify(const struct bundles *bundles, const char *folder, struct failure *failure);

/* Removes all but the earlier bundle. */
void bundles_sweep(const struct bundles *bundles);

#endif
