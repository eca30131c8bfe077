/*
 * The control with one copy and no shared payload: the payload lies in private memory of the
 * writer, and the reader has the kernel copy it from there into its own buffer (process_vm_readv).
 * What the two share is one page with the positions of a ring (ring.h) and the address of its
 * data, which is an address of the writer: the reader counts with it, but never looks at it.
 *
 * Why the copied bytes are those that the position stands for: the kernel copies within the
 * reader's own system call, by loads of the reader's processor from the very pages that the writer
 * stored to. The reader acquires the published position before that call, so those loads see all
 * that the writer stored before it published; and it releases its own position after the call, so
 * the writer does not store there again before the copy is over. It is the pairing of shared
 * memory, with the kernel's loads in the place of the reader's.
 *
 * The payload ends with the writer: its close waits until all has been taken, and what a killed
 * writer had committed, but the reader had not taken, is lost (-EPIPE).
 */
#include "base/units.h"
#include "transfer/mechanisms.h"
#include "transfer/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of Yama's ptrace scope: the first that asks for CAP_SYS_PTRACE in spite of PR_SET_PTRACER. */
enum { YAMA_SCOPE_ADMINISTRATOR = 2, YAMA_SCOPE_NOBODY = 3 };

/* What both processes map. */
struct shared_page {
    struct ring_shared positions;
    struct wait_place data_address; /* in the writer; 0 until it is there */
    _Alignas(SHARED_LINE_BYTES) _Atomic uint32_t reader_closed;
};

struct remote_channel {
    struct channel channel;
    struct ring_end ring;
    struct shared_page *page;
    /* The writer's. */
    void *data;
    /* The reader's: the message that it is taking, and the buffer behind acquire. */
    const unsigned char *message; /* an address of the writer */
    size_t message_bytes;
    size_t taken_bytes;
    void *staging;
};

static struct failure *failure_of(const struct remote_channel *remote)
{
    return remote->channel.setup.failure;
}

/* ---- before the fork ---- */

static int remote_create(const struct channel_setup *setup, struct channel **channel)
{
    if (setup->loan_bytes == 0)
        return failure_say(setup->failure, -EINVAL,
                           "process_vm_readv moves messages of an agreed size only");
    struct remote_channel *remote = calloc(1, sizeof *remote);
    if (remote == NULL)
        return failure_set(setup->failure, -ENOMEM, "making a process_vm_readv channel");
    channel_initialise(&remote->channel, &channel_process_vm_readv, setup);
    void *page = mmap(NULL, sizeof(struct shared_page), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        int error = errno;
        free(remote);
        return failure_set(setup->failure, -error, "sharing a page for the positions");
    }
    remote->page = page;
    uint64_t capacity =
        ring_capacity_for(channel_round_capacity(setup->capacity_bytes), setup->loan_bytes);
    ring_initialise(&remote->page->positions, capacity, ring_alignment_for(setup->loan_bytes));
    *channel = &remote->channel;
    return 0;
}

/* ---- copying ---- */

/* Has the kernel copy `size` bytes at `address` of the writer into `buffer`. Returns 0, -EPIPE when
 * the writer is gone, or another -errno; describes nothing. */
static int copy_from_writer(const struct remote_channel *remote, void *buffer,
                            const unsigned char *address, size_t size)
{
    const struct peer *writer = &remote->channel.peer;
    for (size_t done = 0; done < size;) {
        struct iovec here = {.iov_base = (unsigned char *)buffer + done, .iov_len = size - done};
        struct iovec there = {.iov_base = (void *)(address + done), .iov_len = size - done};
        ssize_t count = process_vm_readv(writer->pid, &here, 1, &there, 1, 0);
        if (count <= 0) {
            int error = count < 0 ? errno : EIO;
            /* Of a dead process the kernel says ESRCH; security modules may put it differently. */
            return error == ESRCH || peer_check(writer) < 0 ? -EPIPE : -error;
        }
        done += (size_t)count; /* fewer than asked for are no error: the rest follows */
    }
    return 0;
}

static int tell_failed_copy(struct failure *failure, int error)
{
    if (error == -EPIPE)
        return failure_say(failure, error, "the other process ended in the middle of the run");
    return failure_set(failure, error, "reading the other process's memory");
}

/* ---- opening ---- */

/* Yama's ptrace scope, or -1 where there is no Yama. */
static int read_yama_scope(void)
{
    char digit = '\0';
    int descriptor = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    ssize_t length = read(descriptor, &digit, 1);
    close(descriptor);
    return length == 1 && digit >= '0' && digit <= '9' ? digit - '0' : -1;
}

