#include "machine/topology.h"

#include "machine/cpu.h"

#include <errno.h>
#include <stdlib.h>

hwloc_obj_t topology_core_of(hwloc_topology_t machine, hwloc_obj_t cpu)
{
    hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(machine, HWLOC_OBJ_CORE, cpu);
    return core != NULL ? core : cpu;
}

hwloc_obj_t topology_package_of(hwloc_topology_t machine, hwloc_obj_t cpu)
{
    hwloc_obj_t package = hwloc_get_ancestor_obj_by_type(machine, HWLOC_OBJ_PACKAGE, cpu);
    return package != NULL ? package : hwloc_get_root_obj(machine);
}

hwloc_obj_t topology_last_level_cache_of(hwloc_obj_t cpu)
{
    hwloc_obj_t last = NULL;
    for (hwloc_obj_t object = cpu->parent; object != NULL; object = object->parent) {
        if (hwloc_obj_type_is_dcache(object->type))
            last = object;
    }
    return last;
}

static int load_allowed(hwloc_bitmap_t allowed)
{
    int *cpus;
    size_t count;
    int result = cpu_list_allowed(&cpus, &count);
    if (result < 0)
        return result;
    for (size_t index = 0; index < count && result == 0; index++)
        result = hwloc_bitmap_set(allowed, (unsigned)cpus[index]) == 0 ? 0 : -ENOMEM;
    free(cpus);
    return result;
}

static int load_machine(hwloc_topology_t *machine)
{
    hwloc_topology_t loaded = NULL;
    if (hwloc_topology_init(&loaded) != 0)
        return -ENOMEM;
    /* CPUs that a cpuset forbids are part of the machine all the same: whether cores share caches
     * is asked of all of them, and the choice is narrowed afterwards. */
    errno = 0;
    if (hwloc_topology_set_flags(loaded, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) != 0 ||
        hwloc_topology_load(loaded) != 0) {
        int error = errno != 0 ? -errno : -EIO;
        hwloc_topology_destroy(loaded);
        return error;
    }
    *machine = loaded;
    return 0;
}

int topology_open(struct topology *topology, struct failure *failure)
{
    topology->allowed = hwloc_bitmap_alloc();
    int result = topology->allowed != NULL ? load_allowed(topology->allowed) : -ENOMEM;
    if (result == 0)
        result = load_machine(&topology->machine);
    if (result == 0)
        return 0;
    hwloc_bitmap_free(topology->allowed);
    /* hwloc answers EINVAL where /sys cannot be read: that is no bad usage. */
    return failure_set(failure, result == -EINVAL ? -EIO : result,
                       "reading the machine's CPUs and caches (/proc/self/status, "
                       "/sys/devices/system/cpu)");
}

void topology_close(struct topology *topology)
{
    hwloc_topology_destroy(topology->machine);
    hwloc_bitmap_free(topology->allowed);
}
