#include "conduct/plan.h"

#include "base/random.h"
#include "conduct/plan_causes.h"
#include "conduct/plan_cells.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds per payload byte of a slow mechanism, for estimates. */
static const double SECONDS_PER_BYTE = 1.2e-9;

/* What warming up and finding the number of messages adds to the length of a sample. */
static const double WARMUP_PART = 0.4;

static bool on_one_cpu(const struct plan_placement *placement)
{
    return placement->cpus.writer == placement->cpus.reader;
}

static size_t count_words(struct word_set set)
{
    return (size_t)__builtin_popcount(set.bits);
}

/* Relays have cells of their own, see plan_causes.h. */
static struct word_set transfer_tests(const struct plan_request *request)
{
    return (struct word_set){.bits = request->tests.bits & ~(1U << TEST_RELAY)};
}

/* What is common to the cells of one mechanism on one placement. */
struct group {
    const struct plan_request *request;
    const struct capability *capability;
    const struct plan_placement *placement;
    struct plan *plan;
};

static int add_sizes(const struct group *group, int test, int wait, int copies)
{
    struct cell cell = plan_cell_of(group->capability->mechanism, (enum test)test, wait,
                                    (enum copies)copies, group->request->touch, group->placement);
    int result = 0;
    for (size_t index = 0; index < group->request->sizes.count && result == 0; index++) {
        cell.size_bytes = group->request->sizes.bytes[index];
        result = plan_add_cell(group->plan, &cell);
    }
    return result;
}

/* What goes the same way in both modes is measured in one of them; but the reference in both, so
 * that every cell has its pair. */
static bool is_measured_once(const struct group *group)
{
    return group->capability->inplace_is_own && word_set_has(group->request->copies, COPIES_OWN) &&
           strcmp(group->capability->mechanism, PLAN_REFERENCE) != 0;
}

static int skip_repetition(const struct group *group)
{
    char reason[sizeof((struct plan_skip *)0)->reason];
    snprintf(reason, sizeof reason, "%s moves bytes in place as it does in mode own: measured once",
             group->capability->mechanism);
    return plan_add_expected_skip(group->plan, reason, group->request->sizes.count);
}

static int add_tests_and_copies(const struct group *group, int wait)
{
    const struct plan_request *request = group->request;
    int result = 0;
    for (int test = 0; test < TEST_RELAY; test++) {
        for (int copies = 0; copies < COPIES_COUNT; copies++) {
            if (!word_set_has(request->tests, test) || !word_set_has(request->copies, copies) ||
                !word_set_has(group->capability->tests, test) ||
                !word_set_has(group->capability->copies, copies))
                continue;
            if (copies == COPIES_INPLACE && is_measured_once(group)) {
                if (result == 0)
                    result = skip_repetition(group);
                continue;
            }
            if (result == 0)
                result = add_sizes(group, test, wait, copies);
        }
    }
    return result;
}

static int skip_word(const struct group *group, const char *kind, const char *word, size_t cells)
{
    char reason[sizeof((struct plan_skip *)0)->reason];
    snprintf(reason, sizeof reason, "%s does not offer %s %s", group->capability->mechanism, kind,
             word);
    return plan_add_skip(group->plan, reason, cells);
}

/* Notes every asked word of one kind that the program lacks; `cells` hang on each of them. */
static int skip_missing(const struct group *group, const char *kind, const char *const *names,
                        struct word_set asked, struct word_set offered, size_t cells)
{
    int result = 0;
    for (int word = 0; names[word] != NULL && result == 0; word++) {
        if (word_set_has(asked, word) && !word_set_has(offered, word))
            result = skip_word(group, kind, names[word], cells);
    }
    return result;
}

static int skip_what_is_not_offered(const struct group *group)
{
    const struct plan_request *request = group->request;
    const struct capability *capability = group->capability;
    size_t tests = count_words(transfer_tests(request));
    size_t waits = count_words(request->waits);
    size_t copies = count_words(request->copies);
    size_t sizes = request->sizes.count;
    int result = skip_missing(group, "test", test_names, transfer_tests(request), capability->tests,
                              waits * copies * sizes);
    if (result == 0)
        result = skip_missing(group, "wait", wait_names, request->waits, capability->waits,
                              tests * copies * sizes);
    if (result == 0)
        result = skip_missing(group, "copies", copies_names, request->copies, capability->copies,
                              tests * waits * sizes);
    return result;
}

static bool spin_is_left_out(const struct group *group)
{
    return on_one_cpu(group->placement) && !group->request->spin_on_one_cpu;
}

static int add_mechanism(const struct group *group)
{
    const struct plan_request *request = group->request;
    size_t cells_per_wait =
        count_words(transfer_tests(request)) * count_words(request->copies) * request->sizes.count;
    if (!word_set_has(group->capability->touches, request->touch))
        return skip_word(group, "touch", touch_names[request->touch],
                         cells_per_wait * count_words(request->waits));
    int result = skip_what_is_not_offered(group);
    for (int wait = 0; wait < WAIT_KIND_COUNT && result == 0; wait++) {
        if (!word_set_has(request->waits, wait) || !word_set_has(group->capability->waits, wait))
            continue;
        if (wait == WAIT_SPIN && spin_is_left_out(group))
            result = plan_add_skip(
                group->plan, "wait spin with both sides on one CPU costs a time slice per message",
                cells_per_wait);
        else
            result = add_tests_and_copies(group, wait);
    }
    return result;
}

