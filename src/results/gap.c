#include "results/gap.h"

#include "results/cell_list.h"
#include "results/evidence_value.h"
#include "results/paired_rounds.h"
#include "results/shapley.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The factors of the lattice. */
enum { MECHANISM, COPIES, WAITING, FACTORS };

static const size_t lattice_steps[FACTORS] = {[MECHANISM] = 1, [COPIES] = 3, [WAITING] = 1};
enum { LATTICE_NODES = 2 * 4 * 2 };

/* What a node measures, apart from its wait. */
struct node {
    size_t mechanism_level; /* 0: the pipe's */
    size_t copies_taken;    /* of the pipe's 4 */
    const char *mechanism;
    enum copies copies;
    enum sink_kind sink;
    uint64_t extra_copies;
    enum working_set working_set;
};

static const struct node nodes[] = {
    {0, 0, "pipe", COPIES_OWN, SINK_FILE, 0, WORKING_SET_NONE},
    {0, 1, "pipe", COPIES_OWN, SINK_USE, 0, WORKING_SET_NONE},
    {0, 2, "vmsplice", COPIES_OWN, SINK_USE, 0, WORKING_SET_NONE},
    {1, 0, "shm", COPIES_OWN, SINK_FILE, 0, WORKING_SET_NONE},
    {1, 1, "shm", COPIES_OWN, SINK_USE, 0, WORKING_SET_NONE},
    {1, 2, "shm", COPIES_INPLACE, SINK_USE, 1, WORKING_SET_HOT},
    {1, 3, "shm", COPIES_INPLACE, SINK_USE, 0, WORKING_SET_NONE},
};

/* The waits, by the steps of waiting taken. */
static const enum wait_kind waits[] = {WAIT_BLOCK, WAIT_SPIN};

enum {
    NODE_COUNT = sizeof nodes / sizeof *nodes,
    WAIT_COUNT = sizeof waits / sizeof *waits,
    CELL_COUNT = NODE_COUNT * WAIT_COUNT
};

static void set_word(char word[static SAMPLE_WORD_BYTES], const char *text)
{
    snprintf(word, SAMPLE_WORD_BYTES, "%s", text);
}

/* The cell of a node at the touch, placement and size of `like`. */
static struct cell_key cell_of_node(const struct node *node, enum wait_kind wait,
                                    const struct cell_key *like)
{
    struct cell_key cell = *like;
    set_word(cell.mechanism, node->mechanism);
    set_word(cell.test, test_names[TEST_RELAY]);
    set_word(cell.wait, wait_names[wait]);
    set_word(cell.copies, copies_names[node->copies]);
    set_word(cell.source, source_names[SOURCE_FILE]);
    set_word(cell.sink, sink_names[node->sink]);
    cell.extra_copies = node->extra_copies;
    set_word(cell.working_set, working_set_names[node->working_set]);
    return cell;
}

static bool is_node(const struct cell_key *cell)
{
    for (size_t node = 0; node < NODE_COUNT; node++) {
        for (size_t wait = 0; wait < WAIT_COUNT; wait++) {
            struct cell_key wanted = cell_of_node(&nodes[node], waits[wait], cell);
            if (cell_key_compare(&wanted, cell) == 0)
                return true;
        }
    }
    return false;
}

/* --- Figures of one size ---------------------------------------------------------------------- */

/* In the order of the rows of the file; SHARE + x is the share of x, for the contributions and the
 * gap. */
enum row { ROW_FROM, ROW_MECHANISM, ROW_COPIES, ROW_WAITING, ROW_GAP, ROW_TO, ROWS };
enum { SHARE = ROWS, FIGURES = SHARE + ROWS };

static const char *const row_names[ROWS] = {[ROW_FROM] = "from",     [ROW_MECHANISM] = "mechanism",
                                            [ROW_COPIES] = "copies", [ROW_WAITING] = "waiting",
                                            [ROW_GAP] = "gap",       [ROW_TO] = "to"};

/* The rows of the factors, in the order of the lattice. */
static const enum row row_of_factor[FACTORS] = {
    [MECHANISM] = ROW_MECHANISM, [COPIES] = ROW_COPIES, [WAITING] = ROW_WAITING};

/* medians[node * WAIT_COUNT + wait]; the decomposition, and in `from` and `to` the corners. */
static struct shapley_result decompose(const double *medians, double *from, double *to)
{
    double values[LATTICE_NODES];
    struct shapley_lattice lattice = {.factors = FACTORS, .values = values};
    memcpy(lattice.steps, lattice_steps, sizeof lattice_steps);
    for (size_t index = 0; index < LATTICE_NODES; index++)
        values[index] = NAN;
    for (size_t node = 0; node < NODE_COUNT; node++) {
        for (size_t wait = 0; wait < WAIT_COUNT; wait++) {
            const size_t taken[FACTORS] = {[MECHANISM] = nodes[node].mechanism_level,
                                           [COPIES] = nodes[node].copies_taken,
                                           [WAITING] = wait};
            values[shapley_node(&lattice, taken)] = medians[node * WAIT_COUNT + wait];
        }
    }
    *from = values[0];
    *to = values[LATTICE_NODES - 1];
    return shapley_decompose(&lattice);
}

