#include "measure/loop.h"

#include "base/clock.h"

#include <errno.h>

bool loop_lends_outgoing(const struct channel_operations *operations, enum copies copies)
{
    /* A mechanism without `send` whose loans are private memory is `own` through its loan. */
    return copies == COPIES_INPLACE || (operations->send == NULL && operations->loan_is_private);
}

bool loop_lends_incoming(enum copies copies)
{
    return copies == COPIES_INPLACE;
}

int loop_prepare(struct loop *loop, struct failure *failure)
{
    if (loop->outgoing != NULL && !loop->lend_outgoing) {
        loop->out_buffer = channel_allocate(loop->size, failure);
        if (loop->out_buffer == NULL)
            return -ENOMEM;
    }
    if (loop->incoming != NULL && !loop->lend_incoming) {
        loop->in_buffer = channel_allocate(loop->size, failure);
        if (loop->in_buffer == NULL)
            return -ENOMEM;
    }
    return 0;
}

void loop_finish(struct loop *loop)
{
    channel_free(loop->out_buffer, loop->size);
    channel_free(loop->in_buffer, loop->size);
    loop->out_buffer = loop->in_buffer = NULL;
}

/* Produces the next message and hands it over. */
static inline int put_message(struct loop *loop)
{
    void *space = loop->out_buffer;
    size_t size = loop->size;
    if (loop->lend_outgoing) {
        int result = loop->outgoing->operations->reserve(loop->outgoing, size, size, &space, &size);
        if (result < 0)
            return result;
    }
    loop->touch->produce(space, size, loop->seed, loop->next_message++, &loop->sent);
    return loop->lend_outgoing ? loop->outgoing->operations->commit(loop->outgoing, size)
                               : channel_send(loop->outgoing, space, size);
}

/* Takes the next message and consumes it. */
static inline int get_message(struct loop *loop)
{
    const void *view = loop->in_buffer;
    size_t size = loop->size;
    int result;
    if (loop->lend_incoming)
        result = loop->incoming->operations->acquire(loop->incoming, size, size, &view, &size);
    else
        result = channel_receive(loop->incoming, loop->in_buffer, size);
    if (result < 0)
        return result;
    loop->touch->consume(view, size, &loop->received);
    return loop->lend_incoming ? loop->incoming->operations->release(loop->incoming, size) : 0;
}

static inline void note_progress(struct loop *loop, uint64_t messages)
{
    /* relaxed: the supervisor only wants to see the number grow; a plain store on every machine
     * that has 64-bit words. */
    atomic_store_explicit(loop->progress, messages, memory_order_relaxed);
}

int loop_write(struct loop *loop, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        int result = put_message(loop);
        if (result < 0)
            return result;
        note_progress(loop, loop->next_message);
    }
    return 0;
}

int loop_read(struct loop *loop, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        int result = get_message(loop);
        if (result < 0)
            return result;
        note_progress(loop, ++loop->next_message);
    }
    return 0;
}

int loop_pong(struct loop *loop, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        int result = get_message(loop);
        if (result == 0)
            result = put_message(loop);
        if (result < 0)
            return result;
        note_progress(loop, loop->next_message);
    }
    return 0;
}

int loop_ping(struct loop *loop, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        int result = put_message(loop);
        if (result == 0)
            result = get_message(loop);
        if (result < 0)
            return result;
        note_progress(loop, loop->next_message);
    }
    return 0;
}

int loop_ping_timed(struct loop *loop, uint64_t count, double clock_read_ns,
                    struct histogram *round_trips, uint64_t *intervals_ns)
{
    uint64_t clock_cost = (uint64_t)(clock_read_ns + 0.5);
    uint64_t sum = 0;
    for (uint64_t done = 0; done < count; done++) {
        uint64_t start = clock_now_ns();
        int result = loop_ping(loop, 1);
        uint64_t interval = clock_now_ns() - start;
        if (result < 0)
            return result;
        sum += interval;
        histogram_record(round_trips, interval > clock_cost ? interval - clock_cost : 0);
    }
    *intervals_ns += sum;
    return 0;
}
