#include "trial.h"

#include "bare_pair.h"
#include "measure/ceiling.h"
#include "measure/session.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#define DEFAULT_CAPACITY_BYTES (UINT64_C(64) * 1024)
#define TIMEOUT_SECONDS        20.0

static struct cpu_pair cpus_of(const struct trial *trial, const struct trial_setting *setting)
{
    struct cpu_pair cpus = setting->cpus;
    if (trial->one_cpu)
        cpus.reader = cpus.writer;
    return cpus;
}

static uint64_t capacity_of(const struct trial *trial)
{
    return trial->capacity_bytes != 0 ? trial->capacity_bytes : DEFAULT_CAPACITY_BYTES;
}

static struct session_setup session_of(const struct trial *trial,
                                       const struct trial_setting *setting)
{
    return (struct session_setup){
        .operations = trial->mechanism,
        .test = trial->test,
        .wait = trial->wait,
        .copies = trial->copies,
        .touch = trial->touch,
        .placement = PLACEMENT_EXPLICIT,
        .cpus = cpus_of(trial, setting),
        .source = trial->test == TEST_RELAY ? SOURCE_FILE : SOURCE_MEMORY,
        .sink = SINK_USE,
        .working_set = WORKING_SET_NONE,
        .size_bytes = trial->size_bytes,
        .capacity_bytes = capacity_of(trial),
        .seconds = setting->seconds,
        .seed = setting->seed,
        .timeout_seconds = TIMEOUT_SECONDS,
    };
}

static double session_result(const struct trial *trial, const struct sample *sample)
{
    if (trial->test == TEST_LATENCY)
        return trial->wait == WAIT_SPIN ? sample->latency_p50_ns : sample->latency_mean_ns;
    return (double)sample->wall_ns / (double)sample->messages;
}

static int run_session(const struct trial *trial, const struct trial_setting *setting,
                       enum trial_quantity quantity, double *result, struct failure *failure)
{
    struct sample sample;
    struct session_observation seen;
    struct session_setup setup = session_of(trial, setting);
    struct histogram *round_trips = calloc(1, sizeof *round_trips);
    if (round_trips == NULL)
        return failure_set(failure, -ENOMEM, "making a histogram");
    int code = quantity == TRIAL_TIME
                   ? session_run(&setup, &sample, round_trips, failure)
                   : session_observe(&setup, &sample, round_trips, &seen, failure);
    free(round_trips);
    if (code < 0)
        return code;
    if (quantity == TRIAL_TIME)
        *result = session_result(trial, &sample);
    else if (quantity == TRIAL_START)
        *result = (double)seen.start_ns;
    else /* The counts are of the warm-up, too. */
        *result = (double)seen.waits.sleeps / (double)(sample.messages + sample.warmup_messages);
    return 0;
}

static int run_bare(const struct trial *trial, const struct trial_setting *setting, double *result,
                    struct failure *failure)
{
    const struct bare_setup setup = {
        .cpus = cpus_of(trial, setting),
        .size_bytes = trial->size_bytes,
        .capacity_bytes = capacity_of(trial),
        .touch = trial->touch,
        .use = trial->use,
        .seconds = setting->seconds,
        .seed = setting->seed,
    };
    double message_ns;
    int code = bare_pair_run(trial->loop, &setup, &message_ns, failure);
    if (code == 0)
        *result = trial->loop->round_trips ? message_ns / 2.0 : message_ns;
    return code;
}

/* ceiling_bounce pins whoever calls it. */
static int run_bounce(const struct trial *trial, const struct trial_setting *setting,
                      double *result, struct failure *failure)
{
    const struct ceiling_request request = {
        .size_bytes = CEILING_BOUNCE_BYTES,
        .cpus = cpus_of(trial, setting),
        .placement = PLACEMENT_EXPLICIT,
        .seconds = setting->seconds,
        .seed = setting->seed,
    };
    struct sample sample;
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    int code = ceiling_bounce(&request, &sample, failure);
    sched_setaffinity(0, sizeof before, &before);
    if (code == 0)
        *result = sample.latency_p50_ns;
    return code;
}

int trial_run(const struct trial *trial, const struct trial_setting *setting,
              enum trial_quantity quantity, double *result, struct failure *failure)
{
    switch (trial->kind) {
    case TRIAL_SESSION:
        return run_session(trial, setting, quantity, result, failure);
    case TRIAL_BARE:
        return run_bare(trial, setting, result, failure);
    case TRIAL_BOUNCE:
        return run_bounce(trial, setting, result, failure);
    case TRIAL_NONE:
        break;
    }
    return failure_say(failure, -EINVAL, "a goal without a trial");
}
