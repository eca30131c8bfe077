#include "results/evidence.h"

#include "base/plain_text.h"
#include "base/units.h"
#include "results/bundle_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* How a column is read, and into what. */
enum kind {
    KIND_WORD,       /* char[BUNDLE_WORD_BYTES]; any plain word, or one of `words` */
    KIND_TEXT,       /* char[EVIDENCE_TEXT_BYTES]; anything, also nothing */
    KIND_STATED,     /* the same, but not empty */
    KIND_TRANSLATED, /* the same as KIND_TEXT, UTF-8 that shows; older tables lack the column */
    KIND_YES,        /* bool */
    KIND_SIZE,       /* uint64_t */
    KIND_COUNT,      /* uint64_t */
    KIND_KNOWN,      /* double, not negative */
    KIND_NUMBER,     /* double, not negative, or nan */
    KIND_SIGNED,     /* double, or nan */
    KIND_UPPER,      /* the same, and not below the double that lies before it */
    KIND_AT_MOST_ONE,
};

struct field {
    const char *column;
    enum kind kind;
    size_t offset;
    const char *const *words; /* KIND_WORD: those allowed, ended by NULL */
};

/* A file: its fields, those that make its key first, and the intervals among them. */
struct file {
    const char *name;
    const struct field *fields;
    size_t field_count;
    size_t key_fields;
    size_t row_bytes;
    const char *duplicate;   /* what to say of a key that stands twice */
    const size_t *intervals; /* offsets of struct evidence_value */
    size_t interval_count;
};

static const char *const stage_words[] = {"kernel", "user",    "remote", "queue",
                                          "fill",   "discard", "none",   NULL};
static const char *const mutation_words[] = {"copied", "shared", "unseen", "none", NULL};
static const char *const working_set_words[] = {"hot", "cold", NULL};
static const char *const metric_words[] = {"wall", "cpu", NULL};
static const char *const factor_words[] = {"from", "mechanism", "copies", "waiting",
                                           "gap",  "to",        NULL};
static const char *const verdict_words[] = {"holds", "holds in part", "does not hold", "unresolved",
                                            NULL};

#define COPIES_AT(member) offsetof(struct evidence_copies, member)
static const struct field copies_fields[] = {
    {"mechanism", KIND_WORD, COPIES_AT(mechanism), NULL},
    {"source", KIND_WORD, COPIES_AT(source), NULL},
    {"sink", KIND_WORD, COPIES_AT(sink), NULL},
    {"copies", KIND_WORD, COPIES_AT(copies), NULL},
    {"source_stage", KIND_WORD, COPIES_AT(stages[EVIDENCE_SOURCE]), stage_words},
    {"transfer_in_stage", KIND_WORD, COPIES_AT(stages[EVIDENCE_TRANSFER_IN]), stage_words},
    {"transfer_out_stage", KIND_WORD, COPIES_AT(stages[EVIDENCE_TRANSFER_OUT]), stage_words},
    {"sink_stage", KIND_WORD, COPIES_AT(stages[EVIDENCE_SINK]), stage_words},
    {"predicted_copies", KIND_KNOWN, COPIES_AT(predicted_copies), NULL},
    /* A baseline was subtracted: what should be 0 can fall a hair below it. */
    {"kernel_io_copies", KIND_SIGNED, COPIES_AT(kernel_io_copies), NULL},
    {"expected_kernel_io_copies", KIND_NUMBER, COPIES_AT(expected_kernel_io_copies), NULL},
    {"ledger_user_copies", KIND_NUMBER, COPIES_AT(ledger_user_copies), NULL},
    {"user_copies", KIND_NUMBER, COPIES_AT(user_copies), NULL},
    {"expected_user_copies", KIND_NUMBER, COPIES_AT(expected_user_copies), NULL},
    {"mutation", KIND_NUMBER, COPIES_AT(mutation), NULL},
    {"expected_mutation", KIND_NUMBER, COPIES_AT(expected_mutation), NULL},
    {"mutation_source", KIND_WORD, COPIES_AT(mutations[EVIDENCE_SOURCE]), mutation_words},
    {"mutation_transfer_in", KIND_WORD, COPIES_AT(mutations[EVIDENCE_TRANSFER_IN]), mutation_words},
    {"mutation_transfer_out", KIND_WORD, COPIES_AT(mutations[EVIDENCE_TRANSFER_OUT]),
     mutation_words},
    {"mutation_sink", KIND_WORD, COPIES_AT(mutations[EVIDENCE_SINK]), mutation_words},
    {"agrees", KIND_YES, COPIES_AT(agrees), NULL},
    {"note", KIND_TEXT, COPIES_AT(note), NULL},
};

