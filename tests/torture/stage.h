/*
 * Where the storm takes place: folders of its own below TMPDIR, an IPC namespace and a /dev/shm of
 * its own where they can be had, and the environment that every run finds. What a run leaves can
 * only be here.
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

struct stage_objects {
    struct stage_ids segments;
    struct stage_ids sets;
    struct stage_ids queues;
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
    char queues[STAGE_PATH_BYTES]; /* where POSIX message queues are seen */
    bool isolated;                 /* in an IPC namespace of its own */
    bool sees_memory;              /* /dev/shm is its own, too */
    bool sees_queues;              /* `queues` is mounted */
    struct stage_objects before;
};

/* System V objects in this namespace that were not there before: all, or those of our user where it
 * is not our own. */
void stage_list_ipc(const struct stage *stage, struct stage_objects *objects);

/* How many names of POSIX shared memory and message queues there are, where those of others are not
 * seen here; else 0. */
size_t stage_count_names(const struct stage *stage);

/* Makes the folders, enters the namespace, and sets this process's TMPDIR and XDG_RUNTIME_DIR to
 * those of the runs. `root` is the project's folder, `build` that of the build. */
int stage_open(struct stage *stage, const char *root, const char *build, struct failure *failure);

/* Empties what runs write to, but for the results. */
int stage_sweep(const struct stage *stage, struct failure *failure);

/* Removes the objects that were not there before, and all folders. */
void stage_remove_ipc(const struct stage *stage);
void stage_close(struct stage *stage);

#endif