/* Says what forbids a read that answered `error`, and what to do about it. */
static int tell_refusal(struct failure *failure, int error, int yama_scope)
{
    if (error == -ENOSYS)
        return failure_say(failure, -EPERM,
                           "the kernel answers as if it had no process_vm_readv: a container's "
                           "seccomp profile must allow it, a kernel have CROSS_MEMORY_ATTACH");
    if (yama_scope == YAMA_SCOPE_NOBODY)
        return failure_say(failure, -EPERM,
                           "the ptrace scope forbids process_vm_readv until the next boot: start "
                           "with kernel.yama.ptrace_scope=1");
    if (yama_scope == YAMA_SCOPE_ADMINISTRATOR)
        return failure_say(failure, -EPERM,
                           "the ptrace scope forbids process_vm_readv: sysctl "
                           "kernel.yama.ptrace_scope=1, or CAP_SYS_PTRACE, allows it");
    return failure_say(failure, -EPERM,
                       "process_vm_readv is forbidden by a seccomp profile or a security module: "
                       "allow it there; in a container CAP_SYS_PTRACE (--cap-add) may do");
}

/* Whether the reader may read the writer is seen by trying, before anything is measured. */
static int try_reading(const struct remote_channel *remote, const unsigned char *address)
{
    unsigned char byte;
    int result = copy_from_writer(remote, &byte, address, sizeof byte);
    if (result == -EPERM || result == -ENOSYS)
        return tell_refusal(failure_of(remote), result, read_yama_scope());
    return result < 0 ? tell_failed_copy(failure_of(remote), result) : 0;
}

static int open_as_writer(struct remote_channel *remote)
{
    struct channel *channel = &remote->channel;
    struct shared_page *page = remote->page;
    remote->data = channel_allocate((size_t)page->positions.capacity_bytes, failure_of(remote));
    if (remote->data == NULL)
        return -ENOMEM;
    ring_attach_apart(&remote->ring, &page->positions, remote->data, &channel->waiter);
    /* Yama lets nobody but ancestors look into a process that did not name him. Where there is no
     * Yama nothing needs to be said (EINVAL): the reader tries what it may. */
    (void)prctl(PR_SET_PTRACER, (unsigned long)channel->peer.pid, 0, 0, 0);
    struct waiter waiter = channel_meeting_waiter(channel);
    wait_publish(&waiter, &page->data_address, (uintptr_t)remote->data);
    uint64_t attached;
    return wait_for_position(&waiter, &page->positions.attached, 1, 1, &attached);
}

static int open_as_reader(struct remote_channel *remote)
{
    struct channel *channel = &remote->channel;
    struct shared_page *page = remote->page;
    struct waiter waiter = channel_meeting_waiter(channel);
    uint64_t address;
    int result = wait_for_position(&waiter, &page->data_address, 1, 1, &address);
    if (result < 0)
        return result;
    void *data = (void *)(uintptr_t)address;
    result = try_reading(remote, data);
    if (result < 0)
        return result;
    remote->staging = channel_allocate(channel->setup.loan_bytes, failure_of(remote));
    if (remote->staging == NULL)
        return -ENOMEM;
    ring_attach_apart(&remote->ring, &page->positions, data, &channel->waiter);
    wait_publish(&waiter, &page->positions.attached, 1);
    return 0;
}

static int remote_open(struct channel *channel, enum channel_role role)
{
    struct remote_channel *remote = (struct remote_channel *)channel;
    channel->role = role;
    int result = role == CHANNEL_WRITER ? open_as_writer(remote) : open_as_reader(remote);
    if (result == 0)
        channel->capacity_bytes = remote->ring.capacity;
    return result;
}

/* ---- transfer ---- */

static int remote_reserve(struct channel *channel, size_t least, size_t most, void **space,
                          size_t *size)
{
    /* Only whole messages: the reader, who takes them in pieces of any size, must know where the
     * ring skips its end. */
    if (least != channel->setup.loan_bytes)
        return failure_say(channel->setup.failure, -EMSGSIZE,
                           "process_vm_readv lends whole messages of the agreed size only");
    return ring_reserve(&((struct remote_channel *)channel)->ring, least,
                        most < least ? most : least, space, size);
}

static int remote_commit(struct channel *channel, size_t size)
{
    ring_commit(&((struct remote_channel *)channel)->ring, size);
    return 0;
}

