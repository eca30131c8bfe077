/* What a run does before its plan stands: which programs, which mechanisms, which CPUs. */
#include "conduct/run.h"

#include "conduct/capability.h"
#include "conduct/plan_causes.h"
#include "machine/placement.h"
#include "machine/placement_kinds.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int add_placement(struct run *run, const char *word, const struct cpu_pair *cpus)
{
    struct plan_placement *grown =
        realloc(run->placements, (run->placements_count + 1) * sizeof *grown);
    if (grown == NULL)
        return failure_set(run->failure, -ENOMEM, "choosing CPUs");
    run->placements = grown;
    struct plan_placement *placement = &grown[run->placements_count++];
    *placement = (struct plan_placement){.cpus = *cpus};
    snprintf(placement->word, sizeof placement->word, "%s", word);
    return 0;
}

/* A preset's placement that the machine lacks is left out; one that was asked for is an error. */
static int resolve_placement(struct run *run, enum placement word)
{
    struct failure reason = {.error = 0};
    struct cpu_pair cpus = run->request.placement.explicit_pair;
    int result = word == PLACEMENT_EXPLICIT ? cpu_check_pair(&cpus, &reason)
                                            : placement_resolve(word, &cpus, &reason);
    if (result == 0)
        return add_placement(run, placement_names[word], &cpus);
    if (result == -ENODEV && !run->request.placement_required) {
        run_warn(run, "%s; left out", reason.text);
        return 0;
    }
    /* A choice by name is named by the reason already. */
    failure_say(run->failure, result, "--%s%s", word == PLACEMENT_EXPLICIT ? "placement: " : "",
                reason.text);
    return run_end_with(run, result == -ENODEV ? EXIT_CODE_UNAVAILABLE : EXIT_CODE_FAILED, result);
}

/* One pair of every kind that the machine has. */
static int resolve_every_kind(struct run *run)
{
    struct topology topology;
    struct placement_pair *pairs;
    size_t count;
    int result = topology_open(&topology, run->failure);
    if (result < 0)
        return run_end_with(run, EXIT_CODE_UNAVAILABLE, result);
    result =
        placement_kinds_choose(topology.machine, topology.allowed, &pairs, &count, run->failure);
    topology_close(&topology);
    if (result < 0)
        return run_end_with(run, EXIT_CODE_UNAVAILABLE, result);
    for (size_t index = 0; index < count && result == 0; index++)
        result = add_placement(run, pairs[index].word, &pairs[index].cpus);
    free(pairs);
    return result;
}

static int resolve_placements(struct run *run)
{
    if (run->request.placement.every_kind)
        return resolve_every_kind(run);
    for (int word = 0; word < PLACEMENT_COUNT; word++) {
        if (!word_set_has(run->request.placement.words, word))
            continue;
        int result = resolve_placement(run, (enum placement)word);
        if (result < 0)
            return result;
    }
    if (run->placements_count > 0)
        return 0;
    enum placement word;
    struct cpu_pair cpus;
    int result = placement_resolve_any(&word, &cpus, run->failure);
    if (result < 0)
        return run_end_with(run, EXIT_CODE_UNAVAILABLE, result);
    run_warn(run, "measuring with placement %s instead", placement_names[word]);
    return add_placement(run, placement_names[word], &cpus);
}

static bool has_program(const struct run *run, const char *name)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof path, "%s/%s", run->task->programs, name) < (int)sizeof path &&
           access(path, X_OK) == 0;
}

/* The floor and the ceilings belong to every run, whatever was asked for. */
static int require_program(struct run *run, const char *name)
{
    if (has_program(run, name))
        return 0;
    failure_say(run->failure, -ENOENT, "--programs: no program '%s' in '%.120s'; 'make' builds it",
                name, run->task->programs);
    return run_end_with(run, EXIT_CODE_UNAVAILABLE, -ENOENT);
}

static int ask_mechanism(struct run *run, const char *name, struct capability *capability)
{
    struct failure reason = {.error = 0};
    if (strcmp(name, PLAN_CEILING) == 0 || !has_program(run, name)) {
        failure_say(run->failure, -EINVAL,
                    "--mechanisms: '%s' is not allowed; allowed: the matched programs in '%.120s'",
                    name, run->task->programs);
        return run_end_with(run, EXIT_CODE_USAGE, -EINVAL);
    }
    int result = capability_ask(run->task->programs, name, capability, &reason);
    if (result == 0 && capability->stands_by)
        result = standby_pool_allow(run->standby, name);
    if (result == 0)
        return 0;
    failure_say(run->failure, result, "--mechanisms: '%s' does not describe itself: %s", name,
                reason.text);
    /* A program that was killed or held up is not one that was wrongly asked for. */
    if (result == -EPIPE || result == -ETIMEDOUT)
        return run_end_with(run, EXIT_CODE_FAILED, result);
    /* EIO: it ran, and was no matched program. */
    return run_end_with(run, result == -EIO ? EXIT_CODE_USAGE : exit_code_for_path(result), result);
}

