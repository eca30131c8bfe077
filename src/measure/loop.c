#include "measure/loop.h"

#include "base/clock.h"

#include <errno.h>

bool loop_lends_outgoing(const struct channel_operations *operations, enum copies copies)
{
    /* A mechanism without `send` whose loans are private memory is `own` through its loan. */
    return copies == COPIES_INPLACE || (operations->send == NULL && operations->loan_is_private);
}

bool loop_lends_incoming(const struct channel_operations *operations, enum copies copies)
{
    return copies == COPIES_INPLACE || operations->view_is_private;
}

/* A private buffer, which begins so far within its first page. */
static void *allocate_buffer(const struct loop *loop, struct failure *failure)
{
    unsigned char *memory = channel_allocate(loop->buffer_offset_bytes + loop->size, failure);
    return memory != NULL ? memory + loop->buffer_offset_bytes : NULL;
}

static void free_buffer(const struct loop *loop, void *buffer)
{
    if (buffer != NULL)
        channel_free((unsigned char *)buffer - loop->buffer_offset_bytes,
                     loop->buffer_offset_bytes + loop->size);
}

int loop_prepare(struct loop *loop, struct failure *failure)
{
    if (loop->outgoing != NULL && !loop->lend_outgoing) {
        loop->out_buffer = allocate_buffer(loop, failure);
        if (loop->out_buffer == NULL)
            return -ENOMEM;
    }
    if (loop->incoming != NULL && !loop->lend_incoming) {
        loop->in_buffer = allocate_buffer(loop, failure);
        if (loop->in_buffer == NULL)
            return -ENOMEM;
    }
    return 0;
}

void loop_finish(struct loop *loop)
{
    free_buffer(loop, loop->out_buffer);
    free_buffer(loop, loop->in_buffer);
    extra_copies_free(&loop->extra_copies);
    loop->out_buffer = loop->in_buffer = NULL;
}

/* Fills `space` with the next message; *size is its length, 0 at the end of the source. */
static inline int produce_message(struct loop *loop, void *space, size_t *size)
{
    if (loop->source == NULL) {
        loop->touch->produce(space, *size, loop->seed, loop->next_message, &loop->sent);
        return 0;
    }
    int result = source_read(loop->source, loop->next_message, space, loop->as_it_comes, size,
                             loop->failure);
    if (result == 0 && loop->until_end)
        running_digest_add(&loop->digest, space, *size);
    return result;
}

/* Produces the next message and hands it over. *size is its length, 0 at the end of the source:
 * then nothing was handed over. */
static inline int put_message(struct loop *loop, size_t *size)
{
    void *space = loop->out_buffer;
    size_t room = loop->size;
    *size = loop->size;
    if (loop->lend_outgoing) {
        int result = loop->outgoing->operations->reserve(loop->outgoing, room, room, &space, &room);
        if (result < 0)
            return result;
    }
    int result = produce_message(loop, space, size);
    if (result < 0 || *size == 0)
        return result;
    loop->next_message++;
    loop->bytes += *size;
    return loop->lend_outgoing ? loop->outgoing->operations->commit(loop->outgoing, *size)
                               : channel_send(loop->outgoing, space, *size);
}

/* Copies as often as asked for, and hands the message to the sink and the digest. */
static inline int consume_message(struct loop *loop, const void *view, size_t size)
{
    int result = 0;
    if (loop->extra_copies.count > 0)
        view = extra_copies_make(&loop->extra_copies, view, size);
    if (loop->sink != NULL)
        result = sink_write(loop->sink, loop->next_message, view, size, loop->failure);
    if (loop->until_end)
        running_digest_add(&loop->digest, view, size);
    else
        loop->touch->consume(view, size, &loop->received);
    loop->bytes += size;
    return result;
}

/* Takes the next message and consumes it. *size is its length; -ENODATA at the end. */
static inline int get_message(struct loop *loop, size_t *size)
{
    const void *view = loop->in_buffer;
    size_t least = loop->as_it_comes ? 1 : loop->size;
    int result;
    if (loop->lend_incoming)
        result = loop->incoming->operations->acquire(loop->incoming, loop->size, loop->size, &view,
                                                     size);
    else
        result = channel_receive_some(loop->incoming, loop->in_buffer, least, loop->size, size);
    if (result == 0)
        result = consume_message(loop, view, *size);
    if (result < 0)
        return result;
    return loop->lend_incoming ? loop->incoming->operations->release(loop->incoming, *size) : 0;
}

