/*
 * POSIX message queues: mq_send copies a message into the kernel, mq_receive copies it out. The
 * queue is made before the fork, under a name that nobody can guess, mode 0600, and loses the name
 * at once: both processes inherit the descriptor, and the kernel frees the queue with the last of
 * them, whoever dies. Copies: one in, one out, both in the kernel.
 *
 * The kernel counts a queue's room in messages, and gives an unprivileged user few: so what is in
 * flight depends on the message, and can be far less than was asked for.
 */
#include "base/clock.h"
#include "base/leftover.h"
#include "base/posix_object.h"
#include "transfer/mechanisms.h"
#include "transfer/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <time.h>
#include <unistd.h>

#define LIMITS_FOLDER "/proc/sys/fs/mqueue/"

enum { FOLDER_BYTES = 400, FEWEST_MESSAGES = 2 };

struct posix_queue {
    struct queue queue;
    mqd_t descriptor; /* -1 while there is none */
    /* When a call that blocks gives up, by the real-time clock, which mq_timedsend looks at. Once
     * it has passed it is set anew: so a call that finds the queue ready costs no look at the
     * clock. (Whoever sets that clock back makes us look at the peer later by as much.) */
    struct timespec slice_end;
};

/* ---- the calls ---- */

static const struct timespec long_ago = {.tv_sec = 0};

static void begin_slice(struct posix_queue *posix)
{
    clock_gettime(CLOCK_REALTIME, &posix->slice_end);
    posix->slice_end.tv_nsec += QUEUE_SLICE_NS;
    if (posix->slice_end.tv_nsec >= (long)NANOSECONDS_PER_SECOND) {
        posix->slice_end.tv_nsec -= (long)NANOSECONDS_PER_SECOND;
        posix->slice_end.tv_sec++;
    }
}

/* What a failed call means; `blocked`: it had a slice's time. */
static int meaning_of(struct posix_queue *posix, bool blocked)
{
    if (errno != ETIMEDOUT && errno != EAGAIN && errno != EINTR)
        return -errno;
    if (blocked && errno == ETIMEDOUT)
        begin_slice(posix);
    return -EAGAIN;
}

static int put(struct queue *queue, const void *message, size_t size, bool may_block)
{
    struct posix_queue *posix = (struct posix_queue *)queue;
    const struct timespec *until = may_block ? &posix->slice_end : &long_ago;
    if (mq_timedsend(posix->descriptor, message, size, 0, until) == 0)
        return 0;
    return meaning_of(posix, may_block);
}

static int take(struct queue *queue, void *buffer, size_t room, bool may_block, size_t *size)
{
    struct posix_queue *posix = (struct posix_queue *)queue;
    const struct timespec *until = may_block ? &posix->slice_end : &long_ago;
    ssize_t length = mq_timedreceive(posix->descriptor, buffer, room, NULL, until);
    if (length < 0)
        return meaning_of(posix, may_block);
    *size = (size_t)length;
    return 0;
}

static const struct queue_calls calls = {.put = put, .take = take};

/* ---- before the fork ---- */

static struct failure *failure_of(const struct posix_queue *posix)
{
    return posix->queue.channel.setup.failure;
}

/* mq_open says EMFILE of two limits: of descriptors, and of bytes in queues. */
static bool may_open_files(void)
{
    int descriptor = open("/", O_PATH | O_CLOEXEC);
    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0;
}

static int tell_refusal(const struct posix_queue *posix, const struct mq_attr *attributes,
                        int error)
{
    if (error == ENOSYS)
        return failure_say(failure_of(posix), -ENOSYS,
                           "this kernel has no POSIX message queues (CONFIG_POSIX_MQUEUE)");
    if (error == ENOSPC)
        return failure_say(failure_of(posix), -ENOSPC,
                           "there are as many message queues as this machine allows "
                           "(" LIMITS_FOLDER "queues_max)");
    if (error == EMFILE && may_open_files())
        return failure_say(failure_of(posix), -ENOSPC,
                           "making a message queue of %ld messages of %ld bytes: this user's "
                           "message queues may hold less (RLIMIT_MSGQUEUE: ulimit -q)",
                           attributes->mq_maxmsg, attributes->mq_msgsize);
    if (error == EINVAL)
        return failure_say(failure_of(posix), -ERANGE,
                           "making a message queue of %ld messages of %ld bytes: this machine "
                           "allows less (" LIMITS_FOLDER "msg_max, msgsize_max)",
                           attributes->mq_maxmsg, attributes->mq_msgsize);
    return failure_set(failure_of(posix), -error, "making a POSIX message queue");
}

