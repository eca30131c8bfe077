/*
 * The harness floor: the same loops with a mechanism that moves nothing and never waits. What the
 * null cells cost is what the harness itself costs. Nothing arrives, so nothing is verified.
 */
#include "transfer/mechanisms.h"

#include <errno.h>
#include <stdlib.h>

struct null_channel {
    struct channel channel;
    void *memory;
    size_t memory_bytes;
};

static int null_create(const struct channel_setup *setup, struct channel **channel)
{
    struct null_channel *made = calloc(1, sizeof *made);
    if (made == NULL)
        return failure_set(setup->failure, -ENOMEM, "making a null channel");
    channel_initialise(&made->channel, &channel_null, setup);
    *channel = &made->channel;
    return 0;
}

static int null_open(struct channel *channel, enum channel_role role)
{
    struct null_channel *null = (struct null_channel *)channel;
    channel->role = role;
    channel->capacity_bytes = channel_round_capacity(channel->setup.capacity_bytes);
    if (channel->setup.loan_bytes == 0)
        return 0;
    null->memory_bytes = channel->setup.loan_bytes;
    null->memory = channel_allocate(null->memory_bytes, channel->setup.failure);
    return null->memory != NULL ? 0 : -ENOMEM;
}

static int lend(struct channel *channel, size_t least, size_t most, size_t *size)
{
    struct null_channel *null = (struct null_channel *)channel;
    if (least > null->memory_bytes)
        return failure_say(channel->setup.failure, -EMSGSIZE, "a loan larger than agreed");
    *size = most < null->memory_bytes ? most : null->memory_bytes;
    return 0;
}

static int null_reserve(struct channel *channel, size_t least, size_t most, void **space,
                        size_t *size)
{
    *space = ((struct null_channel *)channel)->memory;
    return lend(channel, least, most, size);
}

static int null_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                        size_t *size)
{
    *view = ((struct null_channel *)channel)->memory;
    return lend(channel, least, most, size);
}

static int null_finish(struct channel *channel, size_t size)
{
    (void)channel;
    (void)size;
    return 0;
}

static int null_send(struct channel *channel, const void *buffer, size_t size)
{
    (void)buffer;
    return null_finish(channel, size);
}

static int null_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                        size_t *size)
{
    (void)buffer;
    (void)least;
    *size = most;
    return null_finish(channel, most);
}

static void null_close(struct channel *channel)
{
    struct null_channel *null = (struct null_channel *)channel;
    if (null == NULL)
        return;
    channel_free(null->memory, null->memory_bytes);
    free(null);
}

const struct channel_operations channel_null = {
    .name = "null",
    .waits = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID,
    .loan_is_private = true,
    .transfers = false,
    .create = null_create,
    .open = null_open,
    .reserve = null_reserve,
    .commit = null_finish,
    .acquire = null_acquire,
    .release = null_finish,
    .send = null_send,
    .receive = null_receive,
    .close = null_close,
};
