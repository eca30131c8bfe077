/*
 * The single-producer single-consumer ring that lives in a shared segment: a byte stream of fixed
 * capacity with a loan interface. Knows nothing of System V, of messages' meaning, or of what is
 * copied. Both sides must use the same waiter kind, and the consumer must ask for the same `least`
 * as the producer did, in the same order (see ring_reserve): that is what spares the stream any
 * headers.
 */
#ifndef RING_H
#define RING_H

#include "transfer/wait.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What lies at the start of the segment, or apart from the data in memory of its own. Each position
 * has a line of its own (inside wait_place), so that writing one never takes the other from its
 * reader's cache. */
struct ring_shared {
    struct wait_place published; /* bytes that the producer has handed over so far */
    struct wait_place released;  /* bytes that the consumer has given back so far */
    struct wait_place attached;  /* 1 once the consumer has attached */
    _Alignas(SHARED_LINE_BYTES) _Atomic uint64_t magic; /* written last: the ring stands */
    uint64_t capacity_bytes;
    uint64_t alignment_bytes;
};

/* One side's private view. */
struct ring_end {
    struct ring_shared *shared;
    unsigned char *data;
    const struct waiter *waiter;
    uint64_t capacity;
    uint64_t alignment;
    uint64_t position;      /* ours: as published (producer) or released (consumer) */
    uint64_t peer_position; /* the other side's, as last seen: spares a look at its cache line */
    uint64_t offset;        /* of `position` in the data */
    bool finished;          /* consumer: the producer has handed over its last byte */
    uint64_t skip;          /* bytes before the current loan that stay unused */
    uint64_t start;         /* of the current loan in the data */
};

/* The capacity of a ring that matches `capacity_bytes`, rounded as pipes round it
 * (channel_round_capacity). With loans it must hold two of them: one being produced while the other
 * is consumed, as a pipe's two private buffers allow. 0 `loan_bytes`: there are no loans. */
uint64_t ring_capacity_for(uint64_t capacity_bytes, size_t loan_bytes);

/* What its loans are to be aligned to: those of up to 63 bytes are packed on words; larger ones get
 * cache lines of their own, so that writer and reader never share one. A stream without loans is
 * packed byte by byte. */
uint64_t ring_alignment_for(size_t loan_bytes);

/* The bytes of memory that a ring of `capacity_bytes` needs, page aligned data included. */
size_t ring_memory_bytes(uint64_t capacity_bytes);

/*
 * Makes an empty ring in `memory` (page aligned, ring_memory_bytes long, zeroed). Only the struct
 * ring_shared at its start is touched; a ring whose data lies apart needs no more than that.
 * `alignment_bytes`, a power of two of at most 64, is what loans are aligned to: 1 makes a dense
 * byte stream. `capacity_bytes` must be a multiple of 64.
 */
void ring_initialise(void *memory, uint64_t capacity_bytes, uint64_t alignment_bytes);

/* Whether ring_initialise has made its ring in `memory`, zeroed before: what it made is then seen,
 * too. */
bool ring_stands(const void *memory);

/* Makes a view of a ring made by ring_initialise. `waiter` must outlive it. Returns 0, or -EPROTO
 * when there is no such ring in the `memory_bytes` at `memory`. */
int ring_attach(struct ring_end *end, void *memory, size_t memory_bytes,
                const struct waiter *waiter);

/* The same, of a ring whose `capacity_bytes` of data lie at `data`, apart from the positions. The
 * ring only counts in `data` and never looks at it, so it may be an address of another process. */
int ring_attach_apart(struct ring_end *end, struct ring_shared *shared, void *data,
                      const struct waiter *waiter);

/* ---- the rare halves of what stands below: for ring_reserve and ring_acquire only ---- */

/* Producer: waits, as the waiter does, until `needed` bytes behind its position are free. Returns
 * 0, or what wait_for_position returns. */
int ring_await_space(struct ring_end *end, uint64_t needed);

