/* What a run does for one sample: the trial before the rounds, and a cell of a round. */
#include "conduct/run.h"

#include "base/units.h"
#include "conduct/plan_places.h"
#include "conduct/sampler.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define TRIAL_SECONDS 0.005
/* Seeds of runs and samples stay below 2^53, which every JSON reader keeps exactly. */
#define SEED_MASK ((UINT64_C(1) << 53) - 1)

static struct sampler sampler_of(const struct run *run)
{
    return (struct sampler){.programs = run->task->programs,
                            .capacity_bytes = run->request.capacity_bytes,
                            .input = run->request.input,
                            .stop_fd = run->task->stop_fd,
                            .standby = run->standby,
                            .layout = layout_of_round(run->task->seed, run->round)};
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
    run_warn(run, "--capacity: asked for %s, but %s has %s; the column capacity_bytes tells",
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
        return run_end_with(run, EXIT_CODE_INTERRUPTED, result);
    if (exit_code == EXIT_CODE_USAGE || exit_code == EXIT_CODE_UNAVAILABLE)
        return run_end_with(run, (enum exit_code)exit_code, result);
    /* EIO: it ran, and failed. Otherwise it could not be run, for lack of something or other. */
    bool lacks = result != -EIO && exit_code_for_path(result) == EXIT_CODE_UNAVAILABLE;
    return run_end_with(run, lacks ? EXIT_CODE_UNAVAILABLE : EXIT_CODE_FAILED, result);
}

static bool is_same_program(const struct cell *cell, const struct cell *other)
{
    return strcmp(cell->mechanism, other->mechanism) == 0 &&
           strcmp(cell->placement, other->placement) == 0;
}

/* The cell that shows the state of `first`'s program best; NULL when it was tried before. */
static const struct cell *choose_trial(const struct plan *plan, size_t first)
{
    const struct cell *best = &plan->cells[first];
    for (size_t index = 0; index < plan->cells_count; index++) {
        const struct cell *cell = &plan->cells[index];
        if (!is_same_program(cell, best))
            continue;
        if (index < first)
            return NULL;
        if (is_better_trial(cell, best))
            best = cell;
    }
    return best;
}

int run_try_mechanisms(struct run *run)
{
    int result = 0;
    for (size_t first = 0; first < run->plan.cells_count && result == 0; first++) {
        /* Pairs of CPUs are many, and differ from what was tried in their CPUs alone. */
        if (plan_is_pair(&run->plan.cells[first]))
            continue;
        const struct cell *cell = choose_trial(&run->plan, first);
        if (cell != NULL)
            result = try_cell(run, cell);
    }
    /* What they used until now is no part of the first round. */
    standby_pool_rest(run->standby);
    return result;
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
int run_measure_cell(struct run *run, uint64_t order, size_t cell_index)
{
    const struct cell *cell = &run->plan.cells[cell_index];
    const struct bundle_position position = {
        .round = run->round, .order = order, .at_s = run_elapsed_seconds(run)};
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
    if (result < 0)
        return result;
    run->outcome->samples++;
    result = settle_add(run->settle, cell_index, position.round, &sample);
    return result < 0 ? failure_set(run->failure, result, "keeping a sample in mind") : 0;
}
