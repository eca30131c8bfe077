/*
 * Where the bytes of a path go, other than a reader that uses them where they lie: a file, standard
 * output, /dev/null. Knows neither mechanisms nor processes.
 *
 * A measured relay overwrites its file in place, in a circle of one message fewer than the source
 * has: so every lap leaves other bytes in a slot than the lap before, and what the file holds in
 * the end proves that each message came to its place. Functions return 0 or -errno with a
 * description.
 */
#ifndef SINK_H
#define SINK_H

#include "base/failure.h"
#include "base/terms.h"
#include "measure/source.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink_setup {
    enum sink_kind kind;
    const char *path; /* of a file; NULL: one in memory, without a name */
    size_t message_bytes;
    bool circular; /* overwrite in place; else write on */
};

struct sink {
    enum sink_kind kind;
    const char *path; /* as in the set-up: NULL where it has none */
    int descriptor;   /* -1 for use */
    size_t message_bytes;
    uint64_t slots; /* in the circle; 0: write on */
};

/* Opens the sink, with its pages there already where it is circular; before the fork. A file at
 * `path` is replaced; -EINVAL when it, or standard output, is the source's own file. Waits, for a
 * FIFO, until somebody reads it. Closed by sink_close. */
int sink_open(const struct sink_setup *setup, const struct source *source, struct sink *sink,
              struct failure *failure);
void sink_close(struct sink *sink);

/* Writes all of message number `message`. Blocks as write does; -ESHUTDOWN when whoever reads the
 * sink has closed it, which is no death of a process of ours (-EPIPE). Not for kind use. */
int sink_write(const struct sink *sink, uint64_t message, const void *view, size_t size,
               struct failure *failure);

/* After `count` messages from `source` into a circular file: every slot must hold the last message
 * that was written to it. Returns 0, -EBADMSG with the first wrong message, or the error of
 * reading. Of other sinks nothing can be read back: 0. *progress as in source_digest. */
int sink_check(const struct sink *sink, const struct source *source, uint64_t count,
               _Atomic uint64_t *progress, struct failure *failure);

#endif
