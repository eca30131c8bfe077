/*
 * The cells that ask where and how many, beside those that compare mechanisms in one place: the
 * latency between every two CPUs, and the throughput of many pairs of processes at once. Made for a
 * machine whose pairs of CPUs are known already. Knows neither hwloc nor a clock.
 */
#ifndef PLAN_PLACES_H
#define PLAN_PLACES_H

#include "conduct/plan.h"
#include "machine/crowd_cpus.h"
#include "machine/placement_kinds.h"

#define PLAN_PAIR_BYTES     UINT64_C(64)
#define PLAN_PARALLEL_BYTES (UINT64_C(64) << 10)

/* As many cells of pairs as a summary can be read with (BUNDLE_MOST_ROWS, nine rows a cell). */
#define PLAN_PAIR_CELLS_MOST 18000

/* How many pairs of one kind there are, and how many of them are measured. */
struct plan_pair_kind {
    char kind[PLACEMENT_WORD_BYTES];
    size_t pairs;
    size_t measured;
};

/* The pairs of a plan. Freed by plan_pairs_free. */
struct plan_pairs {
    struct placement_pair *list; /* those that are measured, in the order of all */
    size_t count;
    size_t asked; /* how many there are */
    struct plan_pair_kind *kinds;
    size_t kinds_count;
    double all_seconds; /* what all of them would take in the least number of rounds */
};

/* Pairs of processes at once, on CPUs as --cpus takes them. */
struct plan_crowd {
    struct plan_placement placement; /* parallel-N; cpu_list points to `cpu_list` */
    char *cpu_list;
};

/*
 * Draws at most `most` of `count` pairs, or one of each kind where that is more: each kind gets
 * one, and of the rest a share that grows with its size; which ones, `seed` alone decides. Returns
 * 0 or -ENOMEM.
 */
int plan_pairs_draw(const struct placement_pair *pairs, size_t count, size_t most, uint64_t seed,
                    struct plan_pairs *drawn);
void plan_pairs_free(struct plan_pairs *pairs);

/*
 * Appends the cells of pairs: latency of each mechanism of the request with each of its waits, and
 * the bounce ceiling; a CPU with itself blocks only. With a budget, no more pairs than fit into
 * what the least number of rounds of all other cells leaves of it. Returns 0 or -ENOMEM; *chosen is
 * the caller's to free.
 */
int plan_add_pairs(const struct plan_request *request, const struct capability *capabilities,
                   size_t capabilities_count, const struct placement_pair *pairs, size_t count,
                   uint64_t seed, struct plan *plan, struct plan_pairs *chosen);

/* The numbers of pairs of a request on `cpus` CPUs: those asked for, or 1, 2, 4, ... up to the
 * number of CPUs, 2 at least. Returns how many were written to counts[PARALLEL_LIST_MOST]. */
size_t plan_parallel_counts(const struct plan_request *request, size_t cpus, uint64_t *counts);

/* The placement of `pairs` pairs on CPUs in this order (crowd_cpus.h). Returns 0 or -ENOMEM;
 * crowd->cpu_list is the caller's to free. */
int plan_crowd_of(const int *order, size_t cpus, uint64_t pairs, struct plan_crowd *crowd);

/* Appends the cells of one crowd: throughput of each mechanism with each wait; what spins needs as
 * many CPUs as processes, else it is left out. Returns 0 or -ENOMEM. */
int plan_add_crowd(const struct plan_request *request, const struct capability *capabilities,
                   size_t capabilities_count, const struct plan_crowd *crowd, size_t cpus,
                   struct plan *plan);

/* Whether a cell is one of plan_add_pairs. */
bool plan_is_pair(const struct cell *cell);

#endif
