/* The rounds of a run: which cells each measures, and when it is enough. */
#include "conduct/run.h"

#include "base/clock.h"
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void show_progress(struct run *run, uint64_t order, const struct cell *cell)
{
    char text[160];
    char size[UNITS_TEXT_BYTES];
    double budget_seconds = run->request.budget_seconds;
    uint64_t done = (run->round - 1) * run->plan.cells_count + order - 1;
    snprintf(text, sizeof text, "round %" PRIu64 " (%zu of %zu cells settled): %s %s %s %s %s",
             run->round, settle_settled_count(run->settle), run->plan.cells_count, cell->mechanism,
             cell->test, cell->wait, cell->copies, units_format_bytes(cell->size_bytes, size));
    struct progress_state state = {
        .done = done,
        .total = run->request.rounds * run->plan.cells_count,
        .least = PLAN_ROUNDS_LEAST * run->plan.cells_count,
        .text = text,
    };
    if (budget_seconds > 0.0) {
        double left = budget_seconds - run_elapsed_seconds(run);
        state.seconds_left_most = left > 1.0 ? left : 1.0;
    }
    progress_update(&run->progress, &state);
}

/* Measures what the present round still lacks. */
static int measure_round(struct run *run)
{
    plan_order(run->plan.cells_count, run->task->seed, run->round, run->order);
    for (size_t index = 0; index < run->plan.cells_count; index++) {
        size_t cell = run->order[index];
        if (run->measured[cell] || !settle_needs(run->settle, cell))
            continue;
        if (run_is_stopped(run))
            return -ECANCELED;
        show_progress(run, index + 1, &run->plan.cells[cell]);
        int result = run_measure_cell(run, index + 1, cell);
        if (result < 0)
            return result;
        run->measured[cell] = true;
    }
    run->outcome->rounds = run->round;
    return 0;
}

/* What is known of the rounds so far, to foretell the next. */
struct pace {
    uint64_t started_ns;  /* when the present round began */
    double round_seconds; /* of the last one; 0: there was none */
    size_t round_cells;
};

/* Whether one more round, at the pace of the last, would go beyond the budget. */
static bool is_budget_used(const struct run *run, const struct pace *pace)
{
    if (run->request.budget_seconds <= 0.0 || run->outcome->rounds < PLAN_ROUNDS_LEAST ||
        pace->round_cells == 0)
        return false;
    double cells = (double)settle_needs_count(run->settle);
    double seconds = pace->round_seconds * cells / (double)pace->round_cells;
    return run_elapsed_seconds(run) + seconds > run->request.budget_seconds;
}

/* Why there is no further round; NULL when there is one. */
static const char *reason_to_stop(const struct run *run, const struct pace *pace)
{
    if (settle_needs_count(run->settle) == 0)
        return "settled";
    if (run->round >= run->request.rounds)
        return "rounds";
    return is_budget_used(run, pace) ? "budget" : NULL;
}

static void begin_round(struct run *run, struct pace *pace)
{
    run->round++;
    memset(run->measured, 0, run->plan.cells_count * sizeof *run->measured);
    pace->started_ns = clock_now_ns();
    pace->round_cells = settle_needs_count(run->settle);
    run_begin_watch(run);
}

/* Ends the present round. */
static int end_round(struct run *run, struct pace *pace)
{
    pace->round_seconds = (double)(clock_now_ns() - pace->started_ns) / 1e9;
    int result = run_end_watch(run);
    if (result < 0)
        return result;
    result = settle_look(run->settle);
    return result < 0 ? failure_set(run->failure, result, "looking at the intervals") : 0;
}

/* A resumed run first ends the round in which it was interrupted, which tells nothing of pace. */
static int end_interrupted_round(struct run *run, struct pace *pace)
{
    int result = measure_round(run);
    if (result == 0)
        result = end_round(run, pace);
    pace->round_cells = 0;
    return result;
}

int run_measure_rounds(struct run *run)
{
    struct pace pace = {.round_cells = 0, .started_ns = clock_now_ns()};
    int result = 0;
    run->progress.started_ns = clock_now_ns();
    if (run->round > 0)
        result = end_interrupted_round(run, &pace);
    while (result == 0) {
        run->stopped_because = reason_to_stop(run, &pace);
        if (run->stopped_because != NULL)
            return 0;
        begin_round(run, &pace);
        result = measure_round(run);
        if (result == 0)
            result = end_round(run, &pace);
    }
    if (result != -ECANCELED)
        return result;
    run->stopped_because = "interrupted";
    return 0;
}