#define PRICE_AT(member) offsetof(struct evidence_price, member)
static const struct field price_fields[] = {
    {"wait", KIND_WORD, PRICE_AT(wait), NULL},
    {"working_set", KIND_WORD, PRICE_AT(working_set), working_set_words},
    {"placement", KIND_WORD, PRICE_AT(placement), NULL},
    {"size_bytes", KIND_SIZE, PRICE_AT(size_bytes), NULL},
    {"metric", KIND_WORD, PRICE_AT(metric), metric_words},
    {"slope_ns_per_kib", KIND_SIGNED, PRICE_AT(slope.value), NULL},
    {"slope_ci95_lo", KIND_SIGNED, PRICE_AT(slope.ci95_lo), NULL},
    {"slope_ci95_hi", KIND_UPPER, PRICE_AT(slope.ci95_hi), NULL},
    {"intercept_ns_per_kib", KIND_SIGNED, PRICE_AT(intercept.value), NULL},
    {"intercept_ci95_lo", KIND_SIGNED, PRICE_AT(intercept.ci95_lo), NULL},
    {"intercept_ci95_hi", KIND_UPPER, PRICE_AT(intercept.ci95_hi), NULL},
    {"r_squared", KIND_AT_MOST_ONE, PRICE_AT(r_squared), NULL},
    {"points", KIND_COUNT, PRICE_AT(points), NULL},
    {"rounds", KIND_COUNT, PRICE_AT(rounds), NULL},
};
static const size_t price_intervals[] = {PRICE_AT(slope), PRICE_AT(intercept)};

#define GAP_AT(member) offsetof(struct evidence_gap, member)
static const struct field gap_fields[] = {
    {"placement", KIND_WORD, GAP_AT(placement), NULL},
    {"size_bytes", KIND_SIZE, GAP_AT(size_bytes), NULL},
    {"factor", KIND_WORD, GAP_AT(factor), factor_words},
    {"ns_per_kib", KIND_SIGNED, GAP_AT(ns_per_kib.value), NULL},
    {"ci95_lo", KIND_SIGNED, GAP_AT(ns_per_kib.ci95_lo), NULL},
    {"ci95_hi", KIND_UPPER, GAP_AT(ns_per_kib.ci95_hi), NULL},
    {"least", KIND_SIGNED, GAP_AT(least), NULL},
    {"most", KIND_UPPER, GAP_AT(most), NULL},
    {"share", KIND_SIGNED, GAP_AT(share.value), NULL},
    {"share_ci95_lo", KIND_SIGNED, GAP_AT(share.ci95_lo), NULL},
    {"share_ci95_hi", KIND_UPPER, GAP_AT(share.ci95_hi), NULL},
    {"orders", KIND_COUNT, GAP_AT(orders), NULL},
    {"rounds", KIND_COUNT, GAP_AT(rounds), NULL},
};
static const size_t gap_intervals[] = {GAP_AT(ns_per_kib), GAP_AT(share)};