/* The floor waits as cheaply as it can; it is there to show what the harness itself costs. */
static int add_floor(const struct group *group)
{
    if (!word_set_has(group->capability->touches, group->request->touch))
        return skip_word(group, "touch", touch_names[group->request->touch], 1);
    bool spins = word_set_has(group->capability->waits, WAIT_SPIN) && !on_one_cpu(group->placement);
    if (spins)
        return add_tests_and_copies(group, WAIT_SPIN);
    if (word_set_has(group->capability->waits, WAIT_BLOCK))
        return add_tests_and_copies(group, WAIT_BLOCK);
    return plan_add_skip(group->plan, "the floor spins, which takes two CPUs", 1);
}

static int add_ceilings(const struct plan_request *request, const struct plan_placement *placement,
                        struct plan *plan)
{
    int result = 0;
    for (size_t index = 0; index < request->sizes.count && result == 0; index++)
        result = plan_add_memcpy(placement, request->sizes.bytes[index], plan);
    if (result < 0)
        return result;
    if (on_one_cpu(placement))
        return plan_add_skip(plan, "a cache line bounces between two CPUs only", 1);
    return plan_add_bounce(placement, plan);
}

/* Why nothing is left of a mechanism: its own reason, else one that holds for all. */
static const char *why_nothing_is_left(const struct plan *plan, const char *name)
{
    size_t length = strlen(name);
    for (size_t index = 0; index < plan->skips_count; index++) {
        const char *reason = plan->skips[index].reason;
        if (strncmp(reason, name, length) == 0 && reason[length] == ' ')
            return reason;
    }
    return plan->skips_count > 0 ? plan->skips[0].reason : "no cell is left";
}

static bool has_cells(const struct plan *plan, const char *name)
{
    for (size_t index = 0; index < plan->cells_count; index++) {
        if (strcmp(plan->cells[index].mechanism, name) == 0)
            return true;
    }
    return false;
}

/* A mechanism without a single cell is a mistake in the request, not something to leave out. */
static int check_mechanisms(const struct plan_request *request, const struct plan *plan,
                            struct failure *failure)
{
    for (size_t index = 0; index < request->mechanisms.count; index++) {
        const char *name = request->mechanisms.names[index];
        if (!has_cells(plan, name))
            return failure_say(failure, -EINVAL, "nothing to measure of %s: %s", name,
                               why_nothing_is_left(plan, name));
    }
    return 0;
}

static int fill_plan(const struct plan_request *request, const struct capability *capabilities,
                     size_t capabilities_count, const struct plan_placement *placements,
                     size_t placements_count, struct plan *plan)
{
    int result = 0;
    for (size_t place = 0; place < placements_count; place++) {
        for (size_t index = 0; index < capabilities_count && result == 0; index++) {
            struct group group = {request, &capabilities[index], &placements[place], plan};
            if (mechanism_list_has(&request->mechanisms, capabilities[index].mechanism))
                result = add_mechanism(&group);
            else if (strcmp(capabilities[index].mechanism, PLAN_FLOOR) == 0)
                result = add_floor(&group);
        }
        bool spin = !on_one_cpu(&placements[place]) || request->spin_on_one_cpu;
        if (result == 0)
            result = plan_add_relays(request, capabilities, capabilities_count, &placements[place],
                                     spin, plan);
        if (result == 0)
            result = plan_add_extra_copies(request, capabilities, capabilities_count,
                                           &placements[place], spin, plan);
        if (result == 0)
            result = add_ceilings(request, &placements[place], plan);
    }
    return result;
}

int plan_make(const struct plan_request *request, const struct capability *capabilities,
              size_t capabilities_count, const struct plan_placement *placements,
              size_t placements_count, struct plan *plan, struct failure *failure)
{
    struct plan made = {.cells = NULL};
    int result =
        fill_plan(request, capabilities, capabilities_count, placements, placements_count, &made);
    if (result < 0)
        failure_set(failure, result, "cannot make the plan");
    else
        result = check_mechanisms(request, &made, failure);
    if (result < 0) {
        plan_free(&made);
        return result;
    }
    *plan = made;
    return 0;
}

void plan_free(struct plan *plan)
{
    free(plan->cells);
    free(plan->skips);
    *plan = (struct plan){.cells = NULL};
}

void plan_order(size_t cells_count, uint64_t seed, uint64_t round, size_t *order)
{
    /* Seed and round are mixed one after the other, so that round 2 of seed 1 is not round 1 of
     * seed 2. */
    struct random random = random_seeded(seed);
    random = random_seeded(random_next(&random) ^ round);
    random = random_seeded(random_next(&random));
    for (size_t index = 0; index < cells_count; index++)
        order[index] = index;
    /* Fisher-Yates: every order is equally likely. */
    for (size_t left = cells_count; left > 1; left--) {
        size_t chosen = (size_t)random_below(&random, left);
        size_t swapped = order[left - 1];
        order[left - 1] = order[chosen];
        order[chosen] = swapped;
    }
}

double plan_estimate_round_seconds(const struct plan *plan, double sample_seconds)
{
    double seconds = 0.0;
    for (size_t index = 0; index < plan->cells_count; index++) {
        const struct cell *cell = &plan->cells[index];
        /* A warm-up message, a measured one and a verified one, each there and back in a latency
         * test. */
        double ways = strcmp(cell->test, test_names[TEST_LATENCY]) == 0 ? 6.0 : 3.0;
        double starts = cell->pairs_parallel > 1 ? (double)cell->pairs_parallel : 1.0;
        seconds += PLAN_SECONDS_START * starts + sample_seconds * (1.0 + WARMUP_PART) +
                   (double)cell->size_bytes * SECONDS_PER_BYTE * ways;
    }
    return seconds;
}
