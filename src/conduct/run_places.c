/* What a run does for every two CPUs, and for many pairs of processes at once: asks which CPUs
 * there are, and adds their cells to the plan. */
#include "conduct/run.h"

#include "machine/crowd_cpus.h"
#include "machine/placement_kinds.h"
#include "machine/topology.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Says how the pairs were drawn, where not all of them fit. */
static void warn_of_drawing(struct run *run)
{
    const struct plan_pairs *pairs = &run->pairs;
    char kinds[256] = "";
    size_t used = 0;
    if (pairs->count == pairs->asked)
        return;
    for (size_t index = 0; index < pairs->kinds_count && used < sizeof kinds - 48; index++)
        used += (size_t)snprintf(kinds + used, sizeof kinds - used, "%s%s %zu of %zu",
                                 index > 0 ? ", " : "", pairs->kinds[index].kind,
                                 pairs->kinds[index].measured, pairs->kinds[index].pairs);
    run_warn(run,
             "--pairs: %zu of %zu pairs are measured, drawn from each kind by the seed: %s; all of "
             "them would take about %.0f s (--budget), and at most %d cells of pairs fit a bundle",
             pairs->count, pairs->asked, kinds, pairs->all_seconds, PLAN_PAIR_CELLS_MOST);
}

static int add_pairs(struct run *run, const struct topology *topology,
                     const struct capability *capabilities, size_t capabilities_count)
{
    struct placement_pair *pairs;
    size_t count;
    int result =
        placement_pairs_list(topology->machine, topology->allowed, &pairs, &count, run->failure);
    if (result < 0)
        return result;
    result = plan_add_pairs(&run->request, capabilities, capabilities_count, pairs, count,
                            run->task->seed, &run->plan, &run->pairs);
    free(pairs);
    if (result < 0)
        return failure_set(run->failure, result, "planning pairs of CPUs");
    warn_of_drawing(run);
    return 0;
}

static int add_crowds(struct run *run, const struct topology *topology,
                      const struct capability *capabilities, size_t capabilities_count)
{
    int *order;
    size_t cpus;
    uint64_t counts[PARALLEL_LIST_MOST];
    int result =
        crowd_cpus_order(topology->machine, topology->allowed, &order, &cpus, run->failure);
    if (result < 0)
        return result;
    size_t count = plan_parallel_counts(&run->request, cpus, counts);
    run->crowds = calloc(count > 0 ? count : 1, sizeof *run->crowds);
    result = run->crowds != NULL ? 0 : -ENOMEM;
    for (size_t index = 0; index < count && result == 0; index++) {
        struct plan_crowd *crowd = &run->crowds[run->crowds_count];
        result = plan_crowd_of(order, cpus, counts[index], crowd);
        if (result < 0)
            break;
        run->crowds_count++;
        result = plan_add_crowd(&run->request, capabilities, capabilities_count, crowd, cpus,
                                &run->plan);
    }
    free(order);
    return result < 0 ? failure_set(run->failure, result, "planning pairs at once") : 0;
}

int run_add_places(struct run *run, const struct capability *capabilities,
                   size_t capabilities_count)
{
    const struct parallel_list *parallel = &run->request.pairs_parallel;
    bool crowds = parallel->all || parallel->count > 0;
    struct topology topology;
    if (!run->request.pairs && !crowds)
        return 0;
    int result = topology_open(&topology, run->failure);
    if (result < 0)
        return run_end_with(run, EXIT_CODE_UNAVAILABLE, result);
    /* Pairs last: they take what the others leave of the budget. */
    if (crowds)
        result = add_crowds(run, &topology, capabilities, capabilities_count);
    if (result == 0 && run->request.pairs)
        result = add_pairs(run, &topology, capabilities, capabilities_count);
    topology_close(&topology);
    return result < 0 ? run_end_with(run, EXIT_CODE_UNAVAILABLE, result) : 0;
}
