#include "machine/placement.h"

#include "machine/topology.h"

#include <errno.h>

enum { ALLOWED_LIST_BYTES = 96 };

/* One way in which two different CPUs can lie to each other. */
typedef bool (*relation)(hwloc_topology_t topology, hwloc_obj_t left, hwloc_obj_t right);

static bool are_threads_of_a_core(hwloc_topology_t topology, hwloc_obj_t left, hwloc_obj_t right)
{
    return topology_core_of(topology, left) == topology_core_of(topology, right);
}

static bool are_cores_of_a_cache(hwloc_topology_t topology, hwloc_obj_t left, hwloc_obj_t right)
{
    hwloc_obj_t cache = topology_last_level_cache_of(left);
    return cache != NULL && cache == topology_last_level_cache_of(right) &&
           !are_threads_of_a_core(topology, left, right);
}

static bool are_cores_of_a_package(hwloc_topology_t topology, hwloc_obj_t left, hwloc_obj_t right)
{
    return topology_package_of(topology, left) == topology_package_of(topology, right) &&
           !are_threads_of_a_core(topology, left, right);
}

static bool are_in_two_packages(hwloc_topology_t topology, hwloc_obj_t left, hwloc_obj_t right)
{
    return topology_package_of(topology, left) != topology_package_of(topology, right);
}

static bool are_in_two_nodes(hwloc_topology_t topology, hwloc_obj_t left, hwloc_obj_t right)
{
    (void)topology;
    return left->nodeset != NULL && right->nodeset != NULL &&
           !hwloc_bitmap_intersects(left->nodeset, right->nodeset);
}

static bool are_in_two_caches(hwloc_topology_t topology, hwloc_obj_t left, hwloc_obj_t right)
{
    (void)topology;
    hwloc_obj_t left_cache = topology_last_level_cache_of(left);
    hwloc_obj_t right_cache = topology_last_level_cache_of(right);
    return left_cache != NULL && right_cache != NULL && left_cache != right_cache;
}

/* The lowest pair of CPUs in `among` that are so related. */
static bool find_pair(hwloc_topology_t topology, hwloc_const_cpuset_t among, relation holds,
                      struct cpu_pair *pair)
{
    for (int writer = hwloc_bitmap_first(among); writer >= 0;
         writer = hwloc_bitmap_next(among, writer)) {
        hwloc_obj_t left = hwloc_get_pu_obj_by_os_index(topology, (unsigned)writer);
        for (int reader = hwloc_bitmap_next(among, writer); left != NULL && reader >= 0;
             reader = hwloc_bitmap_next(among, reader)) {
            hwloc_obj_t right = hwloc_get_pu_obj_by_os_index(topology, (unsigned)reader);
            if (right == NULL || !holds(topology, left, right))
                continue;
            *pair = (struct cpu_pair){.writer = writer, .reader = reader};
            return true;
        }
    }
    return false;
}

/* Whether the machine as a whole, allowed or not, has a pair of CPUs that are so related. */
static bool machine_has(hwloc_topology_t topology, relation holds)
{
    struct cpu_pair ignored;
    return find_pair(topology, hwloc_topology_get_topology_cpuset(topology), holds, &ignored);
}

static bool find_placement(hwloc_topology_t topology, hwloc_const_cpuset_t among,
                           enum placement placement, struct cpu_pair *pair)
{
    switch (placement) {
    case PLACEMENT_SAME:
        pair->writer = pair->reader = hwloc_bitmap_first(among);
        return true;
    case PLACEMENT_SIBLING:
        return find_pair(topology, among, are_threads_of_a_core, pair);
    case PLACEMENT_CACHE:
        /* The package stands in only where caches tell nothing: on a machine whose cores do share
         * caches, two without a common one are `far`. */
        return find_pair(topology, among, are_cores_of_a_cache, pair) ||
               (!machine_has(topology, are_cores_of_a_cache) &&
                find_pair(topology, among, are_cores_of_a_package, pair));
    case PLACEMENT_FAR:
        return find_pair(topology, among, are_in_two_packages, pair) ||
               find_pair(topology, among, are_in_two_nodes, pair) ||
               (machine_has(topology, are_cores_of_a_cache) &&
                find_pair(topology, among, are_in_two_caches, pair));
    case PLACEMENT_EXPLICIT:
    case PLACEMENT_COUNT:
        break;
    }
    return false;
}

static void format_cpus(hwloc_const_cpuset_t cpus, char *text, size_t text_bytes)
{
    hwloc_bitmap_list_snprintf(text, text_bytes, cpus);
}

