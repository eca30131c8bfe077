/*
 * A byte stream over a pair of descriptors, for the mechanisms that are pipes of some kind: the
 * pipe, the FIFO, vmsplice and the sockets differ only in how they open and how they write. For
 * channel_*.c only.
 */
#ifndef STREAM_H
#define STREAM_H

#include "transfer/channel.h"

/* The reader's, where messages are kept apart: the kernel throws away what a buffer does not hold.
 * Used only where the reader asks for less than the writer sent at once. */
struct overflow {
    unsigned char *bytes; /* room for a piece; NULL while there is none */
    size_t start;
    size_t end;
};

struct stream {
    struct channel channel;
    int read_descriptor; /* -1 while not held by this process */
    int write_descriptor;
    size_t piece_bytes;     /* where messages are kept apart: the largest; 0: a byte stream */
    struct overflow rest;   /* of such a message, which the reader's buffer did not hold */
    unsigned char *staging; /* private buffer behind the loan interface; NULL without loans */
    size_t staging_bytes;
};

/* Allocates a zeroed `bytes` long structure that begins with a struct stream, holding nothing. */
int stream_allocate(const struct channel_operations *operations, const struct channel_setup *setup,
                    size_t bytes, struct stream **stream);

/* The `create` of the mechanisms that are an anonymous pipe: a stream structure of `bytes` with a
 * pipe of the wanted capacity, both ends held. */
int stream_create_pipe(const struct channel_operations *operations,
                       const struct channel_setup *setup, size_t bytes, struct channel **channel);

/* Sets the capacity of a pipe or FIFO where the kernel allows it, and reads it back. */
int stream_set_capacity(struct stream *stream, int descriptor);

/* Makes the held descriptor blocking for wait kind block, non-blocking for the others. */
int stream_set_blocking(struct stream *stream, int descriptor);

/* After the descriptors stand: keeps the role's end only, sets its mode, reads the capacity and
 * allocates the staging buffer. */
int stream_become(struct stream *stream, enum channel_role role);

/* Tells from errno what a failed transfer call means: 0 to try it again (after waiting as the
 * waiter does when it would have blocked), or the error to give up with. */
int stream_retry(struct stream *stream, struct wait_attempts *attempts, int descriptor,
                 short events);

/* The operations that the mechanisms share. */
int stream_reserve(struct channel *channel, size_t least, size_t most, void **space, size_t *size);
int stream_commit(struct channel *channel, size_t size);
int stream_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                   size_t *size);
int stream_release(struct channel *channel, size_t size);
int stream_send(struct channel *channel, const void *buffer, size_t size);
int stream_receive(struct channel *channel, void *buffer, size_t least, size_t most, size_t *size);
void stream_close(struct channel *channel);
int stream_probe_receive(struct channel *channel, void *buffer, size_t size, const void **view,
                         bool *shared);

#endif
