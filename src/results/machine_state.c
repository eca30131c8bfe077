#include "results/machine_state.h"

#include "results/cell_key.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CANDIDATES_MOST = 100, /* looks of each run that are tried as the state of most */
    COUNTED_MOST = 4000    /* looks that a candidate is held against: a share needs no more */
};

/* ---- states ---- */

static bool is_known(double value)
{
    return isfinite(value) && value > 0.0;
}

static bool is_within(double value, double usual, double factor)
{
    return !is_known(value) || !is_known(usual) ||
           (value <= usual * factor && value * factor >= usual);
}

struct machine_look machine_look_of(const struct sample *sample)
{
    struct machine_look look = {.bounce_before_ns = sample->bounce_before_ns,
                                .bounce_after_ns = sample->bounce_after_ns,
                                .work_ns = fmax(sample->writer_work_ns, sample->reader_work_ns)};
    if (strcmp(sample->test, "bounce") == 0)
        look.bounce_before_ns = sample->latency_p50_ns;
    return look;
}

static struct machine_state state_of(const struct machine_look *look)
{
    double bounce_ns = look->bounce_before_ns;
    return (struct machine_state){.bounce_ns =
                                      is_known(bounce_ns) ? bounce_ns : look->bounce_after_ns,
                                  .work_ns = look->work_ns};
}

bool machine_state_holds(const struct machine_state *state, const struct machine_look *look)
{
    return is_within(look->bounce_before_ns, state->bounce_ns, MACHINE_DISTANCE_FACTOR) &&
           is_within(look->bounce_after_ns, state->bounce_ns, MACHINE_DISTANCE_FACTOR) &&
           is_within(look->work_ns, state->work_ns, MACHINE_WORK_FACTOR);
}

/* ---- the state of most ---- */

struct look_list {
    const struct machine_look *looks;
    size_t count;
    size_t cells; /* that they are of */
};

static double share_in_state(const struct look_list *list, const struct machine_state *state)
{
    size_t step = list->count / COUNTED_MOST + 1;
    size_t counted = 0;
    size_t held = 0;
    for (size_t index = 0; index < list->count; index += step) {
        counted++;
        held += machine_state_holds(state, &list->looks[index]);
    }
    return counted > 0 ? (double)held / (double)counted : 1.0;
}

/* A state, and how many are in it: the smaller share of two runs, and both together. */
struct choice {
    struct machine_state state;
    double share;
    double sum;
};

/* The larger share; of equal ones always the same, whichever run comes first. */
static bool is_better(const struct choice *choice, const struct choice *than)
{
    if (choice->share > than->share || choice->share < than->share)
        return choice->share > than->share;
    if (choice->sum > than->sum || choice->sum < than->sum)
        return choice->sum > than->sum;
    if (choice->state.work_ns > than->state.work_ns || choice->state.work_ns < than->state.work_ns)
        return choice->state.work_ns < than->state.work_ns;
    return choice->state.bounce_ns < than->state.bounce_ns;
}

/* Tries the states of looks of `from`, spread evenly; keeps the best one. Returns the largest
 * difference of the two lists' shares of one state. */
static double try_states_of(const struct look_list *from, const struct look_list *one,
                            const struct look_list *other, struct choice *best)
{
    size_t step = from->count / CANDIDATES_MOST + 1;
    double difference = 0.0;
    for (size_t index = 0; index < from->count; index += step) {
        struct machine_state state = state_of(&from->looks[index]);
        /* A ceiling tells half of it, and must not decide. */
        if (!is_known(state.work_ns))
            continue;
        double share = share_in_state(one, &state);
        double its = one == other ? share : share_in_state(other, &state);
        const struct choice choice = {state, fmin(share, its), share + its};
        if (choice.share > 0.0 && is_better(&choice, best))
            *best = choice;
        difference = fmax(difference, fabs(share - its));
    }
    return difference;
}

/* Whether any of the looks tells a state. */
static bool tells(const struct look_list *list)
{
    for (size_t index = 0; index < list->count; index++) {
        if (is_known(list->looks[index].work_ns))
            return true;
    }
    return false;
}

static const struct machine_state every_state = {NAN, NAN};
static const struct choice no_choice = {{NAN, NAN}, 0.0, 0.0};

/* Whether enough is left of a run when only this share of it counts. */
static bool is_enough(const struct look_list *list, double share)
{
    return share * (double)list->count >= MACHINE_LEAST_ROUNDS * (double)list->cells;
}

struct machine_state machine_state_of_most(const struct machine_look *looks, size_t count,
                                           size_t cells)
{
    const struct look_list list = {looks, count, cells};
    struct choice best = no_choice;
    try_states_of(&list, &list, &list, &best);
    return is_enough(&list, best.share) ? best.state : every_state;
}

/* ---- marking ---- */

/* The samples of a run by placement, and what each tells. */
struct marking {
    struct raw_sample **samples;
    struct machine_look *looks;
    size_t count;
};

