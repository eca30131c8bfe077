#include "conduct/conductor.h"

#include "base/clock.h"
#include "base/units.h"
#include "conduct/plan_text.h"
#include "conduct/run.h"
#include "conduct/run_record.h"
#include "machine/manifest.h"
#include "results/derived.h"
#include "results/seal.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { SLUG_BYTES = 48 };

/* --- The bundle ------------------------------------------------------------------------------- */

static struct run_record record_of(const struct run *run)
{
    return (struct run_record){
        .id = run->bundle.id,
        .label = run->label,
        .preset = run->task->preset,
        .argument_count = run->task->argument_count,
        .arguments = run->task->arguments,
        .argv = run->argv,
        .seed = run->task->seed,
        .request = &run->request,
        .plan = &run->plan,
        .placements = run->placements,
        .placements_count = run->placements_count,
        .pairs = &run->pairs,
        .crowds = run->crowds,
        .crowds_count = run->crowds_count,
        .rounds_done = run->outcome->rounds,
        .samples = run->outcome->samples,
        .errors = run->outcome->errors,
        .wall_seconds = run_elapsed_seconds(run),
        .stopped_because = run->stopped_because,
        .warnings = run->warnings,
        .resumptions = run->resumptions,
        .machine = run->machine,
    };
}

json_t *run_record_plan(const struct run *run)
{
    const struct run_record record = record_of(run);
    return run_record_plan_to_json(&record);
}

static int write_manifest(struct run *run)
{
    const struct run_record record = record_of(run);
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
    return full ? run_end_with(run, EXIT_CODE_UNAVAILABLE, result) : result;
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
        return run_end_with(run, exit_code_for_path(result), result);
    return 0;
}

/* The same for a run that is gone on with: a bundle with rows is never discarded. */
static int prepare_again(struct run *run)
{
    int result = run_resume(run);
    if (result < 0)
        return result;
    result = run_try_mechanisms(run);
    if (result == 0)
        result = write_manifest(run);
    if (result < 0)
        bundle_keep(&run->bundle);
    return end_with_disk(run, result);
}

/* What makes a run ready for its first round; what it began is undone when it fails. */
static int prepare_bundle(struct run *run)
{
    int result = open_bundle(run);
    if (result < 0)
        return result;
    run_warn_of_noise(run);
    result = run_try_mechanisms(run);
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
        return run_end_with(run, EXIT_CODE_INTERRUPTED, 0);
    }
    if (result == 0) {
        result = run->outcome->samples > 0
                     ? derived_write(run->bundle.folder, run->task->seed, run->failure)
                     : failure_say(run->failure, -ENODATA, "not one sample succeeded");
    }
    /* The last: what comes later in a longer command seals again. */
    if (result == 0)
        result = seal_write(run->bundle.folder, run->failure);
    if (result == 0)
        result = bundle_finish(&run->bundle, run->failure);
    if (result < 0) {
        keep_bundle(run);
        return result;
    }
    snprintf(run->outcome->folder, sizeof run->outcome->folder, "%s", run->bundle.folder);
    bool failed = run->outcome->errors > 0 || run->outcome->disagreements > 0;
    return run_end_with(run, failed ? EXIT_CODE_FAILED : EXIT_CODE_DONE, 0);
}

/* Interrupted before the first round. */
static int stop_early(struct run *run)
{
    run->stopped_because = "interrupted";
    return 0;
}

static int measure_bundle(struct run *run)
{
    int result = run->task->resume != NULL ? prepare_again(run) : prepare_bundle(run);
    if (result < 0)
        return result;
    result = run_audit_copies(run);
    if (result == 0)
        result = run_measure_rounds(run);
    else if (result == -ECANCELED)
        result = stop_early(run);
    progress_end(&run->progress);
    if (result == 0)
        result = finish_bundle(run);
    else
        keep_bundle(run);
    return end_with_disk(run, result);
}

/* --- From outside ----------------------------------------------------------------------------- */

int conductor_catch_signals(void)
{
    static const int always[] = {SIGINT, SIGTERM, SIGQUIT};
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
        result = run_make_plan(&run);
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
    if (result == 0)
        result = run_make_plan(&run);
    if (result == 0) {
        plan_print(&run.plan, &run.request, task->seed, stream);
        outcome->exit_code = EXIT_CODE_DONE;
    }
    run_close(&run);
    return result;
}
