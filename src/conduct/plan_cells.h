/* How cells are made and added to a plan. For plan*.c only. */
#ifndef PLAN_CELLS_H
#define PLAN_CELLS_H

#include "conduct/plan.h"

/* A cell from memory to use, without extra copies, of no size yet. */
struct cell plan_cell_of(const char *mechanism, enum test test, int wait, enum copies copies,
                         int touch, const struct plan_placement *placement);

void plan_set_path(struct cell *cell, enum source_kind source, enum sink_kind sink,
                   uint64_t extra_copies, enum working_set working_set);

/* All return 0 or -ENOMEM. An expected skip is recorded only, see struct plan_skip. */
int plan_add_cell(struct plan *plan, const struct cell *cell);
int plan_add_skip(struct plan *plan, const char *reason, size_t cells);
int plan_add_expected_skip(struct plan *plan, const char *reason, size_t cells);

/* The ceilings of a placement; a bounce takes two CPUs. Return 0 or -ENOMEM. */
int plan_add_memcpy(const struct plan_placement *placement, uint64_t size_bytes, struct plan *plan);
int plan_add_bounce(const struct plan_placement *placement, struct plan *plan);

/* The size nearest to 64 KiB, where one write fills a pipe of the default capacity. */
uint64_t plan_reference_size(const struct size_list *sizes);

#endif
