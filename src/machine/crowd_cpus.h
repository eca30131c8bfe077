/*
 * On which CPUs many pairs of processes run at once. Cores are filled before further hardware
 * threads, and two CPUs that stand next to each other in the order share a cache where they can.
 */
#ifndef CROWD_CPUS_H
#define CROWD_CPUS_H

#include "base/failure.h"
#include "machine/cpu.h"
#include "machine/topology.h"

#include <stdbool.h>
#include <stddef.h>

#define CPU_PAIRS_MOST    1024
#define CPU_PAIRS_ALLOWED "W,R[,W,R...]: one to 1024 pairs of CPU numbers"

/* Pairs of CPUs as --cpus gives them; a count of 0: none. */
struct cpu_pairs {
    struct cpu_pair list[CPU_PAIRS_MOST];
    size_t count;
};

/* Reads "W,R[,W,R...]" into the struct cpu_pairs at `pairs`, for an option row. Says nothing of
 * whether the CPUs exist. Returns 0 or -EINVAL, and leaves the field alone then. */
int cpu_pairs_parse(const char *text, void *pairs);

/* The same as text, cut off where `text_bytes` end; "" for none. */
void cpu_pairs_print(const void *pairs, char *text, size_t text_bytes);

/*
 * The order in which CPUs are taken: the first hardware thread of every core, then the second of
 * every core, and so on; within a layer by last-level cache, an odd core of a cache coming behind
 * all that have a neighbour. On success *order is the caller's to free and *count at least 1.
 * Returns 0, -ENODEV when none of the allowed CPUs is known to hwloc, or -ENOMEM.
 */
int crowd_cpus_order(hwloc_topology_t machine, hwloc_const_cpuset_t allowed, int **order,
                     size_t *count, struct failure *failure);

/* The same on the machine that we run on, within the calling thread's affinity. */
int crowd_cpus_resolve(int **order, size_t *count, struct failure *failure);

/* Pair `index` of many: two CPUs that follow each other in the order, round and round. */
struct cpu_pair crowd_cpus_pair(const int *order, size_t count, size_t index);

/* Whether so many pairs of processes, each on a CPU of its own, need more CPUs than there are. */
bool crowd_cpus_are_short(size_t pairs, size_t cpus);

#endif
