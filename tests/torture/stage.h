/*
 * Where the storm takes place: folders of its own below TMPDIR, an IPC namespace of its own where
 * that can be had, and the environment that every run finds. What a run leaves can only be here.
 */
#ifndef TORTURE_STAGE_H
#define TORTURE_STAGE_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>

enum { STAGE_PATH_BYTES = 512, STAGE_KNOWN_MOST = 256, STAGE_PAYLOAD_BYTES = 1 << 20 };

/* One kind of System V object: ids that are there. */
struct stage_ids {
    int ids[STAGE_KNOWN_MOST];
    size_t count;
};

struct stage {
    char folder[STAGE_PATH_BYTES];
    char temporary[STAGE_PATH_BYTES]; /* TMPDIR of the runs */
    char runtime[STAGE_PATH_BYTES];   /* XDG_RUNTIME_DIR of the runs */
    char work[STAGE_PATH_BYTES];      /* where they are started */
    char results[STAGE_PATH_BYTES];   /* where suites put their bundles */
    char script[STAGE_PATH_BYTES];    /* the front door, installed here: it builds nothing */
    char payload[STAGE_PATH_BYTES];   /* a file to be relayed */
    char *payload_bytes;
    bool isolated; /* in an IPC namespace of its own */
    struct stage_ids segments_before;
    struct stage_ids sets_before;
};

/* Segments and sets in this namespace: all, or those of our user where it is not our own. */
void stage_list_ipc(const struct stage *stage, struct stage_ids *segments, struct stage_ids *sets);

/* Makes the folders, enters the namespace, and sets this process's TMPDIR and XDG_RUNTIME_DIR to
 * those of the runs. `root` is the project's folder, `build` that of the build. */
int stage_open(struct stage *stage, const char *root, const char *build, struct failure *failure);

/* Empties what runs write to, but for the results. */
int stage_sweep(const struct stage *stage, struct failure *failure);

/* Removes the segments and sets that were not there before, and all folders. */
void stage_remove_ipc(const struct stage *stage);
void stage_close(struct stage *stage);

#endif
