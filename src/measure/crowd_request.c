#include "measure/crowd_request.h"

#include "machine/crowd_cpus.h"
#include "measure/crowd.h"

#include <errno.h>
#include <stdlib.h>

static int take_given(const struct request *request, struct cpu_pair *cpus, struct failure *failure)
{
    const struct cpu_pairs *given = &request->cpu_list;
    int result = 0;
    for (size_t index = 0; index < given->count && result == 0; index++)
        result = cpu_check_pair(&given->list[index], failure);
    for (size_t pair = 0; pair < request->pairs_parallel; pair++)
        cpus[pair] = given->list[pair % given->count];
    return result;
}

static int choose(const struct request *request, struct cpu_pair *cpus, struct failure *failure)
{
    int *order;
    size_t count;
    size_t pairs = (size_t)request->pairs_parallel;
    int result = crowd_cpus_resolve(&order, &count, failure);
    if (result < 0)
        return result;
    if (request->wait == WAIT_SPIN && crowd_cpus_are_short(pairs, count))
        result = failure_say(failure, -EINVAL,
                             "--wait spin: %zu pairs spin on %zu CPUs, and this process may use "
                             "%zu; allowed: --wait block or semop, or CPUs given with --cpus",
                             pairs, 2 * pairs, count);
    for (size_t pair = 0; pair < pairs; pair++)
        cpus[pair] = crowd_cpus_pair(order, count, pair);
    free(order);
    return result;
}

int crowd_request_choose(const struct request *request, struct cpu_pair *cpus,
                         struct failure *failure)
{
    if (request->placement_given)
        return failure_say(failure, -EINVAL,
                           "--placement: means two CPUs; with --pairs-parallel name them with "
                           "--cpus, or leave the choice");
    return request->cpus_given && request->cpu_list.count > 0 ? take_given(request, cpus, failure)
                                                              : choose(request, cpus, failure);
}

int crowd_request_run(const struct request *request, const struct channel_operations *mechanism,
                      struct sample *sample, struct failure *failure)
{
    size_t pairs = (size_t)request->pairs_parallel;
    struct cpu_pair *cpus = calloc(pairs, sizeof *cpus);
    if (cpus == NULL)
        return failure_set(failure, -ENOMEM, "choosing CPUs");
    int result = crowd_request_choose(request, cpus, failure);
    if (result == 0) {
        struct session_setup setup = request_session_setup(request, mechanism, TEST_THROUGHPUT);
        result = crowd_run(&setup, cpus, pairs, sample, failure);
    }
    free(cpus);
    return result;
}
