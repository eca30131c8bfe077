#include "results/bundle_reader.h"

#include "base/regular_file.h"
#include "base/terms.h"
#include "base/units.h"
#include "results/bundle_places.h"
#include "results/bundle_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_JSON_BYTES = 16 * 1024 * 1024 };

/* summary.tsv */
static const char *const summary_columns[] = {
    "mechanism", "test",    "wait",         "copies",      "touch",      "placement",
    "source",    "sink",    "extra_copies", "working_set", "size_bytes", "metric",
    "median",    "ci95_lo", "ci95_hi",      "samples",
};
enum {
    METRIC_FIELD = BUNDLE_COLUMN_COUNT + 1,
    MEDIAN_FIELD,
    SAMPLES_FIELD = MEDIAN_FIELD + 3,
    SUMMARY_FIELDS
};
_Static_assert(sizeof summary_columns / sizeof *summary_columns == SUMMARY_FIELDS,
               "a name per column");

/* errors.tsv: the same cell, then what happened. */
static const char *const error_columns[] = {
    "mechanism", "test", "wait",         "copies",      "touch",      "placement",
    "source",    "sink", "extra_copies", "working_set", "size_bytes", "message",
};
enum { MESSAGE_FIELD = BUNDLE_COLUMN_COUNT + 1, ERROR_FIELDS };

/* What a bundle of schema 1 measured, which has no such columns; NULL: the column is required. */
static const char *const words_of_schema_1[BUNDLE_COLUMN_COUNT] = {
    [BUNDLE_SOURCE] = "memory",
    [BUNDLE_SINK] = "use",
    [BUNDLE_EXTRA_COPIES] = "0",
    [BUNDLE_WORKING_SET] = "none",
};

static const struct bundle_table_columns summary_table = {
    .names = summary_columns,
    .count = SUMMARY_FIELDS,
    .otherwise = words_of_schema_1,
    .otherwise_count = BUNDLE_COLUMN_COUNT,
};
static const struct bundle_table_columns error_table = {
    .names = error_columns,
    .count = ERROR_FIELDS,
    .otherwise = words_of_schema_1,
    .otherwise_count = BUNDLE_COLUMN_COUNT,
};

enum { SIZE_FIELD = BUNDLE_COLUMN_COUNT };

static int compare_rows(const void *left, const void *right)
{
    const struct bundle_row *one = left;
    const struct bundle_row *other = right;
    for (int column = 0; column < BUNDLE_COLUMN_COUNT; column++) {
        int order = strcmp(one->cell.words[column], other->cell.words[column]);
        if (order != 0)
            return order;
    }
    int order = strcmp(one->metric, other->metric);
    if (order != 0)
        return order;
    return (one->cell.size_bytes > other->cell.size_bytes) -
           (one->cell.size_bytes < other->cell.size_bytes);
}

static int read_cell(const struct bundle_table *open, struct bundle_cell *cell,
                     struct failure *failure)
{
    for (size_t field = 0; field < BUNDLE_COLUMN_COUNT; field++) {
        if (bundle_read_word(bundle_table_text(open, field), cell->words[field]) < 0)
            return bundle_table_refuse(open, field, "is not a word of letters, digits and -._",
                                       failure);
    }
    if (bundle_read_size(bundle_table_text(open, SIZE_FIELD), &cell->size_bytes) < 0)
        return bundle_table_refuse(open, SIZE_FIELD, "is not a number of bytes from 1 to 2^50",
                                   failure);
    return 0;
}

static int read_estimate(const struct bundle_table *open, struct estimate *estimate,
                         struct failure *failure)
{
    double *const numbers[] = {&estimate->median, &estimate->ci95_lo, &estimate->ci95_hi};
    for (size_t index = 0; index < 3; index++) {
        if (bundle_read_number(bundle_table_text(open, MEDIAN_FIELD + index), numbers[index]) < 0)
            return bundle_table_refuse(open, MEDIAN_FIELD + index,
                                       "is not a number of at least 0, or nan", failure);
    }
    uint64_t samples;
    if (units_parse_count(bundle_table_text(open, SAMPLES_FIELD), &samples) < 0 ||
        samples > UINT32_MAX)
        return bundle_table_refuse(open, SAMPLES_FIELD, "is not a whole number up to 2^32 - 1",
                                   failure);
    estimate->samples = (size_t)samples;
    if (isnan(estimate->ci95_lo) || isnan(estimate->ci95_hi) || isnan(estimate->median)) {
        estimate->ci95_lo = NAN;
        estimate->ci95_hi = NAN;
        return 0;
    }
    /* The median may lie outside: a percentile interval of a skewed sample can miss it. */
    if (estimate->ci95_lo > estimate->ci95_hi)
        return bundle_table_refuse(open, MEDIAN_FIELD + 1, "is above ci95_hi", failure);
    return 0;
}

