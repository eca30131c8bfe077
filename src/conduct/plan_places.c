#include "conduct/plan_places.h"

#include "base/random.h"
#include "conduct/plan_cells.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The part of a budget that is planned for; estimates are rough, and a run has a beginning and an
 * end besides its rounds. */
static const double PLANNED_PART = 0.8;

/* ---- which pairs ---- */

static struct plan_pair_kind *find_kind(struct plan_pairs *pairs, const char *kind)
{
    for (size_t index = 0; index < pairs->kinds_count; index++) {
        if (strcmp(pairs->kinds[index].kind, kind) == 0)
            return &pairs->kinds[index];
    }
    return NULL;
}

/* Counts the pairs of each kind, in the order in which kinds appear. */
static int count_kinds(const struct placement_pair *all, size_t count, struct plan_pairs *pairs)
{
    for (size_t index = 0; index < count; index++) {
        struct plan_pair_kind *kind = find_kind(pairs, all[index].kind);
        if (kind == NULL) {
            struct plan_pair_kind *kinds =
                realloc(pairs->kinds, (pairs->kinds_count + 1) * sizeof *kinds);
            if (kinds == NULL)
                return -ENOMEM;
            pairs->kinds = kinds;
            kind = &kinds[pairs->kinds_count++];
            *kind = (struct plan_pair_kind){.pairs = 0};
            memcpy(kind->kind, all[index].kind, sizeof kind->kind);
        }
        kind->pairs++;
    }
    return 0;
}

/* One of each kind, then of what is left the same part of each kind's further pairs; what rounding
 * leaves goes to the kinds in their order. */
static void share_out(struct plan_pairs *pairs, size_t count, size_t most)
{
    size_t left = most > pairs->kinds_count ? most - pairs->kinds_count : 0;
    size_t further = count - pairs->kinds_count;
    if (left > further)
        left = further;
    size_t given = 0;
    for (size_t index = 0; index < pairs->kinds_count; index++) {
        struct plan_pair_kind *kind = &pairs->kinds[index];
        size_t share = further > 0 ? (kind->pairs - 1) * left / further : 0;
        kind->measured = 1 + share;
        given += share;
    }
    for (size_t index = 0; given < left; index = (index + 1) % pairs->kinds_count) {
        if (pairs->kinds[index].measured < pairs->kinds[index].pairs) {
            pairs->kinds[index].measured++;
            given++;
        }
    }
}

/* Marks those pairs of one kind that are drawn, each equally likely: of the pairs still to come
 * every one is taken with the probability that fills the rest of the places (Knuth, "The Art of
 * Computer Programming", volume 2, algorithm S). */
static void draw_kind(const struct placement_pair *all, size_t count,
                      const struct plan_pair_kind *kind, uint64_t seed, bool *drawn)
{
    struct random random = random_seeded(seed);
    size_t to_come = kind->pairs;
    size_t places = kind->measured;
    for (size_t index = 0; index < count; index++) {
        if (strcmp(all[index].kind, kind->kind) != 0)
            continue;
        drawn[index] = random_below(&random, to_come) < places;
        places -= drawn[index] ? 1 : 0;
        to_come--;
    }
}

int plan_pairs_draw(const struct placement_pair *pairs, size_t count, size_t most, uint64_t seed,
                    struct plan_pairs *drawn)
{
    struct plan_pairs made = {.asked = count};
    bool *marks = calloc(count > 0 ? count : 1, sizeof *marks);
    made.list = calloc(count > 0 ? count : 1, sizeof *made.list);
    int result = marks != NULL && made.list != NULL ? count_kinds(pairs, count, &made) : -ENOMEM;
    if (result < 0) {
        free(marks);
        plan_pairs_free(&made);
        return result;
    }
    if (count > 0)
        share_out(&made, count, most);
    struct random seeds = random_seeded(seed);
    for (size_t kind = 0; kind < made.kinds_count; kind++)
        draw_kind(pairs, count, &made.kinds[kind], random_next(&seeds), marks);
    for (size_t index = 0; index < count; index++) {
        if (marks[index])
            made.list[made.count++] = pairs[index];
    }
    free(marks);
    *drawn = made;
    return 0;
}

void plan_pairs_free(struct plan_pairs *pairs)
{
    free(pairs->list);
    free(pairs->kinds);
    *pairs = (struct plan_pairs){.list = NULL};
}

/* ---- their cells ---- */

bool plan_is_pair(const struct cell *cell)
{
    return strncmp(cell->placement, PLACEMENT_PAIR_PREFIX, strlen(PLACEMENT_PAIR_PREFIX)) == 0;
}

static struct plan_placement placement_of_pair(const struct placement_pair *pair)
{
    struct plan_placement placement = {.cpus = pair->cpus};
    memcpy(placement.word, pair->word, sizeof placement.word);
    return placement;
}

/* The cells of one test of all asked mechanisms, in every way of waiting that both have. */
static int add_waits(const struct plan_request *request, const struct capability *capabilities,
                     size_t capabilities_count, const struct plan_placement *placement,
                     enum test test, uint64_t size_bytes, unsigned waits, struct plan *plan)
{
    int result = 0;
    for (size_t index = 0; index < capabilities_count; index++) {
        const struct capability *capability = &capabilities[index];
        if (!mechanism_list_has(&request->mechanisms, capability->mechanism) ||
            !word_set_has(capability->tests, (int)test) ||
            !word_set_has(capability->copies, COPIES_OWN) ||
            !word_set_has(capability->touches, request->touch))
            continue;
        for (int wait = 0; wait < WAIT_KIND_COUNT && result == 0; wait++) {
            struct word_set both = {.bits = waits & capability->waits.bits};
            if (!word_set_has(both, wait))
                continue;
            struct cell cell = plan_cell_of(capability->mechanism, test, wait, COPIES_OWN,
                                            request->touch, placement);
            cell.size_bytes = size_bytes;
            result = plan_add_cell(plan, &cell);
        }
    }
    return result;
}

