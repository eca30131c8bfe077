#include "conduct/settle.h"

#include "base/array.h"
#include "machine/placement_kinds.h"
#include "results/machine_state.h"
#include "results/precision.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_NONE SIZE_MAX

/* A cell is looked at again when it has an eighth more samples than at the last look: an estimate
 * takes thousands of resamples, and looks after every round would cost the square of the rounds. */
enum { LOOK_STEP = 8 };

/* What is kept of one sample. */
struct observation {
    uint64_t round;
    double value;
    struct machine_look look;
};

/* What one cell has shown so far. */
struct history {
    struct observation *observations; /* rising by round */
    size_t count;
    size_t room;
    size_t place; /* of its placement among settle.states; PLACE_NONE: it is not judged by state */
    size_t group; /* the index of its group's first cell */
    size_t reference; /* the cell of its ratio; the cell itself where it has none */
    bool settled;
    /* At the last look: samples, and those of them and of the reference that counted. */
    size_t looked_count;
    size_t counted;
    size_t reference_counted;
};

struct settle {
    const struct plan *plan;
    double precision;
    uint64_t seed;
    struct history *histories;    /* per cell */
    bool *needs;                  /* per cell: of its group, at the first cell's index */
    struct machine_state *states; /* per placement: that of most samples so far */
    size_t states_count;
};

/* ---- groups ---- */

static bool is_same_place(const struct cell *cell, const struct cell *other)
{
    return cell->size_bytes == other->size_bytes && strcmp(cell->placement, other->placement) == 0;
}

static bool is_cause(const struct cell *cell)
{
    return strcmp(cell->test, test_names[TEST_RELAY]) == 0 || cell->extra_copies > 0;
}

static bool is_ceiling(const struct cell *cell)
{
    return strcmp(cell->mechanism, PLAN_CEILING) == 0;
}

/* Whether two cells differ in nothing but the mechanism. */
static bool is_counterpart(const struct cell *cell, const struct cell *other)
{
    return is_same_place(cell, other) && strcmp(cell->test, other->test) == 0 &&
           strcmp(cell->wait, other->wait) == 0 && strcmp(cell->copies, other->copies) == 0 &&
           strcmp(cell->touch, other->touch) == 0 && strcmp(cell->source, other->source) == 0 &&
           strcmp(cell->sink, other->sink) == 0 && cell->extra_copies == other->extra_copies &&
           strcmp(cell->working_set, other->working_set) == 0;
}

static bool is_same_group(const struct cell *cell, const struct cell *other)
{
    if (is_ceiling(cell) || is_ceiling(other))
        return false;
    if (is_cause(cell) || is_cause(other))
        return is_cause(cell) && is_cause(other) && is_same_place(cell, other);
    return is_counterpart(cell, other);
}

/* One of thousands of pairs of CPUs: the least number of rounds is all it gets. */
static bool is_pair_of_many(const struct cell *cell)
{
    return strncmp(cell->placement, PLACEMENT_PAIR_PREFIX, strlen(PLACEMENT_PAIR_PREFIX)) == 0;
}

/* Cells of one place and size, rising by their index in the plan. */
struct neighbourhood {
    const struct cell *cells;
    const size_t *indices;
    size_t count;
};

static void find_group(const struct neighbourhood *near, size_t index, struct history *histories)
{
    const struct cell *cell = &near->cells[index];
    struct history *history = &histories[index];
    bool found = false;
    history->group = history->reference = index;
    for (size_t other = 0; other < near->count; other++) {
        size_t its = near->indices[other];
        if (!found && its < index && is_same_group(&near->cells[its], cell)) {
            history->group = histories[its].group;
            found = true;
        }
        if (!is_ceiling(cell) && strcmp(near->cells[its].mechanism, PLAN_REFERENCE) == 0 &&
            is_counterpart(&near->cells[its], cell))
            history->reference = its;
    }
}

static int compare_places(const void *left, const void *right, void *context)
{
    const struct cell *cells = context;
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;
    int order = strcmp(cells[a].placement, cells[b].placement);
    if (order == 0)
        order = (cells[a].size_bytes > cells[b].size_bytes) -
                (cells[a].size_bytes < cells[b].size_bytes);
    return order != 0 ? order : (a > b) - (a < b);
}

/* Only cells of one place and size have anything to do with each other, so that plans of thousands
 * of pairs of CPUs take no longer than they must. Returns 0 or -ENOMEM. */
