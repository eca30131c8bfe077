/*
 * Which two CPUs a placement word means on this machine. The only place that asks hwloc, whose
 * loading costs some milliseconds: a program that was told its CPUs never comes here.
 *
 * All choices are made among the CPUs that the process may use, and are the same every time: of
 * all pairs that fit, the one with the lowest writer, then the lowest reader.
 *
 *   cache    two cores that share their last-level cache. Where no cache is known to be shared by
 *            two cores (some arm64 machines say nothing of their caches): two cores of a package
 *   same     one CPU for both
 *   sibling  two hardware threads of one core
 *   far      two packages; else two memory nodes; else two cores without a common cache
 */
#ifndef PLACEMENT_H
#define PLACEMENT_H

#include "base/failure.h"
#include "base/terms.h"
#include "machine/cpu.h"

#include <hwloc.h>
#include <stdbool.h>

/*
 * Chooses on the machine that it runs on, within the calling thread's affinity; so call it before
 * pinning. Returns 0 and sets *pair; -ENODEV with a line that says what is missing when the
 * machine (or the part of it that the process may use) has no such pair; -EINVAL for
 * PLACEMENT_EXPLICIT, which is a statement and not a choice; another negative errno when the
 * topology cannot be read.
 */
int placement_resolve(enum placement placement, struct cpu_pair *pair, struct failure *failure);

/*
 * For a run that was told nothing: the first placement that this machine has of cache, far,
 * sibling, same. So a machine with one CPU, or a virtual one that shows each CPU as a package of
 * its own, still measures. Returns 0 and sets both outputs, or a negative errno.
 */
int placement_resolve_any(enum placement *placement, struct cpu_pair *pair,
                          struct failure *failure);

/*
 * What a program's options --cpus and --placement ask for, in terms of the above: *cpus as given
 * and checked, *placement (an int, as option tables write it) resolved, or, with neither given,
 * the first that this machine has. Sets both outputs. -EINVAL when the options contradict each
 * other.
 */
int placement_from_options(bool cpus_given, bool placement_given, int *placement,
                           struct cpu_pair *cpus, struct failure *failure);

/* The choice alone, on any loaded topology; `allowed` holds the OS indexes of the CPUs to choose
 * from. Returns as placement_resolve. */
int placement_choose(hwloc_topology_t topology, hwloc_const_cpuset_t allowed,
                     enum placement placement, struct cpu_pair *pair, struct failure *failure);

#endif
