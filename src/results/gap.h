/*
 * The gap between the article's pipe and its shared memory, taken apart into factors: from the raw
 * rows of a bundle to the rows of gap.tsv. Knows no files.
 *
 * A row's value is wall ns per KiB of payload, 1e9 * 1024 / throughput_bytes_per_s, of the test
 * `relay` from a file. The gap runs from the pipe with 4 copies that blocks down to the shared
 * memory with 1 copy that spins, and is taken apart by shapley.h. The nodes, for the waits block
 * and spin each:
 *   copies   mechanism level pipe      mechanism level shm
 *   4        pipe own, to a file       shm own, to a file
 *   3        pipe own, used            shm own, used
 *   2        vmsplice own, used        shm inplace, used, 1 extra copy of a hot working set
 *   1        there can't be one        shm inplace, used
 * So the mechanism changes before the last copy goes: of the 20 orders 15 can be walked at most.
 *
 * A node's value is its median over the rounds in which every node that exists was measured, with
 * its bytes intact; so contributions add up to the gap. A node without any such sample does not
 * exist. Intervals come from resampling rounds (paired_rounds.h). Without both corners there is no
 * gap, and without an order whose nodes all exist it is not taken apart: NAN, and `orders` 0.
 *
 * A share is contribution / gap, also below 0 or above 1 where factors pull in different
 * directions. It is NAN when the gap is not above 0 or its interval contains 0: a share of nothing
 * is no number. In a resample whose gap is not above 0 a share could be anything, which widens the
 * interval at both ends.
 */
#ifndef GAP_H
#define GAP_H

#include "results/evidence.h"
#include "results/raw_samples.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * *rows, rising by placement and size, with the factors from, mechanism, copies, waiting, gap, to
 * of each in this order; the touch is that of cell_list_select. `seed` seeds every bootstrap.
 * Returns 0 or -ENOMEM; *rows and *count are set on success only. The caller frees *rows, which is
 * NULL when the bundle has none of the nodes.
 */
int gap_compute(const struct raw_samples *raw, uint64_t seed, struct evidence_gap **rows,
                size_t *count);

/* Prints header and rows as the table that evidence_read reads. */
void gap_print(const struct evidence_gap *rows, size_t count, FILE *stream);

#endif
