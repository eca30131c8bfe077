#include "results/paired_rounds.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

double paired_wall_ns_per_kib(const struct sample *sample)
{
    double bytes_per_s = sample->throughput_bytes_per_s;
    /* Written so that a NAN fails it too. */
    return bytes_per_s > 0.0 ? 1e9 * 1024.0 / bytes_per_s : NAN;
}

double paired_cpu_ns_per_kib(const struct sample *sample)
{
    return sample->cpu_ns_per_kib;
}

/* --- Collecting ------------------------------------------------------------------------------- */

/* The samples of one cell: samples[0 .. count), rising by round. */
struct cell_samples {
    const struct raw_sample *samples;
    size_t count;
    bool measured; /* at least one of them has the value */
};

static double value_of(const struct raw_sample *sample, paired_value *value)
{
    double number = raw_sample_is_usable(sample) ? value(&sample->sample) : NAN;
    return isfinite(number) ? number : NAN;
}

static struct cell_samples find_cell(const struct raw_samples *raw, const struct cell_key *cell,
                                     paired_value *value)
{
    size_t first = 0;
    size_t end = raw->sample_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (cell_key_compare(&raw->samples[middle].cell, cell) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    struct cell_samples found = {.samples = raw->samples + first};
    while (first + found.count < raw->sample_count &&
           cell_key_compare(&found.samples[found.count].cell, cell) == 0) {
        found.measured |= !isnan(value_of(&found.samples[found.count], value));
        found.count++;
    }
    return found;
}

/* The cell's value in that round, or NAN. */
static double value_in_round(const struct cell_samples *cell, uint64_t round, paired_value *value)
{
    size_t first = 0;
    size_t end = cell->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (cell->samples[middle].round < round)
            first = middle + 1;
        else
            end = middle;
    }
    if (first == cell->count || cell->samples[first].round != round)
        return NAN;
    return value_of(&cell->samples[first], value);
}

static bool all_have_round(const struct cell_samples *cells, size_t count, uint64_t round,
                           paired_value *value)
{
    for (size_t cell = 0; cell < count; cell++) {
        if (cells[cell].measured && isnan(value_in_round(&cells[cell], round, value)))
            return false;
    }
    return true;
}

/* The rounds that all measured cells have, in `rounds`, which is the caller's to free. Returns 0 or
 * -ENOMEM. */
static int find_rounds(const struct cell_samples *cells, size_t count, paired_value *value,
                       uint64_t **rounds, size_t *round_count)
{
    const struct cell_samples *first = cells;
    while (first < cells + count && !first->measured)
        first++;
    size_t most = first < cells + count ? first->count : 0;
    /* One more than needed: what malloc(0) returns differs between C libraries. */
    uint64_t *found = calloc(most + 1, sizeof *found);
    if (found == NULL)
        return -ENOMEM;
    size_t found_count = 0;
    for (size_t index = 0; index < most; index++) {
        uint64_t round = first->samples[index].round;
        if (all_have_round(cells, count, round, value))
            found[found_count++] = round;
    }
    *rounds = found;
    *round_count = found_count;
    return 0;
}

struct ranked {
    double value;
    uint32_t round;
};

static int compare_ranked(const void *left, const void *right)
{
    double a = ((const struct ranked *)left)->value;
    double b = ((const struct ranked *)right)->value;
    return (a > b) - (a < b);
}

static void rank_cell(const struct cell_samples *cell, const uint64_t *rounds, paired_value *value,
                      struct ranked *ranked, size_t index, struct paired_rounds *paired)
{
    double *sorted = paired->sorted + index * paired->rounds;
    uint32_t *round_of = paired->round_of + index * paired->rounds;
    for (size_t round = 0; round < paired->rounds; round++) {
        double number = cell->measured ? value_in_round(cell, rounds[round], value) : NAN;
        ranked[round] = (struct ranked){.value = number, .round = (uint32_t)round};
    }
    if (cell->measured && paired->rounds > 1)
        qsort(ranked, paired->rounds, sizeof *ranked, compare_ranked);
    for (size_t rank = 0; rank < paired->rounds; rank++) {
        sorted[rank] = ranked[rank].value;
        round_of[rank] = ranked[rank].round;
    }
}

static int rank_cells(const struct cell_samples *cells, const uint64_t *rounds, paired_value *value,
                      struct paired_rounds *paired)
{
    struct ranked *ranked = calloc(paired->rounds + 1, sizeof *ranked);
    paired->sorted = calloc(paired->cells * paired->rounds + 1, sizeof *paired->sorted);
    paired->round_of = calloc(paired->cells * paired->rounds + 1, sizeof *paired->round_of);
    if (ranked == NULL || paired->sorted == NULL || paired->round_of == NULL) {
        free(ranked);
        paired_rounds_free(paired);
        return -ENOMEM;
    }
    for (size_t cell = 0; cell < paired->cells; cell++)
        rank_cell(&cells[cell], rounds, value, ranked, cell, paired);
    free(ranked);
    return 0;
}

