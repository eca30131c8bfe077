#include "results/gates.h"

#include "base/replace_file.h"
#include "base/table.h"
#include "base/terms.h"
#include "base/units.h"
#include "results/outer_clock.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FLOOR      "null"
#define CEILING    "ceiling"
#define NONE       "none"
#define THROUGHPUT "throughput_bytes_per_s"
#define LATENCY    "latency_p50_ns"
#define RATIO      "ratio_to_pipe"

enum { BOUNCE_BYTES = 8, NAME_BYTES = 14 * BUNDLE_WORD_BYTES };

const char *const gate_names[] = {"ceiling", "fifo-equals-pipe",     "clocks-agree",
                                  "floor",   "latency-above-bounce", NULL};
const char *const gate_state_names[] = {"passed", "tripped", "not applicable", NULL};

static const char *word_of(const struct bundle_row *row, enum bundle_column column)
{
    return row->cell.words[column];
}

static bool is(const struct bundle_row *row, enum bundle_column column, const char *word)
{
    return strcmp(word_of(row, column), word) == 0;
}

static bool is_mechanism(const struct bundle_row *row)
{
    return !is(row, BUNDLE_MECHANISM, FLOOR) && !is(row, BUNDLE_MECHANISM, CEILING);
}

static bool has_interval(const struct estimate *estimate)
{
    return estimate != NULL && !isnan(estimate->ci95_lo) && !isnan(estimate->ci95_hi);
}

/* ---- what stands in the detail ---- */

/* Appends both texts, or where they do not fit "; ..." once. */
static void append(struct gate_result *gate, const char *before, const char *text)
{
    static const char end[] = "; ...";
    size_t used = strlen(gate->detail);
    if (used >= sizeof end - 1 && strcmp(gate->detail + used - (sizeof end - 1), end) == 0)
        return;
    if (used + strlen(before) + strlen(text) + sizeof end <= sizeof gate->detail)
        snprintf(gate->detail + used, sizeof gate->detail - used, "%s%s", before, text);
    else
        snprintf(gate->detail + used, sizeof gate->detail - used, "%s", end);
}

/* "shm throughput inplace spin cache", and what else makes this cell another. */
static void name_cell(const struct bundle_row *row, char name[NAME_BYTES])
{
    char path[3 * BUNDLE_WORD_BYTES] = "";
    char copies[3 * BUNDLE_WORD_BYTES] = "";
    char touch[2 * BUNDLE_WORD_BYTES] = "";
    if (is(row, BUNDLE_TEST, test_names[TEST_RELAY]))
        snprintf(path, sizeof path, " %s to %s", word_of(row, BUNDLE_SOURCE),
                 word_of(row, BUNDLE_SINK));
    if (!is(row, BUNDLE_EXTRA_COPIES, "0"))
        snprintf(copies, sizeof copies, " %s extra copies %s", word_of(row, BUNDLE_EXTRA_COPIES),
                 word_of(row, BUNDLE_WORKING_SET));
    if (!is(row, BUNDLE_TOUCH, touch_names[TOUCH_FULL]))
        snprintf(touch, sizeof touch, " touch %s", word_of(row, BUNDLE_TOUCH));
    snprintf(name, NAME_BYTES, "%s %s %s %s %s%s%s%s", word_of(row, BUNDLE_MECHANISM),
             word_of(row, BUNDLE_TEST), word_of(row, BUNDLE_COPIES), word_of(row, BUNDLE_WAIT),
             word_of(row, BUNDLE_PLACEMENT), path, copies, touch);
}

/* Adds a cell beyond the bound. Rows of a cell and metric stand together, rising by size: `last` is
 * the row that was added before, or NULL. */
static void add_cell(struct gate_result *gate, const struct bundle_row *row,
                     const struct bundle_row **last)
{
    char name[NAME_BYTES];
    char size[UNITS_TEXT_BYTES];
    gate->tripped++;
    units_format_bytes(row->cell.size_bytes, size);
    if (*last == NULL ||
        memcmp((*last)->cell.words, row->cell.words, sizeof row->cell.words) != 0) {
        name_cell(row, name);
        append(gate, *last != NULL ? "; " : "", name);
        append(gate, ": ", size);
    } else {
        append(gate, ", ", size);
    }
    *last = row;
}