static int find_groups(struct settle *settle)
{
    size_t count = settle->plan->cells_count;
    struct cell *cells = settle->plan->cells;
    size_t *indices = calloc(count + 1, sizeof *indices);
    if (indices == NULL)
        return -ENOMEM;
    for (size_t cell = 0; cell < count; cell++)
        indices[cell] = cell;
    qsort_r(indices, count, sizeof *indices, compare_places, cells);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first;
             end < count && is_same_place(&cells[indices[first]], &cells[indices[end]]);)
            end++;
        const struct neighbourhood near = {cells, indices + first, end - first};
        bool new_place = first == 0 || strcmp(cells[indices[first - 1]].placement,
                                              cells[indices[first]].placement) != 0;
        bool judged = !is_pair_of_many(&cells[indices[first]]);
        settle->states_count += new_place && judged;
        for (size_t place = first; place < end; place++) {
            find_group(&near, indices[place], settle->histories);
            settle->histories[indices[place]].place =
                judged ? settle->states_count - 1 : PLACE_NONE;
        }
    }
    free(indices);
    return 0;
}

/* ---- life ---- */

int settle_make(const struct plan *plan, double precision, uint64_t seed, struct settle **settle)
{
    struct settle *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -ENOMEM;
    *made = (struct settle){
        .plan = plan,
        .precision = precision,
        .seed = seed,
        .histories = calloc(plan->cells_count + 1, sizeof *made->histories),
        .needs = calloc(plan->cells_count + 1, sizeof *made->needs),
    };
    if (made->histories == NULL || made->needs == NULL) {
        settle_free(made);
        return -ENOMEM;
    }
    for (size_t cell = 0; cell < plan->cells_count; cell++)
        made->needs[cell] = true;
    int result = find_groups(made);
    if (result == 0) {
        made->states = calloc(made->states_count + 1, sizeof *made->states);
        result = made->states != NULL ? 0 : -ENOMEM;
    }
    if (result < 0) {
        settle_free(made);
        return result;
    }
    *settle = made;
    return 0;
}

void settle_free(struct settle *settle)
{
    if (settle == NULL)
        return;
    for (size_t cell = 0; settle->histories != NULL && cell < settle->plan->cells_count; cell++) {
        free(settle->histories[cell].observations);
    }
    free(settle->histories);
    free(settle->needs);
    free(settle->states);
    free(settle);
}

/* ---- looking ---- */

static double main_figure(const struct sample *sample)
{
    return isnan(sample->latency_p50_ns) ? sample->throughput_bytes_per_s : sample->latency_p50_ns;
}

int settle_add(struct settle *settle, size_t cell, uint64_t round, const struct sample *sample)
{
    struct history *history = &settle->histories[cell];
    struct observation *observations =
        array_grow(history->observations, history->count, &history->room, sizeof *observations);
    if (observations == NULL)
        return -ENOMEM;
    history->observations = observations;
    observations[history->count++] = (struct observation){
        .round = round, .value = main_figure(sample), .look = machine_look_of(sample)};
    return 0;
}

/* The state of the machine that most samples of each placement were in. */
static int find_states(struct settle *settle)
{
    size_t cells = settle->plan->cells_count;
    size_t most = 0;
    for (size_t cell = 0; cell < cells; cell++)
        most += settle->histories[cell].count;
    struct machine_look *looks = calloc(most + 1, sizeof *looks);
    if (looks == NULL)
        return -ENOMEM;
    for (size_t place = 0; place < settle->states_count; place++) {
        size_t count = 0;
        size_t alike = 0;
        for (size_t cell = 0; cell < cells; cell++) {
            const struct history *history = &settle->histories[cell];
            alike += history->place == place && history->count > 0;
            for (size_t index = 0; history->place == place && index < history->count; index++)
                looks[count++] = history->observations[index].look;
        }
        settle->states[place] = machine_state_of_most(looks, count, alike);
    }
    free(looks);
    return 0;
}

/* The value, or NAN where the machine was in another state: the summary does not count it either.
 */
static double value_of(const struct settle *settle, const struct history *history, size_t index)
{
    const struct observation *observation = &history->observations[index];
    if (history->place != PLACE_NONE &&
        !machine_state_holds(&settle->states[history->place], &observation->look))
        return NAN;
    return observation->value;
}

static int estimate_value(const struct settle *settle, const struct history *history,
                          struct estimate *estimate)
{
    double *values = calloc(history->count + 1, sizeof *values);
    if (values == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < history->count; index++)
        values[index] = value_of(settle, history, index);
    int result = statistics_estimate_median(values, history->count, settle->seed, estimate);
    free(values);
    return result;
}

