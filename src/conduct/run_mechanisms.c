/*
 * What `--mechanisms all` stands for: every matched program that moves bytes and works on this
 * machine. Matched programs are those that have an audit build; what one can do it says itself, and
 * whether it works is tried. The list takes the place of the word, in the manifest, too.
 */
#include "conduct/run.h"

#include "conduct/capability.h"
#include "conduct/runner.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TRIAL_SECONDS_MOST = 20.0;

/* The smallest measurement there is. Returns 0, -ECANCELED, or another -errno with the reason. */
static int try_program(const struct run *run, const char *name, struct failure *reason)
{
    char path[PATH_MAX];
    char capacity[32];
    char *output = NULL;
    int exit_code;
    if (snprintf(path, sizeof path, "%s/%s", run->task->programs, name) >= (int)sizeof path)
        return failure_say(reason, -ENAMETOOLONG, "the path of the program is too long");
    snprintf(capacity, sizeof capacity, "%" PRIu64, run->request.capacity_bytes);
    const char *const arguments[] = {path,         "throughput", "--size", "64",
                                     "--seconds",  "0.001",      "--wait", "block",
                                     "--capacity", capacity,     NULL};
    int result = runner_capture(arguments, TRIAL_SECONDS_MOST, run->task->stop_fd, &output,
                                &exit_code, reason);
    free(output);
    return result;
}

/* Adds one program, or says why it is left out. */
static int consider(struct run *run, const char *name, struct mechanism_list *chosen)
{
    struct capability capability;
    struct failure reason = {.error = 0};
    int result = capability_ask(run->task->programs, name, &capability, &reason);
    if (result == 0 && !word_set_has(capability.tests, TEST_RELAY))
        return 0; /* the floor moves nothing */
    if (result == 0)
        result = try_program(run, name, &reason);
    if (result == -ECANCELED)
        return run_end_with(run, EXIT_CODE_INTERRUPTED, result);
    if (result < 0) {
        run_warn(run, "--mechanisms all: left out %s: %s", name,
                 reason.text[0] != '\0' ? reason.text : strerror(-result));
        return 0;
    }
    return mechanism_list_add(chosen, name);
}

static int compare_names(const struct dirent **one, const struct dirent **other)
{
    return strcmp((*one)->d_name, (*other)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int run_choose_every_mechanism(struct run *run)
{
    char folder[PATH_MAX];
    struct dirent **entries;
    struct mechanism_list chosen = {.count = 0};
    if (snprintf(folder, sizeof folder, "%s/audit", run->task->programs) >= (int)sizeof folder)
        return failure_say(run->failure, -ENAMETOOLONG, "--programs: the path is too long");
    int count = scandir(folder, &entries, is_visible, compare_names);
    if (count < 0) {
        int error = errno;
        failure_set(run->failure, -error, "--mechanisms all: looking for programs in %.200s",
                    folder);
        return run_end_with(run, EXIT_CODE_UNAVAILABLE, -error);
    }
    int result = 0;
    for (int index = 0; index < count; index++) {
        if (result == 0)
            result = consider(run, entries[index]->d_name, &chosen);
        free(entries[index]);
    }
    free(entries);
    if (result == 0 && chosen.count == 0) {
        failure_say(run->failure, -ENOENT, "--mechanisms all: none works here");
        return run_end_with(run, EXIT_CODE_UNAVAILABLE, -ENOENT);
    }
    if (result == 0)
        run->request.mechanisms = chosen;
    return result;
}