static void settle(struct gate_result *gate)
{
    gate->state = gate->cells == 0    ? GATE_NOT_APPLICABLE
                  : gate->tripped > 0 ? GATE_TRIPPED
                                      : GATE_PASSED;
}

/* ---- ceiling and floor ---- */

/* The floor of the same test, copies, touch, placement and size, whichever way it waits; NULL where
 * there is none. */
static const struct estimate *find_floor(const struct bundle_data *bundle,
                                         const struct bundle_row *row)
{
    const struct bundle_words *waits = &bundle->words[BUNDLE_WAIT];
    for (size_t index = 0; index < waits->count; index++) {
        struct bundle_cell cell = bundle_cell_of(
            FLOOR, word_of(row, BUNDLE_TEST), waits->words[index], word_of(row, BUNDLE_COPIES),
            word_of(row, BUNDLE_TOUCH), word_of(row, BUNDLE_PLACEMENT));
        const struct estimate *found =
            bundle_find(bundle, &cell, row->cell.size_bytes, row->metric);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static const struct estimate *find_ceiling(const struct bundle_data *bundle,
                                           const struct bundle_row *row)
{
    if (is(row, BUNDLE_COPIES, copies_names[COPIES_INPLACE]))
        return find_floor(bundle, row);
    struct bundle_cell cell =
        bundle_cell_of(CEILING, "memcpy", NONE, NONE, NONE, word_of(row, BUNDLE_PLACEMENT));
    return bundle_find(bundle, &cell, row->cell.size_bytes, THROUGHPUT);
}

static void check_ceiling(const struct bundle_data *bundle, struct gate_result *gate)
{
    const struct bundle_row *last = NULL;
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        if (strcmp(row->metric, THROUGHPUT) != 0 || !is_mechanism(row) ||
            !has_interval(&row->estimate))
            continue;
        const struct estimate *ceiling = find_ceiling(bundle, row);
        if (!has_interval(ceiling))
            continue;
        gate->cells++;
        if (row->estimate.ci95_lo > ceiling->ci95_hi)
            add_cell(gate, row, &last);
    }
    settle(gate);
}

/* Which part of a figure the floor is: of a time directly, of a throughput by its reciprocal. */
static double floor_share(const struct bundle_row *row, const struct estimate *floor)
{
    return strcmp(row->metric, LATENCY) == 0 ? floor->median / row->estimate.median
                                             : row->estimate.median / floor->median;
}

static void check_floor(const struct bundle_data *bundle, struct gate_result *gate)
{
    const struct bundle_row *last = NULL;
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        if ((strcmp(row->metric, THROUGHPUT) != 0 && strcmp(row->metric, LATENCY) != 0) ||
            !is_mechanism(row) || !(row->estimate.median > 0.0))
            continue;
        const struct estimate *floor = find_floor(bundle, row);
        if (floor == NULL || !(floor->median > 0.0))
            continue;
        gate->cells++;
        if (floor_share(row, floor) > GATES_FLOOR_SHARE)
            add_cell(gate, row, &last);
    }
    settle(gate);
}

/* ---- FIFO against pipe ---- */

/*
 * The chance that `misses` or more of `intervals` miss 1 though nothing differs. An interval of ten
 * rounds misses in 7 of 100 cases (statistics.h); taken as independent of each other.
 */
static double chance_of_misses(size_t misses, size_t intervals)
{
    const double miss = 0.07;
    double fewer = 0.0;
    double term = pow(1.0 - miss, (double)intervals); /* exactly none */
    for (size_t count = 0; count < misses; count++) {
        fewer += term;
        term *= miss / (1.0 - miss) * (double)(intervals - count) / (double)(count + 1);
    }
    return 1.0 - fewer;
}

