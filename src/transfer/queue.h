/*
 * A channel whose payload goes through a message queue of the kernel, which copies whole messages
 * between private buffers of the two processes: all that POSIX and System V queues have in common.
 * How a queue is had, and the calls on it, are the mechanism's own. For channel_*.c only.
 *
 * There are loans only, of private memory on both sides: a queue wants a buffer that holds its
 * largest message, which no caller's does. What is larger than the kernel takes at once goes in
 * pieces. An empty message, which no payload is, tells the end of the stream: so a writer that
 * closed is told from one that was killed.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "transfer/channel.h"

struct queue {
    struct channel channel;
    const struct queue_calls *calls;
    size_t piece_bytes; /* the largest message */
    size_t lead_bytes;  /* that the calls use before a message, and leave as they were */
    bool broken;        /* a call has failed: nothing can be told to the peer any more */
    bool ended;         /* reader: the end has come */
    /* The private buffer behind the loans. The reader's holds a loan and one piece more; what has
     * come and was not lent yet lies between start and end. */
    unsigned char *staging;
    size_t staging_bytes;
    size_t start;
    size_t end;
};

/*
 * The two calls of a queue, each on one whole message of at most piece_bytes; of 0 bytes: the end.
 * With `may_block` they wait for a slice (QUEUE_SLICE_NS, or a little longer), without not at all.
 * They return 0, -EAGAIN when that was not enough, -EPIPE when the peer closed its end, or another
 * -errno; and describe nothing.
 */
struct queue_calls {
    int (*put)(struct queue *queue, const void *message, size_t size, bool may_block);
    /* `room` is at least piece_bytes. */
    int (*take)(struct queue *queue, void *buffer, size_t room, bool may_block, size_t *size);
};

/* How long a call on a queue may block, about, before it looks at the peer. Slices follow each
 * other however short the waits are: so few that they disturb none that is measured. */
#define QUEUE_SLICE_NS 200000000

/* Allocates a zeroed `bytes` long structure that begins with a struct queue. */
int queue_allocate(const struct channel_operations *operations, const struct queue_calls *calls,
                   const struct channel_setup *setup, size_t bytes, struct queue **queue);

/* The largest message of a queue with room for `capacity` bytes where the kernel takes at most
 * `most`: that of the setup's loans, but small enough that one can be copied out while the next is
 * copied in, and at least 1. */
size_t queue_piece_bytes(const struct channel_setup *setup, uint64_t capacity, uint64_t most);

/* Reads one of the kernel's limits, a number in a file under /proc/sys. Returns 0 or -errno. */
int queue_read_limit(const char *path, uint64_t *limit);

/* Takes the role and allocates what it needs. piece_bytes is known. */
int queue_become(struct queue *queue, enum channel_role role);

/* Writer: the end of the stream; waits, as patiently as any wait, while the queue is full. Both:
 * gives back the memory, that of the structure included. */
void queue_finish(struct queue *queue);
void queue_free(struct queue *queue);

/* The operations that the mechanisms share. */
int queue_reserve(struct channel *channel, size_t least, size_t most, void **space, size_t *size);
int queue_commit(struct channel *channel, size_t size);
int queue_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                  size_t *size);
int queue_release(struct channel *channel, size_t size);
/* What was in flight is gone once it was received, so nothing of it can be changed: instead the
 * pages that the reader receives into are mapped twice. What shows in both was copied into them;
 * a page that had been put in their place would show in one. */
int queue_probe_receive(struct channel *channel, void *buffer, size_t size, const void **view,
                        bool *shared);

#endif
