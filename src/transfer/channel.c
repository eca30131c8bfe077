#include "transfer/channel.h"

#include "base/units.h"
#include "transfer/copy.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

int channel_check(const struct channel_operations *operations, struct failure *failure)
{
    const struct {
        const char *name;
        bool there;
    } required[] = {
        {"a name", operations->name != NULL},     {"a way of waiting", operations->waits != 0},
        {"create", operations->create != NULL},   {"open", operations->open != NULL},
        {"reserve", operations->reserve != NULL}, {"commit", operations->commit != NULL},
        {"acquire", operations->acquire != NULL}, {"release", operations->release != NULL},
        {"close", operations->close != NULL},
    };
    for (size_t index = 0; index < sizeof required / sizeof required[0]; index++) {
        if (!required[index].there)
            return failure_say(failure, -EINVAL, "mechanism %s lacks %s, which is required",
                               operations->name != NULL ? operations->name : "(unnamed)",
                               required[index].name);
    }
    return 0;
}

void channel_initialise(struct channel *channel, const struct channel_operations *operations,
                        const struct channel_setup *setup)
{
    channel->operations = operations;
    channel->setup = *setup;
    channel->role = CHANNEL_NO_ROLE;
    channel->peer = (struct peer){.pid = 0, .descriptor = -1};
    channel->spin_limit_ns = WAIT_SPIN_LEAST_NS;
    channel->waiter = (struct waiter){.kind = setup->wait,
                                      .spin_limit_ns = &channel->spin_limit_ns,
                                      .peer = &channel->peer,
                                      .patience_ns = setup->patience_ns,
                                      .semaphores = -1,
                                      .failure = setup->failure};
}

int channel_create(const struct channel_operations *operations, const struct channel_setup *setup,
                   struct channel **channel)
{
    int result = operations->create(setup, channel);
    if (result == 0)
        (*channel)->operations = operations;
    return result;
}

void channel_watch(struct channel *channel, const struct peer *peer, struct failure *failure)
{
    channel->peer = *peer;
    channel->setup.failure = failure;
    channel->waiter.failure = failure;
}

struct waiter channel_meeting_waiter(const struct channel *channel)
{
    struct waiter waiter = channel->waiter;
    waiter.kind = WAIT_HYBRID;
    waiter.spin_limit_ns = NULL; /* meeting says nothing about transfers */
    return waiter;
}

uint64_t channel_round_capacity(uint64_t bytes)
{
    uint64_t rounded = (uint64_t)sysconf(_SC_PAGESIZE);
    while (rounded < bytes)
        rounded *= 2;
    return rounded;
}

int channel_send(struct channel *channel, const void *buffer, size_t size)
{
    const struct channel_operations *operations = channel->operations;
    if (operations->send != NULL)
        return operations->send(channel, buffer, size);
    const unsigned char *next = buffer;
    while (size > 0) {
        void *space;
        size_t piece;
        size_t most = size < CHANNEL_PIECE_BYTES ? size : CHANNEL_PIECE_BYTES;
        int result = operations->reserve(channel, 1, most, &space, &piece);
        if (result < 0)
            return result;
        copy_counted(&channel->user_copy_bytes, space, next, piece);
        result = operations->commit(channel, piece);
        if (result < 0)
            return result;
        next += piece;
        size -= piece;
    }
    return 0;
}

int channel_ended_early(const struct channel *channel)
{
    return failure_say(channel->setup.failure, -EPIPE,
                       "the writer closed its end in the middle of the run");
}

int channel_receive_some(struct channel *channel, void *buffer, size_t least, size_t most,
                         size_t *size)
{
    const struct channel_operations *operations = channel->operations;
    if (operations->receive != NULL)
        return operations->receive(channel, buffer, least, most, size);
    size_t done = 0;
    while (done < least) {
        const void *view;
        size_t piece;
        size_t wanted = most - done < CHANNEL_PIECE_BYTES ? most - done : CHANNEL_PIECE_BYTES;
        int result = operations->acquire(channel, 1, wanted, &view, &piece);
        if (result == -ENODATA && done > 0)
            break;
        if (result < 0)
            return result;
        copy_counted(&channel->user_copy_bytes, (unsigned char *)buffer + done, view, piece);
        result = operations->release(channel, piece);
        if (result < 0)
            return result;
        done += piece;
    }
    *size = done;
    return 0;
}

int channel_receive(struct channel *channel, void *buffer, size_t size)
{
    size_t got;
    int result = channel_receive_some(channel, buffer, size, size, &got);
    if (result == -ENODATA || (result == 0 && got < size))
        return channel_ended_early(channel);
    return result;
}

void channel_touch_pages(void *memory, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t offset = 0; offset < size; offset += page) {
        /* A write access that no other process can lose a byte by; of a word, because riscv64 has
         * none of a byte. relaxed: no order is needed, only the access. */
        _Atomic uint32_t *word = (void *)((unsigned char *)memory + offset);
        atomic_fetch_or_explicit(word, 0, memory_order_relaxed);
    }
}

static void *tell_too_little_memory(size_t size, struct failure *failure)
{
    char text[UNITS_TEXT_BYTES];
    failure_set(failure, -errno, "allocating a private buffer of %s (choose a smaller --size)",
                units_format_bytes(size, text));
    return NULL;
}

void *channel_allocate(size_t size, struct failure *failure)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        return tell_too_little_memory(size, failure);
    channel_touch_pages(memory, size);
    return memory;
}

void *channel_allocate_huge(size_t size, struct failure *failure)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return tell_too_little_memory(size, failure);
    /* A wish: without huge pages, touching maps small ones. */
    (void)madvise(memory, size, MADV_HUGEPAGE);
    channel_touch_pages(memory, size);
    return memory;
}

void channel_free(void *memory, size_t size)
{
    if (memory != NULL)
        munmap(memory, size);
}
