/* The raw rows against the plan in the manifest: which cells, how often, in which order, and the
 * counts that the manifest states. */
#include "base/array.h"
#include "conduct/plan.h"
#include "results/bundle_table.h"
#include "verify/verification.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PLAN "plan and rows"

enum { MOST_CELLS = 1000000 };

/* ---- which cells ---- */

static bool list_has(const json_t *list, const char *word)
{
    for (size_t index = 0; index < json_array_size(list); index++) {
        const char *text = json_string_value(json_array_get(list, index));
        if (text != NULL && strcmp(text, word) == 0)
            return true;
    }
    return false;
}

static bool list_has_size(const json_t *list, uint64_t bytes)
{
    for (size_t index = 0; index < json_array_size(list); index++) {
        const json_t *size = json_array_get(list, index);
        if (json_is_integer(size) && (uint64_t)json_integer_value(size) == bytes)
            return true;
    }
    return false;
}

static bool has_placement(const json_t *plan, const char *word)
{
    const json_t *placements = json_object_get(plan, "placements");
    for (size_t index = 0; index < json_array_size(placements); index++) {
        const json_t *placement = json_array_get(placements, index);
        const char *text = json_string_value(json_object_get(placement, "placement"));
        if (text != NULL && strcmp(text, word) == 0)
            return true;
    }
    return false;
}

static const json_t *sizes_of(const json_t *plan, bool relay)
{
    const json_t *relays = relay ? json_object_get(plan, "relay_sizes_bytes") : NULL;
    return relays != NULL ? relays : json_object_get(plan, "sizes_bytes");
}

/* What of a ceiling is not of the plan; NULL when all is. */
static const char *foreign_to_ceiling(const json_t *plan, const struct cell_key *cell)
{
    bool bounce = strcmp(cell->test, PLAN_BOUNCE) == 0;
    if (!bounce && strcmp(cell->test, PLAN_MEMCPY) != 0)
        return "test";
    if (strcmp(cell->wait, PLAN_NONE) != 0 || strcmp(cell->copies, PLAN_NONE) != 0 ||
        strcmp(cell->touch, PLAN_NONE) != 0)
        return "wait, copies or touch";
    if (!has_placement(plan, cell->placement))
        return "placement";
    bool size = bounce ? cell->size_bytes == PLAN_BOUNCE_BYTES
                       : list_has_size(sizes_of(plan, false), cell->size_bytes);
    return size ? NULL : "size_bytes";
}

/* The same of all others. Relays take in the pipe with fewer copies by themselves, and touch
 * everything; the floor waits as cheaply as it can. */
static const char *foreign_to_plan(const json_t *plan, const struct cell_key *cell)
{
    bool relay = strcmp(cell->test, test_names[TEST_RELAY]) == 0;
    bool floor = strcmp(cell->mechanism, PLAN_FLOOR) == 0;
    const char *touch = json_string_value(json_object_get(plan, "touch"));
    if (strcmp(cell->mechanism, PLAN_CEILING) == 0)
        return foreign_to_ceiling(plan, cell);
    if (!floor && !list_has(json_object_get(plan, "mechanisms"), cell->mechanism) &&
        !(relay && strcmp(cell->mechanism, "vmsplice") == 0))
        return "mechanism";
    if (!list_has(json_object_get(plan, "tests"), cell->test))
        return "test";
    if (!floor && !list_has(json_object_get(plan, "waits"), cell->wait))
        return "wait";
    if (!list_has(json_object_get(plan, "copies"), cell->copies))
        return "copies";
    if (relay ? strcmp(cell->touch, touch_names[TOUCH_FULL]) != 0
              : touch != NULL && strcmp(cell->touch, touch) != 0)
        return "touch";
    if (!has_placement(plan, cell->placement))
        return "placement";
    return list_has_size(sizes_of(plan, relay), cell->size_bytes) ? NULL : "size_bytes";
}

