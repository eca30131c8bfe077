/*
 * Which cells of a bundle's raw rows a question is about. Knows no question and no results.
 */
#ifndef CELL_LIST_H
#define CELL_LIST_H

#include "results/raw_samples.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether a cell, whatever its touch, is asked for. */
typedef bool cell_list_matches(const struct cell_key *cell);

/*
 * The cells that match and have the touch of the run, each once, in the order of cell_key_compare.
 * When the matching cells have several touches, that is the first of touch_names that they have, so
 * `full` as a rule: cells of different touch did different work. Returns 0 or -ENOMEM; *cells is
 * set on success only and is then the caller's to free. It is NULL when *count is 0.
 */
int cell_list_select(const struct raw_samples *raw, cell_list_matches *matches,
                     struct cell_key **cells, size_t *count);

#endif
