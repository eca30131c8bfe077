#include "results/cell_list.h"

#include "base/array.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* The matching cells of every touch. */
static int find_cells(const struct raw_samples *raw, cell_list_matches *matches,
                      struct cell_key **cells, size_t *count)
{
    struct cell_key *found = NULL;
    size_t found_count = 0;
    size_t capacity = 0;
    for (size_t index = 0; index < raw->sample_count; index++) {
        const struct cell_key *cell = &raw->samples[index].cell;
        bool again = index > 0 && cell_key_compare(&raw->samples[index - 1].cell, cell) == 0;
        if (again || !matches(cell))
            continue;
        void *grown = array_grow(found, found_count, &capacity, sizeof *found);
        if (grown == NULL) {
            free(found);
            return -ENOMEM;
        }
        found = grown;
        found[found_count++] = *cell;
    }
    *cells = found;
    *count = found_count;
    return 0;
}

/* 0 for the first of touch_names; a word that is none of them comes last. */
static int touch_rank(const struct cell_key *cell)
{
    int rank = term_find(touch_names, cell->touch);
    return rank < 0 ? INT_MAX : rank;
}

int cell_list_select(const struct raw_samples *raw, cell_list_matches *matches,
                     struct cell_key **cells, size_t *count)
{
    struct cell_key *found;
    size_t found_count;
    int result = find_cells(raw, matches, &found, &found_count);
    if (result < 0)
        return result;
    int best = INT_MAX;
    for (size_t index = 0; index < found_count; index++)
        best = touch_rank(&found[index]) < best ? touch_rank(&found[index]) : best;
    size_t kept = 0;
    for (size_t index = 0; index < found_count; index++) {
        if (touch_rank(&found[index]) == best)
            found[kept++] = found[index];
    }
    *cells = found;
    *count = kept;
    return 0;
}
