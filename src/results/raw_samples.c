#include "results/raw_samples.h"

#include "base/array.h"
#include "base/table.h"
#include "results/bundle_table.h"
#include "results/machine_state.h"
#include "results/raw_latencies.h"
#include "results/raw_order.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Far beyond any real run; it keeps a damaged or hostile bundle from taking all memory. */
static const struct table_limits samples_limits = {
    .line_bytes = 4096, .columns = 128, .rows = 1000000};

/* What the summary needs of a sample beside round and order. */
static const struct {
    const char *name;
    const char *otherwise; /* in a table without such a column; NULL: required */
} needed_fields[] = {
    {"mechanism", NULL},
    {"test", NULL},
    {"wait", NULL},
    {"copies", NULL},
    {"touch", NULL},
    {"placement", NULL},
    {"source", "memory"},
    {"sink", "use"},
    {"extra_copies", "0"},
    {"working_set", "none"},
    {"size_bytes", NULL},
    {"messages", NULL},
    {"capacity_bytes", "0"},
    {"checksum_ok", NULL},
    {"messages_per_s", NULL},
    {"throughput_bytes_per_s", NULL},
    {"latency_mean_ns", NULL},
    {"latency_p50_ns", NULL},
    {"cpu_ns_per_kib", NULL},
    {"writer_cpu", "0"},
    {"reader_cpu", "0"},
    {"bounce_before_ns", "nan"},
    {"bounce_after_ns", "nan"},
    {"writer_work_ns", "nan"},
    {"reader_work_ns", "nan"},
    {"first_ns_per_message", "nan"},
    {"last_ns_per_message", "nan"},
};

enum { NEEDED_COUNT = sizeof needed_fields / sizeof *needed_fields };
#define NO_COLUMN SIZE_MAX

struct sample_columns {
    size_t round;
    size_t order;
    size_t columns[NEEDED_COUNT];
    const struct sample_field *fields[NEEDED_COUNT];
};

static const struct sample_field *find_field(const char *name)
{
    const struct sample_field *field = sample_fields;
    while (strcmp(field->name, name) != 0)
        field++;
    return field;
}

static int find_sample_columns(const struct table *table, struct sample_columns *columns,
                               struct failure *failure)
{
    int result = table_find_column(table, "round", &columns->round, failure);
    if (result == 0)
        result = table_find_column(table, "order", &columns->order, failure);
    for (size_t index = 0; index < NEEDED_COUNT && result == 0; index++) {
        columns->fields[index] = find_field(needed_fields[index].name);
        if (needed_fields[index].otherwise != NULL &&
            !table_has_column(table, needed_fields[index].name))
            columns->columns[index] = NO_COLUMN;
        else
            result = table_find_column(table, needed_fields[index].name, &columns->columns[index],
                                       failure);
    }
    return result;
}

/* Words become words of the tables that are made from the rows, and are shown as they are. */
static bool is_word(const struct sample_field *field, const char *text)
{
    char word[BUNDLE_WORD_BYTES];
    return field->type != SAMPLE_WORD || bundle_read_word(text, word) == 0;
}

static int read_sample(const struct table *table, const struct sample_columns *columns,
                       struct raw_sample *row, struct failure *failure)
{
    memset(row, 0, sizeof *row);
    int result = table_count(table, columns->round, &row->round, failure);
    if (result == 0)
        result = table_count(table, columns->order, &row->order, failure);
    for (size_t index = 0; index < NEEDED_COUNT && result == 0; index++) {
        size_t column = columns->columns[index];
        const char *text =
            column == NO_COLUMN ? needed_fields[index].otherwise : table_text(table, column);
        if (!is_word(columns->fields[index], text))
            result =
                table_refuse(table, column, "is not a word of letters, digits and -._", failure);
        else if (sample_parse_field(&row->sample, columns->fields[index], text) < 0)
            result = table_refuse(table, column, "is no value of this column", failure);
    }
    row->cell = cell_key_of_sample(&row->sample);
    return result;
}

static int read_sample_rows(struct table *table, struct raw_samples *raw, struct failure *failure)
{
    struct sample_columns columns;
    int result = find_sample_columns(table, &columns, failure);
    size_t capacity = 0;
    while (result == 0 && (result = table_next(table, failure)) > 0) {
        void *grown = array_grow(raw->samples, raw->sample_count, &capacity, sizeof *raw->samples);
        if (grown == NULL)
            return failure_set(failure, -ENOMEM, RAW_SAMPLES_FILE);
        raw->samples = grown;
        result = read_sample(table, &columns, &raw->samples[raw->sample_count], failure);
        if (result == 0)
            raw->sample_count++;
    }
    return result;
}

static int compare_samples(const void *left, const void *right)
{
    const struct raw_sample *a = left;
    const struct raw_sample *b = right;
    int order = cell_key_compare(&a->cell, &b->cell);
    return order != 0 ? order : (a->round > b->round) - (a->round < b->round);
}

static int sort_samples(struct raw_samples *raw, struct failure *failure)
{
    if (raw_order_sort(raw) < 0)
        return failure_set(failure, -ENOMEM, RAW_SAMPLES_FILE);
    uint64_t rounds = 1;
    for (size_t index = 1; index < raw->sample_count; index++) {
        const struct raw_sample *sample = &raw->samples[index];
        rounds = cell_key_compare(&sample[-1].cell, &sample->cell) == 0 ? rounds + 1 : 1;
        if (rounds > RAW_SAMPLES_MOST_ROUNDS)
            return failure_say(failure, -EINVAL,
                               RAW_SAMPLES_FILE ": round %" PRIu64 ", order %" PRIu64
                                                ": a cell has more than %d rounds",
                               sample->round, sample->order, RAW_SAMPLES_MOST_ROUNDS);
        if (compare_samples(sample - 1, sample) == 0)
            return failure_say(failure, -EINVAL,
                               RAW_SAMPLES_FILE ": round %" PRIu64 ": the same cell twice, at "
                                                "order %" PRIu64 " and %" PRIu64,
                               sample->round, sample[-1].order, sample->order);
    }
    return 0;
}

static int read_samples(const char *folder, struct raw_samples *raw, struct failure *failure)
{
    char path[PATH_MAX];
    struct table *table = NULL;
    if (snprintf(path, sizeof path, "%s/%s", folder, RAW_SAMPLES_FILE) >= (int)sizeof path)
        return failure_set(failure, -ENAMETOOLONG, "%.80s", folder);
    int result = table_open(&table, path, &samples_limits, failure);
    if (result == 0)
        result = read_sample_rows(table, raw, failure);
    table_close(table);
    return result == 0 ? sort_samples(raw, failure) : result;
}

void raw_samples_free(struct raw_samples *raw)
{
    free(raw->samples);
    free(raw->buckets);
    *raw = (struct raw_samples){0};
}

int raw_samples_read(const char *folder, struct raw_samples *raw, struct failure *failure)
{
    struct raw_samples read = {0};
    int result = read_samples(folder, &read, failure);
    if (result == 0)
        result = raw_latencies_read(folder, &read, failure);
    if (result == 0 && machine_state_mark(&read) < 0)
        result = failure_set(failure, -ENOMEM, RAW_SAMPLES_FILE);
    if (result < 0) {
        raw_samples_free(&read);
        return result;
    }
    *raw = read;
    return 0;
}
