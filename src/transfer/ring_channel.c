#include "transfer/ring_channel.h"

#include <errno.h>
#include <sys/mman.h>

static uint64_t capacity_of(const struct channel_setup *setup)
{
    return ring_capacity_for(channel_round_capacity(setup->capacity_bytes), setup->loan_bytes);
}

size_t ring_channel_bytes(const struct channel_setup *setup)
{
    return ring_memory_bytes(capacity_of(setup));
}

/* The kernel does it at once from Linux 5.14 on; touching does it before, and completes it
 * everywhere. */
int ring_channel_prefault(struct ring_channel *mapped, size_t bytes)
{
#ifdef MADV_POPULATE_WRITE
    if (madvise(mapped->memory, bytes, MADV_POPULATE_WRITE) != 0 && errno != EINVAL &&
        errno != ENOSYS)
        return failure_set(mapped->channel.setup.failure, -errno,
                           "mapping the pages of shared memory");
#endif
    channel_touch_pages(mapped->memory, bytes);
    return 0;
}

void ring_channel_make(struct ring_channel *mapped, size_t bytes)
{
    const struct channel_setup *setup = &mapped->channel.setup;
    ring_initialise(mapped->memory, capacity_of(setup), ring_alignment_for(setup->loan_bytes));
    ring_attach(&mapped->ring, mapped->memory, bytes, &mapped->channel.waiter);
}

int ring_channel_await_reader(struct ring_channel *mapped)
{
    struct waiter waiter = channel_meeting_waiter(&mapped->channel);
    uint64_t attached;
    int result = wait_for_position(&waiter, &mapped->ring.shared->attached, 1, 1, &attached);
    if (result == 0)
        mapped->channel.capacity_bytes = mapped->ring.capacity;
    return result;
}

int ring_channel_attach(struct ring_channel *mapped, size_t bytes)
{
    struct channel *channel = &mapped->channel;
    if (ring_attach(&mapped->ring, mapped->memory, bytes, &channel->waiter) < 0)
        return failure_say(channel->setup.failure, -EPROTO,
                           "there is no ring in the shared memory");
    struct waiter waiter = channel_meeting_waiter(channel);
    wait_publish(&waiter, &mapped->ring.shared->attached, 1);
    channel->capacity_bytes = mapped->ring.capacity;
    return 0;
}

void ring_channel_finish(struct ring_channel *mapped)
{
    if (mapped->ring.shared != NULL && mapped->channel.role == CHANNEL_WRITER)
        ring_finish(&mapped->ring);
}

int ring_channel_reserve(struct channel *channel, size_t least, size_t most, void **space,
                         size_t *size)
{
    return ring_reserve(&((struct ring_channel *)channel)->ring, least, most, space, size);
}

int ring_channel_commit(struct channel *channel, size_t size)
{
    ring_commit(&((struct ring_channel *)channel)->ring, size);
    return 0;
}

int ring_channel_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                         size_t *size)
{
    return ring_acquire(&((struct ring_channel *)channel)->ring, least, most, view, size);
}

int ring_channel_release(struct channel *channel, size_t size)
{
    ring_release(&((struct ring_channel *)channel)->ring, size);
    return 0;
}
