#include "transfer/ring.h"

#include <errno.h>
#include <unistd.h>

/* "pvsring1": tells our ring from whatever else may lie in a segment. */
#define RING_MAGIC UINT64_C(0x31676e6972737670)

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
    shared->magic = RING_MAGIC;
}

int ring_attach(struct ring_end *end, void *memory, size_t memory_bytes,
                const struct waiter *waiter)
{
    struct ring_shared *shared = memory;
    if (memory_bytes < header_bytes() || shared->magic != RING_MAGIC ||
        shared->capacity_bytes > memory_bytes - header_bytes())
        return -EPROTO;
    *end = (struct ring_end){.shared = shared,
                             .data = (unsigned char *)memory + header_bytes(),
                             .waiter = waiter,
                             .capacity = shared->capacity_bytes,
                             .alignment = shared->alignment_bytes};
    return 0;
}

static size_t smaller(uint64_t a, uint64_t b)
{
    return (size_t)(a < b ? a : b);
}

static uint64_t aligned(const struct ring_end *end, uint64_t size)
{
    return (size + end->alignment - 1) & ~(end->alignment - 1);
}

/* How many bytes the next loan of at least `least` skips at the end of the data. */
static uint64_t skip_for(const struct ring_end *end, uint64_t least)
{
    uint64_t left = end->capacity - end->offset;
    return left < least ? left : 0;
}

static size_t loan_size(const struct ring_end *end, uint64_t available, uint64_t most)
{
    uint64_t contiguous = end->capacity - (end->skip > 0 ? 0 : end->offset);
    return smaller(smaller(available - end->skip, contiguous), most);
}

static unsigned char *loan_start(const struct ring_end *end)
{
    return end->data + (end->skip > 0 ? 0 : end->offset);
}

/* Moves our position behind the skipped bytes and `size` bytes of the loan. */
static void advance(struct ring_end *end, uint64_t size)
{
    uint64_t step = aligned(end, size);
    end->offset = (end->skip > 0 ? 0 : end->offset) + step;
    if (end->offset == end->capacity)
        end->offset = 0;
    end->position += end->skip + step;
    end->skip = 0;
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

int ring_reserve(struct ring_end *end, size_t least, size_t most, void **space, size_t *size)
{
    uint64_t skip = skip_for(end, aligned(end, least));
    uint64_t needed = skip + aligned(end, least);
    uint64_t used = end->position - end->peer_position;
    if (end->capacity - used < needed) {
        uint64_t full = end->position - end->capacity; /* wraps below 0: only differences count */
        int result = wait_for_position(end->waiter, &end->shared->released, full + needed,
                                       full + comfortable(end, needed), &end->peer_position);
        if (result < 0)
            return result;
        used = end->position - end->peer_position;
    }
    end->skip = skip;
    *size = loan_size(end, end->capacity - used, most);
    *space = loan_start(end);
    return 0;
}

void ring_commit(struct ring_end *end, size_t size)
{
    advance(end, size);
    wait_publish(end->waiter, &end->shared->published, end->position);
}

int ring_acquire(struct ring_end *end, size_t least, size_t most, const void **view, size_t *size)
{
    uint64_t skip = skip_for(end, aligned(end, least));
    uint64_t needed = end->position + skip + aligned(end, least);
    if (end->peer_position < needed) {
        int result = wait_for_position(end->waiter, &end->shared->published, needed, needed,
                                       &end->peer_position);
        if (result < 0)
            return result;
    }
    end->skip = skip;
    *size = loan_size(end, end->peer_position - end->position, most);
    *view = loan_start(end);
    return 0;
}

void ring_release(struct ring_end *end, size_t size)
{
    advance(end, size);
    wait_publish(end->waiter, &end->shared->released, end->position);
}