/* The line for a placement that was not found: whose lack it is, the machine's or the cpuset's. */
static int refuse(hwloc_topology_t topology, hwloc_const_cpuset_t among, enum placement placement,
                  struct failure *failure)
{
    const char *name = placement_names[placement];
    char cpus[ALLOWED_LIST_BYTES];
    format_cpus(among, cpus, sizeof cpus);
    if (hwloc_bitmap_weight(among) == 1)
        return failure_say(failure, -ENODEV,
                           "placement %s: needs two CPUs, but this process may use CPU %s only",
                           name, cpus);
    if (placement == PLACEMENT_SIBLING && !machine_has(topology, are_threads_of_a_core))
        return failure_say(failure, -ENODEV,
                           "placement %s: no core of this machine has two hardware threads", name);
    if (placement == PLACEMENT_SIBLING)
        return failure_say(failure, -ENODEV,
                           "placement %s: no two of the CPUs that this process may use (%s) are "
                           "hardware threads of one core",
                           name, cpus);
    if (placement == PLACEMENT_CACHE)
        return failure_say(failure, -ENODEV,
                           "placement %s: no two cores among the CPUs that this process may use "
                           "(%s) share a cache",
                           name, cpus);
    return failure_say(failure, -ENODEV,
                       "placement %s: the CPUs that this process may use (%s) lie in one package, "
                       "one memory node and under one cache",
                       name, cpus);
}

int placement_choose(hwloc_topology_t topology, hwloc_const_cpuset_t allowed,
                     enum placement placement, struct cpu_pair *pair, struct failure *failure)
{
    if (placement == PLACEMENT_EXPLICIT)
        return failure_say(failure, -EINVAL,
                           "placement explicit: name the two CPUs with --cpus W,R");
    hwloc_bitmap_t among = hwloc_bitmap_alloc();
    if (among == NULL)
        return failure_set(failure, -ENOMEM, "choosing CPUs");
    int result = 0;
    struct cpu_pair found;
    if (hwloc_bitmap_and(among, allowed, hwloc_topology_get_topology_cpuset(topology)) != 0)
        result = failure_set(failure, -ENOMEM, "choosing CPUs");
    else if (hwloc_bitmap_iszero(among))
        result = failure_say(failure, -ENODEV,
                             "placement %s: none of the CPUs that this process may use is in the "
                             "topology that hwloc sees",
                             placement_names[placement]);
    else if (find_placement(topology, among, placement, &found))
        *pair = found;
    else
        result = refuse(topology, among, placement, failure);
    hwloc_bitmap_free(among);
    return result;
}

int placement_resolve(enum placement placement, struct cpu_pair *pair, struct failure *failure)
{
    struct topology machine;
    int result = topology_open(&machine, failure);
    if (result < 0)
        return result;
    result = placement_choose(machine.machine, machine.allowed, placement, pair, failure);
    topology_close(&machine);
    return result;
}

int placement_resolve_any(enum placement *placement, struct cpu_pair *pair, struct failure *failure)
{
    static const enum placement order[] = {PLACEMENT_CACHE, PLACEMENT_FAR, PLACEMENT_SIBLING,
                                           PLACEMENT_SAME};
    struct topology machine;
    int result = topology_open(&machine, failure);
    if (result < 0)
        return result;
    for (size_t index = 0; index < sizeof order / sizeof *order; index++) {
        /* A line is only worth keeping from the last attempt, `same`, which any CPU satisfies. */
        struct failure *line = order[index] == PLACEMENT_SAME ? failure : NULL;
        result = placement_choose(machine.machine, machine.allowed, order[index], pair, line);
        if (result == 0)
            *placement = order[index];
        if (result != -ENODEV)
            break;
    }
    topology_close(&machine);
    return result;
}

int placement_from_options(bool cpus_given, bool placement_given, int *placement,
                           struct cpu_pair *cpus, struct failure *failure)
{
    enum placement chosen = (enum placement) * placement;
    if (cpus_given && placement_given && chosen != PLACEMENT_EXPLICIT)
        return failure_say(failure, -EINVAL, "--cpus and --placement exclude each other");
    if (!cpus_given && placement_given && chosen == PLACEMENT_EXPLICIT)
        return failure_say(failure, -EINVAL, "--placement explicit: say which with --cpus W,R");
    int result = 0;
    if (cpus_given) {
        chosen = PLACEMENT_EXPLICIT;
        result = cpu_check_pair(cpus, failure);
    } else if (placement_given) {
        result = placement_resolve(chosen, cpus, failure);
    } else {
        result = placement_resolve_any(&chosen, cpus, failure);
    }
    if (result == 0)
        *placement = (int)chosen;
    return result;
}
