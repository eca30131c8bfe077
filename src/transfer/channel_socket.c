/*
 * Sockets: Unix domain (stream, seqpacket) and TCP over the loopback device. A connected pair is
 * made before the fork, so nobody else can take an end and nothing listens afterwards; write() and
 * read() then move bytes as through a pipe (stream.h). Only making the pair differs, and that
 * seqpacket keeps messages apart: it takes none larger than its buffer, so large ones go in pieces.
 * Copies: one in write(), one in read(), both in the kernel.
 */
#include "transfer/mechanisms.h"
#include "transfer/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Strangers may be queued before us. */
enum { BACKLOG = 16 };

enum { SOCKET_WAITS = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID };

#define SOCKET_STAGES                                                                              \
    {                                                                                              \
        [COPIES_OWN] = {STAGE_KERNEL, STAGE_KERNEL}, [COPIES_INPLACE] = {                          \
            STAGE_KERNEL,                                                                          \
            STAGE_KERNEL                                                                           \
        }                                                                                          \
    }

/* ---- capacity ---- */

/* Asks for a buffer that holds `bytes` by the kernel's own account, which has its bookkeeping in
 * it; the kernel doubles what it is asked for. Returns what it then allows, or -errno. */
static int set_buffer(int descriptor, int option, uint64_t bytes)
{
    int half = bytes / 2 < INT32_MAX ? (int)(bytes / 2) : INT32_MAX;
    int allowed;
    socklen_t length = sizeof allowed;
    if (setsockopt(descriptor, SOL_SOCKET, option, &half, sizeof half) != 0 ||
        getsockopt(descriptor, SOL_SOCKET, option, &allowed, &length) != 0)
        return -errno;
    return allowed;
}

static int tell_buffer(struct failure *failure, int error)
{
    return failure_set(failure, error, "--capacity: setting the buffer of a socket");
}

/* ---- Unix domain ---- */

/* What is in flight is charged to the writer's buffer alone. */
static int make_pair(struct stream *stream, int type)
{
    struct channel *channel = &stream->channel;
    int ends[2];
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
        return failure_set(channel->setup.failure, -errno, "making a pair of Unix sockets");
    stream->read_descriptor = ends[0];
    stream->write_descriptor = ends[1];
    int allowed =
        set_buffer(ends[1], SO_SNDBUF, channel_round_capacity(channel->setup.capacity_bytes));
    if (allowed < 0)
        return tell_buffer(channel->setup.failure, allowed);
    channel->capacity_bytes = (uint64_t)allowed;
    return 0;
}

static int make_stream(struct stream *stream)
{
    return make_pair(stream, SOCK_STREAM);
}

static int make_seqpacket(struct stream *stream)
{
    int result = make_pair(stream, SOCK_SEQPACKET);
    /* Several in flight, so that one side copies in while the other copies out. */
    size_t quarter = (size_t)stream->channel.capacity_bytes / 4;
    stream->piece_bytes = quarter < CHANNEL_PIECE_BYTES ? quarter : CHANNEL_PIECE_BYTES;
    return result;
}

/* ---- TCP ---- */

static int listen_on_loopback(uint64_t capacity, struct sockaddr_in *address,
                              struct failure *failure)
{
    socklen_t length = sizeof *address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return failure_set(failure, -errno, "making a TCP socket");
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    /* Inherited by what is accepted, and to be known before a window is announced. */
    int allowed = set_buffer(listener, SO_RCVBUF, capacity);
    if (allowed < 0) {
        close(listener);
        return tell_buffer(failure, allowed);
    }
    /* Port 0: the kernel chooses one that is free. */
    if (bind(listener, (struct sockaddr *)address, sizeof *address) != 0 ||
        listen(listener, BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr *)address, &length) != 0) {
        int error = errno;
        close(listener);
        return failure_set(failure, -error, "listening on 127.0.0.1");
    }
    return listener;
}

