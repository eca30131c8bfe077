/*
 * The padded control: extra copies that a reader makes of every message before it uses the last of
 * them. What k of them cost is the price of k copies. They are counted as all user-space copies
 * are. Knows neither mechanisms nor processes.
 *
 * hot: the copies go to two places in turn, each as large as a message, which stay in the caches
 * where they fit. cold: each copy goes on through a region that no cache of this machine holds
 * (twice the largest cache that the kernel tells of, and EXTRA_COPIES_COLD_BYTES at least), so its
 * destination is always cold memory; its source is what was just received or copied.
 */
#ifndef EXTRA_COPIES_H
#define EXTRA_COPIES_H

#include "base/failure.h"
#include "base/terms.h"

#include <stddef.h>
#include <stdint.h>

#define EXTRA_COPIES_MOST       16
#define EXTRA_COPIES_COLD_BYTES ((size_t)128 << 20)

struct extra_copies {
    uint64_t count; /* of every message */
    unsigned char *region;
    size_t region_bytes;
    size_t place_bytes;    /* from one place to the next */
    size_t offset;         /* where the next copy goes */
    uint64_t copied_bytes; /* so far */
};

/* The bytes that a region for such copies takes. */
size_t extra_copies_region_bytes(uint64_t count, enum working_set working_set,
                                 size_t message_bytes);

/* Allocates and maps the region; nothing when `count` is 0. Returns 0 or -ENOMEM, described.
 * Released by extra_copies_free. */
int extra_copies_prepare(struct extra_copies *extra, uint64_t count, enum working_set working_set,
                         size_t message_bytes, struct failure *failure);
void extra_copies_free(struct extra_copies *extra);

/* Copies the message, of at most the agreed size, `count` times, each time the copy before, and
 * returns the last one, which is valid until the next call; `view` itself when there are none. */
const void *extra_copies_make(struct extra_copies *extra, const void *view, size_t size);

#endif
