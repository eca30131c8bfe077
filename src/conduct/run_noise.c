/* What a run does to watch what disturbs it: before the first round and around each. */
#include "conduct/run.h"

#include "machine/cpu.h"

#include <stdlib.h>

#define ROOT "" /* this machine; tests of noise_watch.h show others */

void run_warn_of_noise(struct run *run)
{
    struct disturbance now;
    struct noise_warnings warnings;
    int *cpus = NULL;
    size_t allowed_cpus = 0;
    disturbance_read(ROOT, &now);
    if (cpu_list_allowed(&cpus, &allowed_cpus) < 0)
        allowed_cpus = 0;
    free(cpus);
    noise_warnings_of(&now, allowed_cpus, &warnings);
    for (size_t index = 0; index < warnings.count; index++)
        run_warn(run, "%s", warnings.lines[index]);
}

void run_begin_watch(struct run *run)
{
    run->samples_before_round = run->outcome->samples;
    noise_watch_begin(&run->watch, ROOT, run_elapsed_seconds(run));
}

int run_end_watch(struct run *run)
{
    struct raw_round row;
    /* Who stands by is not waited for yet: its CPU time would be taken for that of others. */
    standby_pool_rest(run->standby);
    if (!noise_watch_end(&run->watch, ROOT, &row))
        return 0;
    row.round = run->round;
    row.samples = run->outcome->samples - run->samples_before_round;
    return bundle_append_round(&run->bundle, &row, run->failure);
}