static void check_fifo(const struct bundle_data *bundle, struct gate_result *gate)
{
    const struct bundle_row *last = NULL;
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        if (!is(row, BUNDLE_MECHANISM, "fifo") || strcmp(row->metric, RATIO) != 0 ||
            row->cell.size_bytes < GATES_FIFO_BYTES || !has_interval(&row->estimate))
            continue;
        gate->cells++;
        if (row->estimate.ci95_lo > 1.0 || row->estimate.ci95_hi < 1.0)
            add_cell(gate, row, &last);
    }
    settle(gate);
    if (gate->state == GATE_TRIPPED && chance_of_misses(gate->tripped, gate->cells) > 0.01)
        gate->state = GATE_PASSED;
}

/* ---- the clocks ---- */

static void check_clocks(const struct bundle_data *bundle, struct gate_result *gate)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    const struct bundle_words *placements = &bundle->words[BUNDLE_PLACEMENT];
    for (size_t index = 0; index < mechanisms->count && placements->count > 0; index++) {
        const char *mechanism = mechanisms->words[index];
        char text[2 * BUNDLE_WORD_BYTES];
        double inside = outer_clock_inner_ns(bundle, mechanism, placements->words[0]);
        double apart = outer_clock_outer_ns(bundle, mechanism) / inside - 1.0;
        if (isnan(apart))
            continue;
        snprintf(text, sizeof text, "%s %+.1f %%", mechanism, 100.0 * apart);
        append(gate, gate->cells > 0 ? "; " : "", text);
        gate->cells++;
        gate->tripped += fabs(apart) > GATES_CLOCKS_APART ? 1 : 0;
    }
    settle(gate);
}

/* ---- latency ---- */

static void check_latency(const struct bundle_data *bundle, struct gate_result *gate)
{
    const struct bundle_row *last = NULL;
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        if (strcmp(row->metric, LATENCY) != 0 || !is_mechanism(row) ||
            !has_interval(&row->estimate))
            continue;
        struct bundle_cell cell =
            bundle_cell_of(CEILING, "bounce", NONE, NONE, NONE, word_of(row, BUNDLE_PLACEMENT));
        const struct estimate *bounce = bundle_find(bundle, &cell, BOUNCE_BYTES, LATENCY);
        if (!has_interval(bounce))
            continue;
        gate->cells++;
        if (row->estimate.ci95_hi < bounce->ci95_lo)
            add_cell(gate, row, &last);
    }
    settle(gate);
}

/* ---- the whole ---- */

void gates_compute(const struct bundle_data *bundle, struct gate_result gates[GATE_COUNT])
{
    memset(gates, 0, GATE_COUNT * sizeof *gates);
    check_ceiling(bundle, &gates[GATE_CEILING]);
    check_fifo(bundle, &gates[GATE_FIFO]);
    check_clocks(bundle, &gates[GATE_CLOCKS]);
    check_floor(bundle, &gates[GATE_FLOOR]);
    check_latency(bundle, &gates[GATE_LATENCY]);
}

void gates_print(const struct gate_result gates[GATE_COUNT], FILE *stream)
{
    fputs("gate\tstate\tcells\ttripped\tdetail\n", stream);
    for (int gate = 0; gate < GATE_COUNT; gate++) {
        fprintf(stream, "%s\t%s\t%zu\t%zu\t", gate_names[gate], gate_state_names[gates[gate].state],
                gates[gate].cells, gates[gate].tripped);
        table_print_text(stream, *gates[gate].detail != '\0' ? gates[gate].detail : "-");
        fputc('\n', stream);
    }
}

static int print_file(const void *content, FILE *stream)
{
    gates_print(content, stream);
    return 0;
}

int gates_write(const char *bundle_folder, struct failure *failure)
{
    struct bundle_data bundle;
    struct gate_result gates[GATE_COUNT];
    int result = bundle_read(bundle_folder, &bundle, failure);
    if (result < 0)
        return result;
    gates_compute(&bundle, gates);
    bundle_free(&bundle);
    return replace_file(bundle_folder, GATES_FILE, print_file, gates, failure);
}
