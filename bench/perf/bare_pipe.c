/*
 * Bare pipes: a stream of write() and read(), and a ping-pong on two pipes. Blocking calls, whole
 * messages, and what a pipe hands over in part is asked for again.
 */
#include "bare.h"

#include "base/clock.h"

#include <errno.h>
#include <unistd.h>

static int write_all(int descriptor, const unsigned char *buffer, size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, buffer, size);
        if (written < 0)
            return -errno;
        buffer += written;
        size -= (size_t)written;
    }
    return 0;
}

static int read_all(int descriptor, unsigned char *buffer, size_t size)
{
    while (size > 0) {
        ssize_t got = read(descriptor, buffer, size);
        if (got <= 0)
            return got < 0 ? -errno : -EPIPE;
        buffer += got;
        size -= (size_t)got;
    }
    return 0;
}

static int pipe_prepare(struct bare *bare, struct failure *failure)
{
    return bare_open_pipe(bare, 0, failure);
}

static int pipe_begin(struct bare *bare, bool writer, struct failure *failure)
{
    (void)writer;
    return bare_allocate(bare, (size_t)bare->setup->size_bytes, failure);
}

/* Produces a message of the stream `seed` and writes it. */
static int put(struct bare *bare, int descriptor, uint64_t seed)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    bare_touch(bare)->produce(bare->buffer, size, seed, bare->message++, &bare->sent);
    return write_all(descriptor, bare->buffer, size);
}

static int get(struct bare *bare, int descriptor)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    int result = read_all(descriptor, bare->buffer, size);
    if (result == 0)
        bare_touch(bare)->consume(bare->buffer, size, &bare->received);
    return result;
}

static int pipe_write(struct bare *bare, uint64_t count)
{
    int result = 0;
    for (uint64_t done = 0; done < count && result == 0; done++)
        result = put(bare, bare->pipes[0][1], bare->setup->seed);
    return result;
}

static int pipe_read(struct bare *bare, uint64_t count)
{
    int result = 0;
    for (uint64_t done = 0; done < count && result == 0; done++)
        result = get(bare, bare->pipes[0][0]);
    return result;
}

const struct bare_loop bare_pipe = {
    .name = "write and read",
    .verifiable = true,
    .prepare = pipe_prepare,
    .begin = pipe_begin,
    .write = pipe_write,
    .read = pipe_read,
};

/* ---- ping-pong ---- */

static int ping_pong_prepare(struct bare *bare, struct failure *failure)
{
    int result = bare_open_pipe(bare, 0, failure);
    return result == 0 ? bare_open_pipe(bare, 1, failure) : result;
}

static int round_trip(struct bare *bare)
{
    int result = put(bare, bare->pipes[0][1], bare->setup->seed);
    return result == 0 ? get(bare, bare->pipes[1][0]) : result;
}

static int ping(struct bare *bare, uint64_t count)
{
    const bool timed = (bare->setup->use & BARE_PIPE_TIMED) != 0;
    int result = 0;
    for (uint64_t done = 0; done < count && result == 0; done++) {
        if (timed)
            (void)clock_now_ns();
        result = round_trip(bare);
        if (timed)
            (void)clock_now_ns();
    }
    return result;
}

static int pong(struct bare *bare, uint64_t count)
{
    int result = 0;
    for (uint64_t done = 0; done < count && result == 0; done++) {
        result = get(bare, bare->pipes[0][0]);
        if (result == 0)
            result = put(bare, bare->pipes[1][1], bare->setup->seed + 1);
    }
    return result;
}

const struct bare_loop bare_ping_pong = {
    .name = "ping-pong on two pipes",
    .round_trips = true,
    .verifiable = true,
    .prepare = ping_pong_prepare,
    .begin = pipe_begin,
    .write = ping,
    .read = pong,
};
