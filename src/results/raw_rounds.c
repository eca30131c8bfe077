#include "results/raw_rounds.h"

#include "base/array.h"
#include "base/units.h"
#include "results/bundle_table.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum kind {
    KIND_COUNT,   /* uint64_t */
    KIND_SECONDS, /* double, known, to the millisecond */
    KIND_NUMBER,  /* double, not negative, or nan */
    KIND_SIGNED,  /* double, or nan */
};

static const struct {
    const char *name;
    enum kind kind;
    size_t offset;
} fields[] = {
#define FIELD(name, kind)                                                                          \
    {                                                                                              \
#name, kind, offsetof(struct raw_round, name)                                              \
    }
    FIELD(round, KIND_COUNT),
    FIELD(at_s, KIND_SECONDS),
    FIELD(seconds, KIND_SECONDS),
    FIELD(samples, KIND_COUNT),
    FIELD(online_cpus, KIND_NUMBER),
    FIELD(steal_ns, KIND_NUMBER),
    FIELD(other_busy_ns, KIND_SIGNED),
    FIELD(interrupts, KIND_NUMBER),
    FIELD(context_switches, KIND_NUMBER),
    FIELD(load_1min, KIND_NUMBER),
    FIELD(frequency_mean_hz, KIND_NUMBER),
    FIELD(frequency_least_hz, KIND_NUMBER),
    FIELD(throttles, KIND_NUMBER),
#undef FIELD
};

enum { ROUND_FIELD, FIELD_COUNT = sizeof fields / sizeof *fields };
_Static_assert(FIELD_COUNT <= BUNDLE_TABLE_MOST_COLUMNS, "the file fits");

void raw_rounds_print_header(FILE *stream)
{
    for (size_t index = 0; index < FIELD_COUNT; index++)
        fprintf(stream, "%s%s", index > 0 ? "\t" : "", fields[index].name);
    fputc('\n', stream);
}

void raw_rounds_print(const struct raw_round *round, FILE *stream)
{
    for (size_t index = 0; index < FIELD_COUNT; index++) {
        const void *value = (const char *)round + fields[index].offset;
        if (index > 0)
            fputc('\t', stream);
        if (fields[index].kind == KIND_COUNT)
            fprintf(stream, "%" PRIu64, *(const uint64_t *)value);
        else if (fields[index].kind == KIND_SECONDS)
            fprintf(stream, "%.3f", *(const double *)value);
        else
            table_print_real(stream, *(const double *)value);
    }
    fputc('\n', stream);
}

/* Returns NULL, or what is wrong with the text. */
static const char *read_field(enum kind kind, const char *text, void *value)
{
    switch (kind) {
    case KIND_COUNT:
        return units_parse_count(text, value) == 0 ? NULL : "is not a whole number";
    case KIND_SECONDS:
        return bundle_read_number(text, value) == 0 && !isnan(*(double *)value)
                   ? NULL
                   : "is not a number of at least 0";
    case KIND_NUMBER:
        return bundle_read_number(text, value) == 0 ? NULL
                                                    : "is not a number of at least 0, or nan";
    case KIND_SIGNED:
        break;
    }
    return bundle_read_signed(text, value) == 0 ? NULL : "is not a number, or nan";
}

static int read_row(const struct bundle_table *open, struct raw_round *row, struct failure *failure)
{
    for (size_t index = 0; index < FIELD_COUNT; index++) {
        const char *complaint = read_field(fields[index].kind, bundle_table_text(open, index),
                                           (char *)row + fields[index].offset);
        if (complaint != NULL)
            return bundle_table_refuse(open, index, complaint, failure);
    }
    return 0;
}

/* Adds the current row behind the others. */
static int add_row(const struct bundle_table *open, struct raw_round **rows, size_t *count,
                   size_t *capacity, struct failure *failure)
{
    struct raw_round *grown = array_grow(*rows, *count, capacity, sizeof *grown);
    if (grown == NULL)
        return failure_set(failure, -ENOMEM, "%.100s", open->path);
    *rows = grown;
    int result = read_row(open, &grown[*count], failure);
    if (result < 0)
        return result;
    uint64_t least = *count > 0 ? grown[*count - 1].round + 1 : 1;
    if (grown[*count].round < least)
        return bundle_table_refuse(open, ROUND_FIELD, "is not above the round before it, or is 0",
                                   failure);
    (*count)++;
    return 0;
}

int raw_rounds_read(const char *folder, struct raw_round **rows, size_t *count,
                    struct failure *failure)
{
    const char *names[FIELD_COUNT];
    const struct bundle_table_columns columns = {.names = names, .count = FIELD_COUNT};
    struct bundle_table open;
    struct failure problem = {0};
    struct raw_round *read = NULL;
    size_t read_count = 0;
    size_t capacity = 0;
    for (size_t index = 0; index < FIELD_COUNT; index++)
        names[index] = fields[index].name;
    int result =
        bundle_table_open(&open, folder, RAW_ROUNDS_FILE, &columns, RAW_ROUNDS_MOST_ROWS, &problem);
    if (result == -ENOENT)
        return result;
    while (result == 0 && (result = table_next(open.table, &problem)) > 0)
        result = add_row(&open, &read, &read_count, &capacity, &problem);
    table_close(open.table);
    if (result < 0) {
        free(read);
        return failure_say(failure, result, "%s", problem.text);
    }
    *rows = read;
    *count = read_count;
    return 0;
}
