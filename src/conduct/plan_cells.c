#include "conduct/plan_cells.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_word(char word[static SAMPLE_WORD_BYTES], const char *text)
{
    snprintf(word, SAMPLE_WORD_BYTES, "%s", text);
}

int plan_add_cell(struct plan *plan, const struct cell *cell)
{
    /* Grown by doubling: a power of two means that the memory is full. */
    if ((plan->cells_count & (plan->cells_count - 1)) == 0) {
        size_t room = plan->cells_count == 0 ? 1 : plan->cells_count * 2;
        struct cell *cells = realloc(plan->cells, room * sizeof *cells);
        if (cells == NULL)
            return -ENOMEM;
        plan->cells = cells;
    }
    plan->cells[plan->cells_count++] = *cell;
    return 0;
}

/* Cells are counted under their reason. */
int plan_add_skip(struct plan *plan, const char *reason, size_t cells)
{
    for (size_t index = 0; index < plan->skips_count; index++) {
        if (strcmp(plan->skips[index].reason, reason) == 0) {
            plan->skips[index].cells += cells;
            return 0;
        }
    }
    struct plan_skip *skips = realloc(plan->skips, (plan->skips_count + 1) * sizeof *skips);
    if (skips == NULL)
        return -ENOMEM;
    plan->skips = skips;
    struct plan_skip *skip = &skips[plan->skips_count++];
    snprintf(skip->reason, sizeof skip->reason, "%s", reason);
    skip->cells = cells;
    skip->expected = false;
    return 0;
}

int plan_add_expected_skip(struct plan *plan, const char *reason, size_t cells)
{
    int result = plan_add_skip(plan, reason, cells);
    for (size_t index = 0; index < plan->skips_count && result == 0; index++) {
        if (strcmp(plan->skips[index].reason, reason) == 0)
            plan->skips[index].expected = true;
    }
    return result;
}

void plan_set_path(struct cell *cell, enum source_kind source, enum sink_kind sink,
                   uint64_t extra_copies, enum working_set working_set)
{
    set_word(cell->source, source_names[source]);
    set_word(cell->sink, sink_names[sink]);
    cell->extra_copies = extra_copies;
    set_word(cell->working_set, working_set_names[working_set]);
}

struct cell plan_cell_of(const char *mechanism, enum test test, int wait, enum copies copies,
                         int touch, const struct plan_placement *placement)
{
    struct cell cell = {.cpus = placement->cpus,
                        .pairs_parallel = placement->pairs_parallel,
                        .cpu_list = placement->cpu_list};
    set_word(cell.mechanism, mechanism);
    set_word(cell.test, test_names[test]);
    set_word(cell.wait, wait_names[wait]);
    set_word(cell.copies, copies_names[copies]);
    set_word(cell.touch, touch_names[touch]);
    set_word(cell.placement, placement->word);
    plan_set_path(&cell, SOURCE_MEMORY, SINK_USE, 0, WORKING_SET_NONE);
    return cell;
}

static struct cell ceiling_cell(const char *test, const struct plan_placement *placement)
{
    struct cell cell =
        plan_cell_of(PLAN_CEILING, TEST_THROUGHPUT, WAIT_BLOCK, COPIES_OWN, TOUCH_FULL, placement);
    set_word(cell.test, test);
    set_word(cell.wait, PLAN_NONE);
    set_word(cell.copies, PLAN_NONE);
    set_word(cell.touch, PLAN_NONE);
    return cell;
}

int plan_add_memcpy(const struct plan_placement *placement, uint64_t size_bytes, struct plan *plan)
{
    struct cell cell = ceiling_cell(PLAN_MEMCPY, placement);
    cell.size_bytes = size_bytes;
    return plan_add_cell(plan, &cell);
}

int plan_add_bounce(const struct plan_placement *placement, struct plan *plan)
{
    struct cell cell = ceiling_cell(PLAN_BOUNCE, placement);
    cell.size_bytes = PLAN_BOUNCE_BYTES;
    return plan_add_cell(plan, &cell);
}

uint64_t plan_reference_size(const struct size_list *sizes)
{
    const double wanted = log2(65536.0);
    uint64_t nearest = 0;
    for (size_t index = 0; index < sizes->count; index++) {
        if (nearest == 0 ||
            fabs(log2((double)sizes->bytes[index]) - wanted) < fabs(log2((double)nearest) - wanted))
            nearest = sizes->bytes[index];
    }
    return nearest;
}