#define CLAIM_AT(member) offsetof(struct evidence_claim, member)
static const struct field claim_fields[] = {
    {"id", KIND_WORD, CLAIM_AT(id), NULL},
    {"claim", KIND_STATED, CLAIM_AT(claim), NULL},
    {"verdict", KIND_WORD, CLAIM_AT(verdict), verdict_words},
    {"evidence", KIND_STATED, CLAIM_AT(evidence), NULL},
    {"done", KIND_STATED, CLAIM_AT(done), NULL},
    {"evidence_zh", KIND_TRANSLATED, CLAIM_AT(evidence_zh), NULL},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct file copies_file = {
    .name = EVIDENCE_COPIES_FILE,
    .fields = copies_fields,
    .field_count = COUNT_OF(copies_fields),
    .key_fields = 4,
    .row_bytes = sizeof(struct evidence_copies),
    .duplicate = "begins a path that stands twice",
};
static const struct file price_file = {
    .name = EVIDENCE_PRICE_FILE,
    .fields = price_fields,
    .field_count = COUNT_OF(price_fields),
    .key_fields = 5,
    .row_bytes = sizeof(struct evidence_price),
    .duplicate = "begins a fit that stands twice",
    .intervals = price_intervals,
    .interval_count = COUNT_OF(price_intervals),
};
static const struct file gap_file = {
    .name = EVIDENCE_GAP_FILE,
    .fields = gap_fields,
    .field_count = COUNT_OF(gap_fields),
    .key_fields = 3,
    .row_bytes = sizeof(struct evidence_gap),
    .duplicate = "begins a factor that stands twice",
    .intervals = gap_intervals,
    .interval_count = COUNT_OF(gap_intervals),
};
static const struct file claims_file = {
    .name = EVIDENCE_CLAIMS_FILE,
    .fields = claim_fields,
    .field_count = COUNT_OF(claim_fields),
    .key_fields = 1,
    .row_bytes = sizeof(struct evidence_claim),
    .duplicate = "stands twice",
};
_Static_assert(COUNT_OF(copies_fields) <= BUNDLE_TABLE_MOST_COLUMNS, "the widest file fits");

/* Reads one field into `target`. Returns NULL, or what is wrong with it. */
static const char *read_word_field(const struct field *field, const char *text, char *target)
{
    if (field->words == NULL)
        return bundle_read_word(text, target) == 0 ? NULL
                                                   : "is not a word of letters, digits and -._";
    for (size_t index = 0; field->words[index] != NULL; index++) {
        if (strcmp(field->words[index], text) == 0) {
            strcpy(target, text);
            return NULL;
        }
    }
    return "is not one of the words that belong there";
}

/* Whether a text is UTF-8 without characters that move, hide or turn others. */
static bool shows(const char *text)
{
    uint32_t character = 0;
    while (*text != '\0') {
        size_t bytes = plain_text_decode(text, &character);
        if (bytes == 0 || plain_text_is_invisible(character))
            return false;
        text += bytes;
    }
    return true;
}

static const char *read_text_field(enum kind kind, const char *text, char *target)
{
    size_t length = strlen(text);
    if (kind == KIND_STATED && length == 0)
        return "is empty";
    if (length >= EVIDENCE_TEXT_BYTES)
        return "is longer than 1023 bytes";
    if (kind == KIND_TRANSLATED && !shows(text))
        return "is not UTF-8 without control characters";
    memcpy(target, text, length + 1);
    return NULL;
}
_Static_assert(EVIDENCE_TEXT_BYTES == 1024, "as the complaint says");

static const char *read_yes_field(const char *text, bool *target)
{
    *target = strcmp(text, "yes") == 0;
    return *target || strcmp(text, "no") == 0 ? NULL : "is neither yes nor no";
}

static const char *read_number_field(enum kind kind, const char *text, double *target)
{
    switch (kind) {
    case KIND_KNOWN:
        return bundle_read_number(text, target) == 0 && !isnan(*target)
                   ? NULL
                   : "is not a number of at least 0";
    case KIND_NUMBER:
        return bundle_read_number(text, target) == 0 ? NULL
                                                     : "is not a number of at least 0, or nan";
    case KIND_AT_MOST_ONE:
        return bundle_read_signed(text, target) == 0 && !(*target > 1.0)
                   ? NULL
                   : "is not a number up to 1, or nan";
    default:
        if (bundle_read_signed(text, target) < 0)
            return "is not a number, or nan";
        return kind == KIND_UPPER && target[0] < target[-1] ? "is below the lower bound before it"
                                                            : NULL;
    }
}

static const char *read_whole_field(enum kind kind, const char *text, uint64_t *target)
{
    if (kind == KIND_SIZE)
        return bundle_read_size(text, target) == 0 ? NULL
                                                   : "is not a number of bytes from 1 to 2^50";
    return units_parse_count(text, target) == 0 && *target <= UINT32_MAX
               ? NULL
               : "is not a whole number up to 2^32 - 1";
}

static const char *read_field(const struct field *field, const char *text, char *row)
{
    void *target = row + field->offset;
    switch (field->kind) {
    case KIND_WORD:
        return read_word_field(field, text, target);
    case KIND_TEXT:
    case KIND_STATED:
    case KIND_TRANSLATED:
        return read_text_field(field->kind, text, target);
    case KIND_YES:
        return read_yes_field(text, target);
    case KIND_SIZE:
    case KIND_COUNT:
        return read_whole_field(field->kind, text, target);
    default:
        return read_number_field(field->kind, text, target);
    }
}

/* An interval is whole or not there at all, so that nobody has to look at both of its ends. */
static void complete_interval(struct evidence_value *value)
{
    if (isnan(value->value) || isnan(value->ci95_lo) || isnan(value->ci95_hi))
        value->ci95_lo = value->ci95_hi = NAN;
}

static int read_row(const struct file *file, const struct bundle_table *open, char *row,
                    struct failure *failure)
{
    memset(row, 0, file->row_bytes);
    for (size_t index = 0; index < file->field_count; index++) {
        const char *complaint =
            read_field(&file->fields[index], bundle_table_text(open, index), row);
        if (complaint != NULL)
            return bundle_table_refuse(open, index, complaint, failure);
    }
    for (size_t index = 0; index < file->interval_count; index++)
        complete_interval((void *)(row + file->intervals[index]));
    return 0;
}

/* Whether two rows have the same key: words and sizes, of which every byte was written. */
static bool same_key(const struct file *file, const char *one, const char *other)
{
    for (size_t index = 0; index < file->key_fields; index++) {
        const struct field *field = &file->fields[index];
        size_t bytes = field->kind == KIND_SIZE ? sizeof(uint64_t) : BUNDLE_WORD_BYTES;
        if (memcmp(one + field->offset, other + field->offset, bytes) != 0)
            return false;
    }
    return true;
}

/* The rows read so far. */
struct rows {
    char *memory;
    size_t count;
    size_t reserved;
};

static int reserve_row(const struct file *file, struct rows *rows)
{
    if (rows->count < rows->reserved)
        return 0;
    size_t wanted = rows->reserved == 0 ? 64 : rows->reserved * 2;
    char *memory = reallocarray(rows->memory, wanted, file->row_bytes);
    if (memory == NULL)
        return -ENOMEM;
    rows->memory = memory;
    rows->reserved = wanted;
    return 0;
}

static int read_next_row(const struct file *file, const struct bundle_table *open,
                         struct rows *rows, struct failure *failure)
{
    int result = reserve_row(file, rows);
    if (result < 0)
        return failure_set(failure, result, "%s", open->path);
    char *row = rows->memory + rows->count * file->row_bytes;
    result = read_row(file, open, row, failure);
    if (result < 0)
        return result;
    for (size_t index = 0; index < rows->count; index++) {
        if (same_key(file, rows->memory + index * file->row_bytes, row))
            return bundle_table_refuse(open, 0, file->duplicate, failure);
    }
    rows->count++;
    return 0;
}

/* A file that is not there has no rows. *rows is set on success only, and is NULL when there are
 * none. */
static int read_file(const char *folder, const struct file *file, void **rows, size_t *count,
                     struct failure *failure)
{
    const char *names[BUNDLE_TABLE_MOST_COLUMNS];
    const char *otherwise[BUNDLE_TABLE_MOST_COLUMNS];
    const struct bundle_table_columns columns = {.names = names,
                                                 .count = file->field_count,
                                                 .otherwise = otherwise,
                                                 .otherwise_count = file->field_count};
    struct bundle_table open;
    struct failure problem = {0};
    struct rows read = {.memory = NULL};
    for (size_t index = 0; index < file->field_count; index++) {
        names[index] = file->fields[index].column;
        otherwise[index] = file->fields[index].kind == KIND_TRANSLATED ? "" : NULL;
    }
    int result =
        bundle_table_open(&open, folder, file->name, &columns, EVIDENCE_MOST_ROWS, &problem);
    if (result == -ENOENT)
        return 0;
    while (result == 0 && (result = table_next(open.table, &problem)) > 0)
        result = read_next_row(file, &open, &read, &problem);
    table_close(open.table);
    if (result < 0) {
        free(read.memory);
        return failure_say(failure, result, "%s", problem.text);
    }
    *rows = read.memory;
    *count = read.count;
    return 0;
}

static int check_folder(const char *folder, struct failure *failure)
{
    struct stat status;
    if (stat(folder, &status) < 0)
        return failure_set(failure, -errno, "%.160s: not a bundle", folder);
    if (!S_ISDIR(status.st_mode))
        return failure_set(failure, -ENOTDIR, "%.160s: not a bundle", folder);
    return 0;
}

int evidence_read(const char *folder, struct evidence *evidence, struct failure *failure)
{
    void *rows[4] = {NULL};
    size_t counts[4] = {0};
    static const struct file *const files[4] = {&copies_file, &price_file, &gap_file, &claims_file};
    int result = check_folder(folder, failure);
    for (size_t index = 0; index < 4 && result == 0; index++)
        result = read_file(folder, files[index], &rows[index], &counts[index], failure);
    struct evidence read = {
        .copies = rows[0],
        .copies_count = counts[0],
        .prices = rows[1],
        .prices_count = counts[1],
        .gaps = rows[2],
        .gaps_count = counts[2],
        .claims = rows[3],
        .claims_count = counts[3],
    };
    if (result == 0)
        result = stability_read(folder, &read.stability, &read.stability_count, failure);
    if (result < 0) {
        evidence_free(&read);
        return result;
    }
    *evidence = read;
    return 0;
}

void evidence_free(struct evidence *evidence)
{
    free(evidence->copies);
    free(evidence->prices);
    free(evidence->gaps);
    free(evidence->claims);
    free(evidence->stability);
    memset(evidence, 0, sizeof *evidence);
}

const struct evidence_copies *evidence_find_copies(const struct evidence *evidence,
                                                   const char *mechanism, const char *source,
                                                   const char *sink, const char *copies)
{
    for (size_t index = 0; index < evidence->copies_count; index++) {
        const struct evidence_copies *row = &evidence->copies[index];
        if (strcmp(row->mechanism, mechanism) == 0 && strcmp(row->source, source) == 0 &&
            strcmp(row->sink, sink) == 0 && strcmp(row->copies, copies) == 0)
            return row;
    }
    return NULL;
}

const struct evidence_price *evidence_find_price(const struct evidence *evidence, const char *wait,
                                                 const char *working_set, const char *placement,
                                                 uint64_t size_bytes, const char *metric)
{
    for (size_t index = 0; index < evidence->prices_count; index++) {
        const struct evidence_price *row = &evidence->prices[index];
        if (row->size_bytes == size_bytes && strcmp(row->wait, wait) == 0 &&
            strcmp(row->working_set, working_set) == 0 && strcmp(row->placement, placement) == 0 &&
            strcmp(row->metric, metric) == 0)
            return row;
    }
    return NULL;
}

const struct evidence_gap *evidence_find_gap(const struct evidence *evidence, const char *placement,
                                             uint64_t size_bytes, const char *factor)
{
    for (size_t index = 0; index < evidence->gaps_count; index++) {
        const struct evidence_gap *row = &evidence->gaps[index];
        if (row->size_bytes == size_bytes && strcmp(row->placement, placement) == 0 &&
            strcmp(row->factor, factor) == 0)
            return row;
    }
    return NULL;
}
