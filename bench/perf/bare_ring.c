/*
 * Two bare loops of messages that are produced and consumed where they lie, in a ring of slots of
 * their size: one for any size, that calls the payload's functions as our loop does; and one for 8
 * bytes, whose payload work is in the loop itself, which is what nobody could do with less.
 */
#include "bare_slots.h"

#include "transfer/channel.h"

enum { WORD_BYTES = 8 };

/* At least two, one being produced while the other is consumed. */
static uint64_t slots_of(const struct bare *bare)
{
    uint64_t slots = bare->setup->capacity_bytes / bare->setup->size_bytes;
    return slots < 2 ? 2 : slots;
}

static int ring_prepare(struct bare *bare, struct failure *failure)
{
    return bare_share(bare, BARE_HEADER_BYTES + (size_t)(slots_of(bare) * bare->setup->size_bytes),
                      failure);
}

/* Every process has page tables of its own, so each touches all pages. */
static int ring_begin(struct bare *bare, bool writer, struct failure *failure)
{
    (void)writer;
    (void)failure;
    channel_touch_pages(bare->shared, bare->shared_bytes);
    return 0;
}

static int ring_write(struct bare *bare, uint64_t count)
{
    const struct payload_touch *touch = bare_touch(bare);
    const size_t size = (size_t)bare->setup->size_bytes;
    const uint64_t slots = slots_of(bare);
    const uint64_t seed = bare->setup->seed;
    unsigned char *data = bare_slot(bare, 1, size);
    uint64_t slot = bare->position % slots;
    for (uint64_t done = 0; done < count; done++) {
        bare_await_free(bare, slots);
        touch->produce(data + slot * size, size, seed, bare->message++, &bare->sent);
        bare_publish(bare);
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return 0;
}

static int ring_read(struct bare *bare, uint64_t count)
{
    const struct payload_touch *touch = bare_touch(bare);
    const size_t size = (size_t)bare->setup->size_bytes;
    const uint64_t slots = slots_of(bare);
    const unsigned char *data = bare_slot(bare, 1, size);
    uint64_t slot = bare->position % slots;
    for (uint64_t done = 0; done < count; done++) {
        bare_await_filled(bare);
        touch->consume(data + slot * size, size, &bare->received);
        bare_release(bare);
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return 0;
}

const struct bare_loop bare_ring = {
    .name = "ring",
    .verifiable = true,
    .prepare = ring_prepare,
    .begin = ring_begin,
    .write = ring_write,
    .read = ring_read,
};

/* ---- words ---- */

/* As bare_await_free and its like, with all that the loop needs in registers. */
static int word_write(struct bare *bare, uint64_t count)
{
    struct bare_positions *positions = bare_positions_of(bare);
    uint64_t *words = (uint64_t *)(void *)bare_slot(bare, 1, WORD_BYTES);
    const uint64_t slots = slots_of(bare);
    uint64_t position = bare->position;
    uint64_t seen = bare->peer_position;
    uint64_t sum = 0;
    for (const uint64_t end = position + count; position != end; position++) {
        while (position - seen >= slots)
            /* acquire: the reader has read the slot. */
            seen = atomic_load_explicit(&positions->released, memory_order_acquire);
        uint64_t word = position ^ bare->setup->seed;
        words[position & (slots - 1)] = word;
        sum += word;
        /* release: the slot is written. */
        atomic_store_explicit(&positions->published, position + 1, memory_order_release);
    }
    bare->position = position;
    bare->peer_position = seen;
    bare->sent.sums[0] += sum;
    return 0;
}

static int word_read(struct bare *bare, uint64_t count)
{
    struct bare_positions *positions = bare_positions_of(bare);
    const uint64_t *words = (const uint64_t *)(void *)bare_slot(bare, 1, WORD_BYTES);
    const uint64_t slots = slots_of(bare);
    uint64_t position = bare->position;
    uint64_t seen = bare->peer_position;
    uint64_t sum = 0;
    for (const uint64_t end = position + count; position != end; position++) {
        while (position == seen)
            /* acquire: the slot is written. */
            seen = atomic_load_explicit(&positions->published, memory_order_acquire);
        sum += words[position & (slots - 1)];
        /* release: the slot is read. */
        atomic_store_explicit(&positions->released, position + 1, memory_order_release);
    }
    bare->position = position;
    bare->peer_position = seen;
    bare->received.sums[0] += sum;
    return 0;
}

const struct bare_loop bare_word_ring = {
    .name = "ring of words",
    .verifiable = true,
    .prepare = ring_prepare,
    .begin = ring_begin,
    .write = word_write,
    .read = word_read,
};
