/*
 * Two overlapping copies: the writer produces in its own memory and copies it piece by piece into a
 * shared ring, while the reader copies the pieces before out into its own memory and consumes them
 * there. What own copies through shared memory can reach at most.
 */
#include "bare_slots.h"

#include "transfer/channel.h"

#include <string.h>

/* That of our own copies (transfer/channel.c). Other pieces were not tried: one may be faster. */
enum { PIECE_BYTES = 16384 };

static size_t piece_of(const struct bare *bare)
{
    return bare->setup->size_bytes < PIECE_BYTES ? (size_t)bare->setup->size_bytes : PIECE_BYTES;
}

static uint64_t slots_of(const struct bare *bare)
{
    return bare->setup->capacity_bytes / piece_of(bare);
}

static int copies_prepare(struct bare *bare, struct failure *failure)
{
    return bare_share(bare, BARE_HEADER_BYTES + (size_t)bare->setup->capacity_bytes, failure);
}

static int copies_begin(struct bare *bare, bool writer, struct failure *failure)
{
    (void)writer;
    channel_touch_pages(bare->shared, bare->shared_bytes);
    return bare_allocate(bare, (size_t)bare->setup->size_bytes, failure);
}

static int copies_write(struct bare *bare, uint64_t count)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    const size_t piece = piece_of(bare);
    const uint64_t slots = slots_of(bare);
    for (uint64_t done = 0; done < count; done++) {
        bare_touch(bare)->produce(bare->buffer, size, bare->setup->seed, bare->message++,
                                  &bare->sent);
        for (size_t copied = 0; copied < size; copied += piece) {
            bare_await_free(bare, slots);
            memcpy(bare_slot(bare, slots, piece), bare->buffer + copied, piece);
            bare_publish(bare);
        }
    }
    return 0;
}

static int copies_read(struct bare *bare, uint64_t count)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    const size_t piece = piece_of(bare);
    const uint64_t slots = slots_of(bare);
    for (uint64_t done = 0; done < count; done++) {
        for (size_t copied = 0; copied < size; copied += piece) {
            bare_await_filled(bare);
            memcpy(bare->buffer + copied, bare_slot(bare, slots, piece), piece);
            bare_release(bare);
        }
        bare_touch(bare)->consume(bare->buffer, size, &bare->received);
    }
    return 0;
}

const struct bare_loop bare_copies = {
    .name = "overlapping copies",
    .verifiable = true,
    .prepare = copies_prepare,
    .begin = copies_begin,
    .write = copies_write,
    .read = copies_read,
};
