#include "transfer/queue.h"

#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- making ---- */

int queue_allocate(const struct channel_operations *operations, const struct queue_calls *calls,
                   const struct channel_setup *setup, size_t bytes, struct queue **queue)
{
    if (setup->loan_bytes == 0)
        return failure_say(setup->failure, -EINVAL, "%s lends messages only", operations->name);
    struct queue *made = calloc(1, bytes);
    if (made == NULL)
        return failure_set(setup->failure, -ENOMEM, "making a %s channel", operations->name);
    channel_initialise(&made->channel, operations, setup);
    made->calls = calls;
    *queue = made;
    return 0;
}

size_t queue_piece_bytes(const struct channel_setup *setup, uint64_t capacity, uint64_t most)
{
    const uint64_t bounds[] = {setup->loan_bytes, capacity / 2, most};
    uint64_t piece = CHANNEL_PIECE_BYTES;
    for (size_t index = 0; index < sizeof bounds / sizeof bounds[0]; index++) {
        if (bounds[index] < piece)
            piece = bounds[index];
    }
    return piece > 0 ? (size_t)piece : 1;
}

int queue_read_limit(const char *path, uint64_t *limit)
{
    char text[32] = "";
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return -errno;
    ssize_t length = read(descriptor, text, sizeof text - 1);
    int error = length < 0 ? errno : EPROTO;
    close(descriptor);
    if (length <= 0)
        return -error;
    if (text[length - 1] == '\n')
        text[length - 1] = '\0';
    return units_parse_count(text, limit);
}

int queue_become(struct queue *queue, enum channel_role role)
{
    struct channel *channel = &queue->channel;
    channel->role = role;
    queue->staging_bytes =
        channel->setup.loan_bytes + (role == CHANNEL_READER ? queue->piece_bytes : 0);
    unsigned char *memory =
        channel_allocate(queue->lead_bytes + queue->staging_bytes, channel->setup.failure);
    if (memory == NULL)
        return -ENOMEM;
    queue->staging = memory + queue->lead_bytes;
    return 0;
}

/* ---- one message ---- */

static int tell_failed_call(struct queue *queue, int error)
{
    struct channel *channel = &queue->channel;
    if (error == -EPIPE)
        return failure_say(channel->setup.failure, -EPIPE,
                           "the other process removed the queue in the middle of the run");
    return failure_set(channel->setup.failure, error, "%s the queue (%s)",
                       channel->role == CHANNEL_WRITER ? "sending to" : "receiving from",
                       channel->operations->name);
}

/* One message in (`size` of it) or out (into a room of that size; *got is how much came), waiting
 * as the waiter does. */
static int move_message(struct queue *queue, const struct waiter *waiter, void *message,
                        size_t size, size_t *got)
{
    struct wait_attempts attempts = {0};
    int gave_up = 0;
    for (;;) {
        bool may_block = gave_up == 0 && wait_may_block(waiter, &attempts);
        int result = queue->channel.role == CHANNEL_WRITER
                         ? queue->calls->put(queue, message, size, may_block)
                         : queue->calls->take(queue, message, size, may_block, got);
        if (result == 0) {
            wait_end(waiter, &attempts);
            return 0;
        }
        if (result == -EAGAIN && gave_up == 0) {
            gave_up = wait_after_attempt(waiter, &attempts);
            continue;
        }
        queue->broken = true;
        return result == -EAGAIN ? wait_tell(waiter, gave_up) : tell_failed_call(queue, result);
    }
}

/* ---- the writer ---- */

int queue_reserve(struct channel *channel, size_t least, size_t most, void **space, size_t *size)
{
    struct queue *queue = (struct queue *)channel;
    if (least > queue->staging_bytes)
        return failure_say(channel->setup.failure, -EMSGSIZE, "a loan larger than agreed");
    *space = queue->staging;
    *size = most < queue->staging_bytes ? most : queue->staging_bytes;
    return 0;
}

int queue_commit(struct channel *channel, size_t size)
{
    struct queue *queue = (struct queue *)channel;
    for (size_t done = 0; done < size;) {
        size_t left = size - done;
        size_t piece = left < queue->piece_bytes ? left : queue->piece_bytes;
        int result = move_message(queue, &channel->waiter, queue->staging + done, piece, NULL);
        if (result < 0)
            return result;
        done += piece;
    }
    return 0;
}