static int compare_placements(const void *left, const void *right)
{
    const struct raw_sample *a = *(struct raw_sample *const *)left;
    const struct raw_sample *b = *(struct raw_sample *const *)right;
    int order = strcmp(a->cell.placement, b->cell.placement);
    return order != 0 ? order : (a > b) - (a < b);
}

static void close_marking(struct marking *marking)
{
    free(marking->samples);
    free(marking->looks);
}

static int open_marking(struct raw_samples *raw, struct marking *marking)
{
    size_t count = raw->sample_count;
    *marking = (struct marking){.samples = calloc(count + 1, sizeof(struct raw_sample *)),
                                .looks = calloc(count + 1, sizeof *marking->looks),
                                .count = count};
    if (marking->samples == NULL || marking->looks == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < count; index++)
        marking->samples[index] = &raw->samples[index];
    if (count > 1)
        qsort(marking->samples, count, sizeof(struct raw_sample *), compare_placements);
    for (size_t index = 0; index < count; index++)
        marking->looks[index] = machine_look_of(&marking->samples[index]->sample);
    return 0;
}

/* Samples of one placement: from `first`, `count` of them. */
struct stretch {
    const struct marking *marking;
    size_t first;
    size_t count;
    size_t cells;
};

static struct stretch stretch_from(const struct marking *marking, size_t first)
{
    struct stretch stretch = {marking, first, 0, 0};
    struct raw_sample *const *samples = marking->samples;
    const char *placement = samples[first]->cell.placement;
    for (size_t next = first;
         next < marking->count && strcmp(placement, samples[next]->cell.placement) == 0; next++) {
        stretch.count++;
        stretch.cells +=
            next == first || cell_key_compare(&samples[next - 1]->cell, &samples[next]->cell) != 0;
    }
    return stretch;
}

static struct look_list looks_of(const struct stretch *stretch)
{
    return (struct look_list){stretch->marking->looks + stretch->first, stretch->count,
                              stretch->cells};
}

static void mark(const struct stretch *stretch, const struct machine_state *state)
{
    for (size_t index = stretch->first; index < stretch->first + stretch->count; index++)
        stretch->marking->samples[index]->elsewhere =
            !machine_state_holds(state, &stretch->marking->looks[index]);
}

int machine_state_mark(struct raw_samples *raw)
{
    struct marking marking;
    int result = open_marking(raw, &marking);
    for (size_t first = 0; first < marking.count && result == 0;) {
        struct stretch stretch = stretch_from(&marking, first);
        struct look_list list = looks_of(&stretch);
        struct machine_state state = machine_state_of_most(list.looks, list.count, list.cells);
        mark(&stretch, &state);
        first += stretch.count;
    }
    close_marking(&marking);
    return result;
}

static void mark_all_elsewhere(const struct stretch *stretch)
{
    for (size_t index = stretch->first; index < stretch->first + stretch->count; index++)
        stretch->marking->samples[index]->elsewhere = true;
}

/* Returns whether the two have a state in common, or one of them tells none. */
static bool mark_both(const struct stretch *one, const struct stretch *other)
{
    struct look_list its = looks_of(one);
    struct look_list others = looks_of(other);
    struct choice best = no_choice;
    if (!tells(&its) || !tells(&others)) {
        mark(one, &every_state);
        mark(other, &every_state);
        return true;
    }
    double difference = try_states_of(&its, &its, &others, &best);
    difference = fmax(difference, try_states_of(&others, &its, &others, &best));
    bool enough = is_enough(&its, share_in_state(&its, &best.state)) &&
                  is_enough(&others, share_in_state(&others, &best.state));
    if (!enough && difference <= MACHINE_ALIKE_SHARE) {
        mark(one, &every_state);
        mark(other, &every_state);
        return true;
    }
    if (best.share < MACHINE_COMMON_SHARE) {
        mark_all_elsewhere(one);
        mark_all_elsewhere(other);
        return false;
    }
    mark(one, &best.state);
    mark(other, &best.state);
    return true;
}

static size_t mark_placements(const struct marking *one, const struct marking *other)
{
    size_t apart = 0;
    size_t its = 0;
    for (size_t first = 0; first < one->count;) {
        struct stretch stretch = stretch_from(one, first);
        const char *placement = one->samples[first]->cell.placement;
        while (its < other->count && strcmp(other->samples[its]->cell.placement, placement) < 0)
            its++;
        if (its < other->count && strcmp(other->samples[its]->cell.placement, placement) == 0) {
            struct stretch counterpart = stretch_from(other, its);
            apart += !mark_both(&stretch, &counterpart);
        }
        first += stretch.count;
    }
    return apart;
}

int machine_state_mark_common(struct raw_samples *one, struct raw_samples *other, bool same_machine,
                              size_t *apart)
{
    struct marking its = {.samples = NULL};
    struct marking others = {.samples = NULL};
    *apart = 0;
    if (!same_machine) {
        int alone = machine_state_mark(one);
        return alone == 0 ? machine_state_mark(other) : alone;
    }
    int result = open_marking(one, &its);
    if (result == 0)
        result = open_marking(other, &others);
    if (result == 0)
        *apart = mark_placements(&its, &others);
    close_marking(&its);
    close_marking(&others);
    return result;
}
