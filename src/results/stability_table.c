#include "results/stability.h"

#include "base/array.h"
#include "base/replace_file.h"
#include "base/table.h"
#include "base/terms.h"
#include "base/units.h"
#include "results/bundle_table.h"
#include "results/evidence_value.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_ROWS = 100000 };

static const char *const columns[] = {
    "mechanism",       "test",     "wait",           "copies",      "touch",      "placement",
    "source",          "sink",     "extra_copies",   "working_set", "size_bytes", "metric",
    "rounds",          "outliers", "outlier_rounds", "tau",         "trend_p",    "trend_q",
    "last_over_first", "ci95_lo",  "ci95_hi",        "state",
};
enum {
    EXTRA_FIELD = 8,
    WORKING_SET_FIELD,
    SIZE_FIELD,
    METRIC_FIELD,
    ROUNDS_FIELD,
    OUTLIERS_FIELD,
    LIST_FIELD,
    TAU_FIELD,
    STATE_FIELD = TAU_FIELD + 6,
    FIELDS
};
_Static_assert(sizeof columns / sizeof *columns == FIELDS, "a name per column");

static const struct bundle_table_columns table_columns = {.names = columns, .count = FIELDS};

/* ---- writing ---- */

static void print_row(const struct stability_row *row, FILE *stream)
{
    cell_key_print_tsv(&row->cell, stream);
    fprintf(stream, "\t%s\t%" PRIu64 "\t%" PRIu64 "\t%s", row->metric, row->rounds, row->outliers,
            row->outlier_rounds);
    evidence_value_print_real(row->tau, stream);
    evidence_value_print_real(row->trend_p, stream);
    evidence_value_print_real(row->trend_q, stream);
    evidence_value_print_real(row->last_over_first.median, stream);
    evidence_value_print_real(row->last_over_first.ci95_lo, stream);
    evidence_value_print_real(row->last_over_first.ci95_hi, stream);
    fprintf(stream, "\t%s\n", stability_state_names[row->state]);
}

void stability_print(const struct stability_row *rows, size_t count, FILE *stream)
{
    for (size_t column = 0; column < FIELDS; column++)
        fprintf(stream, "%s%s", column > 0 ? "\t" : "", columns[column]);
    fputc('\n', stream);
    for (size_t index = 0; index < count; index++)
        print_row(&rows[index], stream);
}

struct content {
    struct stability_row *rows;
    size_t count;
};

static int print_file(const void *content, FILE *stream)
{
    const struct content *rows = content;
    stability_print(rows->rows, rows->count, stream);
    return 0;
}

int stability_write_from(const char *bundle_folder, const struct raw_samples *raw, uint64_t seed,
                         struct failure *failure)
{
    struct content content;
    int result = stability_compute(raw, seed, &content.rows, &content.count);
    if (result < 0)
        return failure_set(failure, result, "%.100s/" STABILITY_FILE, bundle_folder);
    result = replace_file(bundle_folder, STABILITY_FILE, print_file, &content, failure);
    free(content.rows);
    return result;
}

int stability_write(const char *bundle_folder, uint64_t seed, struct failure *failure)
{
    struct raw_samples raw;
    int result = raw_samples_read(bundle_folder, &raw, failure);
    if (result < 0)
        return result;
    result = stability_write_from(bundle_folder, &raw, seed, failure);
    raw_samples_free(&raw);
    return result;
}

/* ---- reading ---- */

static int read_words(const struct bundle_table *open, struct cell_key *cell,
                      struct failure *failure)
{
    char *const words[] = {cell->mechanism, cell->test,      cell->wait,   cell->copies,
                           cell->touch,     cell->placement, cell->source, cell->sink};
    char word[BUNDLE_WORD_BYTES];
    for (size_t field = 0; field <= WORKING_SET_FIELD; field++) {
        if (field == EXTRA_FIELD)
            continue;
        if (bundle_read_word(bundle_table_text(open, field), word) < 0 ||
            strlen(word) >= SAMPLE_WORD_BYTES)
            return bundle_table_refuse(open, field, "is not a word of letters, digits and -._",
                                       failure);
        strcpy(field == WORKING_SET_FIELD ? cell->working_set : words[field], word);
    }
    return 0;
}