int paired_rounds_collect(const struct raw_samples *raw, const struct cell_key *cells, size_t count,
                          paired_value *value, struct paired_rounds *paired)
{
    struct paired_rounds collected = {.cells = count};
    uint64_t *rounds = NULL;
    struct cell_samples *found = calloc(count + 1, sizeof *found);
    if (found == NULL)
        return -ENOMEM;
    for (size_t cell = 0; cell < count; cell++) {
        found[cell] = find_cell(raw, &cells[cell], value);
        collected.measured += found[cell].measured;
    }
    int result = find_rounds(found, count, value, &rounds, &collected.rounds);
    if (result == 0)
        result = rank_cells(found, rounds, value, &collected);
    free(found);
    free(rounds);
    if (result == 0)
        *paired = collected;
    return result;
}

void paired_rounds_free(struct paired_rounds *paired)
{
    free(paired->sorted);
    free(paired->round_of);
    *paired = (struct paired_rounds){0};
}

/* --- Computing -------------------------------------------------------------------------------- */

void paired_rounds_medians(const struct paired_rounds *paired, double *medians)
{
    for (size_t cell = 0; cell < paired->cells; cell++)
        medians[cell] = statistics_median(paired->sorted + cell * paired->rounds, paired->rounds);
}

/* medians[cell] of a resample in which round i stands drawn[i] times. */
static void resampled_medians(const struct paired_rounds *paired, const uint32_t *drawn,
                              uint32_t *multiplicities, double *medians)
{
    for (size_t cell = 0; cell < paired->cells; cell++) {
        const uint32_t *round_of = paired->round_of + cell * paired->rounds;
        for (size_t rank = 0; rank < paired->rounds; rank++)
            multiplicities[rank] = drawn[round_of[rank]];
        medians[cell] = statistics_resampled_median(paired->sorted + cell * paired->rounds,
                                                    multiplicities, paired->rounds);
    }
}

/* Room for one estimate. */
struct workspace {
    double *medians;          /* per cell */
    double *figures;          /* per figure */
    double *resampled;        /* resampled[figure * STATISTICS_RESAMPLES + resample] */
    uint32_t *drawn;          /* per round */
    uint32_t *multiplicities; /* per round */
};

static void free_workspace(struct workspace *work)
{
    free(work->medians);
    free(work->figures);
    free(work->resampled);
    free(work->drawn);
    free(work->multiplicities);
}

static int make_workspace(const struct paired_rounds *paired, size_t figures,
                          struct workspace *work)
{
    *work = (struct workspace){
        .medians = calloc(paired->cells + 1, sizeof *work->medians),
        .figures = calloc(figures + 1, sizeof *work->figures),
        .resampled = calloc((figures + 1) * STATISTICS_RESAMPLES, sizeof *work->resampled),
        .drawn = calloc(paired->rounds + 1, sizeof *work->drawn),
        .multiplicities = calloc(paired->rounds + 1, sizeof *work->multiplicities),
    };
    if (work->medians != NULL && work->figures != NULL && work->resampled != NULL &&
        work->drawn != NULL && work->multiplicities != NULL)
        return 0;
    free_workspace(work);
    return -ENOMEM;
}

/* Leaves `bound` wherever the figure is not known. Returns whether there was such a place. */
static bool replace_unknown(double *resampled, double bound)
{
    bool found = false;
    for (size_t resample = 0; resample < STATISTICS_RESAMPLES; resample++) {
        if (isfinite(resampled[resample]))
            continue;
        resampled[resample] = bound;
        found = true;
    }
    return found;
}

/* Where the figure is not known it could be anything: it lies below the lower bound and above the
 * upper one. */
static void set_interval(double *resampled, struct estimate *estimate)
{
    double lo;
    double hi;
    double ignored;
    bool unknown = replace_unknown(resampled, -INFINITY);
    statistics_percentile_interval(resampled, &lo, &hi);
    if (unknown) {
        replace_unknown(resampled, INFINITY);
        statistics_percentile_interval(resampled, &ignored, &hi);
    }
    if (!isfinite(lo) || !isfinite(hi))
        return;
    estimate->ci95_lo = lo;
    estimate->ci95_hi = hi;
}

static void set_intervals(const struct paired_rounds *paired, paired_figures *compute,
                          const void *context, size_t count, uint64_t seed, struct workspace *work,
                          struct estimate *estimates)
{
    struct random random = random_seeded(seed);
    for (size_t resample = 0; resample < STATISTICS_RESAMPLES; resample++) {
        statistics_resample(&random, work->drawn, paired->rounds);
        resampled_medians(paired, work->drawn, work->multiplicities, work->medians);
        compute(work->medians, context, work->figures);
        for (size_t figure = 0; figure < count; figure++)
            work->resampled[figure * STATISTICS_RESAMPLES + resample] = work->figures[figure];
    }
    for (size_t figure = 0; figure < count; figure++)
        set_interval(work->resampled + figure * STATISTICS_RESAMPLES, &estimates[figure]);
}

int paired_rounds_estimate(const struct paired_rounds *paired, paired_figures *compute,
                           const void *context, size_t count, uint64_t seed,
                           struct estimate *estimates)
{
    struct workspace work;
    int result = make_workspace(paired, count, &work);
    if (result < 0)
        return result;
    paired_rounds_medians(paired, work.medians);
    compute(work.medians, context, work.figures);
    for (size_t figure = 0; figure < count; figure++) {
        estimates[figure] = statistics_no_estimate();
        estimates[figure].median = work.figures[figure];
        estimates[figure].samples = paired->rounds;
    }
    if (paired->rounds >= STATISTICS_LEAST_SAMPLES)
        set_intervals(paired, compute, context, count, seed, &work, estimates);
    free_workspace(&work);
    return 0;
}