static int append_row(struct bundle_row **rows, size_t *count, const struct bundle_row *row)
{
    /* Grown by doubling from 1024: then a power of two means that the memory is full. */
    if (*count == 0 || (*count >= 1024 && (*count & (*count - 1)) == 0)) {
        size_t wanted = *count == 0 ? 1024 : *count * 2;
        struct bundle_row *grown = reallocarray(*rows, wanted, sizeof *grown);
        if (grown == NULL)
            return -ENOMEM;
        *rows = grown;
    }
    (*rows)[(*count)++] = *row;
    return 0;
}

/* To its list: rows of places stand apart. */
static int keep_row(struct bundle_data *bundle, const struct bundle_row *row)
{
    if (bundle_is_place(row->cell.words[BUNDLE_PLACEMENT]))
        return append_row(&bundle->place_rows, &bundle->place_row_count, row);
    return append_row(&bundle->rows, &bundle->row_count, row);
}

static int check_duplicates(const struct bundle_row *rows, size_t count, const char *path,
                            struct failure *failure)
{
    for (size_t index = 1; index < count; index++) {
        const struct bundle_row *row = &rows[index];
        if (compare_rows(row - 1, row) == 0)
            return failure_say(failure, -EINVAL, "%s: %s stands twice for %s %s, %llu bytes", path,
                               row->metric, row->cell.words[BUNDLE_MECHANISM],
                               row->cell.words[BUNDLE_TEST],
                               (unsigned long long)row->cell.size_bytes);
    }
    return 0;
}

static int read_row(const struct bundle_table *open, struct bundle_row *row,
                    struct failure *failure)
{
    memset(row, 0, sizeof *row);
    if (bundle_read_word(bundle_table_text(open, METRIC_FIELD), row->metric) < 0)
        return bundle_table_refuse(open, METRIC_FIELD, "is not the name of a metric", failure);
    int result = read_cell(open, &row->cell, failure);
    return result < 0 ? result : read_estimate(open, &row->estimate, failure);
}

static int read_summary(const char *folder, struct bundle_data *bundle, struct failure *failure)
{
    struct bundle_table open = {.table = NULL};
    struct failure problem = {0};
    int result = bundle_table_open(&open, folder, BUNDLE_SUMMARY_FILE, &summary_table,
                                   BUNDLE_MOST_ROWS, &problem);
    if (result == -ENOENT)
        return failure_say(failure, -EINVAL,
                           "'%.120s' is not a finished bundle: it has no " BUNDLE_SUMMARY_FILE,
                           folder);
    if (result < 0)
        return failure_say(failure, result, "%s", problem.text);
    while ((result = table_next(open.table, failure)) > 0) {
        struct bundle_row row;
        result = read_row(&open, &row, failure);
        if (result == 0)
            result = keep_row(bundle, &row);
        if (result < 0)
            break;
    }
    table_close(open.table);
    if (result < 0)
        return result;
    if (bundle->row_count == 0)
        return failure_say(failure, -EINVAL, "%s: has no rows%s", open.path,
                           bundle->place_row_count > 0 ? " but those of pairs" : "");
    qsort(bundle->rows, bundle->row_count, sizeof *bundle->rows, compare_rows);
    result = check_duplicates(bundle->rows, bundle->row_count, open.path, failure);
    if (result < 0 || bundle->place_row_count == 0)
        return result;
    qsort(bundle->place_rows, bundle->place_row_count, sizeof *bundle->place_rows, compare_rows);
    return check_duplicates(bundle->place_rows, bundle->place_row_count, open.path, failure);
}

