/* noise.tsv: written from the raw rows of a bundle, and read for its report. */
#include "results/noise.h"

#include "base/array.h"
#include "base/replace_file.h"
#include "base/terms.h"
#include "base/units.h"
#include "results/bundle_table.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUND_FIELD, KIND_FIELD, VALUE_FIELD, USUAL_FIELD, LIMIT_FIELD, AFFECTED_FIELD, FIELDS };

static const char *const names[FIELDS] = {"round", "disturbance", "value",
                                          "usual", "limit",       "affected"};
static const struct bundle_table_columns columns = {.names = names, .count = FIELDS};

/* ---- writing ---- */

void noise_print(const struct noise_mark *marks, size_t count, FILE *stream)
{
    for (size_t index = 0; index < FIELDS; index++)
        fprintf(stream, "%s%s", index > 0 ? "\t" : "", names[index]);
    fputc('\n', stream);
    for (size_t index = 0; index < count; index++) {
        const struct noise_mark *mark = &marks[index];
        fprintf(stream, "%" PRIu64 "\t%s\t", mark->round, noise_names[mark->kind]);
        table_print_real(stream, mark->value);
        fputc('\t', stream);
        table_print_real(stream, mark->usual);
        fputc('\t', stream);
        table_print_real(stream, mark->limit);
        fprintf(stream, "\t%" PRIu64 "\n", mark->affected);
    }
}

static int print_noise(const void *content, FILE *stream)
{
    const struct noise *noise = content;
    noise_print(noise->marks, noise->count, stream);
    return 0;
}

/* Computes the marks of the bundle in `folder`. */
static int compute(const char *folder, const struct raw_samples *raw, struct noise *noise,
                   struct failure *failure)
{
    struct raw_round *rounds = NULL;
    size_t count = 0;
    int result = raw_rounds_read(folder, &rounds, &count, failure);
    noise->watched = result == 0;
    if (result < 0 && result != -ENOENT)
        return result;
    result = noise_compute(raw, rounds, count, &noise->marks, &noise->count);
    free(rounds);
    return result < 0 ? failure_set(failure, result, "%.100s: noise", folder) : 0;
}

int noise_write_from(const char *folder, const struct raw_samples *raw, struct failure *failure)
{
    struct noise noise = {.marks = NULL};
    int result = compute(folder, raw, &noise, failure);
    if (result == 0)
        result = noise.watched || noise.count > 0
                     ? replace_file(folder, NOISE_FILE, print_noise, &noise, failure)
                     : replace_file_by_none(folder, NOISE_FILE, failure);
    noise_free(&noise);
    return result;
}

int noise_write(const char *folder, struct failure *failure)
{
    struct raw_samples raw;
    int result = raw_samples_read(folder, &raw, failure);
    if (result < 0)
        return result;
    result = noise_write_from(folder, &raw, failure);
    raw_samples_free(&raw);
    return result;
}

void noise_free(struct noise *noise)
{
    free(noise->marks);
    *noise = (struct noise){.marks = NULL};
}

/* ---- reading ---- */

static int read_mark(const struct bundle_table *open, struct noise_mark *mark,
                     struct failure *failure)
{
    const struct {
        size_t field;
        double *number;
    } numbers[] = {
        {VALUE_FIELD, &mark->value}, {USUAL_FIELD, &mark->usual}, {LIMIT_FIELD, &mark->limit}};
    if (units_parse_count(bundle_table_text(open, ROUND_FIELD), &mark->round) < 0)
        return bundle_table_refuse(open, ROUND_FIELD, "is not a whole number", failure);
    int kind = term_find(noise_names, bundle_table_text(open, KIND_FIELD));
    if (kind < 0)
        return bundle_table_refuse(open, KIND_FIELD, "is no disturbance", failure);
    mark->kind = (enum noise_kind)kind;
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
        size_t field = numbers[index].field;
        if (bundle_read_number(bundle_table_text(open, field), numbers[index].number) < 0 ||
            (field != USUAL_FIELD && isnan(*numbers[index].number)))
            return bundle_table_refuse(open, field, "is not a number of at least 0", failure);
    }
    if (units_parse_count(bundle_table_text(open, AFFECTED_FIELD), &mark->affected) < 0)
        return bundle_table_refuse(open, AFFECTED_FIELD, "is not a whole number", failure);
    return 0;
}

static int add_mark(const struct bundle_table *open, struct noise *noise, size_t *capacity,
                    struct failure *failure)
{
    struct noise_mark *grown =
        array_grow(noise->marks, noise->count, capacity, sizeof *noise->marks);
    if (grown == NULL)
        return failure_set(failure, -ENOMEM, "%.100s", open->path);
    noise->marks = grown;
    struct noise_mark *mark = &grown[noise->count];
    int result = read_mark(open, mark, failure);
    if (result < 0)
        return result;
    /* The order of the file; it also keeps a mark from standing twice. */
    if (noise->count > 0 && (mark->round < mark[-1].round ||
                             (mark->round == mark[-1].round && mark->kind <= mark[-1].kind)))
        return bundle_table_refuse(open, ROUND_FIELD, "does not stand in its order", failure);
    noise->count++;
    return 0;
}

int noise_read(const char *folder, struct noise *noise, struct failure *failure)
{
    struct bundle_table open;
    struct failure problem = {0};
    struct noise read = {.watched = true};
    size_t capacity = 0;
    int result = bundle_table_open(&open, folder, NOISE_FILE, &columns,
                                   (uint64_t)RAW_ROUNDS_MOST_ROWS * NOISE_KINDS, &problem);
    if (result == -ENOENT) {
        *noise = (struct noise){.marks = NULL};
        return 0;
    }
    while (result == 0 && (result = table_next(open.table, &problem)) > 0)
        result = add_mark(&open, &read, &capacity, &problem);
    table_close(open.table);
    if (result < 0) {
        noise_free(&read);
        return failure_say(failure, result, "%s", problem.text);
    }
    *noise = read;
    return 0;
}
