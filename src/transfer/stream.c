#include "transfer/stream.h"

#include "base/units.h"
#include "transfer/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

int stream_allocate(const struct channel_operations *operations, const struct channel_setup *setup,
                    size_t bytes, struct stream **stream)
{
    struct stream *made = calloc(1, bytes);
    if (made == NULL)
        return failure_set(setup->failure, -ENOMEM, "making a %s channel", operations->name);
    channel_initialise(&made->channel, operations, setup);
    made->read_descriptor = -1;
    made->write_descriptor = -1;
    *stream = made;
    return 0;
}

/* The most that an unprivileged pipe may hold; 0 when it cannot be read. */
static uint64_t pipe_maximum(void)
{
    char text[32] = "";
    uint64_t maximum = 0;
    int descriptor = open("/proc/sys/fs/pipe-max-size", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return 0;
    ssize_t length = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    if (length > 0 && text[length - 1] == '\n')
        text[length - 1] = '\0';
    return units_parse_count(text, &maximum) == 0 ? maximum : 0;
}

int stream_set_capacity(struct stream *stream, int descriptor)
{
    struct failure *failure = stream->channel.setup.failure;
    uint64_t wanted = channel_round_capacity(stream->channel.setup.capacity_bytes);
    if (fcntl(descriptor, F_SETPIPE_SZ, (int)wanted) < 0) {
        uint64_t maximum = pipe_maximum();
        char most[UNITS_TEXT_BYTES];
        if (errno != EPERM || (maximum != 0 && wanted > maximum))
            return failure_set(failure, -errno,
                               "--capacity: setting the pipe's capacity to %llu bytes (this "
                               "machine allows %s, /proc/sys/fs/pipe-max-size)",
                               (unsigned long long)wanted, units_format_bytes(maximum, most));
        /* EPERM below the maximum: the user's quota of pipe pages is used up. The pipe works with
         * fewer pages; the capacity that is recorded says so. */
    }
    int capacity = fcntl(descriptor, F_GETPIPE_SZ);
    if (capacity < 0)
        return failure_set(failure, -errno, "reading the pipe's capacity");
    stream->channel.capacity_bytes = (uint64_t)capacity;
    return 0;
}

static int make_pipe(struct stream *stream)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failure_set(stream->channel.setup.failure, -errno, "making a pipe");
    stream->read_descriptor = ends[0];
    stream->write_descriptor = ends[1];
    return stream_set_capacity(stream, ends[1]);
}

int stream_create_pipe(const struct channel_operations *operations,
                       const struct channel_setup *setup, size_t bytes, struct channel **channel)
{
    struct stream *stream;
    int result = stream_allocate(operations, setup, bytes, &stream);
    if (result < 0)
        return result;
    result = make_pipe(stream);
    if (result < 0) {
        stream_close(&stream->channel);
        return result;
    }
    *channel = &stream->channel;
    return 0;
}

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

int stream_set_blocking(struct stream *stream, int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0) {
        flags = stream->channel.setup.wait == WAIT_BLOCK ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
        flags = fcntl(descriptor, F_SETFL, flags);
    }
    return flags >= 0 ? 0
                      : failure_set(stream->channel.setup.failure, -errno,
                                    "choosing how the channel waits");
}

int stream_become(struct stream *stream, enum channel_role role)
{
    bool writer = role == CHANNEL_WRITER;
    close_descriptor(writer ? &stream->read_descriptor : &stream->write_descriptor);
    stream->channel.role = role;
    if (stream->channel.setup.loan_bytes > 0 && stream->staging == NULL) {
        stream->staging_bytes = stream->channel.setup.loan_bytes;
        stream->staging = channel_allocate(stream->staging_bytes, stream->channel.setup.failure);
        if (stream->staging == NULL)
            return -ENOMEM;
    }
    if (stream->piece_bytes > 0 && !writer && stream->rest.bytes == NULL) {
        stream->rest.bytes = channel_allocate(stream->piece_bytes, stream->channel.setup.failure);
        if (stream->rest.bytes == NULL)
            return -ENOMEM;
    }
    return stream_set_blocking(stream, writer ? stream->write_descriptor : stream->read_descriptor);
}

int stream_reserve(struct channel *channel, size_t least, size_t most, void **space, size_t *size)
{
    struct stream *stream = (struct stream *)channel;
    if (least > stream->staging_bytes)
        return failure_say(channel->setup.failure, -EMSGSIZE, "a loan larger than agreed");
    *space = stream->staging;
    *size = most < stream->staging_bytes ? most : stream->staging_bytes;
    return 0;
}

