#include "compare/comparison.h"

#include "results/machine_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The bootstrap's seed, should an estimator draw: the same bundles get the same answer. */
enum { SEED = 1 };

/* 0 is a capacity that a bundle does not tell. */
static bool capacity_differs(const struct compare_cell *before, const struct compare_cell *after)
{
    if (before->capacity_most_bytes == 0 || after->capacity_most_bytes == 0)
        return false;
    return before->capacity_least_bytes != after->capacity_least_bytes ||
           before->capacity_most_bytes != after->capacity_most_bytes;
}

static void match_cells(struct comparison *comparison)
{
    const struct compare_bundle *before = comparison->before;
    const struct compare_bundle *after = comparison->after;
    size_t mine = 0;
    size_t its = 0;
    while (mine < before->cell_count || its < after->cell_count) {
        int order = mine == before->cell_count ? 1
                    : its == after->cell_count
                        ? -1
                        : cell_key_compare(compare_cell_key(&before->cells[mine]),
                                           compare_cell_key(&after->cells[its]));
        comparison->only_before += order < 0;
        comparison->only_after += order > 0;
        if (order == 0) {
            struct compared_cell *cell = &comparison->cells[comparison->cell_count++];
            *cell =
                (struct compared_cell){.before = &before->cells[mine], .after = &after->cells[its]};
            cell->capacity_differs = capacity_differs(cell->before, cell->after);
            comparison->capacity_count += cell->capacity_differs;
        }
        mine += order <= 0;
        its += order >= 0;
    }
}

static int compare_keys(const void *left, const void *right)
{
    return cell_key_compare(compared_cell_key(left), compared_cell_key(right));
}

/* The cell that both bundles have under the key of one bundle's cell. */
static const struct compared_cell *find_compared(const struct comparison *comparison,
                                                 const struct compare_cell *cell)
{
    struct compared_cell wanted = {.before = cell};
    return bsearch(&wanted, comparison->cells, comparison->cell_count, sizeof wanted, compare_keys);
}

const struct compared_cell *comparison_pipe_of(const struct comparison *comparison,
                                               const struct compared_cell *cell)
{
    const struct compare_cell *pipe =
        compare_bundle_partner(comparison->before, cell->before, COMPARE_RATIO);
    return pipe != NULL ? find_compared(comparison, pipe) : NULL;
}

/* Two cells of one kind, round by round. `values` is room for the rounds of both. */
static int estimate(const struct comparison *comparison, const struct compared_cell *cell,
                    enum compare_kind kind, double *values, struct difference *difference)
{
    const struct compare_cell *partner =
        compare_bundle_partner(comparison->before, cell->before, kind);
    const struct compare_cell *its_partner =
        compare_bundle_partner(comparison->after, cell->after, kind);
    double *its_values = values + cell->before->count;
    compare_cell_values(cell->before, partner, kind, values);
    compare_cell_values(cell->after, its_partner, kind, its_values);
    return difference_estimate(values, cell->before->count, its_values, cell->after->count, SEED,
                               difference);
}

/* A ratio to a pipe that had other bytes in flight is no comparison, either. */
static bool is_comparable(const struct comparison *comparison, const struct compared_cell *cell,
                          enum compare_kind kind)
{
    if (cell->capacity_differs)
        return false;
    if (kind == COMPARE_ABSOLUTE)
        return true;
    const struct compare_cell *partner =
        compare_bundle_partner(comparison->before, cell->before, kind);
    if (partner == NULL || compare_bundle_partner(comparison->after, cell->after, kind) == NULL)
        return false;
    const struct compared_cell *both = find_compared(comparison, partner);
    return both == NULL || !both->capacity_differs;
}

static void count_kind(struct comparison *comparison, enum compare_kind kind)
{
    struct comparison_count *count = &comparison->counts[kind];
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct difference *difference = &comparison->differences[kind][index];
        count->cells += comparison->cells[index].has[kind];
        count->undecided += comparison->cells[index].has[kind] && isnan(difference->p_value);
        count->differ += difference->differs;
    }
}

