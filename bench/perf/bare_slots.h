/*
 * The hand-over of all bare loops in shared memory: two positions that count slots, each on its own
 * line, and the slots behind them, beginning on a page. Spins without a pause instruction, as
 * measure/ceiling_bounce.c does. Knows nothing of what lies in a slot.
 */
#ifndef PERF_BARE_SLOTS_H
#define PERF_BARE_SLOTS_H

#include "bare.h"

#include <stdatomic.h>

enum { BARE_LINE_BYTES = 128, BARE_HEADER_BYTES = 4096 };

struct bare_positions {
    _Alignas(BARE_LINE_BYTES) _Atomic uint64_t published;
    _Alignas(BARE_LINE_BYTES) _Atomic uint64_t released;
};

static inline struct bare_positions *bare_positions_of(const struct bare *bare)
{
    return bare->shared;
}

/* acquire, in both waits: what the peer did with a slot before it counted it is over. */
static inline void bare_await_free(struct bare *bare, uint64_t slots)
{
    while (bare->position - bare->peer_position >= slots)
        bare->peer_position =
            atomic_load_explicit(&bare_positions_of(bare)->released, memory_order_acquire);
}

static inline void bare_await_filled(struct bare *bare)
{
    while (bare->position == bare->peer_position)
        bare->peer_position =
            atomic_load_explicit(&bare_positions_of(bare)->published, memory_order_acquire);
}

/* release, in both: the slot is done with before it is counted. */
static inline void bare_publish(struct bare *bare)
{
    atomic_store_explicit(&bare_positions_of(bare)->published, ++bare->position,
                          memory_order_release);
}

static inline void bare_release(struct bare *bare)
{
    atomic_store_explicit(&bare_positions_of(bare)->released, ++bare->position,
                          memory_order_release);
}

static inline unsigned char *bare_slot(const struct bare *bare, uint64_t slots, size_t slot_bytes)
{
    return (unsigned char *)bare->shared + BARE_HEADER_BYTES +
           (size_t)(bare->position % slots) * slot_bytes;
}

#endif
