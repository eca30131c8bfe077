#include "machine/crowd_cpus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cpu_pairs_parse(const char *text, void *pairs)
{
    struct cpu_pairs *parsed = malloc(sizeof *parsed);
    char pair[32];
    int result = parsed != NULL ? 0 : -ENOMEM;
    for (size_t count = 0; result == 0;) {
        /* A pair ends before the second comma. */
        size_t length = strcspn(text, ",");
        length += text[length] == ',' ? 1 + strcspn(text + length + 1, ",") : 0;
        if (length >= sizeof pair || count == CPU_PAIRS_MOST) {
            result = -EINVAL;
            break;
        }
        memcpy(pair, text, length);
        pair[length] = '\0';
        result = cpu_parse_pair(pair, &parsed->list[count]);
        parsed->count = ++count;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    if (result == 0) {
        memset(parsed->list + parsed->count, 0,
               (CPU_PAIRS_MOST - parsed->count) * sizeof *parsed->list);
        memcpy(pairs, parsed, sizeof *parsed);
    }
    free(parsed);
    return result;
}

void cpu_pairs_print(const void *pairs, char *text, size_t text_bytes)
{
    const struct cpu_pairs *list = pairs;
    size_t used = 0;
    text[0] = '\0';
    for (size_t index = 0; index < list->count && used + 1 < text_bytes; index++)
        used += (size_t)snprintf(text + used, text_bytes - used, "%s%d,%d", index > 0 ? "," : "",
                                 list->list[index].writer, list->list[index].reader);
}

/* A CPU and where it comes in the order. */
struct rank {
    int cpu;
    unsigned layer; /* how many allowed threads of its core come before it */
    unsigned cache; /* its last-level cache; all one where none is known */
    unsigned place; /* in hwloc's own order, which follows caches, cores and threads */
    bool odd;       /* without a neighbour in its layer and cache */
};

static int compare_ranks(const void *left, const void *right)
{
    const struct rank *one = left;
    const struct rank *other = right;
    if (one->layer != other->layer)
        return one->layer < other->layer ? -1 : 1;
    if (one->odd != other->odd)
        return one->odd ? 1 : -1;
    if (one->cache != other->cache)
        return one->cache < other->cache ? -1 : 1;
    return (one->place > other->place) - (one->place < other->place);
}

static struct rank rank_of(hwloc_topology_t machine, hwloc_const_cpuset_t allowed, hwloc_obj_t cpu)
{
    struct rank rank = {.cpu = (int)cpu->os_index, .place = cpu->logical_index};
    hwloc_obj_t core = topology_core_of(machine, cpu);
    hwloc_obj_t cache = topology_last_level_cache_of(cpu);
    hwloc_obj_t other = NULL;
    /* Last-level caches share no CPU, so the first one names its cache. */
    rank.cache = cache != NULL ? (unsigned)hwloc_bitmap_first(cache->cpuset) : 0;
    while ((other = hwloc_get_next_obj_inside_cpuset_by_type(machine, core->cpuset, HWLOC_OBJ_PU,
                                                             other)) != NULL &&
           other != cpu)
        rank.layer += hwloc_bitmap_isset(allowed, other->os_index) ? 1 : 0;
    return rank;
}

/* The last of an odd number of CPUs in one layer under one cache goes to the end of its layer. */
static void mark_odd(struct rank *ranks, size_t count)
{
    qsort(ranks, count, sizeof *ranks, compare_ranks);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && ranks[end].layer == ranks[first].layer &&
                              ranks[end].cache == ranks[first].cache;)
            end++;
        ranks[end - 1].odd = (end - first) % 2 == 1;
    }
    qsort(ranks, count, sizeof *ranks, compare_ranks);
}

int crowd_cpus_order(hwloc_topology_t machine, hwloc_const_cpuset_t allowed, int **order,
                     size_t *count, struct failure *failure)
{
    int most = hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_PU);
    struct rank *ranks = calloc(most > 0 ? (size_t)most : 1, sizeof *ranks);
    int *cpus = calloc(most > 0 ? (size_t)most : 1, sizeof *cpus);
    size_t found = 0;
    for (hwloc_obj_t cpu = NULL;
         ranks != NULL && cpus != NULL &&
         (cpu = hwloc_get_next_obj_by_type(machine, HWLOC_OBJ_PU, cpu)) != NULL;) {
        if (hwloc_bitmap_isset(allowed, cpu->os_index))
            ranks[found++] = rank_of(machine, allowed, cpu);
    }
    int result = 0;
    if (ranks == NULL || cpus == NULL)
        result = failure_set(failure, -ENOMEM, "choosing CPUs");
    else if (found == 0)
        result = failure_say(failure, -ENODEV,
                             "none of the CPUs that this process may use is in the topology that "
                             "hwloc sees");
    if (result == 0) {
        mark_odd(ranks, found);
        for (size_t index = 0; index < found; index++)
            cpus[index] = ranks[index].cpu;
        *order = cpus;
        *count = found;
    } else {
        free(cpus);
    }
    free(ranks);
    return result;
}

int crowd_cpus_resolve(int **order, size_t *count, struct failure *failure)
{
    struct topology topology;
    int result = topology_open(&topology, failure);
    if (result < 0)
        return result;
    result = crowd_cpus_order(topology.machine, topology.allowed, order, count, failure);
    topology_close(&topology);
    return result;
}

struct cpu_pair crowd_cpus_pair(const int *order, size_t count, size_t index)
{
    return (struct cpu_pair){.writer = order[2 * index % count],
                             .reader = order[(2 * index + 1) % count]};
}

bool crowd_cpus_are_short(size_t pairs, size_t cpus)
{
    return 2 * pairs > cpus;
}