static int read_error(const struct bundle_table *open, struct bundle_data *bundle,
                      struct failure *failure)
{
    struct bundle_error error;
    memset(&error, 0, sizeof error);
    int result = read_cell(open, &error.cell, failure);
    if (result < 0)
        return result;
    strncpy(error.message, bundle_table_text(open, MESSAGE_FIELD), sizeof error.message - 1);
    if (bundle->error_count < BUNDLE_ERRORS_KEPT)
        bundle->errors[bundle->error_count] = error;
    bundle->error_count++;
    return 0;
}

/* A bundle without errors.tsv is one where nothing failed. */
static int read_errors(const char *folder, struct bundle_data *bundle, struct failure *failure)
{
    struct bundle_table open = {.table = NULL};
    struct failure problem = {0};
    int result =
        bundle_table_open(&open, folder, "errors.tsv", &error_table, BUNDLE_MOST_ERRORS, &problem);
    if (result == -ENOENT)
        return 0;
    while (result == 0 && (result = table_next(open.table, &problem)) > 0)
        result = read_error(&open, bundle, &problem);
    table_close(open.table);
    return result < 0 ? failure_say(failure, result, "%s", problem.text) : 0;
}

/* No larger than anything a run writes, however a stranger's looks. */
static int check_size(FILE *stream, const char *path, struct failure *failure)
{
    struct stat status;
    if (fstat(fileno(stream), &status) < 0)
        return failure_set(failure, -errno, "%s", path);
    if (status.st_size > MOST_JSON_BYTES)
        return failure_say(failure, -EINVAL, "%s: larger than 16 MiB", path);
    return 0;
}
_Static_assert(MOST_JSON_BYTES == 16 * 1024 * 1024, "as the complaint says");

int bundle_read_json_at(const char *path, json_t **object, struct failure *failure)
{
    FILE *stream;
    json_error_t error;
    json_t *value = NULL;
    int result = regular_file_open(path, path, &stream, failure);
    if (result < 0)
        return result;
    result = check_size(stream, path, failure);
    if (result == 0) {
        errno = 0;
        value = json_loadf(stream, JSON_REJECT_DUPLICATES, &error);
        if (value == NULL && ferror(stream))
            result = failure_set(failure, errno > 0 ? -errno : -EIO, "reading %s", path);
        else if (value == NULL)
            result = failure_say(failure, -EINVAL, "%s, line %d: not JSON", path, error.line);
        else if (!json_is_object(value))
            result = failure_say(failure, -EINVAL, "%s: not a JSON object", path);
    }
    fclose(stream);
    if (result < 0)
        json_decref(value);
    else
        *object = value;
    return result;
}

int bundle_read_json(const char *folder, const char *name, json_t **object, struct failure *failure)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return failure_say(failure, -ENAMETOOLONG, "%.80s...: the path is too long", folder);
    return bundle_read_json_at(path, object, failure);
}

static int read_manifest(const char *folder, struct bundle_data *bundle, struct failure *failure)
{
    struct failure problem = {0};
    int result = bundle_read_json(folder, "manifest.json", &bundle->manifest, &problem);
    if (result == -ENOENT || result == -ENOTDIR)
        return failure_say(failure, -EINVAL, "'%.160s' is not a bundle: it has no manifest.json",
                           folder);
    if (result < 0)
        return failure_say(failure, result, "%s", problem.text);
    const json_t *schema = json_object_get(bundle->manifest, "schema");
    if (!json_is_integer(schema) || json_integer_value(schema) < 1 ||
        json_integer_value(schema) > BUNDLE_SCHEMA)
        return failure_say(failure, -EINVAL, "%s/manifest.json: schema is not 1 to %d", folder,
                           BUNDLE_SCHEMA);
    return 0;
}

static int read_outer_clock(const char *folder, struct bundle_data *bundle, struct failure *failure)
{
    struct failure absence = {0};
    int result = bundle_read_json(folder, "hyperfine.json", &bundle->outer_clock, &absence);
    if (result == 0 || result == -ENOENT)
        return 0;
    return failure_say(failure, result, "%s", absence.text);
}

static int add_word(struct bundle_words *words, const char *word)
{
    for (size_t index = 0; index < words->count; index++) {
        if (strcmp(words->words[index], word) == 0)
            return 0;
    }
    if (words->count == BUNDLE_MOST_WORDS)
        return -EINVAL;
    strcpy(words->words[words->count++], word);
    return 0;
}

