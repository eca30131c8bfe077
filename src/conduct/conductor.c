#include "conduct/conductor.h"

#include "base/clock.h"
#include "base/units.h"
#include "conduct/bundle_writer.h"
#include "conduct/capability.h"
#include "conduct/plan.h"
#include "conduct/plan_text.h"
#include "conduct/progress.h"
#include "conduct/run_record.h"
#include "conduct/sampler.h"
#include "machine/manifest.h"
#include "machine/placement.h"
#include "results/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { SLUG_BYTES = 48 };

static const double TRIAL_SECONDS = 0.005;
#define SEED_MASK ((UINT64_C(1) << 53) - 1)

/* Everything that a run holds while it lasts; freed in one place. */
struct run {
    const struct conductor_task *task;
    struct plan_request request;
    struct conductor_outcome *outcome;
    struct failure *failure;
    struct plan_placement placements[PLACEMENT_COUNT];
    size_t placements_count;
    struct plan plan;
    size_t *order;
    struct histogram *histogram;
    json_t *warnings;
    json_t *machine;
    struct bundle bundle;
    struct progress progress;
    uint64_t started_ns;
    const char *stopped_because;    /* NULL while it goes on */
    uint64_t capacity_warned_bytes; /* what the last warning about it said; 0: none yet */
};

static double elapsed_seconds(const struct run *run)
{
    return (double)(clock_now_ns() - run->started_ns) / 1e9;
}

static bool is_stopped(const struct run *run)
{
    struct pollfd stop = {.fd = run->task->stop_fd, .events = POLLIN};
    return poll(&stop, 1, 0) > 0;
}

/* A failure that ends the run: which exit code it is. */
static int end_with(struct run *run, enum exit_code exit_code, int result)
{
    run->outcome->exit_code = exit_code;
    return result;
}