/* A whole message, where the stream must not end. */
static inline int put_whole(struct loop *loop)
{
    size_t size;
    int result = put_message(loop, &size);
    if (result == 0 && size < loop->size)
        return failure_say(loop->failure, -EPIPE, "the source ended in the middle of the run");
    return result;
}

static inline int get_whole(struct loop *loop)
{
    size_t size;
    int result = get_message(loop, &size);
    if (result == -ENODATA || (result == 0 && size < loop->size))
        return channel_ended_early(loop->incoming);
    return result;
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
        int result = put_whole(loop);
        if (result < 0)
            return result;
        note_progress(loop, loop->next_message);
    }
    return 0;
}

int loop_read(struct loop *loop, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        int result = get_whole(loop);
        if (result < 0)
            return result;
        note_progress(loop, ++loop->next_message);
    }
    return 0;
}

int loop_write_all(struct loop *loop)
{
    for (;;) {
        size_t size;
        int result = put_message(loop, &size);
        if (result < 0 || size == 0)
            return result;
        note_progress(loop, loop->next_message);
        /* A regular end is seen without asking again: behind a short message nothing comes. */
        if (size < loop->size && !loop->as_it_comes)
            return 0;
    }
}

int loop_read_all(struct loop *loop)
{
    for (;;) {
        size_t size;
        int result = get_message(loop, &size);
        if (result == -ENODATA)
            return 0;
        if (result < 0)
            return result;
        note_progress(loop, ++loop->next_message);
    }
}

int loop_pong(struct loop *loop, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        int result = get_whole(loop);
        if (result == 0)
            result = put_whole(loop);
        if (result < 0)
            return result;
        note_progress(loop, loop->next_message);
    }
    return 0;
}

int loop_ping(struct loop *loop, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        int result = put_whole(loop);
        if (result == 0)
            result = get_whole(loop);
        if (result < 0)
            return result;
        note_progress(loop, loop->next_message);
    }
    return 0;
}

/* An interval without the cost of the clock that is in it. */
static inline uint64_t net_ns(uint64_t interval_ns, uint64_t clock_cost)
{
    return interval_ns > clock_cost ? interval_ns - clock_cost : 0;
}

int loop_ping_timed(struct loop *loop, uint64_t count, double clock_read_ns,
                    struct histogram *round_trips, uint64_t *intervals_ns)
{
    uint64_t clock_cost = (uint64_t)(clock_read_ns + 0.5);
    uint64_t sum = 0;
    for (uint64_t done = 0; done < count; done++) {
        uint64_t start = clock_now_ns();
        int result = loop_ping(loop, 1);
        uint64_t end = clock_now_ns();
        if (result < 0)
            return result;
        /* Behind the interval: it costs nothing that is measured where there is none. */
        if (loop->slowdown.percent > 0)
            end = slowdown_wait(&loop->slowdown, net_ns(end - start, clock_cost), end);
        sum += end - start;
        histogram_record(round_trips, net_ns(end - start, clock_cost));
    }
    *intervals_ns += sum;
    return 0;
}

int loop_ping_at_rate(struct loop *loop, uint64_t count, double clock_read_ns,
                      struct schedule *schedule, struct histogram *round_trips,
                      uint64_t *intervals_ns)
{
    uint64_t clock_cost = (uint64_t)(clock_read_ns + 0.5);
    uint64_t sum = 0;
    uint64_t done_ns = clock_now_ns();
    schedule_resume(schedule, done_ns);
    for (uint64_t done = 0; done < count; done++) {
        uint64_t due_ns = schedule_next_ns(schedule, done_ns);
        if (due_ns > done_ns)
            schedule_await(schedule, due_ns);
        int result = loop_ping(loop, 1);
        if (result < 0)
            return result;
        uint64_t sent_ns = due_ns > done_ns ? due_ns : done_ns;
        done_ns = clock_now_ns();
        if (loop->slowdown.percent > 0)
            done_ns =
                slowdown_wait(&loop->slowdown, net_ns(done_ns - sent_ns, clock_cost), done_ns);
        sum += done_ns - due_ns;
        histogram_record(round_trips, net_ns(done_ns - due_ns, clock_cost));
    }
    schedule_pause(schedule, done_ns);
    *intervals_ns += sum;
    return 0;
}
