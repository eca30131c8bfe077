/*
 * Paths to try, for the tests of the copies audit: every pair of ends that a path can have, a
 * session over one of them, and what this kernel's vmsplice does.
 */
#ifndef PATHS_H
#define PATHS_H

#include "measure/session.h"

#include <stdbool.h>

struct path_ends_pair {
    enum source_kind source;
    enum sink_kind sink;
};

enum { PATHS_ENDS = 14 };

/* All pairs but those of a source that never ends with standard output. */
extern const struct path_ends_pair paths_ends[PATHS_ENDS];

/* A session of 64 KiB messages, which fill the capacity, on the first two CPUs there are. */
struct session_setup paths_setup(const struct channel_operations *operations,
                                 enum source_kind source, enum sink_kind sink, enum copies copies);

/* Whether a page given to vmsplice stays the writer's: asked of the kernel alone, apart from the
 * mechanism and the probe. */
bool paths_kernel_shares_vmspliced_pages(void);

/* Whether process_vm_readv may be called at all, asked as above: a container may forbid it, and an
 * emulator may not know it. Says so when it may not. */
bool paths_kernel_copies_from_processes(void);

/* Whether sessions of a mechanism can run here at all. */
bool paths_can_run(const struct channel_operations *operations);

#endif