static int add_pair(const struct plan_request *request, const struct capability *capabilities,
                    size_t capabilities_count, const struct placement_pair *pair, struct plan *plan)
{
    struct plan_placement placement = placement_of_pair(pair);
    bool one_cpu = pair->cpus.writer == pair->cpus.reader;
    unsigned waits = one_cpu ? request->waits.bits & 1U << WAIT_BLOCK : request->waits.bits;
    int result = add_waits(request, capabilities, capabilities_count, &placement, TEST_LATENCY,
                           PLAN_PAIR_BYTES, waits, plan);
    return result == 0 && !one_cpu ? plan_add_bounce(&placement, plan) : result;
}

/* How many pairs may be measured, if each takes `cells` cells and `seconds` a round. */
static size_t most_pairs(const struct plan_request *request, const struct plan *plan, size_t pairs,
                         size_t cells, double seconds)
{
    size_t most = cells > 0 ? PLAN_PAIR_CELLS_MOST / cells : pairs;
    uint64_t rounds = request->rounds < PLAN_ROUNDS_LEAST ? request->rounds : PLAN_ROUNDS_LEAST;
    double left = PLANNED_PART * request->budget_seconds / (double)rounds -
                  plan_estimate_round_seconds(plan, request->sample_seconds);
    if (request->budget_seconds > 0.0 && seconds > 0.0 && left / seconds < (double)most)
        most = left > 0.0 ? (size_t)(left / seconds) : 0;
    return most < pairs ? most : pairs;
}

int plan_add_pairs(const struct plan_request *request, const struct capability *capabilities,
                   size_t capabilities_count, const struct placement_pair *pairs, size_t count,
                   uint64_t seed, struct plan *plan, struct plan_pairs *chosen)
{
    /* What one pair of two CPUs takes. */
    struct plan one = {.cells = NULL};
    struct placement_pair two_cpus = {.word = PLACEMENT_PAIR_PREFIX, .cpus = {0, 1}};
    int result = add_pair(request, capabilities, capabilities_count, &two_cpus, &one);
    double seconds = plan_estimate_round_seconds(&one, request->sample_seconds);
    size_t most = most_pairs(request, plan, count, one.cells_count, seconds);
    plan_free(&one);
    if (result == 0)
        result = plan_pairs_draw(pairs, count, most, seed, chosen);
    if (result < 0)
        return result;
    uint64_t rounds = request->rounds < PLAN_ROUNDS_LEAST ? request->rounds : PLAN_ROUNDS_LEAST;
    chosen->all_seconds = seconds * (double)count * (double)rounds;
    for (size_t index = 0; index < chosen->count && result == 0; index++)
        result = add_pair(request, capabilities, capabilities_count, &chosen->list[index], plan);
    if (result < 0)
        plan_pairs_free(chosen);
    return result;
}

/* ---- many pairs at once ---- */

size_t plan_parallel_counts(const struct plan_request *request, size_t cpus, uint64_t *counts)
{
    const struct parallel_list *list = &request->pairs_parallel;
    size_t count = 0;
    if (!list->all) {
        memcpy(counts, list->counts, list->count * sizeof *counts);
        return list->count;
    }
    uint64_t most = cpus > 2 ? cpus : 2;
    for (uint64_t pairs = 1; pairs <= most && pairs <= CPU_PAIRS_MOST && count < PARALLEL_LIST_MOST;
         pairs *= 2)
        counts[count++] = pairs;
    return count;
}

/* The pairs repeat after as many as there are CPUs, and --cpus is taken round and round. */
static char *format_cpus(const int *order, size_t cpus, uint64_t pairs)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    if (stream == NULL)
        return NULL;
    for (size_t pair = 0; pair < pairs && pair < cpus; pair++) {
        struct cpu_pair pair_cpus = crowd_cpus_pair(order, cpus, pair);
        fprintf(stream, "%s%d,%d", pair > 0 ? "," : "", pair_cpus.writer, pair_cpus.reader);
    }
    return fclose(stream) == 0 ? text : NULL;
}

int plan_crowd_of(const int *order, size_t cpus, uint64_t pairs, struct plan_crowd *crowd)
{
    struct plan_crowd made = {.cpu_list = format_cpus(order, cpus, pairs)};
    if (made.cpu_list == NULL)
        return -ENOMEM;
    made.placement.cpus = crowd_cpus_pair(order, cpus, 0);
    made.placement.pairs_parallel = pairs;
    made.placement.cpu_list = made.cpu_list;
    snprintf(made.placement.word, sizeof made.placement.word, "parallel-%llu",
             (unsigned long long)pairs);
    *crowd = made;
    return 0;
}

int plan_add_crowd(const struct plan_request *request, const struct capability *capabilities,
                   size_t capabilities_count, const struct plan_crowd *crowd, size_t cpus,
                   struct plan *plan)
{
    unsigned waits = request->waits.bits;
    uint64_t pairs = crowd->placement.pairs_parallel;
    int result = 0;
    if (crowd_cpus_are_short(pairs, cpus) && word_set_has(request->waits, WAIT_SPIN)) {
        waits &= ~(1U << WAIT_SPIN);
        result = plan_add_skip(plan, "wait spin with more processes at once than CPUs",
                               request->mechanisms.count);
    }
    return result == 0 ? add_waits(request, capabilities, capabilities_count, &crowd->placement,
                                   TEST_THROUGHPUT, PLAN_PARALLEL_BYTES, waits, plan)
                       : result;
}
