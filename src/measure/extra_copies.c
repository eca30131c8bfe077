#include "measure/extra_copies.h"

#include "machine/memory.h"
#include "transfer/channel.h"
#include "transfer/copy.h"

#include <errno.h>

static size_t cold_bytes(void)
{
    size_t twice = 2 * (size_t)memory_largest_cache_bytes();
    return twice > EXTRA_COPIES_COLD_BYTES ? twice : EXTRA_COPIES_COLD_BYTES;
}

/* A cache line at least apart, so that two places never share one. */
static size_t place_bytes(size_t message_bytes)
{
    return (message_bytes + 63) / 64 * 64;
}

size_t extra_copies_region_bytes(uint64_t count, enum working_set working_set, size_t message_bytes)
{
    size_t two_places = 2 * place_bytes(message_bytes);
    if (count == 0)
        return 0;
    return working_set == WORKING_SET_COLD && cold_bytes() > two_places ? cold_bytes() : two_places;
}

int extra_copies_prepare(struct extra_copies *extra, uint64_t count, enum working_set working_set,
                         size_t message_bytes, struct failure *failure)
{
    struct extra_copies prepared = {
        .count = count,
        .region_bytes = extra_copies_region_bytes(count, working_set, message_bytes),
        .place_bytes = place_bytes(message_bytes)};
    if (count > 0) {
        /* One thing is to be dear about a cold copy: that its place is in no cache. */
        prepared.region = working_set == WORKING_SET_COLD
                              ? channel_allocate_huge(prepared.region_bytes, failure)
                              : channel_allocate(prepared.region_bytes, failure);
        if (prepared.region == NULL)
            return -ENOMEM;
    }
    *extra = prepared;
    return 0;
}

void extra_copies_free(struct extra_copies *extra)
{
    channel_free(extra->region, extra->region_bytes);
    extra->region = NULL;
    extra->count = 0;
}

const void *extra_copies_make(struct extra_copies *extra, const void *view, size_t size)
{
    const void *last = view;
    for (uint64_t copy = 0; copy < extra->count; copy++) {
        /* Whole places, however short a message is: a copy never runs into the one before. */
        if (extra->offset + extra->place_bytes > extra->region_bytes)
            extra->offset = 0;
        void *place = extra->region + extra->offset;
        copy_counted(&extra->copied_bytes, place, last, size);
        last = place;
        extra->offset += extra->place_bytes;
    }
    return last;
}
