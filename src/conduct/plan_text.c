#include "conduct/plan_text.h"

#include "base/units.h"
#include "conduct/plan_places.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

double plan_estimate_seconds(const struct plan *plan, const struct plan_request *request)
{
    double round_seconds = plan_estimate_round_seconds(plan, request->sample_seconds);
    uint64_t least = request->rounds < PLAN_ROUNDS_LEAST ? request->rounds : PLAN_ROUNDS_LEAST;
    double seconds = round_seconds * (double)request->rounds;
    if (request->budget_seconds > 0.0 && seconds > request->budget_seconds)
        seconds = request->budget_seconds;
    double least_seconds = round_seconds * (double)least;
    return seconds < least_seconds ? least_seconds : seconds;
}

static bool differs_in_size_only(const struct cell *cell, const struct cell *other)
{
    return strcmp(cell->mechanism, other->mechanism) == 0 && strcmp(cell->test, other->test) == 0 &&
           strcmp(cell->wait, other->wait) == 0 && strcmp(cell->copies, other->copies) == 0 &&
           strcmp(cell->placement, other->placement) == 0 &&
           strcmp(cell->source, other->source) == 0 && strcmp(cell->sink, other->sink) == 0 &&
           cell->extra_copies == other->extra_copies &&
           strcmp(cell->working_set, other->working_set) == 0;
}

static void print_row(const struct cell *first, const struct cell *last, size_t sizes, FILE *stream)
{
    char least[UNITS_TEXT_BYTES];
    char most[UNITS_TEXT_BYTES];
    fprintf(stream, "  %-16s %-10s %-6s %-7s %-8s %3d,%-3d %2zu size%s %s", first->mechanism,
            first->test, first->wait, first->copies, first->placement, first->cpus.writer,
            first->cpus.reader, sizes,
            sizes == 1 ? ": " : "s:", units_format_bytes(first->size_bytes, least));
    if (sizes > 1)
        fprintf(stream, " to %s", units_format_bytes(last->size_bytes, most));
    if (strcmp(first->test, test_names[TEST_RELAY]) == 0)
        fprintf(stream, ", %s to %s", first->source, first->sink);
    if (first->extra_copies > 0)
        fprintf(stream, ", %" PRIu64 " extra %s", first->extra_copies, first->working_set);
    fputc('\n', stream);
}

/* Pairs of CPUs are too many for a line each. They stand behind all others. */
static size_t count_others(const struct plan *plan)
{
    size_t count = 0;
    while (count < plan->cells_count && !plan_is_pair(&plan->cells[count]))
        count++;
    return count;
}

static void print_rows(const struct plan *plan, FILE *stream)
{
    size_t first = 0;
    size_t end = count_others(plan);
    for (size_t index = 1; index <= end; index++) {
        if (index < end && differs_in_size_only(&plan->cells[first], &plan->cells[index]))
            continue;
        print_row(&plan->cells[first], &plan->cells[index - 1], index - first, stream);
        first = index;
    }
}

static void print_pairs(const struct plan *plan, FILE *stream)
{
    size_t first = count_others(plan);
    size_t pairs = 0;
    for (size_t index = first; index < plan->cells_count; index++)
        pairs += index == first ||
                 strcmp(plan->cells[index].placement, plan->cells[index - 1].placement) != 0;
    if (pairs > 0)
        fprintf(stream, "  and %zu cells of %zu pairs of CPUs: latency, own, 64 B, and bounce\n",
                plan->cells_count - first, pairs);
}

static void print_skips(const struct plan *plan, FILE *stream)
{
    if (plan->skips_count == 0)
        return;
    fputs("left out:\n", stream);
    for (size_t index = 0; index < plan->skips_count; index++)
        fprintf(stream, "  %s (%zu cell%s)\n", plan->skips[index].reason, plan->skips[index].cells,
                plan->skips[index].cells == 1 ? "" : "s");
}

void plan_print(const struct plan *plan, const struct plan_request *request, uint64_t seed,
                FILE *stream)
{
    fputs("cells (mechanism, test, wait, copies, placement, CPUs of writer and reader):\n", stream);
    print_rows(plan, stream);
    print_pairs(plan, stream);
    print_skips(plan, stream);
    fprintf(stream, "one round: %zu cells in random order, %g s a sample, about %.0f s\n",
            plan->cells_count, request->sample_seconds,
            plan_estimate_round_seconds(plan, request->sample_seconds));
    fprintf(stream, "rounds: %" PRIu64, request->rounds);
    if (request->budget_seconds > 0.0)
        fprintf(stream, ", or as many whole rounds (at least %d) as fit %g s", PLAN_ROUNDS_LEAST,
                request->budget_seconds);
    fprintf(stream, "\nestimated time: about %.0f s\nseed: %" PRIu64 "\n",
            plan_estimate_seconds(plan, request), seed);
}
