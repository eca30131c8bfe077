#include "rounds.h"

#include "base/clock.h"
#include "base/random.h"
#include "machine/disturbance.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* A pair during which others used more than this part of a CPU is measured again, so many times at
 * most. The kernel counts in ticks of 10 ms as a rule. */
#define DISTURBED_PART 0.1
#define TICKS_NS       30e6
enum { TRIES_MOST = 4 };

/* Where others are always at work, measuring again does not help: so in all no more than once per
 * pair. */

/* Of one goal, by rounds. */
struct series {
    const struct goal *goal;
    double *figures;
    double *ours;
    double *other;
    uint64_t *disturbed; /* pairs that were so to the end */
};

static double figure_of(const struct goal *goal, double ours, double other)
{
    switch (goal->figure) {
    case FIGURE_SPEED:
        return other / ours;
    case FIGURE_TIME:
        return ours / other;
    case FIGURE_DIFFERENCE:
        return ours - other;
    case FIGURE_START:
        return ours / 1e6;
    case FIGURE_OURS:
    case FIGURE_SLEEPS:
        break;
    }
    return ours;
}

static const char *unit_of(const struct goal *goal)
{
    if (goal->figure == FIGURE_DIFFERENCE || goal->figure == FIGURE_OURS)
        return "ns";
    return goal->figure == FIGURE_START ? "ms" : "";
}

static enum trial_quantity quantity_of(const struct goal *goal)
{
    if (goal->figure == FIGURE_SLEEPS)
        return TRIAL_SLEEPS;
    return goal->figure == FIGURE_START ? TRIAL_START : TRIAL_TIME;
}

/* ---- who else is at work ---- */

/* What all CPUs did, and what of it we did, up to now. */
struct work {
    double all_ns;
    double ours_ns;
    uint64_t clock_ns;
};

