#include "conduct/layout.h"

#include "base/random.h"

enum { PAGE_BYTES = 4096, LINE_BYTES = 64 };

/* So that these draws are not those of the order of cells, which has the same seed. */
#define LAYOUT_STREAM UINT64_C(0x6c61796f7574) /* "layout" */

struct layout layout_of_round(uint64_t seed, uint64_t round)
{
    struct random random = random_seeded(seed ^ LAYOUT_STREAM);
    random = random_seeded(random_next(&random) ^ round);
    return (struct layout){
        .environment_padding_bytes = 1 + (size_t)random_below(&random, PAGE_BYTES),
        .buffer_offset_bytes = LINE_BYTES * random_below(&random, PAGE_BYTES / LINE_BYTES)};
}