static int read_counts(const struct bundle_table *open, struct stability_row *row,
                       struct failure *failure)
{
    const struct {
        size_t field;
        uint64_t *count;
    } counts[] = {{EXTRA_FIELD, &row->cell.extra_copies},
                  {SIZE_FIELD, &row->cell.size_bytes},
                  {ROUNDS_FIELD, &row->rounds},
                  {OUTLIERS_FIELD, &row->outliers}};
    for (size_t index = 0; index < sizeof counts / sizeof *counts; index++) {
        if (units_parse_count(bundle_table_text(open, counts[index].field), counts[index].count) <
            0)
            return bundle_table_refuse(open, counts[index].field, "is not a whole number", failure);
    }
    return 0;
}

static int read_numbers(const struct bundle_table *open, struct stability_row *row,
                        struct failure *failure)
{
    double *const numbers[] = {&row->tau,
                               &row->trend_p,
                               &row->trend_q,
                               &row->last_over_first.median,
                               &row->last_over_first.ci95_lo,
                               &row->last_over_first.ci95_hi};
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
        if (bundle_read_signed(bundle_table_text(open, TAU_FIELD + index), numbers[index]) < 0)
            return bundle_table_refuse(open, TAU_FIELD + index, "is not a number or nan", failure);
    }
    return 0;
}

/* Rounds are digits and commas, so that they are no markup wherever they are shown. */
static int read_texts(const struct bundle_table *open, struct stability_row *row,
                      struct failure *failure)
{
    const char *list = bundle_table_text(open, LIST_FIELD);
    if (bundle_read_word(bundle_table_text(open, METRIC_FIELD), row->metric) < 0)
        return bundle_table_refuse(open, METRIC_FIELD, "is not the name of a metric", failure);
    if (*list == '\0' || strlen(list) >= sizeof row->outlier_rounds ||
        list[strspn(list, "0123456789,.-")] != '\0')
        return bundle_table_refuse(open, LIST_FIELD, "is not a list of rounds", failure);
    strcpy(row->outlier_rounds, list);
    int state = term_find(stability_state_names, bundle_table_text(open, STATE_FIELD));
    if (state < 0)
        return bundle_table_refuse(open, STATE_FIELD,
                                   "is not one of steady, drifts, warming, unknown", failure);
    row->state = (enum stability_state)state;
    return 0;
}

static int read_row(const struct bundle_table *open, struct stability_row *row,
                    struct failure *failure)
{
    *row = (struct stability_row){.rounds = 0};
    int result = read_words(open, &row->cell, failure);
    if (result == 0)
        result = read_counts(open, row, failure);
    if (result == 0)
        result = read_numbers(open, row, failure);
    return result == 0 ? read_texts(open, row, failure) : result;
}

static int read_rows(struct bundle_table *open, struct content *content, struct failure *failure)
{
    size_t capacity = 0;
    int result;
    while ((result = table_next(open->table, failure)) > 0) {
        void *grown = array_grow(content->rows, content->count, &capacity, sizeof *content->rows);
        if (grown == NULL)
            return failure_set(failure, -ENOMEM, STABILITY_FILE);
        content->rows = grown;
        result = read_row(open, &content->rows[content->count], failure);
        if (result < 0)
            break;
        content->count++;
    }
    return result;
}

int stability_read(const char *bundle_folder, struct stability_row **rows, size_t *count,
                   struct failure *failure)
{
    struct bundle_table open = {.table = NULL};
    struct failure problem = {0};
    struct content content = {.rows = NULL};
    int result = bundle_table_open(&open, bundle_folder, STABILITY_FILE, &table_columns, MOST_ROWS,
                                   &problem);
    if (result == 0)
        result = read_rows(&open, &content, &problem);
    else if (result == -ENOENT)
        result = 0;
    table_close(open.table);
    if (result < 0) {
        free(content.rows);
        return failure_say(failure, result, "%s", problem.text);
    }
    *rows = content.rows;
    *count = content.count;
    return 0;
}