int stream_commit(struct channel *channel, size_t size)
{
    return stream_send(channel, ((struct stream *)channel)->staging, size);
}

int stream_retry(struct stream *stream, struct wait_attempts *attempts, int descriptor,
                 short events)
{
    if (errno == EINTR)
        return 0;
    if (errno == EAGAIN)
        return wait_for_descriptor(&stream->channel.waiter, attempts, descriptor, events);
    /* A socket tells by ECONNRESET that its reader ended before it had read all. */
    if (errno == EPIPE || errno == ECONNRESET)
        return failure_say(stream->channel.setup.failure, -EPIPE,
                           "the reader closed its end in the middle of the run");
    return failure_set(stream->channel.setup.failure, -errno, "%s the %s",
                       events == POLLOUT ? "writing to" : "reading from",
                       stream->channel.operations->name);
}

int stream_send(struct channel *channel, const void *buffer, size_t size)
{
    struct stream *stream = (struct stream *)channel;
    const unsigned char *next = buffer;
    struct wait_attempts attempts = {0};
    while (size > 0) {
        size_t piece =
            stream->piece_bytes != 0 && size > stream->piece_bytes ? stream->piece_bytes : size;
        ssize_t written = write(stream->write_descriptor, next, piece);
        if (written < 0) {
            int result = stream_retry(stream, &attempts, stream->write_descriptor, POLLOUT);
            if (result < 0)
                return result;
            continue;
        }
        wait_end(&stream->channel.waiter, &attempts);
        next += written;
        size -= (size_t)written;
    }
    return 0;
}

/* One read of whatever there is, as read() has it. Where messages are kept apart, what `room` does
 * not hold of one goes into the rest. */
static ssize_t read_once(struct stream *stream, unsigned char *buffer, size_t room)
{
    if (stream->piece_bytes <= room)
        return read(stream->read_descriptor, buffer, room);
    struct iovec parts[] = {{.iov_base = buffer, .iov_len = room},
                            {.iov_base = stream->rest.bytes, .iov_len = stream->piece_bytes}};
    ssize_t count = readv(stream->read_descriptor, parts, 2);
    if (count <= (ssize_t)room)
        return count;
    stream->rest.start = 0;
    stream->rest.end = (size_t)count - room;
    return (ssize_t)room;
}

/* The rest of an earlier message: a copy that only readers make who ask for less than was sent. */
static size_t take_rest(struct stream *stream, unsigned char *buffer, size_t room)
{
    struct overflow *rest = &stream->rest;
    size_t left = rest->end - rest->start;
    size_t size = left < room ? left : room;
    if (size == 0)
        return 0;
    copy_counted(&stream->channel.user_copy_bytes, buffer, rest->bytes + rest->start, size);
    rest->start += size;
    return size;
}

/* Reads at least `least` and at most `most` bytes, or what is left at the end; *got is how many. */
static int read_between(struct stream *stream, unsigned char *buffer, size_t least, size_t most,
                        size_t *got)
{
    struct wait_attempts attempts = {0};
    size_t done = take_rest(stream, buffer, most);
    while (done < least) {
        ssize_t count = read_once(stream, buffer + done, most - done);
        if (count < 0) {
            int result = stream_retry(stream, &attempts, stream->read_descriptor, POLLIN);
            if (result < 0)
                return result;
            continue;
        }
        if (count == 0 && done == 0)
            return -ENODATA;
        if (count == 0)
            break;
        wait_end(&stream->channel.waiter, &attempts);
        done += (size_t)count;
    }
    *got = done;
    return 0;
}

int stream_receive(struct channel *channel, void *buffer, size_t least, size_t most, size_t *size)
{
    return read_between((struct stream *)channel, buffer, least, most, size);
}

int stream_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                   size_t *size)
{
    struct stream *stream = (struct stream *)channel;
    if (least > stream->staging_bytes)
        return failure_say(channel->setup.failure, -EMSGSIZE, "a loan larger than agreed");
    if (most > stream->staging_bytes)
        most = stream->staging_bytes;
    int result = read_between(stream, stream->staging, least, most, size);
    if (result == 0)
        *view = stream->staging;
    return result;
}

int stream_release(struct channel *channel, size_t size)
{
    (void)channel;
    (void)size;
    return 0;
}

void stream_close(struct channel *channel)
{
    struct stream *stream = (struct stream *)channel;
    if (stream == NULL)
        return;
    close_descriptor(&stream->read_descriptor);
    close_descriptor(&stream->write_descriptor);
    channel_free(stream->staging, stream->staging_bytes);
    channel_free(stream->rest.bytes, stream->piece_bytes);
    free(stream);
}
