/*
 * A pipe whose writer lends its own pages to the kernel (vmsplice) instead of having them copied;
 * the reader's read() is the one copy. The danger: a page that is written again before the reader
 * has consumed it changes what arrives. So messages rotate through a pool of private slots that is
 * large enough to prove reuse safe: a pipe of P pages holds the P last page-parts given to it, so
 * once P more have been accepted, an older one has been read. The payload's digest would show a
 * mistake.
 */
#include "transfer/mechanisms.h"
#include "transfer/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

/* Slots fewer than needed: only a test that shows the corruption defines it otherwise. */
#ifndef VMSPLICE_POOL_SHORTFALL
#define VMSPLICE_POOL_SHORTFALL 0
#endif

struct vmsplice_channel {
    struct stream stream;
    unsigned char *pool;
    size_t pool_bytes;
    size_t slot_bytes;
    size_t slots;
    size_t next; /* the slot of the next loan */
};

static int vmsplice_create(const struct channel_setup *setup, struct channel **channel)
{
    return stream_create_pipe(&channel_vmsplice, setup, sizeof(struct vmsplice_channel), channel);
}

/*
 * The size of the pool. A message occupies at least `parts` page-parts of the pipe, so messages
 * older than the last ceil(pages / parts) have been consumed; one more slot is being filled.
 * Slots of less than a page may share pages: what matters is that their bytes are not reused.
 */
static int make_pool(struct vmsplice_channel *lender)
{
    struct channel *channel = &lender->stream.channel;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t message = channel->setup.loan_bytes;
    size_t unit = message < page ? 64 : page;
    lender->slot_bytes = (message + unit - 1) / unit * unit;
    size_t parts = (message + page - 1) / page;
    size_t pages = (size_t)channel->capacity_bytes / page;
    lender->slots = (pages + parts - 1) / parts + 1 - VMSPLICE_POOL_SHORTFALL;
    lender->pool_bytes = lender->slots * lender->slot_bytes;
    lender->pool = channel_allocate(lender->pool_bytes, channel->setup.failure);
    return lender->pool != NULL ? 0 : -ENOMEM;
}

static int vmsplice_open(struct channel *channel, enum channel_role role)
{
    struct vmsplice_channel *lender = (struct vmsplice_channel *)channel;
    size_t loan_bytes = channel->setup.loan_bytes;
    /* The writer's loans come from the pool, not from a staging buffer. */
    if (role == CHANNEL_WRITER)
        channel->setup.loan_bytes = 0;
    int result = stream_become(&lender->stream, role);
    channel->setup.loan_bytes = loan_bytes;
    if (result < 0 || role == CHANNEL_READER || loan_bytes == 0)
        return result;
    return make_pool(lender);
}

static int vmsplice_reserve(struct channel *channel, size_t least, size_t most, void **space,
                            size_t *size)
{
    struct vmsplice_channel *lender = (struct vmsplice_channel *)channel;
    /* Only whole messages: a shorter one would occupy fewer pages than the pool counts on. */
    if (least != channel->setup.loan_bytes)
        return failure_say(channel->setup.failure, -EMSGSIZE,
                           "vmsplice lends whole messages of the agreed size only");
    *space = lender->pool + lender->next * lender->slot_bytes;
    *size = most < least ? most : least;
    return 0;
}

static int vmsplice_commit(struct channel *channel, size_t size)
{
    struct vmsplice_channel *lender = (struct vmsplice_channel *)channel;
    struct stream *stream = &lender->stream;
    struct wait_attempts attempts = {0};
    struct iovec part = {.iov_base = lender->pool + lender->next * lender->slot_bytes,
                         .iov_len = size};
    unsigned flags = channel->setup.wait == WAIT_BLOCK ? 0 : SPLICE_F_NONBLOCK;
    while (part.iov_len > 0) {
        ssize_t taken = vmsplice(stream->write_descriptor, &part, 1, flags);
        if (taken < 0) {
            int result = stream_retry(stream, &attempts, stream->write_descriptor, POLLOUT);
            if (result < 0)
                return result;
            continue;
        }
        wait_end(&stream->channel.waiter, &attempts);
        part.iov_base = (unsigned char *)part.iov_base + taken;
        part.iov_len -= (size_t)taken;
    }
    lender->next = lender->next + 1 < lender->slots ? lender->next + 1 : 0;
    return 0;
}

static void vmsplice_close(struct channel *channel)
{
    struct vmsplice_channel *lender = (struct vmsplice_channel *)channel;
    if (lender == NULL)
        return;
    /* The kernel keeps pages that are still in the pipe; unmapping only takes our name for them. */
    channel_free(lender->pool, lender->pool_bytes);
    stream_close(channel);
}

const struct channel_operations channel_vmsplice = {
    .name = "vmsplice",
    .waits = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID,
    .loan_is_private = true,
    .transfers = true,
    /* The writer's pages go in as they are; read() copies out. */
    .stages =
        {[COPIES_OWN] = {STAGE_NONE, STAGE_KERNEL}, [COPIES_INPLACE] = {STAGE_NONE, STAGE_KERNEL}},
    .create = vmsplice_create,
    .open = vmsplice_open,
    .reserve = vmsplice_reserve,
    .commit = vmsplice_commit,
    .acquire = stream_acquire,
    .release = stream_release,
    .receive = stream_receive,
    .close = vmsplice_close,
    .probe_receive = stream_probe_receive,
};
