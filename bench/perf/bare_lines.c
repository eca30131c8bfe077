/*
 * A bare ping-pong through shared memory, spinning: the payload in one line (or more), and a
 * position in another, as any ring has it. It stands between the bounce of one line, which carries
 * nothing, and our latency: what a message costs beside the bounce. `use` says how it is laid out.
 */
#include "bare_slots.h"

#include "base/relax.h"
#include "transfer/channel.h"

/* One way. With BARE_LINES_ONE the payload begins behind the position. */
struct way {
    _Alignas(BARE_LINE_BYTES) _Atomic uint64_t position;
    unsigned char beside[BARE_LINE_BYTES - sizeof(uint64_t)];
};

struct ways {
    struct way there;
    struct way back;
};

static bool uses(const struct bare *bare, unsigned use)
{
    return (bare->setup->use & use) != 0;
}

static size_t data_bytes(const struct bare *bare)
{
    return (size_t)bare->setup->capacity_bytes;
}

static int lines_prepare(struct bare *bare, struct failure *failure)
{
    return bare_share(bare, BARE_HEADER_BYTES + 2 * data_bytes(bare), failure);
}

static int lines_begin(struct bare *bare, bool writer, struct failure *failure)
{
    (void)writer;
    (void)failure;
    channel_touch_pages(bare->shared, bare->shared_bytes);
    return 0;
}

/* Where the message of the current position lies. */
static unsigned char *place_of(const struct bare *bare, struct way *way, bool back)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    unsigned char *data =
        (unsigned char *)bare->shared + BARE_HEADER_BYTES + (back ? data_bytes(bare) : 0);
    if (uses(bare, BARE_LINES_ONE))
        return way->beside;
    if (uses(bare, BARE_LINES_FIXED))
        return data;
    return data + (size_t)bare->position % (data_bytes(bare) / size) * size;
}

static void put(struct bare *bare, bool back)
{
    struct ways *ways = bare->shared;
    struct way *way = back ? &ways->back : &ways->there;
    bare_touch(bare)->produce(place_of(bare, way, back), (size_t)bare->setup->size_bytes,
                              bare->setup->seed + back, bare->position, &bare->sent);
    /* release: the payload is there before its position. */
    atomic_store_explicit(&way->position, bare->position + 1, memory_order_release);
}

static void get(struct bare *bare, bool back)
{
    struct ways *ways = bare->shared;
    struct way *way = back ? &ways->back : &ways->there;
    const bool pauses = uses(bare, BARE_LINES_PAUSE);
    /* acquire: and with the position the payload. */
    while (atomic_load_explicit(&way->position, memory_order_acquire) == bare->position) {
        if (pauses)
            relax();
    }
    bare_touch(bare)->consume(place_of(bare, way, back), (size_t)bare->setup->size_bytes,
                              &bare->received);
}

static int ping(struct bare *bare, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        put(bare, false);
        get(bare, true);
        bare->position++;
    }
    return 0;
}

static int pong(struct bare *bare, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++) {
        get(bare, false);
        put(bare, true);
        bare->position++;
    }
    return 0;
}

const struct bare_loop bare_lines = {
    .name = "ping-pong through lines",
    .round_trips = true,
    .verifiable = true,
    .prepare = lines_prepare,
    .begin = lines_begin,
    .write = ping,
    .read = pong,
};