/* Returns how many different cells there are; 0 when one of them is not of the plan. */
static size_t check_cells(const struct verification *verification, const json_t *plan)
{
    const struct raw_samples *raw = &verification->raw;
    size_t cells = 0;
    for (size_t index = 0; index < raw->sample_count; index++) {
        const struct raw_sample *sample = &raw->samples[index];
        if (index > 0 && cell_key_compare(&sample[-1].cell, &sample->cell) == 0)
            continue;
        cells++;
        const char *foreign = foreign_to_plan(plan, &sample->cell);
        if (foreign == NULL)
            continue;
        check_say(verification->checks, PLAN, CHECK_DIFFERS,
                  RAW_SAMPLES_FILE ": round %" PRIu64 ", order %" PRIu64 ": %s of the cell %s %s "
                                   "%s %s %s, %" PRIu64 " bytes, is not of the plan",
                  sample->round, sample->order, foreign, sample->cell.mechanism, sample->cell.test,
                  sample->cell.wait, sample->cell.copies, sample->cell.placement,
                  sample->cell.size_bytes);
        return 0;
    }
    return cells;
}

/* ---- positions ---- */

struct position {
    uint64_t round;
    uint64_t order;
    const struct raw_sample *sample; /* NULL for one that failed */
};

struct positions {
    struct position *positions;
    size_t count;
    size_t capacity;
    size_t errors; /* of them */
};

