#include "results/price.h"

#include "results/cell_list.h"
#include "results/evidence_value.h"
#include "results/line_fit.h"
#include "results/paired_rounds.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIGURE_SLOPE, FIGURE_INTERCEPT, FIGURE_R_SQUARED, FIGURES };

static const struct {
    const char *name;
    paired_value *value;
} metrics[] = {{"wall", paired_wall_ns_per_kib}, {"cpu", paired_cpu_ns_per_kib}};

enum { METRIC_COUNT = sizeof metrics / sizeof *metrics };

static bool is_padded(const struct cell_key *cell)
{
    return strcmp(cell->mechanism, "shm") == 0 &&
           strcmp(cell->test, test_names[TEST_THROUGHPUT]) == 0 &&
           strcmp(cell->copies, copies_names[COPIES_INPLACE]) == 0 &&
           strcmp(cell->source, source_names[SOURCE_MEMORY]) == 0 &&
           strcmp(cell->sink, sink_names[SINK_USE]) == 0 && cell->extra_copies > 0 &&
           term_find(working_set_names, cell->working_set) > WORKING_SET_NONE;
}

/* By what makes a series: all that a row of price.tsv has before its metric. */
static int compare_series(const struct cell_key *left, const struct cell_key *right)
{
    int order = strcmp(left->wait, right->wait);
    if (order == 0)
        order = strcmp(left->working_set, right->working_set);
    if (order == 0)
        order = strcmp(left->placement, right->placement);
    if (order == 0)
        order = (left->size_bytes > right->size_bytes) - (left->size_bytes < right->size_bytes);
    return order;
}

static int compare_cells(const void *left, const void *right)
{
    const struct cell_key *a = left;
    const struct cell_key *b = right;
    int order = compare_series(a, b);
    return order != 0 ? order
                      : (a->extra_copies > b->extra_copies) - (a->extra_copies < b->extra_copies);
}

static struct cell_key without_extra_copies(const struct cell_key *cell)
{
    struct cell_key plain = *cell;
    plain.extra_copies = 0;
    snprintf(plain.working_set, sizeof plain.working_set, "%s",
             working_set_names[WORKING_SET_NONE]);
    return plain;
}

/* A series: its cells, k = 0 first, and room for a point of each. */
struct series {
    struct cell_key *cells;
    size_t count;
    double *x;
    double *y;
};

static void free_series(struct series *series)
{
    free(series->cells);
    free(series->x);
    free(series->y);
}

/* The series of padded[0 .. count), which differ in k only. */
static int make_series(const struct cell_key *padded, size_t count, struct series *series)
{
    *series = (struct series){
        .cells = calloc(count + 1, sizeof *series->cells),
        .count = count + 1,
        .x = calloc(count + 1, sizeof *series->x),
        .y = calloc(count + 1, sizeof *series->y),
    };
    if (series->cells == NULL || series->x == NULL || series->y == NULL) {
        free_series(series);
        return -ENOMEM;
    }
    series->cells[0] = without_extra_copies(padded);
    memcpy(series->cells + 1, padded, count * sizeof *padded);
    return 0;
}

static void fit_series(const double *medians, const void *context, double *figures)
{
    const struct series *series = context;
    size_t points = 0;
    for (size_t cell = 0; cell < series->count; cell++) {
        if (isnan(medians[cell]))
            continue;
        series->x[points] = (double)series->cells[cell].extra_copies;
        series->y[points++] = medians[cell];
    }
    struct line_fit fit = {.slope = NAN, .intercept = NAN, .r_squared = NAN};
    if (points >= PRICE_LEAST_POINTS)
        fit = line_fit(series->x, series->y, points);
    figures[FIGURE_SLOPE] = fit.slope;
    figures[FIGURE_INTERCEPT] = fit.intercept;
    figures[FIGURE_R_SQUARED] = fit.r_squared;
}

