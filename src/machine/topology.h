/*
 * The machine's topology as hwloc tells it, loaded once, with the CPUs that this process may use;
 * and what two CPUs have in common. For placement*.c and crowd_cpus.c, the only ones that know
 * hwloc.
 */
#ifndef TOPOLOGY_H
#define TOPOLOGY_H

#include "base/failure.h"

#include <hwloc.h>

/* A machine ready to choose on. */
struct topology {
    hwloc_topology_t machine;
    hwloc_bitmap_t allowed; /* OS indexes */
};

/* Loads the machine that we run on, and the calling thread's affinity. Returns 0 or a negative
 * errno, described; topology_close is due after success only. */
int topology_open(struct topology *topology, struct failure *failure);
void topology_close(struct topology *topology);

/* The objects above a CPU. A machine that tells no cores has one per CPU; one that tells no
 * packages is one. */
hwloc_obj_t topology_core_of(hwloc_topology_t machine, hwloc_obj_t cpu);
hwloc_obj_t topology_package_of(hwloc_topology_t machine, hwloc_obj_t cpu);

/* The outermost cache above a CPU, or NULL when none is known. */
hwloc_obj_t topology_last_level_cache_of(hwloc_obj_t cpu);

#endif
