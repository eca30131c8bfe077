#include "results/raw_order.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FREE SIZE_MAX

/* Where a sample goes, and where it is. */
struct place {
    uint64_t round;
    uint32_t cell; /* at first as found, later in the order of cells */
    uint32_t sample;
};

/* The cells of the samples, each once. */
struct cells {
    const struct raw_sample *samples;
    size_t *firsts; /* the first sample of each cell */
    size_t count;
    size_t *slots; /* a hash table of indices into firsts; FREE */
    size_t slots_count;
};

/* Of the bytes of a key, word by word (the constant is that of SplitMix64). */
static size_t hash_of(const struct cell_key *key)
{
    uint64_t words[sizeof *key / sizeof(uint64_t)];
    uint64_t hash = 0;
    memcpy(words, key, sizeof words);
    for (size_t index = 0; index < sizeof words / sizeof *words; index++) {
        hash = (hash ^ words[index]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return (size_t)hash;
}
_Static_assert(sizeof(struct cell_key) % sizeof(uint64_t) == 0, "whole words");

/* The place of the cell in the table: its own, or the free one where it belongs. */
static size_t *find_slot(const struct cells *cells, const struct cell_key *key)
{
    size_t slot = hash_of(key) & (cells->slots_count - 1);
    while (cells->slots[slot] != FREE &&
           memcmp(&cells->samples[cells->firsts[cells->slots[slot]]].cell, key, sizeof *key) != 0)
        slot = (slot + 1) & (cells->slots_count - 1);
    return &cells->slots[slot];
}

/* Which cell each sample is of, numbered as they come. */
static void number_cells(const struct raw_samples *raw, struct cells *cells, struct place *places)
{
    for (size_t slot = 0; slot < cells->slots_count; slot++)
        cells->slots[slot] = FREE;
    for (size_t index = 0; index < raw->sample_count; index++) {
        size_t *slot = find_slot(cells, &raw->samples[index].cell);
        if (*slot == FREE) {
            *slot = cells->count;
            cells->firsts[cells->count++] = index;
        }
        places[index] = (struct place){
            .round = raw->samples[index].round, .cell = (uint32_t)*slot, .sample = (uint32_t)index};
    }
}

static int compare_cells(const void *left, const void *right, void *context)
{
    const struct cells *cells = context;
    size_t a = cells->firsts[*(const size_t *)left];
    size_t b = cells->firsts[*(const size_t *)right];
    return cell_key_compare(&cells->samples[a].cell, &cells->samples[b].cell);
}

/* From the number of a cell to its rank. The table is not needed any more: it is the room. */
static void rank_cells(struct cells *cells, struct place *places, size_t count)
{
    size_t *sorted = cells->slots;
    size_t *ranks = cells->slots + cells->count;
    for (size_t cell = 0; cell < cells->count; cell++)
        sorted[cell] = cell;
    qsort_r(sorted, cells->count, sizeof *sorted, compare_cells, cells);
    for (size_t rank = 0; rank < cells->count; rank++)
        ranks[sorted[rank]] = rank;
    for (size_t index = 0; index < count; index++)
        places[index].cell = (uint32_t)ranks[places[index].cell];
}

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    if (a->round != b->round)
        return a->round < b->round ? -1 : 1;
    return (a->sample > b->sample) - (a->sample < b->sample);
}

/* Moves every sample to its place, along the cycles of the permutation: rows are too large to stand
 * twice. */
static void move_samples(struct raw_samples *raw, struct place *places)
{
    for (size_t first = 0; first < raw->sample_count; first++) {
        size_t place = first;
        struct raw_sample moved = raw->samples[first];
        while (places[place].sample != first) {
            size_t from = places[place].sample;
            raw->samples[place] = raw->samples[from];
            places[place].sample = (uint32_t)place;
            place = from;
        }
        raw->samples[place] = moved;
        places[place].sample = (uint32_t)place;
    }
}

static void sort(struct raw_samples *raw, struct cells *cells, struct place *places)
{
    number_cells(raw, cells, places);
    rank_cells(cells, places, raw->sample_count);
    qsort(places, raw->sample_count, sizeof *places, compare_places);
    move_samples(raw, places);
}

int raw_order_sort(struct raw_samples *raw)
{
    size_t slots = 2;
    if (raw->sample_count < 2)
        return 0;
    if (raw->sample_count > UINT32_MAX)
        return -ENOMEM;
    while (slots < 2 * raw->sample_count)
        slots *= 2;
    struct cells cells = {
        .samples = raw->samples,
        .firsts = calloc(raw->sample_count, sizeof *cells.firsts),
        .slots = calloc(slots, sizeof *cells.slots),
        .slots_count = slots,
    };
    struct place *places = calloc(raw->sample_count, sizeof *places);
    bool room = cells.firsts != NULL && cells.slots != NULL && places != NULL;
    if (room)
        sort(raw, &cells, places);
    free(cells.firsts);
    free(cells.slots);
    free(places);
    return room ? 0 : -ENOMEM;
}