static int compare_kind(struct comparison *comparison, enum compare_kind kind, double *values)
{
    int result = 0;
    struct difference *differences = comparison->differences[kind];
    for (size_t index = 0; index < comparison->cell_count && result == 0; index++) {
        struct compared_cell *cell = &comparison->cells[index];
        differences[index] = difference_none();
        cell->has[kind] = is_comparable(comparison, cell, kind);
        if (cell->has[kind])
            result = estimate(comparison, cell, kind, values, &differences[index]);
    }
    if (result < 0)
        return result;
    difference_decide(differences, comparison->cell_count);
    count_kind(comparison, kind);
    return 0;
}

static int allocate(struct comparison *comparison, double **values)
{
    /* One more than needed: what calloc(0) returns differs between C libraries. */
    size_t room = comparison->before->cell_count + 1;
    comparison->cells = calloc(room, sizeof *comparison->cells);
    *values = calloc(comparison->before->raw.sample_count + comparison->after->raw.sample_count + 1,
                     sizeof **values);
    bool enough = comparison->cells != NULL && *values != NULL;
    for (size_t kind = 0; kind < COMPARE_KINDS; kind++) {
        comparison->differences[kind] = calloc(room, sizeof *comparison->differences[kind]);
        enough = enough && comparison->differences[kind] != NULL;
    }
    return enough ? 0 : -ENOMEM;
}

static size_t count_elsewhere(const struct compare_bundle *bundle)
{
    size_t count = 0;
    for (size_t index = 0; index < bundle->raw.sample_count; index++)
        count += bundle->raw.samples[index].elsewhere;
    return count;
}

/* As far as a machine can be known again without its name. */
static bool is_same_machine(const struct compare_bundle *before, const struct compare_bundle *after)
{
    static const char *const facts[] = {"cpu_model", "hypervisor", "cpus_online",
                                        "memory_total_bytes"};
    const json_t *one = json_object_get(before->manifest, "machine");
    const json_t *other = json_object_get(after->manifest, "machine");
    for (size_t index = 0; index < sizeof facts / sizeof *facts; index++) {
        const json_t *its = json_object_get(one, facts[index]);
        const json_t *others = json_object_get(other, facts[index]);
        if (its != others && !json_equal(its, others))
            return false;
    }
    return true;
}

static int find_common_state(struct compare_bundle *before, struct compare_bundle *after,
                             struct comparison *comparison)
{
    int result = machine_state_mark_common(
        &before->raw, &after->raw, is_same_machine(before, after), &comparison->states_apart);
    comparison->elsewhere_before = count_elsewhere(before);
    comparison->elsewhere_after = count_elsewhere(after);
    return result;
}

int comparison_make(struct compare_bundle *before, struct compare_bundle *after,
                    struct comparison *comparison)
{
    struct comparison made = {.before = before, .after = after};
    double *values = NULL;
    int result = find_common_state(before, after, &made);
    if (result == 0)
        result = allocate(&made, &values);
    if (result == 0)
        match_cells(&made);
    for (int kind = 0; kind < COMPARE_KINDS && result == 0; kind++)
        result = compare_kind(&made, (enum compare_kind)kind, values);
    free(values);
    if (result < 0) {
        comparison_free(&made);
        return result;
    }
    *comparison = made;
    return 0;
}

void comparison_free(struct comparison *comparison)
{
    free(comparison->cells);
    for (size_t kind = 0; kind < COMPARE_KINDS; kind++)
        free(comparison->differences[kind]);
    *comparison = (struct comparison){.before = NULL};
}

enum compare_kind comparison_deciding_kind(const struct comparison *comparison)
{
    const struct comparison_count *ratios = &comparison->counts[COMPARE_RATIO];
    return ratios->cells > 0 ? COMPARE_RATIO : COMPARE_ABSOLUTE;
}