static int connect_writer(struct stream *stream, uint64_t capacity,
                          const struct sockaddr_in *address)
{
    struct failure *failure = stream->channel.setup.failure;
    const int on = 1;
    stream->write_descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (stream->write_descriptor < 0)
        return failure_set(failure, -errno, "making a TCP socket");
    int allowed = set_buffer(stream->write_descriptor, SO_SNDBUF, capacity);
    if (allowed < 0)
        return tell_buffer(failure, allowed);
    stream->channel.capacity_bytes = (uint64_t)allowed / 2;
    /* Every message leaves at once: a small one would else wait for the last one's receipt. */
    if (setsockopt(stream->write_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        return failure_set(failure, -errno, "setting TCP_NODELAY");
    int result;
    do
        result =
            connect(stream->write_descriptor, (const struct sockaddr *)address, sizeof *address);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EISCONN
               ? 0
               : failure_set(failure, -errno, "connecting to 127.0.0.1");
}

static bool is_same_address(const struct sockaddr_in *one, const struct sockaddr_in *other)
{
    return one->sin_port == other->sin_port && one->sin_addr.s_addr == other->sin_addr.s_addr;
}

/* Anybody on the machine may connect while we listen: only our own writer is taken. */
static int accept_reader(struct stream *stream, int listener)
{
    struct failure *failure = stream->channel.setup.failure;
    struct sockaddr_in ours = {.sin_port = 0};
    struct sockaddr_in peer = {.sin_port = 0};
    socklen_t length = sizeof ours;
    if (getsockname(stream->write_descriptor, (struct sockaddr *)&ours, &length) != 0)
        return failure_set(failure, -errno, "asking for the address of a socket");
    for (;;) {
        length = sizeof peer;
        int accepted = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
        if (accepted < 0 && errno != EINTR && errno != ECONNABORTED)
            return failure_set(failure, -errno, "accepting our own connection");
        if (accepted >= 0 && is_same_address(&peer, &ours)) {
            stream->read_descriptor = accepted;
            return 0;
        }
        if (accepted >= 0)
            close(accepted);
    }
}

/* What is in flight is shared between the buffers of both ends, by half each. */
static int make_connection(struct stream *stream)
{
    struct channel *channel = &stream->channel;
    uint64_t capacity = channel_round_capacity(channel->setup.capacity_bytes);
    struct sockaddr_in address;
    int listener = listen_on_loopback(capacity, &address, channel->setup.failure);
    if (listener < 0)
        return listener;
    int result = connect_writer(stream, capacity, &address);
    if (result == 0)
        result = accept_reader(stream, listener);
    close(listener);
    int allowed;
    socklen_t length = sizeof allowed;
    if (result == 0 &&
        getsockopt(stream->read_descriptor, SOL_SOCKET, SO_RCVBUF, &allowed, &length) != 0)
        result = tell_buffer(channel->setup.failure, -errno);
    if (result == 0)
        channel->capacity_bytes += (uint64_t)allowed / 2;
    return result;
}

/* ---- the operations that differ ---- */

static int create(const struct channel_operations *operations, int (*make)(struct stream *stream),
                  const struct channel_setup *setup, struct channel **channel)
{
    struct stream *stream;
    int result = stream_allocate(operations, setup, sizeof *stream, &stream);
    if (result < 0)
        return result;
    result = make(stream);
    if (result < 0) {
        stream_close(&stream->channel);
        return result;
    }
    *channel = &stream->channel;
    return 0;
}

static int unix_stream_create(const struct channel_setup *setup, struct channel **channel)
{
    return create(&channel_unix_stream, make_stream, setup, channel);
}

static int unix_seqpacket_create(const struct channel_setup *setup, struct channel **channel)
{
    return create(&channel_unix_seqpacket, make_seqpacket, setup, channel);
}

static int tcp_create(const struct channel_setup *setup, struct channel **channel)
{
    return create(&channel_tcp, make_connection, setup, channel);
}

static int socket_open(struct channel *channel, enum channel_role role)
{
    return stream_become((struct stream *)channel, role);
}

/* ---- for the witness ---- */

/* Looks at what is there without taking it, and changes what it saw: what lies in the socket must
 * not have changed with it. Receives into the caller's buffer, or the loan's, afterwards. */
static int peek(struct stream *stream, unsigned char *seen, size_t size, size_t *peeked)
{
    ssize_t count = recv(stream->read_descriptor, seen, size, MSG_PEEK);
    if (count <= 0)
        return failure_set(stream->channel.setup.failure, count < 0 ? -errno : -EIO,
                           "looking into the socket");
    for (ssize_t index = 0; index < count; index++)
        seen[index] = (unsigned char)~seen[index];
    *peeked = (size_t)count;
    return 0;
}

static int socket_probe_receive(struct channel *channel, void *buffer, size_t size,
                                const void **view, bool *shared)
{
    struct stream *stream = (struct stream *)channel;
    size_t peeked = 0;
    size_t got = 0;
    unsigned char *seen = channel_allocate(size, channel->setup.failure);
    if (seen == NULL)
        return -ENOMEM;
    int result = peek(stream, seen, size, &peeked);
    *view = buffer;
    if (result == 0)
        result = buffer != NULL ? stream_receive(channel, buffer, size, size, &got)
                                : stream_acquire(channel, size, size, view, &got);
    if (result == 0 && got < size)
        result = channel_ended_early(channel);
    if (result == 0)
        *shared = memcmp(*view, seen, peeked) == 0;
    channel_free(seen, size);
    return result;
}

const struct channel_operations channel_unix_stream = {
    .name = "unix_stream",
    .waits = SOCKET_WAITS,
    .loan_is_private = true,
    .transfers = true,
    .capacity_has_overhead = true,
    .stages = SOCKET_STAGES,
    .create = unix_stream_create,
    .open = socket_open,
    .reserve = stream_reserve,
    .commit = stream_commit,
    .acquire = stream_acquire,
    .release = stream_release,
    .send = stream_send,
    .receive = stream_receive,
    .close = stream_close,
    .probe_receive = socket_probe_receive,
};

const struct channel_operations channel_unix_seqpacket = {
    .name = "unix_seqpacket",
    .waits = SOCKET_WAITS,
    .loan_is_private = true,
    .transfers = true,
    .capacity_has_overhead = true,
    .stages = SOCKET_STAGES,
    .create = unix_seqpacket_create,
    .open = socket_open,
    .reserve = stream_reserve,
    .commit = stream_commit,
    .acquire = stream_acquire,
    .release = stream_release,
    .send = stream_send,
    .receive = stream_receive,
    .close = stream_close,
    .probe_receive = socket_probe_receive,
};

const struct channel_operations channel_tcp = {
    .name = "tcp",
    .waits = SOCKET_WAITS,
    .loan_is_private = true,
    .transfers = true,
    .capacity_has_overhead = true,
    .stages = SOCKET_STAGES,
    .create = tcp_create,
    .open = socket_open,
    .reserve = stream_reserve,
    .commit = stream_commit,
    .acquire = stream_acquire,
    .release = stream_release,
    .send = stream_send,
    .receive = stream_receive,
    .close = stream_close,
    .probe_receive = socket_probe_receive,
};