/* Relays need the pipe with one copy less, where it was built. */
static int ask_for_fewer_copies(struct run *run, struct capability *capabilities, size_t *count)
{
    for (size_t index = 0; index < *count; index++) {
        if (strcmp(capabilities[index].mechanism, PLAN_FEWER_COPIES) == 0)
            return 0;
    }
    if (!word_set_has(run->request.tests, TEST_RELAY) || !has_program(run, PLAN_FEWER_COPIES))
        return 0;
    return ask_mechanism(run, PLAN_FEWER_COPIES, &capabilities[(*count)++]);
}

/* Relays read this file round and round; without it, a generated one. */
static int look_at_input(struct run *run)
{
    struct stat status;
    const char *input = run->request.input;
    if (input == NULL)
        return 0;
    if (stat(input, &status) != 0 || access(input, R_OK) != 0) {
        failure_set(run->failure, -errno, "--input %.120s", input);
        return run_end_with(run, EXIT_CODE_USAGE, -EINVAL);
    }
    if (!S_ISREG(status.st_mode) || status.st_size == 0) {
        failure_say(run->failure, -EINVAL,
                    "--input %.120s: is read again and again, so it must be a regular file that is "
                    "not empty",
                    input);
        return run_end_with(run, EXIT_CODE_USAGE, -EINVAL);
    }
    run->request.input_bytes = (uint64_t)status.st_size;
    return 0;
}

/* Asks the mechanisms in their order and, unless it is one of them, the floor. */
static int ask_mechanisms(struct run *run, struct capability *capabilities, size_t *count)
{
    const struct mechanism_list *mechanisms = &run->request.mechanisms;
    bool has_floor = false;
    bool has_reference = false;
    for (*count = 0; *count < mechanisms->count; (*count)++) {
        const char *name = mechanisms->names[*count];
        int result = ask_mechanism(run, name, &capabilities[*count]);
        if (result < 0)
            return result;
        has_floor = has_floor || strcmp(name, PLAN_FLOOR) == 0;
        has_reference = has_reference || strcmp(name, PLAN_REFERENCE) == 0;
    }
    if (!has_reference)
        run_warn(run,
                 "without %s in --mechanisms there is nothing to compare with: no ratio_to_pipe",
                 PLAN_REFERENCE);
    if (!has_floor) {
        int result = ask_mechanism(run, PLAN_FLOOR, &capabilities[(*count)++]);
        if (result < 0)
            return result;
    }
    return ask_for_fewer_copies(run, capabilities, count);
}

static void say_what_is_left_out(struct run *run)
{
    for (size_t index = 0; index < run->plan.skips_count; index++) {
        const struct plan_skip *skip = &run->plan.skips[index];
        if (!skip->expected)
            progress_say(&run->progress, "suite: left out: %s (%zu cell%s)", skip->reason,
                         skip->cells, skip->cells == 1 ? "" : "s");
    }
}

int run_make_plan(struct run *run)
{
    struct capability capabilities[MECHANISM_LIST_MOST + 2];
    size_t count = 0;
    int result = look_at_input(run);
    if (result == 0)
        result = require_program(run, PLAN_CEILING);
    if (result == 0)
        result = require_program(run, PLAN_FLOOR);
    if (result == 0 && run->request.mechanisms.all)
        result = run_choose_every_mechanism(run);
    if (result == 0)
        result = ask_mechanisms(run, capabilities, &count);
    if (result == 0)
        result = resolve_placements(run);
    if (result < 0)
        return result;
    result = plan_make(&run->request, capabilities, count, run->placements, run->placements_count,
                       &run->plan, run->failure);
    if (result < 0)
        return run_end_with(run, EXIT_CODE_USAGE, result);
    result = run_add_places(run, capabilities, count);
    if (result < 0)
        return result;
    say_what_is_left_out(run);
    run->order = calloc(run->plan.cells_count, sizeof *run->order);
    run->measured = calloc(run->plan.cells_count, sizeof *run->measured);
    result = run->order != NULL && run->measured != NULL
                 ? settle_make(&run->plan, run->request.precision, run->task->seed, &run->settle)
                 : -ENOMEM;
    return result < 0 ? failure_set(run->failure, result, "making the plan") : 0;
}