/* Where a word comes in what is shown; what no table names comes last, by alphabet. */
static int rank(int column, const char *word)
{
    static const char *const mechanisms[] = {"pipe",
                                             "fifo",
                                             "shm",
                                             "posix_shm",
                                             "memfd",
                                             "unix_stream",
                                             "unix_seqpacket",
                                             "tcp",
                                             "posix_mq",
                                             "sysv_mq",
                                             "vmsplice",
                                             "process_vm_readv",
                                             NULL};
    static const char *const no_names[] = {NULL}; /* numbers: by alphabet */
    static const char *const *const tables[BUNDLE_COLUMN_COUNT] = {
        mechanisms,      test_names,   wait_names, copies_names, touch_names,
        placement_names, source_names, sink_names, no_names,     working_set_names};
    int index = term_find(tables[column], word);
    return index < 0 ? INT_MAX : index;
}

static void sort_words(int column, struct bundle_words *words)
{
    for (size_t end = 1; end < words->count; end++) {
        for (size_t index = end; index > 0; index--) {
            char *left = words->words[index - 1];
            char *right = words->words[index];
            int order = rank(column, left) - rank(column, right);
            if (order < 0 || (order == 0 && strcmp(left, right) < 0))
                break;
            char moved[BUNDLE_WORD_BYTES];
            memcpy(moved, left, sizeof moved);
            memcpy(left, right, sizeof moved);
            memcpy(right, moved, sizeof moved);
        }
    }
}

static int collect_words(const char *folder, struct bundle_data *bundle, struct failure *failure)
{
    for (int column = 0; column < BUNDLE_COLUMN_COUNT; column++) {
        struct bundle_words *words = &bundle->words[column];
        for (size_t index = 0; index < bundle->row_count; index++) {
            if (add_word(words, bundle->rows[index].cell.words[column]) < 0)
                return failure_say(failure, -EINVAL,
                                   "%s/" BUNDLE_SUMMARY_FILE ", column %s: more than %d words",
                                   folder, summary_columns[column], BUNDLE_MOST_WORDS);
        }
        sort_words(column, words);
    }
    return 0;
}

/* No cell may have more sizes than a list holds. Rows of a cell and metric stand together. */
static int check_sizes(const char *folder, const struct bundle_data *bundle,
                       struct failure *failure)
{
    size_t run = 0;
    for (size_t index = 0; index < bundle->row_count; index++) {
        struct bundle_row same = bundle->rows[index];
        if (index > 0)
            same.cell.size_bytes = bundle->rows[index - 1].cell.size_bytes;
        run = index > 0 && compare_rows(&bundle->rows[index - 1], &same) == 0 ? run + 1 : 1;
        if (run > BUNDLE_MOST_SIZES)
            return failure_say(failure, -EINVAL,
                               "%s/" BUNDLE_SUMMARY_FILE ": more than %d payload sizes", folder,
                               BUNDLE_MOST_SIZES);
    }
    return 0;
}

/* The folder's own name, so that "results/latest" and "results/ID/" both give ID. */
static int resolve_name(const char *folder, struct bundle_data *bundle, struct failure *failure)
{
    char *path = realpath(folder, NULL);
    if (path == NULL)
        return failure_set(failure, -errno, "%s: not a bundle", folder);
    const char *slash = strrchr(path, '/');
    strncpy(bundle->name, slash + 1, sizeof bundle->name - 1);
    free(path);
    return 0;
}

int bundle_read(const char *folder, struct bundle_data *bundle, struct failure *failure)
{
    struct bundle_data read;
    memset(&read, 0, sizeof read);
    int result = resolve_name(folder, &read, failure);
    if (result == 0)
        result = read_manifest(folder, &read, failure);
    if (result == 0)
        result = read_summary(folder, &read, failure);
    if (result == 0)
        result = collect_words(folder, &read, failure);
    if (result == 0)
        result = check_sizes(folder, &read, failure);
    if (result == 0)
        result = read_errors(folder, &read, failure);
    if (result == 0)
        result = read_outer_clock(folder, &read, failure);
    if (result == 0)
        result = noise_read(folder, &read.noise, failure);
    if (result < 0) {
        bundle_free(&read);
        return result;
    }
    *bundle = read;
    return 0;
}

