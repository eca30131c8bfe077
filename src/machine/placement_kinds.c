#include "machine/placement_kinds.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From near to far. */
enum pair_kind {
    KIND_SAME,
    KIND_SIBLING,
    KIND_L2,
    KIND_CACHE,
    KIND_PACKAGE,
    KIND_NODE,
    KIND_FAR,
    KIND_COUNT
};

static const char *const kind_names[KIND_COUNT] = {"same",    "sibling", "l2", "cache",
                                                   "package", "node",    "far"};

enum { ONE_CORE_KIND = -1, CORE_KINDS_MOST = 64 };

/* What is asked of a CPU again and again, looked up once. */
struct place {
    int cpu;
    hwloc_obj_t object;
    hwloc_obj_t core;
    hwloc_obj_t package;
    hwloc_obj_t last_cache;
    int core_kind; /* ONE_CORE_KIND where all are the same */
};

struct places {
    struct place *list; /* by rising CPU */
    size_t count;
    bool caches_are_shared; /* by two cores anywhere on the machine */
    int core_kinds;         /* 0 where all cores are the same */
};

/* Whether two cores share their last-level cache, on the machine as a whole. */
static bool shares_caches(hwloc_topology_t machine)
{
    for (hwloc_obj_t cpu = NULL;
         (cpu = hwloc_get_next_obj_by_type(machine, HWLOC_OBJ_PU, cpu)) != NULL;) {
        hwloc_obj_t cache = topology_last_level_cache_of(cpu);
        hwloc_obj_t core = topology_core_of(machine, cpu);
        if (cache != NULL && !hwloc_bitmap_isincluded(cache->cpuset, core->cpuset))
            return true;
    }
    return false;
}

/* How many kinds of cores hwloc can rank; 0 where it knows of one, or of no order. */
static int count_core_kinds(hwloc_topology_t machine)
{
    int kinds = hwloc_cpukinds_get_nr(machine, 0);
    int efficiency = -1;
    if (kinds < 2 || kinds > CORE_KINDS_MOST ||
        hwloc_cpukinds_get_info(machine, 0, NULL, &efficiency, NULL, NULL, 0) != 0)
        return 0;
    return efficiency >= 0 ? kinds : 0;
}

static struct place place_of(hwloc_topology_t machine, hwloc_obj_t object, int core_kinds)
{
    struct place place = {.cpu = (int)object->os_index,
                          .object = object,
                          .core = topology_core_of(machine, object),
                          .package = topology_package_of(machine, object),
                          .last_cache = topology_last_level_cache_of(object),
                          .core_kind = ONE_CORE_KIND};
    if (core_kinds > 0)
        place.core_kind = hwloc_cpukinds_get_by_cpuset(machine, object->cpuset, 0);
    return place;
}

/* A cpuset may leave only one kind of core, or CPUs of which no kind is known. */
static void forget_single_core_kind(struct places *places)
{
    bool differ = false;
    bool known = true;
    for (size_t index = 0; index < places->count; index++) {
        differ = differ || places->list[index].core_kind != places->list[0].core_kind;
        known = known && places->list[index].core_kind >= 0;
    }
    if (differ && known)
        return;
    places->core_kinds = 0;
    for (size_t index = 0; index < places->count; index++)
        places->list[index].core_kind = ONE_CORE_KIND;
}

static int look_at(hwloc_topology_t machine, hwloc_const_cpuset_t allowed, struct places *places,
                   struct failure *failure)
{
    int most = hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_PU);
    *places = (struct places){.caches_are_shared = shares_caches(machine),
                              .core_kinds = count_core_kinds(machine)};
    places->list = calloc(most > 0 ? (size_t)most : 1, sizeof *places->list);
    if (places->list == NULL)
        return failure_set(failure, -ENOMEM, "looking at the machine's CPUs");
    for (int cpu = hwloc_bitmap_first(allowed); cpu >= 0; cpu = hwloc_bitmap_next(allowed, cpu)) {
        /* A set without end names CPUs that are not there. */
        if (cpu > hwloc_bitmap_last(hwloc_topology_get_topology_cpuset(machine)))
            break;
        hwloc_obj_t object = hwloc_get_pu_obj_by_os_index(machine, (unsigned)cpu);
        if (object != NULL)
            places->list[places->count++] = place_of(machine, object, places->core_kinds);
    }
    if (places->count == 0) {
        free(places->list);
        return failure_say(failure, -ENODEV,
                           "none of the CPUs that this process may use is in the topology that "
                           "hwloc sees");
    }
    forget_single_core_kind(places);
    return 0;
}

static bool share_a_lower_cache(const struct place *left, const struct place *right)
{
    for (hwloc_obj_t above = left->object->parent; above != NULL; above = above->parent) {
        if (hwloc_obj_type_is_dcache(above->type) && above != left->last_cache &&
            hwloc_bitmap_isset(above->cpuset, (unsigned)right->cpu))
            return true;
    }
    return false;
}