static double used_ns(int whose)
{
    struct rusage usage;
    getrusage(whose, &usage);
    return 1e9 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e3 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static struct work work_now(void)
{
    struct disturbance now;
    disturbance_read("", &now);
    return (struct work){.all_ns = now.busy_ns + now.steal_ns,
                         .ours_ns = used_ns(RUSAGE_SELF) + used_ns(RUSAGE_CHILDREN),
                         .clock_ns = clock_now_ns()};
}

/* A NAN, where the kernel does not tell, is no disturbance. */
static bool was_disturbed(const struct work *before)
{
    struct work after = work_now();
    double others_ns = (after.all_ns - before->all_ns) - (after.ours_ns - before->ours_ns);
    return others_ns > TICKS_NS + DISTURBED_PART * (double)(after.clock_ns - before->clock_ns);
}

static int measure_once(const struct series *series, uint64_t round, struct random *random,
                        const struct trial_setting *setting, struct failure *failure)
{
    const struct goal *goal = series->goal;
    const enum trial_quantity quantity = quantity_of(goal);
    const bool other_first = random_below(random, 2) == 0;
    struct trial_setting drawn = *setting;
    drawn.seed = random_next(random);
    double ours = NAN;
    double other = NAN;
    int result = 0;
    for (int turn = 0; turn < 2 && result == 0; turn++) {
        bool is_other = (turn == 0) == other_first;
        const struct trial *trial = is_other ? &goal->other : &goal->ours;
        if (trial->kind != TRIAL_NONE)
            result = trial_run(trial, &drawn, quantity, is_other ? &other : &ours, failure);
    }
    series->ours[round] = ours;
    series->other[round] = other;
    series->figures[round] = figure_of(goal, ours, other);
    return result;
}

static int measure_pair(const struct series *series, uint64_t round, struct random *random,
                        const struct trial_setting *setting, uint64_t *spare,
                        struct failure *failure)
{
    for (int try = 1;; try++) {
        struct work before = work_now();
        int result = measure_once(series, round, random, setting, failure);
        if (result < 0 || !was_disturbed(&before))
            return result;
        if (try == TRIES_MOST || *spare == 0) {
            ++*series->disturbed;
            return 0;
        }
        --*spare;
    }
}

static void shuffle(size_t *order, size_t count, struct random *random)
{
    for (size_t left = count; left > 1; left--) {
        size_t drawn = (size_t)random_below(random, left);
        size_t kept = order[left - 1];
        order[left - 1] = order[drawn];
        order[drawn] = kept;
    }
}

static int measure_rounds(const struct series *series, size_t count, uint64_t rounds,
                          const struct trial_setting *setting, struct failure *failure)
{
    struct random random = random_seeded(setting->seed);
    uint64_t spare = count * rounds;
    size_t *order = malloc((count + 1) * sizeof *order);
    if (order == NULL)
        return failure_set(failure, -ENOMEM, "making the order of a round");
    for (size_t index = 0; index < count; index++)
        order[index] = index;
    int result = 0;
    for (uint64_t round = 0; round < rounds && result == 0; round++) {
        shuffle(order, count, &random);
        for (size_t index = 0; index < count && result == 0; index++)
            result = measure_pair(&series[order[index]], round, &random, setting, &spare, failure);
    }
    free(order);
    return result;
}

/* ---- the rows ---- */

static double median_of(const double *values, uint64_t rounds, uint64_t seed)
{
    struct estimate estimate = statistics_no_estimate();
    (void)statistics_estimate_median(values, (size_t)rounds, seed, &estimate);
    return estimate.median;
}

static int add_row(const struct series *series, uint64_t rounds, uint64_t seed, struct rows *rows,
                   struct failure *failure)
{
    const struct goal *goal = series->goal;
    if (rows->count == ROWS_MOST)
        return failure_say(failure, -ENOSPC, "more than %d rows", ROWS_MOST);
    struct row *row = &rows->row[rows->count];
    *row = (struct row){.goal = goal->number,
                        .relation = goal->relation,
                        .bound = goal->relation == SHOWN ? NAN : goal->bound};
    snprintf(row->name, sizeof row->name, "%s", goal->name);
    snprintf(row->unit, sizeof row->unit, "%s", unit_of(goal));
    bool counts = goal->figure == FIGURE_SLEEPS;
    row->ours_ns = counts ? NAN : median_of(series->ours, rounds, seed);
    row->other_ns = counts ? NAN : median_of(series->other, rounds, seed);
    if (*series->disturbed > 0)
        snprintf(row->note, sizeof row->note,
                 "others were at work in %" PRIu64 " of %" PRIu64 " rounds", *series->disturbed,
                 rounds);
    int result = statistics_estimate_median(series->figures, (size_t)rounds, seed, &row->measured);
    if (result < 0)
        return failure_set(failure, result, "summing up the rounds");
    rows->count++;
    return 0;
}

static struct series series_at(double *values, size_t index, uint64_t rounds, uint64_t *disturbed,
                               const struct goal *goal)
{
    double *first = values + 3 * index * rounds;
    return (struct series){goal, first, first + rounds, first + 2 * rounds, disturbed + index};
}

int rounds_measure(const struct trial_setting *setting, uint64_t rounds, unsigned numbers,
                   struct rows *rows, struct failure *failure)
{
    struct series *series = calloc(goals_count, sizeof *series);
    double *values = calloc(3 * goals_count * rounds, sizeof *values);
    uint64_t *disturbed = calloc(goals_count, sizeof *disturbed);
    size_t count = 0;
    int result = 0;
    if (series == NULL || values == NULL || disturbed == NULL) {
        result = failure_set(failure, -ENOMEM, "making room for %zu goals", goals_count);
    } else {
        for (size_t index = 0; index < goals_count; index++) {
            if ((numbers & 1U << goals[index].number) != 0) {
                series[count] = series_at(values, count, rounds, disturbed, &goals[index]);
                count++;
            }
        }
        result = measure_rounds(series, count, rounds, setting, failure);
        for (size_t index = 0; index < count && result == 0; index++)
            result = add_row(&series[index], rounds, setting->seed, rows, failure);
    }
    free(series);
    free(values);
    free(disturbed);
    return result;
}