void bundle_free(struct bundle_data *bundle)
{
    free(bundle->rows);
    noise_free(&bundle->noise);
    free(bundle->place_rows);
    json_decref(bundle->manifest);
    json_decref(bundle->outer_clock);
    bundle->rows = NULL;
    bundle->row_count = 0;
    bundle->place_rows = NULL;
    bundle->place_row_count = 0;
    bundle->manifest = NULL;
    bundle->outer_clock = NULL;
}

struct bundle_cell bundle_cell_of(const char *mechanism, const char *test, const char *wait,
                                  const char *copies, const char *touch, const char *placement)
{
    const char *const words[BUNDLE_COLUMN_COUNT] = {
        mechanism,
        test,
        wait,
        copies,
        touch,
        placement,
        [BUNDLE_SOURCE] = words_of_schema_1[BUNDLE_SOURCE],
        [BUNDLE_SINK] = words_of_schema_1[BUNDLE_SINK],
        [BUNDLE_EXTRA_COPIES] = words_of_schema_1[BUNDLE_EXTRA_COPIES],
        [BUNDLE_WORKING_SET] = words_of_schema_1[BUNDLE_WORKING_SET],
    };
    struct bundle_cell cell;
    memset(&cell, 0, sizeof cell);
    for (int column = 0; column < BUNDLE_COLUMN_COUNT; column++)
        strncpy(cell.words[column], words[column], BUNDLE_WORD_BYTES - 1);
    return cell;
}

struct bundle_cell bundle_cell_with(const struct bundle_cell *cell, enum bundle_column column,
                                    const char *word)
{
    struct bundle_cell other = *cell;
    memset(other.words[column], 0, BUNDLE_WORD_BYTES);
    strncpy(other.words[column], word, BUNDLE_WORD_BYTES - 1);
    return other;
}

const struct estimate *bundle_find(const struct bundle_data *bundle, const struct bundle_cell *cell,
                                   uint64_t size_bytes, const char *metric)
{
    struct bundle_row wanted = {.cell = *cell};
    wanted.cell.size_bytes = size_bytes;
    strncpy(wanted.metric, metric, sizeof wanted.metric - 1);
    const struct bundle_row *row =
        bundle->row_count > 0
            ? bsearch(&wanted, bundle->rows, bundle->row_count, sizeof wanted, compare_rows)
            : NULL;
    return row == NULL || isnan(row->estimate.median) ? NULL : &row->estimate;
}

/* The first row that is not before `wanted`. */
static size_t lower_bound(const struct bundle_data *bundle, const struct bundle_row *wanted)
{
    size_t first = 0;
    size_t last = bundle->row_count;
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        if (compare_rows(&bundle->rows[middle], wanted) < 0)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

struct bundle_sizes bundle_sizes_of(const struct bundle_data *bundle,
                                    const struct bundle_cell *cell, const char *metric)
{
    struct bundle_sizes sizes = {.count = 0};
    struct bundle_row wanted = {.cell = *cell};
    wanted.cell.size_bytes = 0;
    strncpy(wanted.metric, metric, sizeof wanted.metric - 1);
    for (size_t index = lower_bound(bundle, &wanted); index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        wanted.cell.size_bytes = row->cell.size_bytes;
        if (compare_rows(row, &wanted) != 0)
            break;
        if (!isnan(row->estimate.median))
            sizes.bytes[sizes.count++] = row->cell.size_bytes;
    }
    return sizes;
}

const json_t *bundle_fact(const struct bundle_data *bundle, const char *path)
{
    const json_t *value = bundle->manifest;
    while (value != NULL && *path != '\0') {
        char name[64];
        size_t length = strcspn(path, ".");
        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        value = json_object_get(value, name);
        path += length + (path[length] == '.' ? 1 : 0);
    }
    return value;
}

const char *bundle_fact_text(const struct bundle_data *bundle, const char *path,
                             const char *otherwise)
{
    const char *text = json_string_value(bundle_fact(bundle, path));
    return text != NULL && *text != '\0' ? text : otherwise;
}

double bundle_fact_number(const struct bundle_data *bundle, const char *path)
{
    const json_t *value = bundle_fact(bundle, path);
    double number = json_is_number(value) ? json_number_value(value) : NAN;
    return number > 0.0 ? number : NAN;
}