static bool are_in_two_nodes(const struct place *left, const struct place *right)
{
    return left->object->nodeset != NULL && right->object->nodeset != NULL &&
           !hwloc_bitmap_intersects(left->object->nodeset, right->object->nodeset);
}

static enum pair_kind kind_of(const struct places *places, const struct place *left,
                              const struct place *right)
{
    if (left->cpu == right->cpu)
        return KIND_SAME;
    if (left->core == right->core)
        return KIND_SIBLING;
    if (left->package != right->package)
        return KIND_FAR;
    if (are_in_two_nodes(left, right))
        return KIND_NODE;
    if (!places->caches_are_shared)
        return KIND_CACHE;
    if (left->last_cache == NULL || left->last_cache != right->last_cache)
        return KIND_PACKAGE;
    return share_a_lower_cache(left, right) ? KIND_L2 : KIND_CACHE;
}

static void name_kind(enum pair_kind kind, int first, int second, char word[PLACEMENT_WORD_BYTES])
{
    if (first == ONE_CORE_KIND)
        snprintf(word, PLACEMENT_WORD_BYTES, "%s", kind_names[kind]);
    else
        snprintf(word, PLACEMENT_WORD_BYTES, "%s-k%u-k%u", kind_names[kind],
                 (unsigned)first % CORE_KINDS_MOST, (unsigned)second % CORE_KINDS_MOST);
}

/* The lowest pair of one kind between cores of two kinds. Without kinds of cores a pair is looked
 * at once, with the lower CPU as the writer. */
static bool find_pair(const struct places *places, enum pair_kind kind, int writer_kind,
                      int reader_kind, struct placement_pair *pair)
{
    for (size_t writer = 0; writer < places->count; writer++) {
        const struct place *left = &places->list[writer];
        if (left->core_kind != writer_kind)
            continue;
        for (size_t reader = writer_kind == reader_kind ? writer : 0; reader < places->count;
             reader++) {
            const struct place *right = &places->list[reader];
            if (right->core_kind != reader_kind || kind_of(places, left, right) != kind)
                continue;
            pair->cpus = (struct cpu_pair){.writer = left->cpu, .reader = right->cpu};
            name_kind(kind, writer_kind, reader_kind, pair->word);
            memcpy(pair->kind, pair->word, sizeof pair->kind);
            return true;
        }
    }
    return false;
}

int placement_kinds_choose(hwloc_topology_t machine, hwloc_const_cpuset_t allowed,
                           struct placement_pair **pairs, size_t *count, struct failure *failure)
{
    struct places places;
    int result = look_at(machine, allowed, &places, failure);
    if (result < 0)
        return result;
    int kinds = places.core_kinds > 0 ? places.core_kinds : 1;
    struct placement_pair *found =
        calloc((size_t)KIND_COUNT * (size_t)(kinds * kinds), sizeof *found);
    size_t chosen = 0;
    for (int kind = 0; kind < KIND_COUNT && found != NULL; kind++) {
        for (int both = 0; both < kinds * kinds; both++) {
            int writer_kind = places.core_kinds > 0 ? both / kinds : ONE_CORE_KIND;
            int reader_kind = places.core_kinds > 0 ? both % kinds : ONE_CORE_KIND;
            chosen +=
                find_pair(&places, (enum pair_kind)kind, writer_kind, reader_kind, &found[chosen]);
        }
    }
    free(places.list);
    if (found == NULL)
        return failure_set(failure, -ENOMEM, "choosing pairs of CPUs");
    *pairs = found;
    *count = chosen;
    return 0;
}

static struct placement_pair number_pair(const struct places *places, const struct place *left,
                                         const struct place *right)
{
    struct placement_pair pair = {.cpus = {.writer = left->cpu, .reader = right->cpu}};
    int lower = left->core_kind < right->core_kind ? left->core_kind : right->core_kind;
    int upper = left->core_kind < right->core_kind ? right->core_kind : left->core_kind;
    snprintf(pair.word, sizeof pair.word, PLACEMENT_PAIR_PREFIX "%d-%d", left->cpu, right->cpu);
    name_kind(kind_of(places, left, right), lower, upper, pair.kind);
    return pair;
}

int placement_pairs_list(hwloc_topology_t machine, hwloc_const_cpuset_t allowed,
                         struct placement_pair **pairs, size_t *count, struct failure *failure)
{
    struct places places;
    int result = look_at(machine, allowed, &places, failure);
    if (result < 0)
        return result;
    size_t most = places.count * (places.count + 1) / 2;
    struct placement_pair *list = calloc(most, sizeof *list);
    size_t listed = 0;
    for (size_t writer = 0; writer < places.count && list != NULL; writer++) {
        for (size_t reader = writer; reader < places.count; reader++)
            list[listed++] = number_pair(&places, &places.list[writer], &places.list[reader]);
    }
    free(places.list);
    if (list == NULL)
        return failure_set(failure, -ENOMEM, "listing pairs of CPUs");
    *pairs = list;
    *count = listed;
    return 0;
}
