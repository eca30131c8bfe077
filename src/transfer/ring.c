#include "transfer/ring.h"

#include <errno.h>
#include <unistd.h>

/* "pvsring1": tells our ring from whatever else may lie in a segment. */
#define RING_MAGIC UINT64_C(0x31676e6972737670)

/* In a published position: the producer has finished. No stream gets there by counting bytes, and
 * as the highest bit it is beyond every position that anybody waits for. */
#define RING_FINISHED (UINT64_C(1) << 63)

enum { LINE_BYTES = 64 };

uint64_t ring_capacity_for(uint64_t capacity_bytes, size_t loan_bytes)
{
    uint64_t slot = ((uint64_t)loan_bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
    return capacity_bytes > 2 * slot ? capacity_bytes : 2 * slot;
}

uint64_t ring_alignment_for(size_t loan_bytes)
{
    if (loan_bytes == 0)
        return 1;
    return loan_bytes < LINE_BYTES ? 8 : LINE_BYTES;
}

static size_t header_bytes(void)
{
    /* Data begins on a page, so that it is aligned as a private buffer is. */
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (sizeof(struct ring_shared) + page - 1) / page * page;
}

size_t ring_memory_bytes(uint64_t capacity_bytes)
{
    return header_bytes() + (size_t)capacity_bytes;
}

void ring_initialise(void *memory, uint64_t capacity_bytes, uint64_t alignment_bytes)
{
    struct ring_shared *shared = memory;
    shared->capacity_bytes = capacity_bytes;
    shared->alignment_bytes = alignment_bytes;
    /* release: who sees the magic sees the fields above it. (Most look only after they were
     * told so through a file or a position, which orders it, too.) */
    atomic_store_explicit(&shared->magic, RING_MAGIC, memory_order_release);
}

bool ring_stands(const void *memory)
{
    const struct ring_shared *shared = memory;
    /* acquire: pairs with the release in ring_initialise. */
    return atomic_load_explicit(&shared->magic, memory_order_acquire) == RING_MAGIC;
}

int ring_attach_apart(struct ring_end *end, struct ring_shared *shared, void *data,
                      const struct waiter *waiter)
{
    if (!ring_stands(shared))
        return -EPROTO;
    *end = (struct ring_end){.shared = shared,
                             .data = data,
                             .waiter = waiter,
                             .capacity = shared->capacity_bytes,
                             .alignment = shared->alignment_bytes};
    return 0;
}

int ring_attach(struct ring_end *end, void *memory, size_t memory_bytes,
                const struct waiter *waiter)
{
    struct ring_shared *shared = memory;
    if (memory_bytes < header_bytes() || !ring_stands(shared) ||
        shared->capacity_bytes > memory_bytes - header_bytes())
        return -EPROTO;
    return ring_attach_apart(end, shared, (unsigned char *)memory + header_bytes(), waiter);
}

/*
 * A producer that finds the ring full waits until a quarter of it is free, not just for its next
 * message: otherwise both sides go on in lockstep, with a wake-up or a cache-line transfer for
 * every message. This cannot dead-lock: the consumer stops only at an empty ring.
 */
static uint64_t comfortable(const struct ring_end *end, uint64_t needed)
{
    uint64_t quarter = end->capacity / 4;
    return needed > quarter ? needed : quarter;
}

int ring_await_space(struct ring_end *end, uint64_t needed)
{
    uint64_t full = end->position - end->capacity; /* wraps below 0: only differences count */
    return wait_for_position(end->waiter, &end->shared->released, full + needed,
                             full + comfortable(end, needed), &end->peer_position);
}

int ring_await_bytes(struct ring_end *end, uint64_t needed)
{
    uint64_t seen;
    uint64_t wanted = end->position + needed;
    int result = wait_for_position(end->waiter, &end->shared->published, wanted, wanted, &seen);
    if (result < 0)
        return result;
    end->finished = (seen & RING_FINISHED) != 0;
    end->peer_position = seen & ~RING_FINISHED;
    return 0;
}

void ring_finish(struct ring_end *end)
{
    wait_publish(end->waiter, &end->shared->published, end->position | RING_FINISHED);
}
