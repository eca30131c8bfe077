/*
 * Two bundles, cell by cell: which cells both have, and how many times faster the later one is in
 * each of them. What differs is decided by results/difference.h alone. Prints nothing.
 */
#ifndef COMPARISON_H
#define COMPARISON_H

#include "compare/compare_bundle.h"
#include "results/difference.h"

#include <stdbool.h>
#include <stddef.h>

struct compared_cell {
    const struct compare_cell *before;
    const struct compare_cell *after;
    /* Not the same bytes in flight: such a cell, and the ratios to it, are not compared. */
    bool capacity_differs;
    bool has[COMPARE_KINDS]; /* both bundles have the figure */
};

/* The comparisons of one kind, all decided together. */
struct comparison_count {
    size_t cells;     /* that have the figure in both bundles */
    size_t undecided; /* of them: in too few rounds */
    size_t differ;
};

struct comparison {
    const struct compare_bundle *before; /* both must outlive the comparison */
    const struct compare_bundle *after;
    struct compared_cell *cells; /* in both bundles; rising by key */
    size_t cell_count;
    struct difference *differences[COMPARE_KINDS]; /* [kind][cell]; NANs where has[kind] is not */
    struct comparison_count counts[COMPARE_KINDS];
    size_t capacity_count;   /* cells whose capacity differs */
    size_t states_apart;     /* placements without a common state, see machine_state.h */
    size_t elsewhere_before; /* samples of another state, which do not count */
    size_t elsewhere_after;
    size_t only_before;
    size_t only_after;
};

/*
 * Compares all cells that both bundles have; a bundle with other cells only gives a comparison
 * without cells. Only samples of the state of the machine that both were measured in count, so
 * which ones do is set in both bundles anew. The time it takes grows with the rows as n log n.
 * Returns 0 or -ENOMEM; *comparison is set on success only and is then released by comparison_free.
 */
int comparison_make(struct compare_bundle *before, struct compare_bundle *after,
                    struct comparison *comparison);
void comparison_free(struct comparison *comparison);

static inline const struct cell_key *compared_cell_key(const struct compared_cell *cell)
{
    return compare_cell_key(cell->before);
}

/* The cell of the mechanism `pipe` that this one's ratio divides by, or NULL. */
const struct compared_cell *comparison_pipe_of(const struct comparison *comparison,
                                               const struct compared_cell *cell);

/* The kind that decides whether the bundles are the same: ratios to the pipe, because they mean the
 * same on every machine; absolute figures where there is no ratio. */
enum compare_kind comparison_deciding_kind(const struct comparison *comparison);

#endif
