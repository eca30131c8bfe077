/*
 * Which cells of a run still need measuring: the rounds go on until every interval is narrow
 * enough, and time goes to the cells that need it. Keeps in memory the one figure per sample that
 * decides; knows no files and no clock.
 *
 * A cell is settled when its main figure (throughput, or p50 in a latency test) and its ratio to
 * the pipe have intervals as narrow as was asked for (results/precision.h). Cells that are compared
 * with each other are measured in the same rounds, so they form a group, and a group is measured
 * until its last cell is settled:
 *   throughput and latency   all mechanisms of one test, wait, copies, touch, placement and size
 *   causes                   all relays and all padded copies of one placement and size
 *   ceilings                 each alone
 * The many cells of the pairs of CPUs (pair-W-R) get the least number of rounds and no more.
 */
#ifndef SETTLE_H
#define SETTLE_H

#include "conduct/plan.h"
#include "measure/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settle;

/*
 * `plan` is lent and must outlive it. `precision` is relative, as 0.05; 0: nothing ever settles.
 * `seed` seeds the intervals, which then are those of the summary. Returns 0 or -ENOMEM; *settle is
 * set on success only and released by settle_free.
 */
int settle_make(const struct plan *plan, double precision, uint64_t seed, struct settle **settle);
void settle_free(struct settle *settle);

/* Takes over what a sample of cell `cell` in `round` (rising) measured. Returns 0 or -ENOMEM. */
int settle_add(struct settle *settle, size_t cell, uint64_t round, const struct sample *sample);

/* After a round: looks at every cell that has an eighth more samples than when it was looked at
 * last, so that a run costs in proportion to its rounds; and at those that are not measured any
 * more, which may need rounds again when most samples have come to be of another state of the
 * machine. Returns 0 or -ENOMEM. */
int settle_look(struct settle *settle);

/* Whether the cell's group still needs rounds; how many cells do. All do at first. */
bool settle_needs(const struct settle *settle, size_t cell);
size_t settle_needs_count(const struct settle *settle);

/* How many cells are settled themselves. */
size_t settle_settled_count(const struct settle *settle);

#endif
