#include "conduct/run.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double run_elapsed_seconds(const struct run *run)
{
    return run->seconds_before + (double)(clock_now_ns() - run->started_ns) / 1e9;
}

bool run_is_stopped(const struct run *run)
{
    struct pollfd stop = {.fd = run->task->stop_fd, .events = POLLIN};
    return poll(&stop, 1, 0) > 0;
}

/* A failure that ends the run: which exit code it is. */
int run_end_with(struct run *run, enum exit_code exit_code, int result)
{
    run->outcome->exit_code = exit_code;
    return result;
}

void run_warn(struct run *run, const char *format, ...)
{
    char text[FAILURE_TEXT_BYTES * 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_array_append_new(run->warnings, json_string(text));
    progress_say(&run->progress, "suite: %s", text);
}

int run_open(struct run *run, const struct conductor_task *task, struct conductor_outcome *outcome,
             struct failure *failure)
{
    *outcome = (struct conductor_outcome){.exit_code = EXIT_CODE_FAILED};
    *run = (struct run){
        .task = task,
        .request = task->request,
        .outcome = outcome,
        .failure = failure,
        .warnings = json_array(),
        .resumptions = json_array(),
        .label = task->label != NULL ? strdup(task->label) : NULL,
        .histogram = malloc(sizeof *run->histogram),
        .progress = progress_begin(task->messages),
        .started_ns = clock_now_ns(),
    };
    bool label_lost = task->label != NULL && run->label == NULL;
    if (run->warnings == NULL || run->resumptions == NULL || run->histogram == NULL || label_lost)
        return failure_set(failure, -ENOMEM, "cannot start");
    int result = standby_pool_make(&run->standby);
    return result < 0 ? failure_set(failure, result, "cannot start") : 0;
}

void run_close(struct run *run)
{
    standby_pool_end(run->standby);
    settle_free(run->settle); /* looks at the plan */
    plan_free(&run->plan);
    plan_pairs_free(&run->pairs);
    for (size_t index = 0; index < run->crowds_count; index++)
        free(run->crowds[index].cpu_list);
    free(run->crowds);
    free(run->placements);
    free(run->order);
    free(run->measured);
    free(run->histogram);
    json_decref(run->warnings);
    json_decref(run->machine);
    json_decref(run->resumptions);
    json_decref(run->argv);
    free(run->label);
}
