#include "measure/probe.h"

#include "base/file_io.h"

#include "transfer/channel.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/*
 * The steps, counted from 1 on each side:
 *   writer 1: the message is handed over, and then what it was handed over from was changed
 *   reader 1: the message is received and looked at
 *   writer 2: what it was handed over from is as it was
 *   reader 2: the message is looked at again, and the sink is probed
 */

static void invert(void *bytes, size_t size)
{
    unsigned char *byte = bytes;
    for (size_t index = 0; index < size; index++)
        byte[index] = (unsigned char)~byte[index];
}

static int step(const struct probe *probe, enum side_index side)
{
    control_step(probe->control, probe->waiter, (unsigned)side);
    return 0;
}

static int await(const struct probe *probe, enum side_index side, uint64_t count)
{
    return control_await(probe->control, probe->waiter, (unsigned)side, count);
}

/* ---- the writer ---- */

/* Changes the file that was read, looks whether what was read changed with it, changes it back. */
static int probe_source(const struct probe *probe, void *space)
{
    const struct source *source = probe->source;
    size_t size = probe->loop->size;
    struct failure *failure = probe->loop->failure;
    if (source->kind == SOURCE_MEMORY) {
        probe->found[LEDGER_SOURCE] = MUTATION_NONE;
        return 0;
    }
    if (source->kind == SOURCE_ZERO) {
        probe->found[LEDGER_SOURCE] = MUTATION_UNSEEN;
        return 0;
    }
    unsigned char *bytes = channel_allocate(size, failure);
    if (bytes == NULL)
        return -ENOMEM;
    int result = 0;
    memcpy(bytes, space, size);
    invert(bytes, size);
    if (file_write_at(source->descriptor, bytes, size, 0) != (ssize_t)size) {
        result = failure_set(failure, -errno, "changing the source file");
    } else {
        bool changed = memcmp(space, bytes, size) == 0;
        invert(bytes, size);
        probe->found[LEDGER_SOURCE] = changed ? MUTATION_SHARED : MUTATION_COPIED;
        if (file_write_at(source->descriptor, bytes, size, 0) != (ssize_t)size)
            result = failure_set(failure, -errno, "changing the source file back");
    }
    channel_free(bytes, size);
    return result;
}

static int produce(const struct probe *probe, void *space)
{
    struct loop *loop = probe->loop;
    size_t got = loop->size;
    if (loop->source == NULL) {
        loop->touch->produce(space, got, loop->seed, 0, &loop->sent);
        return 0;
    }
    int result = source_read(loop->source, 0, space, false, &got, loop->failure);
    if (result == 0 && got < loop->size)
        return failure_say(loop->failure, -EIO, "the source is shorter than one message");
    return result;
}

int probe_write(struct probe *probe)
{
    struct loop *loop = probe->loop;
    const struct channel_operations *operations = loop->outgoing->operations;
    void *space = loop->out_buffer;
    size_t size = loop->size;
    int result = 0;
    if (loop->lend_outgoing)
        result = operations->reserve(loop->outgoing, size, size, &space, &size);
    if (result == 0)
        result = produce(probe, space);
    if (result == 0)
        result = probe_source(probe, space);
    if (result == 0)
        result = loop->lend_outgoing ? operations->commit(loop->outgoing, loop->size)
                                     : channel_send(loop->outgoing, space, loop->size);
    if (result < 0)
        return result;
    invert(space, loop->size);
    step(probe, SIDE_WRITER);
    result = await(probe, SIDE_READER, 1);
    if (result < 0)
        return result;
    invert(space, loop->size);
    step(probe, SIDE_WRITER);
    return await(probe, SIDE_READER, 2);
}

/* ---- the reader ---- */

/* Receives into our buffer by copying out of a loan: where the loan lay is changed afterwards. */
static int receive_from_loan(const struct probe *probe, enum mutation *out)
{
    struct loop *loop = probe->loop;
    const void *view;
    size_t piece;
    size_t got;
    int result = loop->incoming->operations->acquire(loop->incoming, 1, loop->size, &view, &piece);
    if (result == 0)
        result =
            channel_receive_some(loop->incoming, loop->in_buffer, loop->size, loop->size, &got);
    if (result < 0)
        return result;
    unsigned char first = *(const unsigned char *)loop->in_buffer;
    /* The loan has been released, but its producer waits for us. */
    invert((void *)view, 1);
    *out = *(const unsigned char *)loop->in_buffer == first ? MUTATION_COPIED : MUTATION_SHARED;
    invert((void *)view, 1);
    return 0;
}

