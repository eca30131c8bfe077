/*
 * Where the bytes of a path come from, other than the payload that a writer produces in its own
 * memory: a file, standard input, /dev/zero. Knows neither mechanisms nor processes nor sinks.
 *
 * A measured relay reads a file in a circle of whole messages, so that any file lasts as long as
 * the clock needs; otherwise a source is read once, to its end. Sizes are in bytes. Functions
 * return 0 or -errno with a description.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "base/failure.h"
#include "base/terms.h"
#include "transfer/payload.h"
#include "transfer/peer.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The generated file is at least this long (and two messages at least). */
#define SOURCE_GENERATED_BYTES ((uint64_t)4 << 20)

struct source_setup {
    enum source_kind kind;
    const char
        *path; /* of a file; NULL: one is generated from the seed, in memory, without a name */
    size_t message_bytes;
    bool circular; /* read whole messages in a circle; else to the end. Not of standard input */
    uint64_t seed;
};

struct source {
    enum source_kind kind;
    const char *path; /* as in the set-up: NULL where it has none */
    int descriptor;   /* -1 for memory */
    size_t message_bytes;
    uint64_t slots; /* whole messages in the circle; 0: read to the end */
    uint64_t seed;
    /* Whose end makes reading pointless; NULL: nobody's is watched. The caller's, and set after
     * source_open. */
    const struct peer *watched;
};

/* How many whole messages of that size a generated file has. */
uint64_t source_generated_slots(size_t message_bytes);

/* Opens the source; to be called before the fork, so that both sides know it. -EINVAL when the file
 * is not there, or cannot be read in a circle: it is no regular file, or shorter than a message.
 * Waits, for a FIFO, until somebody writes to it. Closed by source_close. */
int source_open(const struct source_setup *setup, struct source *source, struct failure *failure);
void source_close(struct source *source);

/*
 * Reads message number `message` into `space`. *got is message_bytes, or less at the end of a
 * source that is not circular, 0 behind it. `as_it_comes`: one read, whatever it gives. Blocks as
 * read does, but not beyond the end of the watched process (-EPIPE). Not for kind memory.
 */
int source_read(const struct source *source, uint64_t message, void *space, bool as_it_comes,
                size_t *got, struct failure *failure);

/* Writes into `space` what message number `message` must be: of a file (standard input must be one,
 * too), whole messages only. Of kind memory: what payload_fill makes of the seed. */
int source_repeat(const struct source *source, uint64_t message, void *space,
                  struct failure *failure);

/* What is verified at a time: few system calls, and a buffer that stays in the caches. */
#define SOURCE_CHUNK_BYTES ((size_t)64 << 10)

/* How many messages of that size are verified at a time: one at least. */
size_t source_chunk_messages(size_t message_bytes);

/* As source_repeat, of message number `message` and those behind it that lie next to each other in
 * the source: `most` at most. Returns how many, at least one, or a negative errno. */
int64_t source_repeat_run(const struct source *source, uint64_t message, size_t most, void *space,
                          struct failure *failure);

/* Adds to *digest what a reader of messages 0 .. count - 1 adds with `touch`: what a loop whose
 * source is circular leaves out of its timed part. It can take as long as that part: *progress goes
 * up by one with every message, for whoever watches. */
int source_digest(const struct source *source, uint64_t count, const struct payload_touch *touch,
                  struct payload_digest *digest, _Atomic uint64_t *progress,
                  struct failure *failure);

#endif