/* Waits for the next message of the ring. */
static int begin_message(struct remote_channel *remote)
{
    const void *view;
    size_t whole = remote->channel.setup.loan_bytes;
    int result = ring_acquire(&remote->ring, whole, whole, &view, &remote->message_bytes);
    if (result == 0) {
        remote->message = view;
        remote->taken_bytes = 0;
    }
    return result;
}

/* Copies the next at most `most` bytes of the message; *size says how many. The message goes back
 * to the writer with its last byte. */
static int take_piece(struct remote_channel *remote, unsigned char *buffer, size_t most,
                      size_t *size)
{
    size_t left = remote->message_bytes - remote->taken_bytes;
    size_t piece = left < most ? left : most;
    int result = copy_from_writer(remote, buffer, remote->message + remote->taken_bytes, piece);
    if (result < 0)
        return tell_failed_copy(failure_of(remote), result);
    *size = piece;
    remote->taken_bytes += piece;
    if (piece == left) {
        remote->message = NULL;
        ring_release(&remote->ring, remote->message_bytes);
    }
    return 0;
}

static int remote_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                          size_t *size)
{
    struct remote_channel *remote = (struct remote_channel *)channel;
    size_t done = 0;
    while (done < least) {
        size_t piece = 0;
        int result = remote->message == NULL ? begin_message(remote) : 0;
        if (result == -ENODATA && done > 0)
            break;
        if (result == 0)
            result = take_piece(remote, (unsigned char *)buffer + done, most - done, &piece);
        if (result < 0)
            return result;
        done += piece;
    }
    *size = done;
    return 0;
}

static int remote_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                          size_t *size)
{
    struct remote_channel *remote = (struct remote_channel *)channel;
    size_t room = channel->setup.loan_bytes;
    if (least > room)
        return failure_say(channel->setup.failure, -EMSGSIZE, "a loan larger than agreed");
    int result = remote_receive(channel, remote->staging, least, most < room ? most : room, size);
    if (result == 0)
        *view = remote->staging;
    return result;
}

static int remote_release(struct channel *channel, size_t size)
{
    (void)channel;
    (void)size;
    return 0;
}

/* ---- the end ---- */

/* Waits until the reader needs the writer's memory no more. */
static void wait_for_reader(struct remote_channel *remote)
{
    struct shared_page *page = remote->page;
    struct waiter waiter = remote->channel.waiter;
    struct wait_attempts attempts = {0};
    uint64_t seen = 0;
    waiter.failure = NULL; /* closing never fails */
    for (;;) {
        /* acquire, both: the reader's last copy is over before the memory goes. */
        uint64_t released =
            atomic_load_explicit(&page->positions.released.position, memory_order_acquire);
        if (released == remote->ring.position ||
            atomic_load_explicit(&page->reader_closed, memory_order_acquire) != 0)
            return;
        if (released != seen)
            attempts = (struct wait_attempts){0};
        seen = released;
        if (wait_a_moment(&waiter, &attempts, -1) < 0)
            return;
    }
}

static void remote_close(struct channel *channel)
{
    struct remote_channel *remote = (struct remote_channel *)channel;
    if (remote == NULL)
        return;
    if (channel->role == CHANNEL_WRITER && remote->ring.shared != NULL) {
        ring_finish(&remote->ring);
        wait_for_reader(remote);
    }
    if (channel->role == CHANNEL_READER) {
        /* release: our copies come before. */
        atomic_store_explicit(&remote->page->reader_closed, 1, memory_order_release);
    }
    if (remote->data != NULL)
        channel_free(remote->data, (size_t)remote->page->positions.capacity_bytes);
    channel_free(remote->staging, channel->setup.loan_bytes);
    munmap(remote->page, sizeof *remote->page);
    free(remote);
}

const struct channel_operations channel_process_vm_readv = {
    .name = "process_vm_readv",
    .waits = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID,
    .loan_is_private = true,
    .transfers = true,
    /* The payload starts in what is handed over; the kernel copies it out. */
    .stages =
        {[COPIES_OWN] = {STAGE_NONE, STAGE_REMOTE}, [COPIES_INPLACE] = {STAGE_NONE, STAGE_REMOTE}},
    .create = remote_create,
    .open = remote_open,
    .reserve = remote_reserve,
    .commit = remote_commit,
    .acquire = remote_acquire,
    .release = remote_release,
    .receive = remote_receive,
    .close = remote_close,
};