static void compute_figures(const double *medians, const void *context, double *figures)
{
    (void)context;
    struct shapley_result result = decompose(medians, &figures[ROW_FROM], &figures[ROW_TO]);
    figures[ROW_GAP] = result.gap;
    for (size_t factor = 0; factor < FACTORS; factor++)
        figures[row_of_factor[factor]] = result.factors[factor].mean;
    for (size_t row = 0; row < ROWS; row++) {
        bool has_share = row != ROW_FROM && row != ROW_TO;
        figures[SHARE + row] = has_share && result.gap > 0.0 ? figures[row] / result.gap : NAN;
    }
}

/* Whether the gap can be told from none: what is not above 0 has no shares anyway. */
static bool contains_zero(const struct estimate *gap)
{
    return gap->ci95_lo <= 0.0 && gap->ci95_hi >= 0.0;
}

/* rows[0 .. ROWS) of the cells that are like `like`. */
static void set_rows(const struct cell_key *like, const struct paired_rounds *paired,
                     const struct estimate *estimates, struct evidence_gap *rows)
{
    static const struct evidence_value unknown = {NAN, NAN, NAN};
    double medians[CELL_COUNT];
    double from;
    double to;
    paired_rounds_medians(paired, medians);
    struct shapley_result result = decompose(medians, &from, &to);
    for (size_t row = 0; row < ROWS; row++) {
        rows[row] = (struct evidence_gap){
            .size_bytes = like->size_bytes,
            .ns_per_kib = evidence_value_of_estimate(&estimates[row]),
            .least = NAN,
            .most = NAN,
            .share = contains_zero(&estimates[ROW_GAP])
                         ? unknown
                         : evidence_value_of_estimate(&estimates[SHARE + row]),
            .orders = result.orders,
            .rounds = paired->rounds,
        };
        snprintf(rows[row].placement, sizeof rows[row].placement, "%s", like->placement);
        snprintf(rows[row].factor, sizeof rows[row].factor, "%s", row_names[row]);
    }
    for (size_t factor = 0; factor < FACTORS; factor++) {
        rows[row_of_factor[factor]].least = result.factors[factor].least;
        rows[row_of_factor[factor]].most = result.factors[factor].most;
    }
}

static int compute_size(const struct raw_samples *raw, uint64_t seed, const struct cell_key *like,
                        struct evidence_gap *rows)
{
    struct cell_key cells[CELL_COUNT];
    struct paired_rounds paired;
    struct estimate estimates[FIGURES];
    for (size_t node = 0; node < NODE_COUNT; node++) {
        for (size_t wait = 0; wait < WAIT_COUNT; wait++)
            cells[node * WAIT_COUNT + wait] = cell_of_node(&nodes[node], waits[wait], like);
    }
    int result = paired_rounds_collect(raw, cells, CELL_COUNT, paired_wall_ns_per_kib, &paired);
    if (result < 0)
        return result;
    result = paired_rounds_estimate(&paired, compute_figures, NULL, FIGURES, seed, estimates);
    if (result == 0)
        set_rows(like, &paired, estimates, rows);
    paired_rounds_free(&paired);
    return result;
}

/* --- All sizes -------------------------------------------------------------------------------- */

static int compare_places(const void *left, const void *right)
{
    const struct cell_key *a = left;
    const struct cell_key *b = right;
    int order = strcmp(a->placement, b->placement);
    return order != 0 ? order : (a->size_bytes > b->size_bytes) - (a->size_bytes < b->size_bytes);
}

/* Sorts the cells by placement and size and leaves one of each. Returns how many these are. */
static size_t leave_one_per_place(struct cell_key *cells, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(cells, count, sizeof *cells, compare_places);
    for (size_t index = 0; index < count; index++) {
        if (kept == 0 || compare_places(&cells[kept - 1], &cells[index]) != 0)
            cells[kept++] = cells[index];
    }
    return kept;
}

int gap_compute(const struct raw_samples *raw, uint64_t seed, struct evidence_gap **rows,
                size_t *count)
{
    struct cell_key *places;
    size_t place_count;
    int result = cell_list_select(raw, is_node, &places, &place_count);
    if (result < 0)
        return result;
    place_count = leave_one_per_place(places, place_count);
    struct evidence_gap *computed = NULL;
    if (place_count > 0) {
        computed = calloc(place_count * ROWS, sizeof *computed);
        if (computed == NULL)
            result = -ENOMEM;
    }
    for (size_t place = 0; place < place_count && result == 0; place++)
        result = compute_size(raw, seed, &places[place], computed + place * ROWS);
    free(places);
    if (result < 0) {
        free(computed);
        return result;
    }
    *rows = computed;
    *count = place_count * ROWS;
    return 0;
}

void gap_print(const struct evidence_gap *rows, size_t count, FILE *stream)
{
    fputs("placement\tsize_bytes\tfactor\tns_per_kib\tci95_lo\tci95_hi\tleast\tmost\t"
          "share\tshare_ci95_lo\tshare_ci95_hi\torders\trounds\n",
          stream);
    for (size_t index = 0; index < count; index++) {
        const struct evidence_gap *row = &rows[index];
        fprintf(stream, "%s\t%" PRIu64 "\t%s", row->placement, row->size_bytes, row->factor);
        evidence_value_print(&row->ns_per_kib, stream);
        evidence_value_print_real(row->least, stream);
        evidence_value_print_real(row->most, stream);
        evidence_value_print(&row->share, stream);
        fprintf(stream, "\t%" PRIu64 "\t%" PRIu64 "\n", row->orders, row->rounds);
    }
}