/* ---- the reader ---- */

/* Takes one more message behind those that are there. */
static int take_one(struct queue *queue)
{
    struct channel *channel = &queue->channel;
    size_t got = 0;
    size_t held = queue->end - queue->start;
    if (queue->staging_bytes - queue->end < queue->piece_bytes) {
        /* Only a reader that asks for other sizes than were sent comes here with anything held. */
        unsigned char *held_bytes = queue->staging + queue->start;
        if (held > 0)
            memmove(queue->staging, held_bytes, held);
        channel->user_copy_bytes += held;
        queue->start = 0;
        queue->end = held;
    }
    int result = move_message(queue, &channel->waiter, queue->staging + queue->end,
                              queue->staging_bytes - queue->end, &got);
    if (result == 0 && got == 0)
        queue->ended = true;
    queue->end += got;
    return result;
}

int queue_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                  size_t *size)
{
    struct queue *queue = (struct queue *)channel;
    if (least > channel->setup.loan_bytes)
        return failure_say(channel->setup.failure, -EMSGSIZE, "a loan larger than agreed");
    if (queue->start == queue->end)
        queue->start = queue->end = 0;
    while (queue->end - queue->start < least && !queue->ended) {
        int result = take_one(queue);
        if (result < 0)
            return result;
    }
    size_t held = queue->end - queue->start;
    if (held == 0)
        return -ENODATA;
    *view = queue->staging + queue->start;
    *size = held < most ? held : most;
    return 0;
}

int queue_release(struct channel *channel, size_t size)
{
    struct queue *queue = (struct queue *)channel;
    queue->start += size;
    return 0;
}

/* ---- the end ---- */

void queue_finish(struct queue *queue)
{
    if (queue->channel.role != CHANNEL_WRITER || queue->staging == NULL || queue->broken)
        return;
    struct waiter waiter = queue->channel.waiter;
    queue->channel.setup.failure = waiter.failure = NULL; /* closing never fails */
    (void)move_message(queue, &waiter, queue->staging, 0, NULL);
}

static void free_staging(struct queue *queue)
{
    if (queue->staging != NULL)
        channel_free(queue->staging - queue->lead_bytes, queue->lead_bytes + queue->staging_bytes);
}

void queue_free(struct queue *queue)
{
    free_staging(queue);
    free(queue);
}

/* ---- for the witness ---- */

/* Puts pages that are mapped twice in the place of the staging buffer; *other is where else they
 * show. */
static int map_staging_twice(struct queue *queue, unsigned char **other)
{
    struct failure *failure = queue->channel.setup.failure;
    const int access = PROT_READ | PROT_WRITE;
    size_t size = queue->lead_bytes + queue->staging_bytes;
    int descriptor = memfd_create("pipe-vs-shm", MFD_CLOEXEC);
    if (descriptor < 0 || ftruncate(descriptor, (off_t)size) != 0) {
        int error = errno;
        if (descriptor >= 0)
            close(descriptor);
        return failure_set(failure, -error, "making pages to receive into");
    }
    void *staging = mmap(NULL, size, access, MAP_SHARED, descriptor, 0);
    void *again = mmap(NULL, size, access, MAP_SHARED, descriptor, 0);
    int error = errno;
    close(descriptor);
    if (staging != MAP_FAILED && again != MAP_FAILED) {
        free_staging(queue);
        queue->staging = (unsigned char *)staging + queue->lead_bytes;
        *other = again;
        return 0;
    }
    if (staging != MAP_FAILED)
        munmap(staging, size);
    if (again != MAP_FAILED)
        munmap(again, size);
    return failure_set(failure, -error, "mapping the pages to receive into");
}

int queue_probe_receive(struct channel *channel, void *buffer, size_t size, const void **view,
                        bool *shared)
{
    struct queue *queue = (struct queue *)channel;
    size_t got = 0;
    unsigned char *other = NULL;
    (void)buffer; /* there is none: loans are all we have */
    int result = map_staging_twice(queue, &other);
    if (result < 0)
        return result;
    result = channel->operations->acquire(channel, size, size, view, &got);
    if (result == -ENODATA || (result == 0 && got < size))
        result = channel_ended_early(channel);
    if (result == 0)
        *shared = memcmp(other + queue->lead_bytes + queue->start, *view, size) != 0;
    munmap(other, queue->lead_bytes + queue->staging_bytes);
    return result;
}