/* How many times faster than its reference the cell is, in the rounds that have both: as the
 * summary's ratio_to_pipe. */
static int estimate_ratio(const struct settle *settle, size_t cell, struct estimate *estimate)
{
    const struct history *history = &settle->histories[cell];
    bool latency = strcmp(settle->plan->cells[cell].test, test_names[TEST_LATENCY]) == 0;
    const struct history *reference = &settle->histories[history->reference];
    double *ratios = calloc(history->count + 1, sizeof *ratios);
    if (ratios == NULL)
        return -ENOMEM;
    size_t pairs = 0;
    size_t its = 0;
    for (size_t mine = 0; mine < history->count; mine++) {
        uint64_t round = history->observations[mine].round;
        while (its < reference->count && reference->observations[its].round < round)
            its++;
        if (its == reference->count || reference->observations[its].round != round)
            continue;
        double ratio = value_of(settle, history, mine) / value_of(settle, reference, its);
        ratios[pairs++] = latency ? 1.0 / ratio : ratio;
    }
    int result = statistics_estimate_median(ratios, pairs, settle->seed, estimate);
    free(ratios);
    return result;
}

static bool is_narrow(const struct settle *settle, const struct estimate *estimate)
{
    return estimate->samples >= PRECISION_LEAST_ROUNDS &&
           precision_settlement(estimate, settle->precision) == SETTLED;
}

static int look_at_cell(struct settle *settle, size_t cell)
{
    struct history *history = &settle->histories[cell];
    struct estimate estimate;
    int result = estimate_value(settle, history, &estimate);
    if (result < 0)
        return result;
    history->settled = is_narrow(settle, &estimate);
    if (!history->settled || history->reference == cell)
        return 0;
    result = estimate_ratio(settle, cell, &estimate);
    if (result == 0)
        history->settled = is_narrow(settle, &estimate);
    return result;
}

/* How many samples of the cell and of its reference count now. */
static size_t count_counted(const struct settle *settle, const struct history *history)
{
    size_t counted = 0;
    for (size_t index = 0; index < history->count; index++)
        counted += isnan(value_of(settle, history, index)) ? 0 : 1;
    return counted;
}

/* Whether the cell shall be looked at: it has enough new samples, or none, and others of the old
 * ones count than at the last look. */
static bool is_due(struct settle *settle, size_t cell)
{
    struct history *history = &settle->histories[cell];
    const struct history *reference = &settle->histories[history->reference];
    size_t fresh = history->count - history->looked_count;
    if (fresh > 0 && fresh < history->looked_count / LOOK_STEP)
        return false;
    size_t counted = count_counted(settle, history);
    size_t its = count_counted(settle, reference);
    bool due = fresh > 0 || history->counted != counted || history->reference_counted != its;
    history->looked_count = history->count;
    history->counted = counted;
    history->reference_counted = its;
    return due;
}

int settle_look(struct settle *settle)
{
    size_t count = settle->plan->cells_count;
    if (settle->precision <= 0.0)
        return 0;
    int result = find_states(settle);
    /* All of them: when most samples come to be of another state, cells that were settled in the
     * old one are not any more. */
    for (size_t cell = 0; cell < count && result == 0; cell++) {
        if (is_due(settle, cell))
            result = look_at_cell(settle, cell);
    }
    if (result < 0)
        return result;
    /* A group's first cell stands before all others, so this is over before they are asked. */
    for (size_t cell = 0; cell < count; cell++) {
        if (settle->histories[cell].group == cell)
            settle->needs[cell] = false;
    }
    for (size_t cell = 0; cell < count; cell++) {
        const struct history *history = &settle->histories[cell];
        bool enough =
            is_pair_of_many(&settle->plan->cells[cell]) && history->count >= PLAN_ROUNDS_LEAST;
        if (!history->settled && !enough)
            settle->needs[settle->histories[cell].group] = true;
    }
    return 0;
}

bool settle_needs(const struct settle *settle, size_t cell)
{
    return settle->needs[settle->histories[cell].group];
}

size_t settle_needs_count(const struct settle *settle)
{
    size_t count = 0;
    for (size_t cell = 0; cell < settle->plan->cells_count; cell++)
        count += settle_needs(settle, cell);
    return count;
}

size_t settle_settled_count(const struct settle *settle)
{
    size_t count = 0;
    for (size_t cell = 0; cell < settle->plan->cells_count; cell++)
        count += settle->histories[cell].settled;
    return count;
}
