/*
 * System V message queues: msgsnd copies a message into the kernel, msgrcv copies it out. The queue
 * is made before the fork, under a key that is drawn and noted first, mode 0600; the reader removes
 * it when it closes, which also tells a writer that goes on; and whoever ends the run after a death
 * removes it by the note. Copies: one in, one out, both in the kernel.
 *
 * Neither call takes a time-out. A timer's signal interrupts those that block, now and then, to
 * look at the peer: system calls of System V IPC are never restarted, others are (SA_RESTART).
 */
#include "base/ipc_object.h"
#include "base/leftover.h"
#include "transfer/mechanisms.h"
#include "transfer/queue.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* Not every library has a name for it yet. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* What by default does nothing to a process: so a tick that comes late harms nobody. */
#define TICK_SIGNAL SIGURG

enum {
    FOLDER_BYTES = 400,
    KEYS_TRIED = 16,
    MESSAGE_TYPE = 1,
    LEAD_BYTES = 64 /* a cache line, the end of which is the type of the message */
};

struct sysv_queue {
    struct queue queue;
    int id; /* -1 while there is none */
    int folder_handle;
    int queue_handle;
    timer_t ticks;
    bool ticking;
};

/* What the calls want, and write, right before a message, which may lie anywhere. */
struct type_before {
    long type;
} __attribute__((packed, may_alias));

/* ---- the calls ---- */

static int meaning_of(int error)
{
    switch (error) {
    case EAGAIN:
    case ENOMSG:
    case EINTR:
        return -EAGAIN;
    case EIDRM:
    case EINVAL: /* the id is nobody's any more */
        return -EPIPE;
    default:
        return -error;
    }
}

static int put(struct queue *queue, const void *message, size_t size, bool may_block)
{
    /* Before it lies the lead, or a piece that was sent already and is nobody's any more. */
    struct type_before *before = (struct type_before *)message - 1;
    before->type = MESSAGE_TYPE;
    int id = ((struct sysv_queue *)queue)->id;
    return msgsnd(id, before, size, may_block ? 0 : IPC_NOWAIT) == 0 ? 0 : meaning_of(errno);
}

static int take(struct queue *queue, void *buffer, size_t room, bool may_block, size_t *size)
{
    struct type_before *before = (struct type_before *)buffer - 1;
    const long kept = before->type; /* payload, where a piece lies before */
    int id = ((struct sysv_queue *)queue)->id;
    ssize_t length = msgrcv(id, before, room, 0, may_block ? 0 : IPC_NOWAIT);
    if (length < 0)
        return meaning_of(errno);
    before->type = kept;
    *size = (size_t)length;
    return 0;
}

static const struct queue_calls calls = {.put = put, .take = take};

/* ---- before the fork ---- */

static struct failure *failure_of(const struct sysv_queue *sysv)
{
    return sysv->queue.channel.setup.failure;
}

static int draw_key(key_t *key)
{
    do {
        if (getrandom(key, sizeof *key, 0) != (ssize_t)sizeof *key)
            return -errno;
    } while (*key == IPC_PRIVATE);
    return 0;
}

/* The note comes first, and is on disk, before there is a queue that a killed run could leave
 * behind. Returns 0, -EEXIST when the key is taken, or another -errno. */
static int make_queue_under(struct sysv_queue *sysv, key_t key)
{
    sysv->queue_handle = leftover_note_queue(key);
    if (sysv->queue_handle < 0)
        return failure_set(failure_of(sysv), sysv->queue_handle,
                           "noting a message queue for clean-up");
    sysv->id = msgget(key, IPC_CREAT | IPC_EXCL | IPC_OBJECT_MODE);
    if (sysv->id >= 0) {
        leftover_made(sysv->queue_handle, sysv->id);
        return 0;
    }
    int error = errno;
    leftover_forget(sysv->queue_handle);
    sysv->queue_handle = -1;
    if (error == EEXIST)
        return -EEXIST;
    if (error == ENOSPC)
        return failure_say(failure_of(sysv), -ENOSPC,
                           "there are as many System V message queues as this machine allows "
                           "(/proc/sys/kernel/msgmni)");
    return failure_set(failure_of(sysv), -error, "making a System V message queue");
}

static int make_queue(struct sysv_queue *sysv)
{
    char folder[FOLDER_BYTES];
    sysv->folder_handle = leftover_make_folder(folder, sizeof folder, failure_of(sysv));
    if (sysv->folder_handle < 0)
        return sysv->folder_handle;
    int result = -EEXIST;
    for (int tried = 0; tried < KEYS_TRIED && result == -EEXIST; tried++) {
        key_t key;
        result = draw_key(&key);
        if (result < 0)
            return failure_set(failure_of(sysv), result, "drawing a key for a message queue");
        result = make_queue_under(sysv, key);
    }
    if (result == -EEXIST)
        return failure_set(failure_of(sysv), result, "drawing a free key for a message queue");
    return result;
}