static mqd_t open_new(const struct posix_queue *posix, const char *name,
                      const struct mq_attr *attributes)
{
    int flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC;
    if (posix->queue.channel.setup.wait == WAIT_SPIN)
        flags |= O_NONBLOCK;
    return mq_open(name, flags, POSIX_OBJECT_MODE, attributes);
}

/* As many messages as the capacity holds, or as the kernel lets us have: it refuses more than
 * msg_max (EINVAL), unless we are privileged, and more bytes for all of a user's queues than
 * RLIMIT_MSGQUEUE (EMFILE). */
static int make_queue(struct posix_queue *posix, const char *name, uint64_t capacity)
{
    struct mq_attr attributes = {.mq_msgsize = (long)posix->queue.piece_bytes};
    attributes.mq_maxmsg = (long)(capacity / posix->queue.piece_bytes);
    posix->descriptor = open_new(posix, name, &attributes);
    int error = posix->descriptor < 0 ? errno : 0; /* reading the limit sets another */
    uint64_t most = 0;
    if (error == EINVAL && queue_read_limit(LIMITS_FOLDER "msg_max", &most) == 0 &&
        most < (uint64_t)attributes.mq_maxmsg) {
        attributes.mq_maxmsg = (long)most;
        posix->descriptor = open_new(posix, name, &attributes);
        error = posix->descriptor < 0 ? errno : 0;
    }
    while (error == EMFILE && attributes.mq_maxmsg > FEWEST_MESSAGES) {
        attributes.mq_maxmsg /= 2;
        posix->descriptor = open_new(posix, name, &attributes);
        error = posix->descriptor < 0 ? errno : 0;
    }
    if (error != 0)
        return tell_refusal(posix, &attributes, error);
    posix->queue.channel.capacity_bytes = (uint64_t)attributes.mq_maxmsg * posix->queue.piece_bytes;
    return 0;
}

/* Under a name that is noted, and on disk, before there is a queue that a killed run could leave
 * behind. */
static int make_nameless_queue(struct posix_queue *posix, uint64_t capacity)
{
    char folder[FOLDER_BYTES];
    char name[POSIX_OBJECT_NAME_BYTES];
    int result = posix_object_choose_name(name);
    if (result < 0)
        return failure_set(failure_of(posix), result, "choosing a name for a message queue");
    int folder_handle = leftover_make_folder(folder, sizeof folder, failure_of(posix));
    if (folder_handle < 0)
        return folder_handle;
    int queue_handle = leftover_note_posix_queue(name);
    if (queue_handle < 0)
        result = failure_set(failure_of(posix), queue_handle, "noting a message queue");
    if (result == 0)
        result = make_queue(posix, name, capacity);
    leftover_remove(queue_handle);
    leftover_remove(folder_handle);
    return result;
}

static void posix_mq_close(struct channel *channel)
{
    struct posix_queue *posix = (struct posix_queue *)channel;
    if (posix == NULL)
        return;
    queue_finish(&posix->queue);
    if (posix->descriptor >= 0)
        mq_close(posix->descriptor);
    queue_free(&posix->queue);
}

static int posix_mq_create(const struct channel_setup *setup, struct channel **channel)
{
    struct queue *queue;
    int result =
        queue_allocate(&channel_posix_mq, &calls, setup, sizeof(struct posix_queue), &queue);
    if (result < 0)
        return result;
    struct posix_queue *posix = (struct posix_queue *)queue;
    uint64_t capacity = channel_round_capacity(setup->capacity_bytes);
    uint64_t largest = CHANNEL_PIECE_BYTES;
    posix->descriptor = -1;
    /* Where it cannot be read, mq_open will say what it thinks of it. */
    (void)queue_read_limit(LIMITS_FOLDER "msgsize_max", &largest);
    queue->piece_bytes = queue_piece_bytes(setup, capacity, largest);
    result = make_nameless_queue(posix, capacity);
    if (result < 0) {
        posix_mq_close(&queue->channel);
        return result;
    }
    *channel = &queue->channel;
    return 0;
}

static int posix_mq_open(struct channel *channel, enum channel_role role)
{
    return queue_become((struct queue *)channel, role);
}

const struct channel_operations channel_posix_mq = {
    .name = "posix_mq",
    .waits = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID,
    .loan_is_private = true,
    .view_is_private = true,
    .transfers = true,
    .stages =
        {[COPIES_OWN] = {STAGE_QUEUE, STAGE_QUEUE}, [COPIES_INPLACE] = {STAGE_QUEUE, STAGE_QUEUE}},
    .create = posix_mq_create,
    .open = posix_mq_open,
    .reserve = queue_reserve,
    .commit = queue_commit,
    .acquire = queue_acquire,
    .release = queue_release,
    .close = posix_mq_close,
    .probe_receive = queue_probe_receive,
};