/* Receives the message as the loop does; *out is what can be told at once of the way out. */
static int receive(const struct probe *probe, const void **view, enum mutation *out)
{
    struct loop *loop = probe->loop;
    const struct channel_operations *operations = loop->incoming->operations;
    size_t got = loop->size;
    bool shared = false;
    *view = loop->in_buffer;
    *out = MUTATION_UNSEEN;
    if (operations->probe_receive != NULL) {
        int result =
            operations->probe_receive(loop->incoming, loop->in_buffer, loop->size, view, &shared);
        if (result == 0)
            *out = shared ? MUTATION_SHARED : MUTATION_COPIED;
        return result;
    }
    if (loop->lend_incoming)
        return operations->acquire(loop->incoming, loop->size, loop->size, view, &got);
    if (operations->receive == NULL)
        return receive_from_loan(probe, out);
    return channel_receive_some(loop->incoming, loop->in_buffer, loop->size, loop->size, &got);
}

/* Whether the view holds the message (changed or not); anything else is an error. */
static int look(const struct probe *probe, const void *view, unsigned char *expected, bool *changed)
{
    size_t size = probe->loop->size;
    if (memcmp(view, expected, size) == 0) {
        *changed = false;
        return 0;
    }
    invert(expected, size);
    *changed = memcmp(view, expected, size) == 0;
    invert(expected, size);
    return *changed ? 0
                    : failure_say(probe->loop->failure, -EBADMSG,
                                  "what arrived is neither the message nor its change");
}

/* Writes to the sink, changes what was written from, and looks at what the sink holds. */
static int probe_sink(const struct probe *probe, void *view, unsigned char *bytes)
{
    const struct sink *sink = probe->loop->sink;
    struct failure *failure = probe->loop->failure;
    size_t size = probe->loop->size;
    if (sink == NULL) {
        probe->found[LEDGER_SINK] = MUTATION_NONE;
        return 0;
    }
    int result = sink_write(sink, 0, view, size, failure);
    if (result < 0)
        return result;
    if (sink->kind == SINK_NULL) {
        probe->found[LEDGER_SINK] = MUTATION_UNSEEN;
        return 0;
    }
    invert(view, size);
    if (file_read_at(sink->descriptor, bytes, size, 0) != (ssize_t)size)
        return failure_set(failure, -EIO, "reading the sink back");
    bool changed = memcmp(bytes, view, size) == 0;
    probe->found[LEDGER_SINK] = changed ? MUTATION_SHARED : MUTATION_COPIED;
    invert(view, size);
    return 0;
}

static int read_stages(struct probe *probe, unsigned char *expected)
{
    const void *view = NULL;
    enum mutation out = MUTATION_UNSEEN;
    bool in_changed = false;
    bool out_changed = false;
    int result = await(probe, SIDE_WRITER, 1);
    if (result == 0)
        result = source_repeat(probe->source, 0, expected, probe->loop->failure);
    if (result == 0)
        result = receive(probe, &view, &out);
    /* A mechanism that received nothing and says it did. */
    if (result == 0 && view == NULL)
        result = failure_say(probe->loop->failure, -EPROTO, "nothing was received");
    if (result == 0)
        result = look(probe, view, expected, &in_changed);
    if (result != 0)
        return result;
    probe->found[LEDGER_TRANSFER_IN] = in_changed ? MUTATION_SHARED : MUTATION_COPIED;
    step(probe, SIDE_READER);
    result = await(probe, SIDE_WRITER, 2);
    if (result == 0)
        result = look(probe, view, expected, &out_changed);
    if (result != 0)
        return result;
    /* What went in uncopied lies in the writer's memory, which was changed back by now. */
    if (in_changed)
        out = out_changed ? MUTATION_COPIED : MUTATION_SHARED;
    probe->found[LEDGER_TRANSFER_OUT] = out;
    result = probe_sink(probe, (void *)view, expected);
    if (result == 0 && probe->loop->lend_incoming)
        result =
            probe->loop->incoming->operations->release(probe->loop->incoming, probe->loop->size);
    step(probe, SIDE_READER);
    return result;
}

int probe_read(struct probe *probe)
{
    unsigned char *expected = channel_allocate(probe->loop->size, probe->loop->failure);
    if (expected == NULL)
        return -ENOMEM;
    int result = read_stages(probe, expected);
    channel_free(expected, probe->loop->size);
    return result;
}
