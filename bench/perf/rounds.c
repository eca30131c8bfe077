#include "rounds.h"

#include "base/random.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of one goal, by rounds. */
struct series {
    const struct goal *goal;
    double *figures;
    double *ours;
    double *other;
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
    return "";
}

static int measure_once(const struct series *series, uint64_t round, struct random *random,
                        const struct trial_setting *setting, struct failure *failure)
{
    const struct goal *goal = series->goal;
    const bool sleeps = goal->figure == FIGURE_SLEEPS;
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
            result = trial_run(trial, &drawn, sleeps, is_other ? &other : &ours, failure);
    }
    series->ours[round] = ours;
    series->other[round] = other;
    series->figures[round] = figure_of(goal, ours, other);
    return result;
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
    size_t *order = malloc((count + 1) * sizeof *order);
    if (order == NULL)
        return failure_set(failure, -ENOMEM, "making the order of a round");
    for (size_t index = 0; index < count; index++)
        order[index] = index;
    int result = 0;
    for (uint64_t round = 0; round < rounds && result == 0; round++) {
        shuffle(order, count, &random);
        for (size_t index = 0; index < count && result == 0; index++)
            result = measure_once(&series[order[index]], round, &random, setting, failure);
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
    int result = statistics_estimate_median(series->figures, (size_t)rounds, seed, &row->measured);
    if (result < 0)
        return failure_set(failure, result, "summing up the rounds");
    rows->count++;
    return 0;
}

static struct series series_at(double *values, size_t index, uint64_t rounds,
                               const struct goal *goal)
{
    double *first = values + 3 * index * rounds;
    return (struct series){goal, first, first + rounds, first + 2 * rounds};
}

int rounds_measure(const struct trial_setting *setting, uint64_t rounds, unsigned numbers,
                   struct rows *rows, struct failure *failure)
{
    struct series *series = calloc(goals_count, sizeof *series);
    double *values = calloc(3 * goals_count * rounds, sizeof *values);
    size_t count = 0;
    int result = 0;
    if (series == NULL || values == NULL) {
        result = failure_set(failure, -ENOMEM, "making room for %zu goals", goals_count);
    } else {
        for (size_t index = 0; index < goals_count; index++) {
            if ((numbers & 1U << goals[index].number) != 0) {
                series[count] = series_at(values, count, rounds, &goals[index]);
                count++;
            }
        }
        result = measure_rounds(series, count, rounds, setting, failure);
        for (size_t index = 0; index < count && result == 0; index++)
            result = add_row(&series[index], rounds, setting->seed, rows, failure);
    }
    free(series);
    free(values);
    return result;
}