static int compare_positions(const void *left, const void *right)
{
    const struct position *a = left;
    const struct position *b = right;
    int order = (a->round > b->round) - (a->round < b->round);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int add_position(struct positions *all, struct position position)
{
    void *grown = array_grow(all->positions, all->count, &all->capacity, sizeof *all->positions);
    if (grown == NULL)
        return -ENOMEM;
    all->positions = grown;
    all->positions[all->count++] = position;
    return 0;
}

static int add_errors(const struct verification *verification, struct positions *all,
                      struct failure *failure)
{
    static const char *const names[] = {"round", "order"};
    static const struct bundle_table_columns columns = {.names = names, .count = 2};
    struct bundle_table open = {.table = NULL};
    struct failure problem = {0};
    int result = bundle_table_open(&open, verification->folder, "errors.tsv", &columns,
                                   BUNDLE_MOST_ERRORS, &problem);
    if (result == -ENOENT)
        return 0;
    while (result == 0 && (result = table_next(open.table, &problem)) > 0) {
        struct position position = {.sample = NULL};
        result = table_count(open.table, open.columns[0], &position.round, &problem);
        if (result == 0)
            result = table_count(open.table, open.columns[1], &position.order, &problem);
        if (result == 0)
            result = add_position(all, position);
        all->errors++;
    }
    table_close(open.table);
    return result < 0 ? failure_say(failure, result, "%s", problem.text) : 0;
}

static int collect(const struct verification *verification, struct positions *all,
                   struct failure *failure)
{
    int result = 0;
    for (size_t index = 0; index < verification->raw.sample_count && result == 0; index++) {
        const struct raw_sample *sample = &verification->raw.samples[index];
        result = add_position(all, (struct position){sample->round, sample->order, sample});
    }
    if (result == 0)
        result = add_errors(verification, all, failure);
    if (result == 0 && all->count > 1)
        qsort(all->positions, all->count, sizeof *all->positions, compare_positions);
    return result < 0 ? failure_set(failure, result, "the rows") : 0;
}

/* ---- counts ---- */

static uint64_t stated(const json_t *object, const char *name)
{
    json_int_t value = json_integer_value(json_object_get(object, name));
    return value > 0 ? (uint64_t)value : 0;
}

static bool check_stated(const struct verification *verification, const char *name, uint64_t there)
{
    uint64_t says = stated(verification->manifest, name);
    if (says == there)
        return true;
    check_say(verification->checks, "manifest.json", CHECK_DIFFERS,
              "%s: %" PRIu64 " stands there, %" PRIu64 " rows are there", name, says, there);
    return false;
}

/* Whether rounds and orders are those of the plan, each place once. */
static bool check_places(const struct verification *verification, const struct positions *all,
                         uint64_t cells)
{
    const char *stopped =
        json_string_value(json_object_get(verification->manifest, "stopped_because"));
    bool interrupted = stopped == NULL || strcmp(stopped, "interrupted") == 0;
    uint64_t rounds = stated(verification->manifest, "rounds_done") + (interrupted ? 1 : 0);
    for (size_t index = 0; index < all->count; index++) {
        const struct position *place = &all->positions[index];
        const char *problem = NULL;
        if (place->round < 1 || place->round > rounds)
            problem = "the run did not do such a round";
        else if (place->order < 1 || place->order > cells)
            problem = "the plan does not have so many cells";
        else if (index > 0 && compare_positions(place - 1, place) == 0)
            problem = "two rows have this place";
        if (problem == NULL)
            continue;
        check_say(verification->checks, PLAN, CHECK_DIFFERS,
                  "round %" PRIu64 ", order %" PRIu64 ": %s", place->round, place->order, problem);
        return false;
    }
    return true;
}

/* ---- the order of the seed ---- */

/* One round, whose rows are count places from `first` on. Which cell stands at which index of the
 * plan is not recorded; so the first whole round tells, and the others must say the same. */
static const struct position *check_round(const struct verification *verification,
                                          const struct position *first, size_t count, size_t *order,
                                          const struct raw_sample **cells)
{
    plan_order(count, verification->seed, first->round, order);
    for (size_t place = 0; place < count; place++) {
        const struct raw_sample **cell = &cells[order[first[place].order - 1]];
        if (first[place].sample == NULL)
            continue;
        if (*cell == NULL)
            *cell = first[place].sample;
        else if (cell_key_compare(&(*cell)->cell, &first[place].sample->cell) != 0)
            return &first[place];
    }
    return NULL;
}

/* Whole rounds only: the others have no order of their own. */
static bool check_orders(const struct verification *verification, const struct positions *all,
                         size_t cells_count, size_t *whole)
{
    size_t *order = calloc(cells_count + 1, sizeof *order);
    const struct raw_sample **cells = calloc(cells_count + 1, sizeof *cells);
    const struct position *wrong = NULL;
    size_t first = 0;
    *whole = 0;
    while (first < all->count && wrong == NULL && order != NULL && cells != NULL) {
        size_t end = first;
        while (end < all->count && all->positions[end].round == all->positions[first].round)
            end++;
        if (end - first == cells_count) {
            wrong = check_round(verification, &all->positions[first], cells_count, order, cells);
            (*whole)++;
        }
        first = end;
    }
    if (wrong != NULL)
        check_say(verification->checks, PLAN, CHECK_DIFFERS,
                  "round %" PRIu64 ", order %" PRIu64
                  ": the seed puts another cell there than %s %s %s %s, %" PRIu64 " bytes",
                  wrong->round, wrong->order, wrong->sample->cell.mechanism,
                  wrong->sample->cell.test, wrong->sample->cell.wait, wrong->sample->cell.copies,
                  wrong->sample->cell.size_bytes);
    free(order);
    free(cells);
    return wrong == NULL;
}

/* Before schema 3 every round had every cell. */
static bool check_whole_rounds(const struct verification *verification, size_t whole)
{
    uint64_t done = stated(verification->manifest, "rounds_done");
    if (verification->schema >= 3 || whole >= done)
        return true;
    check_say(verification->checks, PLAN, CHECK_DIFFERS,
              "rounds_done: %" PRIu64 " stands in the manifest, %zu rounds have all cells", done,
              whole);
    return false;
}

static void check_rows(const struct verification *verification, const json_t *plan,
                       const struct positions *all)
{
    uint64_t planned = stated(plan, "cells");
    size_t whole = 0;
    size_t cells = check_cells(verification, plan);
    bool right = check_stated(verification, "samples", all->count - all->errors);
    right = check_stated(verification, "errors", all->errors) && right;
    right = cells > 0 && right;
    if (cells > planned || planned > MOST_CELLS) {
        check_say(verification->checks, PLAN, CHECK_DIFFERS,
                  "%" PRIu64 " cells stand in the plan, rows are there of %zu", planned, cells);
        return;
    }
    if (!check_places(verification, all, planned))
        return;
    if (verification->has_seed)
        right = check_orders(verification, all, (size_t)planned, &whole) && right;
    right = check_whole_rounds(verification, whole) && right;
    if (right)
        check_say(verification->checks, PLAN, CHECK_OK,
                  "%zu samples of %zu cells are of the plan, each place of the order once; %zu "
                  "whole rounds have the order of the seed",
                  all->count - all->errors, cells, whole);
}

void verify_rows(const struct verification *verification)
{
    const json_t *plan = json_object_get(verification->manifest, "plan");
    struct positions all = {.positions = NULL};
    struct failure problem = {0};
    if (!verification->has_raw)
        check_say(verification->checks, PLAN, CHECK_NOT_RUN,
                  "cannot be compared: the raw rows cannot be read");
    else if (!json_is_object(plan))
        check_say(verification->checks, PLAN, CHECK_DIFFERS, "the manifest has no plan");
    else if (collect(verification, &all, &problem) < 0)
        check_say(verification->checks, PLAN, CHECK_DIFFERS, "%s", problem.text);
    else
        check_rows(verification, plan, &all);
    free(all.positions);
}
