/*
 * A channel whose payload lies in a ring (ring.h) in memory that both processes map: all that
 * System V segments, POSIX shared memory and memfd have in common. How a process comes by the
 * memory is the mechanism's own. For channel_*.c only. Functions return 0 or -errno and describe
 * what failed.
 */
#ifndef RING_CHANNEL_H
#define RING_CHANNEL_H

#include "transfer/channel.h"
#include "transfer/ring.h"

struct ring_channel {
    struct channel channel;
    struct ring_end ring;
    void *memory; /* where this process has it; NULL while it has not */
};

/* The stages of the copies ledger: in place nobody copies; between private buffers both sides do.
 */
#define RING_CHANNEL_STAGES                                                                        \
    {                                                                                              \
        [COPIES_OWN] = {STAGE_USER, STAGE_USER}, [COPIES_INPLACE] = { STAGE_NONE, STAGE_NONE }     \
    }

/* How much memory the ring of a setup needs: whole pages, but for capacities below a page. */
size_t ring_channel_bytes(const struct channel_setup *setup);

/* Maps every one of the `bytes` at mapped->memory into THIS process: the other one's first touch
 * does not help. Others may use the memory meanwhile. */
int ring_channel_prefault(struct ring_channel *mapped, size_t bytes);

/* Writer: makes the ring in its `bytes` of zeroed memory. */
void ring_channel_make(struct ring_channel *mapped, size_t bytes);

/* Writer, whose ring stands: blocks until the reader has attached. Then the capacity is known. */
int ring_channel_await_reader(struct ring_channel *mapped);

/* Reader: attaches to the ring that stands in its `bytes` of memory and tells the writer. -EPROTO
 * when there is none. */
int ring_channel_attach(struct ring_channel *mapped, size_t bytes);

/* Writer: the end of the stream; not for who did not get as far as making a ring. */
void ring_channel_finish(struct ring_channel *mapped);

/* The operations that the mechanisms share. */
int ring_channel_reserve(struct channel *channel, size_t least, size_t most, void **space,
                         size_t *size);
int ring_channel_commit(struct channel *channel, size_t size);
int ring_channel_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                         size_t *size);
int ring_channel_release(struct channel *channel, size_t size);

#endif