/* Consumer: the same until `needed` bytes are there, or the stream is finished. */
int ring_await_bytes(struct ring_end *end, uint64_t needed);

/* ---- transfer: inline, since a message of some bytes takes less time than calls ---- */

static inline size_t ring_smaller(uint64_t a, uint64_t b)
{
    return (size_t)(a < b ? a : b);
}

/* Where the next loan of at least `least` bytes begins. */
struct ring_loan {
    uint64_t skip;  /* bytes between our position and the loan */
    uint64_t start; /* of the loan, in the data */
};

/* Loans begin at the alignment, and do not run over the end of the data. Positions count exact
 * bytes, so that a shorter last message is seen as what it is. */
static inline struct ring_loan ring_place_loan(const struct ring_end *end, uint64_t least)
{
    uint64_t padding = -end->offset & (end->alignment - 1);
    uint64_t start = end->offset + padding;
    uint64_t left = end->capacity - start;
    if (left >= least)
        return (struct ring_loan){.skip = padding, .start = start};
    return (struct ring_loan){.skip = padding + left, .start = 0};
}

/* Notes the loan and tells where it lies, and how much of `available` bytes it is. */
static inline unsigned char *ring_lend(struct ring_end *end, const struct ring_loan *place,
                                       uint64_t available, uint64_t most, size_t *size)
{
    end->skip = place->skip;
    end->start = place->start;
    *size = ring_smaller(ring_smaller(available - place->skip, end->capacity - place->start), most);
    return end->data + place->start;
}

/* Moves our position behind the skipped bytes and `size` bytes of the loan. */
static inline void ring_advance(struct ring_end *end, uint64_t size)
{
    end->offset = end->start + size;
    end->position += end->skip + size;
    end->start = end->offset;
    end->skip = 0;
}

/*
 * Producer: lends free space of at least `least` and at most `most` contiguous bytes, waiting for
 * it as the waiter does. Sets *space and *size. `least` is at most half the capacity or exactly
 * what divides it; where fewer than `least` bytes are left before the end of the data they are
 * skipped, and the consumer, asking for the same `least`, skips them too.
 * Returns 0, or what wait_for_position returns.
 */
static inline int ring_reserve(struct ring_end *end, size_t least, size_t most, void **space,
                               size_t *size)
{
    struct ring_loan place = ring_place_loan(end, least);
    uint64_t needed = place.skip + least;
    if (end->capacity - (end->position - end->peer_position) < needed) {
        int result = ring_await_space(end, needed);
        if (result < 0)
            return result;
    }
    uint64_t unused = end->capacity - (end->position - end->peer_position);
    *space = ring_lend(end, &place, unused, most, size);
    return 0;
}

/* Producer: hands over the first `size` bytes (at most what was lent) of the last loan. */
static inline void ring_commit(struct ring_end *end, size_t size)
{
    ring_advance(end, size);
    wait_publish(end->waiter, &end->shared->published, end->position);
}

/* Producer: no more will come. Does not block; nothing may be reserved afterwards. */
void ring_finish(struct ring_end *end);

/* Consumer: lends a view of handed-over bytes; the mirror of ring_reserve. Of a finished stream it
 * lends what is left, which may be less than `least`, and then returns -ENODATA. */
static inline int ring_acquire(struct ring_end *end, size_t least, size_t most, const void **view,
                               size_t *size)
{
    struct ring_loan place = ring_place_loan(end, least);
    uint64_t needed = place.skip + least;
    if (end->peer_position - end->position < needed && !end->finished) {
        int result = ring_await_bytes(end, needed);
        if (result < 0)
            return result;
    }
    uint64_t available = end->peer_position - end->position;
    if (end->finished && available <= place.skip)
        return -ENODATA;
    *view = ring_lend(end, &place, available, most, size);
    return 0;
}

/* Consumer: gives back the first `size` bytes of the last view. */
static inline void ring_release(struct ring_end *end, size_t size)
{
    ring_advance(end, size);
    wait_publish(end->waiter, &end->shared->released, end->position);
}

#endif
