/* How a pipe's bytes in flight are looked at: tee() gives a second pipe the same pages. */
#include "transfer/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void invert(unsigned char *bytes, size_t size)
{
    for (size_t index = 0; index < size; index++)
        bytes[index] = (unsigned char)~bytes[index];
}

/* Changes `received`, which was read from the pipe that `side` shares its pages with, and compares
 * it with what lies in `side` now. */
static int compare_with_side(struct failure *failure, int side, unsigned char *received,
                             size_t teed, bool *shared)
{
    unsigned char *in_flight = channel_allocate(teed, failure);
    if (in_flight == NULL)
        return -ENOMEM;
    invert(received, teed);
    ssize_t count = read(side, in_flight, teed);
    bool changed = count > 0 && memcmp(in_flight, received, (size_t)count) == 0;
    invert(received, teed);
    channel_free(in_flight, teed);
    if (count <= 0)
        return failure_set(failure, count < 0 ? -errno : -EIO, "reading the teed pipe");
    *shared = changed;
    return 0;
}

static int probe(struct stream *stream, const int side[2], void *buffer, size_t size,
                 const void **view, bool *shared)
{
    struct channel *channel = &stream->channel;
    size_t got = size;
    ssize_t teed = tee(stream->read_descriptor, side[1], size, 0);
    if (teed <= 0)
        return failure_set(channel->setup.failure, teed < 0 ? -errno : -EIO, "teeing the pipe");
    *view = buffer;
    int result = buffer != NULL ? stream_receive(channel, buffer, size, size, &got)
                                : stream_acquire(channel, size, size, view, &got);
    if (result < 0)
        return result;
    if (got < size)
        return channel_ended_early(channel);
    return compare_with_side(channel->setup.failure, side[0], (unsigned char *)*view, (size_t)teed,
                             shared);
}

int stream_probe_receive(struct channel *channel, void *buffer, size_t size, const void **view,
                         bool *shared)
{
    int side[2];
    if (pipe2(side, O_CLOEXEC) != 0)
        return failure_set(channel->setup.failure, -errno, "making a second pipe");
    int result = probe((struct stream *)channel, side, buffer, size, view, shared);
    close(side[0]);
    close(side[1]);
    return result;
}