static void set_row(const struct series *series, const char *metric,
                    const struct paired_rounds *paired, const struct estimate *estimates,
                    struct evidence_price *row)
{
    const struct cell_key *cell = &series->cells[series->count - 1];
    *row = (struct evidence_price){
        .size_bytes = cell->size_bytes,
        .slope = evidence_value_of_estimate(&estimates[FIGURE_SLOPE]),
        .intercept = evidence_value_of_estimate(&estimates[FIGURE_INTERCEPT]),
        .r_squared = estimates[FIGURE_R_SQUARED].median,
        .points = paired->measured,
        .rounds = paired->rounds,
    };
    snprintf(row->wait, sizeof row->wait, "%s", cell->wait);
    snprintf(row->working_set, sizeof row->working_set, "%s", cell->working_set);
    snprintf(row->placement, sizeof row->placement, "%s", cell->placement);
    snprintf(row->metric, sizeof row->metric, "%s", metric);
}

/* rows[0 .. METRIC_COUNT) of one series. */
static int compute_series(const struct raw_samples *raw, uint64_t seed, const struct series *series,
                          struct evidence_price *rows)
{
    int result = 0;
    for (size_t metric = 0; metric < METRIC_COUNT && result == 0; metric++) {
        struct paired_rounds paired;
        struct estimate estimates[FIGURES];
        result = paired_rounds_collect(raw, series->cells, series->count, metrics[metric].value,
                                       &paired);
        if (result < 0)
            return result;
        result = paired_rounds_estimate(&paired, fit_series, series, FIGURES, seed, estimates);
        if (result == 0)
            set_row(series, metrics[metric].name, &paired, estimates, &rows[metric]);
        paired_rounds_free(&paired);
    }
    return result;
}

/* How many of the sorted cells belong to the series of the first. */
static size_t count_series(const struct cell_key *cells, size_t count)
{
    size_t length = 1;
    while (length < count && compare_series(cells, cells + length) == 0)
        length++;
    return length;
}

int price_compute(const struct raw_samples *raw, uint64_t seed, struct evidence_price **rows,
                  size_t *count)
{
    struct cell_key *cells;
    size_t cell_count;
    int result = cell_list_select(raw, is_padded, &cells, &cell_count);
    if (result < 0)
        return result;
    /* At most one series per cell. */
    struct evidence_price *computed = NULL;
    size_t computed_count = 0;
    if (cell_count > 0) {
        qsort(cells, cell_count, sizeof *cells, compare_cells);
        computed = calloc(cell_count * METRIC_COUNT, sizeof *computed);
        if (computed == NULL)
            result = -ENOMEM;
    }
    for (size_t first = 0; first < cell_count && result == 0;) {
        struct series series;
        size_t length = count_series(cells + first, cell_count - first);
        result = make_series(cells + first, length, &series);
        if (result < 0)
            break;
        result = compute_series(raw, seed, &series, computed + computed_count);
        free_series(&series);
        computed_count += METRIC_COUNT;
        first += length;
    }
    free(cells);
    if (result < 0) {
        free(computed);
        return result;
    }
    *rows = computed;
    *count = computed_count;
    return 0;
}

void price_print(const struct evidence_price *rows, size_t count, FILE *stream)
{
    fputs("wait\tworking_set\tplacement\tsize_bytes\tmetric\t"
          "slope_ns_per_kib\tslope_ci95_lo\tslope_ci95_hi\t"
          "intercept_ns_per_kib\tintercept_ci95_lo\tintercept_ci95_hi\t"
          "r_squared\tpoints\trounds\n",
          stream);
    for (size_t index = 0; index < count; index++) {
        const struct evidence_price *row = &rows[index];
        fprintf(stream, "%s\t%s\t%s\t%" PRIu64 "\t%s", row->wait, row->working_set, row->placement,
                row->size_bytes, row->metric);
        evidence_value_print(&row->slope, stream);
        evidence_value_print(&row->intercept, stream);
        evidence_value_print_real(row->r_squared, stream);
        fprintf(stream, "\t%" PRIu64 "\t%" PRIu64 "\n", row->points, row->rounds);
    }
}