__attribute__((format(printf, 2, 3))) static void warn(struct run *run, const char *format, ...)
{
    char text[FAILURE_TEXT_BYTES * 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_array_append_new(run->warnings, json_string(text));
    progress_say(&run->progress, "suite: %s", text);
}

/* --- Before the plan -------------------------------------------------------------------------- */

static int add_placement(struct run *run, enum placement word, const struct cpu_pair *cpus)
{
    run->placements[run->placements_count++] = (struct plan_placement){.word = word, .cpus = *cpus};
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
        return add_placement(run, word, &cpus);
    if (result == -ENODEV && !run->request.placement_required) {
        warn(run, "%s; left out", reason.text);
        return 0;
    }
    /* A choice by name is named by the reason already. */
    failure_say(run->failure, result, "--%s%s", word == PLACEMENT_EXPLICIT ? "placement: " : "",
                reason.text);
    return end_with(run, result == -ENODEV ? EXIT_CODE_UNAVAILABLE : EXIT_CODE_FAILED, result);
}

static int resolve_placements(struct run *run)
{
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
        return end_with(run, EXIT_CODE_UNAVAILABLE, result);
    warn(run, "measuring with placement %s instead", placement_names[word]);
    return add_placement(run, word, &cpus);
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
    return end_with(run, EXIT_CODE_UNAVAILABLE, -ENOENT);
}

static int ask_mechanism(struct run *run, const char *name, struct capability *capability)
{
    struct failure reason = {.error = 0};
    if (strcmp(name, PLAN_CEILING) == 0 || !has_program(run, name)) {
        failure_say(run->failure, -EINVAL,
                    "--mechanisms: '%s' is not allowed; allowed: the matched programs in '%.120s'",
                    name, run->task->programs);
        return end_with(run, EXIT_CODE_USAGE, -EINVAL);
    }
    int result = capability_ask(run->task->programs, name, capability, &reason);
    if (result == 0)
        return 0;
    failure_say(run->failure, result, "--mechanisms: '%s' does not describe itself: %s", name,
                reason.text);
    return end_with(run, EXIT_CODE_USAGE, result);
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
        warn(run, "without %s in --mechanisms there is nothing to compare with: no ratio_to_pipe",
             PLAN_REFERENCE);
    if (has_floor)
        return 0;
    return ask_mechanism(run, PLAN_FLOOR, &capabilities[(*count)++]);
}

static void say_what_is_left_out(struct run *run)
{
    for (size_t index = 0; index < run->plan.skips_count; index++)
        progress_say(&run->progress, "suite: left out: %s (%zu cell%s)",
                     run->plan.skips[index].reason, run->plan.skips[index].cells,
                     run->plan.skips[index].cells == 1 ? "" : "s");
}

static int make_plan(struct run *run)
{
    struct capability capabilities[MECHANISM_LIST_MOST + 1];
    size_t count = 0;
    int result = require_program(run, PLAN_CEILING);
    if (result == 0)
        result = require_program(run, PLAN_FLOOR);
    if (result == 0)
        result = ask_mechanisms(run, capabilities, &count);
    if (result == 0)
        result = resolve_placements(run);
    if (result < 0)
        return result;
    result = plan_make(&run->request, capabilities, count, run->placements, run->placements_count,
                       &run->plan, run->failure);
    return result < 0 ? end_with(run, EXIT_CODE_USAGE, result) : 0;
}

/* --- One sample ------------------------------------------------------------------------------- */

static struct sampler sampler_of(const struct run *run)
{
    return (struct sampler){.programs = run->task->programs,
                            .capacity_bytes = run->request.capacity_bytes,
                            .stop_fd = run->task->stop_fd};
}

/* Whether `cell` shows the state of a mechanism better than `other`: with buffers of its own, whose
 * capacity is the one that was asked for, and with the largest payload, which needs most. */
static bool is_better_trial(const struct cell *cell, const struct cell *other)
{
    bool own = strcmp(cell->copies, copies_names[COPIES_OWN]) == 0;
    bool other_own = strcmp(other->copies, copies_names[COPIES_OWN]) == 0;
    return own != other_own ? own : cell->size_bytes > other->size_bytes;
}

static void check_capacity(struct run *run, const struct cell *cell, const struct sample *sample)
{
    char asked[UNITS_TEXT_BYTES];
    char read_back[UNITS_TEXT_BYTES];
    bool bounded = strcmp(cell->mechanism, PLAN_FLOOR) != 0 &&
                   strcmp(cell->mechanism, PLAN_CEILING) != 0 && sample->capacity_bytes != 0;
    if (!bounded || sample->capacity_bytes == run->request.capacity_bytes ||
        sample->capacity_bytes == run->capacity_warned_bytes)
        return;
    /* In place a message must fit whole, so more than was asked for is right there. */
    if (strcmp(cell->copies, copies_names[COPIES_OWN]) != 0 &&
        sample->capacity_bytes > run->request.capacity_bytes)
        return;
    run->capacity_warned_bytes = sample->capacity_bytes;
    warn(run, "--capacity: asked for %s, but %s has %s; the column capacity_bytes tells",
         units_format_bytes(run->request.capacity_bytes, asked), cell->mechanism,
         units_format_bytes(sample->capacity_bytes, read_back));
}

static int try_cell(struct run *run, const struct cell *cell)
{
    struct sampler sampler = sampler_of(run);
    struct sample sample;
    int exit_code;
    int result = sampler_measure(&sampler, cell, TRIAL_SECONDS, run->task->seed, &sample, NULL,
                                 &exit_code, run->failure);
    if (result == 0) {
        check_capacity(run, cell, &sample);
        return 0;
    }
    if (result == -ECANCELED)
        return end_with(run, EXIT_CODE_INTERRUPTED, result);
    bool known = exit_code == EXIT_CODE_USAGE || exit_code == EXIT_CODE_UNAVAILABLE;
    return end_with(run, known ? (enum exit_code)exit_code : EXIT_CODE_FAILED, result);
}

/* One short sample of every program, which no file records: a broken set-up shows at once. */
static int try_mechanisms(struct run *run)
{
    const struct plan *plan = &run->plan;
    for (size_t first = 0; first < plan->cells_count;) {
        /* Cells of one mechanism stand together. */
        size_t best = first;
        size_t next = first;
        while (next < plan->cells_count &&
               strcmp(plan->cells[next].mechanism, plan->cells[first].mechanism) == 0 &&
               strcmp(plan->cells[next].placement, plan->cells[first].placement) == 0) {
            if (is_better_trial(&plan->cells[next], &plan->cells[best]))
                best = next;
            next++;
        }
        int result = try_cell(run, &plan->cells[best]);
        if (result < 0)
            return result;
        first = next;
    }
    return 0;
}

static int record_error(struct run *run, struct bundle_position position, const struct cell *cell,
                        int exit_code, const struct failure *reason)
{
    char size[UNITS_TEXT_BYTES];
    run->outcome->errors++;
    progress_say(&run->progress, "suite: round %" PRIu64 ", %s %s %s %s %s: %s", position.round,
                 cell->mechanism, cell->test, cell->wait, cell->copies,
                 units_format_bytes(cell->size_bytes, size), reason->text);
    return bundle_append_error(&run->bundle, position, cell, exit_code, reason->text, run->failure);
}

/* Measures one cell and keeps what came of it. An error is one of the run, not of the sample. */
static int measure_cell(struct run *run, struct bundle_position position, const struct cell *cell)
{
    struct sampler sampler = sampler_of(run);
    struct sample sample;
    struct failure reason = {.error = 0};
    int exit_code;
    /* The payload is the same for all cells of a round and another one in the next. */
    uint64_t seed = (run->task->seed + position.round) & SEED_MASK;
    int result = sampler_measure(&sampler, cell, run->request.sample_seconds, seed, &sample,
                                 run->histogram, &exit_code, &reason);
    if (result == -ECANCELED)
        return result;
    if (result < 0)
        return record_error(run, position, cell, exit_code, &reason);
    result = bundle_append_sample(&run->bundle, position, &sample, run->histogram, run->failure);
    if (result == 0)
        run->outcome->samples++;
    return result;
}

/* --- Rounds ----------------------------------------------------------------------------------- */

static void show_progress(struct run *run, struct bundle_position position, const struct cell *cell)
{
    char text[160];
    char size[UNITS_TEXT_BYTES];
    double budget_seconds = run->request.budget_seconds;
    uint64_t done = (position.round - 1) * run->plan.cells_count + position.order - 1;
    snprintf(text, sizeof text, "round %" PRIu64 " of %" PRIu64 ": %s %s %s %s %s", position.round,
             run->request.rounds, cell->mechanism, cell->test, cell->wait, cell->copies,
             units_format_bytes(cell->size_bytes, size));
    struct progress_state state = {
        .done = done,
        .total = run->request.rounds * run->plan.cells_count,
        .least = PLAN_ROUNDS_LEAST * run->plan.cells_count,
        .text = text,
    };
    if (budget_seconds > 0.0) {
        double left = budget_seconds - elapsed_seconds(run);
        state.seconds_left_most = left > 1.0 ? left : 1.0;
    }
    progress_update(&run->progress, &state);
}

static int measure_round(struct run *run, uint64_t round)
{
    plan_order(run->plan.cells_count, run->task->seed, round, run->order);
    for (size_t index = 0; index < run->plan.cells_count; index++) {
        struct bundle_position position = {.round = round, .order = index + 1};
        const struct cell *cell = &run->plan.cells[run->order[index]];
        if (is_stopped(run))
            return -ECANCELED;
        show_progress(run, position, cell);
        int result = measure_cell(run, position, cell);
        if (result < 0)
            return result;
    }
    run->outcome->rounds = round;
    return 0;
}

/* Whether one more round, as long as those before, would go beyond the budget. */
static bool is_budget_used(const struct run *run, double rounds_seconds)
{
    uint64_t done = run->outcome->rounds;
    if (run->request.budget_seconds <= 0.0 || done < PLAN_ROUNDS_LEAST)
        return false;
    return elapsed_seconds(run) + rounds_seconds / (double)done > run->request.budget_seconds;
}

/* Measures until a rule ends the run, and notes which. */
static int measure_rounds(struct run *run)
{
    uint64_t first_ns = clock_now_ns();
    run->progress.started_ns = first_ns;
    for (uint64_t round = 1; round <= run->request.rounds; round++) {
        if (is_budget_used(run, (double)(clock_now_ns() - first_ns) / 1e9)) {
            run->stopped_because = "budget";
            return 0;
        }
        int result = measure_round(run, round);
        if (result == -ECANCELED) {
            run->stopped_because = "interrupted";
            return 0;
        }
        if (result < 0)
            return result;
    }
    run->stopped_because = "rounds";
    return 0;
}

/* --- The bundle ------------------------------------------------------------------------------- */

static int write_manifest(struct run *run)
{
    struct run_record record = {
        .id = run->bundle.id,
        .label = run->task->label,
        .preset = run->task->preset,
        .argument_count = run->task->argument_count,
        .arguments = run->task->arguments,
        .seed = run->task->seed,
        .request = &run->request,
        .plan = &run->plan,
        .placements = run->placements,
        .placements_count = run->placements_count,
        .rounds_done = run->outcome->rounds,
        .samples = run->outcome->samples,
        .errors = run->outcome->errors,
        .wall_seconds = elapsed_seconds(run),
        .stopped_because = run->stopped_because,
        .warnings = run->warnings,
        .machine = run->machine,
    };
    json_t *manifest = run_record_to_json(&record);
    if (manifest == NULL)
        return failure_set(run->failure, -ENOMEM, "cannot make the manifest");
    int result = bundle_write_json(&run->bundle, "manifest.json", manifest, run->failure);
    json_decref(manifest);
    return result;
}

/* A full disk is something the machine lacks. */
static int end_with_disk(struct run *run, int result)
{
    bool full = result == -ENOSPC || result == -EDQUOT;
    return full ? end_with(run, EXIT_CODE_UNAVAILABLE, result) : result;
}

static int open_bundle(struct run *run)
{
    char slug[SLUG_BYTES];
    char id[BUNDLE_ID_BYTES];
    if (manifest_cpu_slug(slug, sizeof slug) < 0)
        slug[0] = '\0';
    bundle_make_id(time(NULL), slug, id);
    int result = bundle_create(&run->bundle, run->task->out, id, run->failure);
    if (result < 0)
        return end_with(run, result == -ENOSPC ? EXIT_CODE_UNAVAILABLE : EXIT_CODE_USAGE, result);
    return 0;
}

/* What makes a run ready for its first round; what it began is undone when it fails. */
static int prepare_bundle(struct run *run)
{
    int result = open_bundle(run);
    if (result < 0)
        return result;
    result = try_mechanisms(run);
    if (result == 0)
        result = manifest_collect(&run->machine, run->task->programs, run->failure);
    /* Written before the rounds too, so that a run that dies leaves its facts with its rows. */
    if (result == 0)
        result = write_manifest(run);
    if (result < 0)
        bundle_discard(&run->bundle);
    return end_with_disk(run, result);
}

/* A run that was interrupted or failed keeps its rows under the .partial name. */
static void keep_bundle(struct run *run)
{
    bundle_keep(&run->bundle);
    snprintf(run->outcome->folder, sizeof run->outcome->folder, "%s", run->bundle.folder);
}

static int finish_bundle(struct run *run)
{
    int result = manifest_finish(run->machine);
    if (result == 0)
        result = write_manifest(run);
    if (result == 0 && strcmp(run->stopped_because, "interrupted") == 0) {
        keep_bundle(run);
        return end_with(run, EXIT_CODE_INTERRUPTED, 0);
    }
    if (result == 0) {
        result = run->outcome->samples > 0
                     ? summary_write(run->bundle.folder, run->task->seed, run->failure)
                     : failure_say(run->failure, -ENODATA, "not one sample succeeded");
    }
    if (result == 0)
        result = bundle_finish(&run->bundle, run->failure);
    if (result < 0) {
        keep_bundle(run);
        return result;
    }
    snprintf(run->outcome->folder, sizeof run->outcome->folder, "%s", run->bundle.folder);
    return end_with(run, run->outcome->errors > 0 ? EXIT_CODE_FAILED : EXIT_CODE_DONE, 0);
}

static int measure_bundle(struct run *run)
{
    int result = prepare_bundle(run);
    if (result < 0)
        return result;
    result = measure_rounds(run);
    progress_end(&run->progress);
    if (result == 0)
        result = finish_bundle(run);
    else
        keep_bundle(run);
    return end_with_disk(run, result);
}

/* --- From outside ----------------------------------------------------------------------------- */

static int run_open(struct run *run, const struct conductor_task *task,
                    struct conductor_outcome *outcome, struct failure *failure)
{
    *outcome = (struct conductor_outcome){.exit_code = EXIT_CODE_FAILED};
    *run = (struct run){
        .task = task,
        .request = task->request,
        .outcome = outcome,
        .failure = failure,
        .warnings = json_array(),
        .histogram = malloc(sizeof *run->histogram),
        .progress = progress_begin(task->messages),
        .started_ns = clock_now_ns(),
    };
    if (run->warnings == NULL || run->histogram == NULL)
        return failure_set(failure, -ENOMEM, "cannot start");
    int result = make_plan(run);
    if (result < 0)
        return result;
    say_what_is_left_out(run);
    run->order = calloc(run->plan.cells_count, sizeof *run->order);
    return run->order != NULL ? 0 : failure_set(failure, -ENOMEM, "cannot start");
}

static void run_close(struct run *run)
{
    plan_free(&run->plan);
    free(run->order);
    free(run->histogram);
    json_decref(run->warnings);
    json_decref(run->machine);
}

int conductor_catch_signals(void)
{
    static const int always[] = {SIGINT, SIGTERM};
    struct sigaction hangup;
    sigset_t caught;
    sigemptyset(&caught);
    for (size_t index = 0; index < sizeof always / sizeof *always; index++) {
        /* A shell starts background commands with SIGINT ignored; a script that forwards it to
         * this process means it. */
        signal(always[index], SIG_DFL);
        sigaddset(&caught, always[index]);
    }
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaddset(&caught, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &caught, NULL) < 0)
        return -errno;
    int fd = signalfd(-1, &caught, SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int conductor_run(const struct conductor_task *task, struct conductor_outcome *outcome,
                  struct failure *failure)
{
    struct run run;
    int result = run_open(&run, task, outcome, failure);
    if (result == 0)
        result = measure_bundle(&run);
    run_close(&run);
    return result;
}

int conductor_print_plan(const struct conductor_task *task, FILE *stream,
                         struct conductor_outcome *outcome, struct failure *failure)
{
    struct run run;
    int result = run_open(&run, task, outcome, failure);
    if (result == 0) {
        plan_print(&run.plan, &run.request, task->seed, stream);
        outcome->exit_code = EXIT_CODE_DONE;
    }
    run_close(&run);
    return result;
}