/* Gives the queue the wanted room, where we may; above kernel.msgmnb that takes a privilege, and
 * the queue keeps what it has. */
static int set_capacity(struct sysv_queue *sysv)
{
    struct channel *channel = &sysv->queue.channel;
    struct msqid_ds status;
    if (msgctl(sysv->id, IPC_STAT, &status) != 0)
        return failure_set(failure_of(sysv), -errno, "asking for the size of a message queue");
    status.msg_qbytes = channel_round_capacity(channel->setup.capacity_bytes);
    if (msgctl(sysv->id, IPC_SET, &status) != 0 && errno != EPERM)
        return failure_set(failure_of(sysv), -errno,
                           "--capacity: setting the size of a message queue");
    if (msgctl(sysv->id, IPC_STAT, &status) != 0)
        return failure_set(failure_of(sysv), -errno, "asking for the size of a message queue");
    channel->capacity_bytes = status.msg_qbytes;
    uint64_t largest = 0;
    int result = queue_read_limit("/proc/sys/kernel/msgmax", &largest);
    if (result < 0)
        return failure_set(failure_of(sysv), result, "reading /proc/sys/kernel/msgmax");
    sysv->queue.piece_bytes = queue_piece_bytes(&channel->setup, channel->capacity_bytes, largest);
    if (channel->capacity_bytes > 0 && largest > 0)
        return 0;
    return failure_say(failure_of(sysv), -ENOSPC,
                       "this machine allows no messages in a System V queue "
                       "(/proc/sys/kernel/msgmnb, msgmax)");
}

static void sysv_mq_close(struct channel *channel)
{
    struct sysv_queue *sysv = (struct sysv_queue *)channel;
    if (sysv == NULL)
        return;
    queue_finish(&sysv->queue);
    if (sysv->ticking)
        timer_delete(sysv->ticks);
    /* All has been taken that will be. */
    if (channel->role == CHANNEL_READER) {
        leftover_remove(sysv->queue_handle);
        leftover_remove(sysv->folder_handle);
    }
    queue_free(&sysv->queue);
}

static int sysv_mq_create(const struct channel_setup *setup, struct channel **channel)
{
    struct queue *queue;
    int result = queue_allocate(&channel_sysv_mq, &calls, setup, sizeof(struct sysv_queue), &queue);
    if (result < 0)
        return result;
    struct sysv_queue *sysv = (struct sysv_queue *)queue;
    sysv->id = sysv->folder_handle = sysv->queue_handle = -1;
    queue->lead_bytes = LEAD_BYTES;
    result = make_queue(sysv);
    if (result == 0)
        result = set_capacity(sysv);
    if (result < 0) {
        sysv_mq_close(&queue->channel);
        return result;
    }
    *channel = &queue->channel;
    return 0;
}

/* ---- opening ---- */

static void tick(int signal_number)
{
    (void)signal_number; /* it has interrupted what it should */
}

/* Its handler stays when the channel is closed: another one of this process may need it. */
static int start_ticking(struct sysv_queue *sysv)
{
    const struct itimerspec period = {.it_interval = {.tv_nsec = QUEUE_SLICE_NS},
                                      .it_value = {.tv_nsec = QUEUE_SLICE_NS}};
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TICK_SIGNAL};
    sigset_t ticks;
    event.sigev_notify_thread_id = gettid();
    sigemptyset(&action.sa_mask);
    sigemptyset(&ticks);
    sigaddset(&ticks, TICK_SIGNAL);
    sigaction(TICK_SIGNAL, &action, NULL);
    sigprocmask(SIG_UNBLOCK, &ticks, NULL);
    if (timer_create(CLOCK_MONOTONIC, &event, &sysv->ticks) != 0)
        return failure_set(failure_of(sysv), -errno, "making a timer (ulimit -i)");
    sysv->ticking = true;
    timer_settime(sysv->ticks, 0, &period, NULL);
    return 0;
}

static int sysv_mq_open(struct channel *channel, enum channel_role role)
{
    struct sysv_queue *sysv = (struct sysv_queue *)channel;
    int result = queue_become(&sysv->queue, role);
    if (result == 0 && channel->setup.wait != WAIT_SPIN)
        result = start_ticking(sysv);
    return result;
}

const struct channel_operations channel_sysv_mq = {
    .name = "sysv_mq",
    .waits = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID,
    .loan_is_private = true,
    .view_is_private = true,
    .transfers = true,
    .stages =
        {[COPIES_OWN] = {STAGE_QUEUE, STAGE_QUEUE}, [COPIES_INPLACE] = {STAGE_QUEUE, STAGE_QUEUE}},
    .create = sysv_mq_create,
    .open = sysv_mq_open,
    .reserve = queue_reserve,
    .commit = queue_commit,
    .acquire = queue_acquire,
    .release = queue_release,
    .close = sysv_mq_close,
    .probe_receive = queue_probe_receive,
};
