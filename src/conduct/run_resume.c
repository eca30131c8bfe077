/* Going on with an interrupted run: its plan must be the same, and its rows are taken over. */
#include "conduct/run.h"

#include "base/clock.h"
#include "base/table.h"
#include "conduct/request_record.h"
#include "conduct/run_record.h"
#include "machine/manifest.h"
#include "results/bundle_reader.h"
#include "results/cell_key.h"
#include "results/raw_samples.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beyond any run; it keeps a damaged file from taking all memory. */
static const struct table_limits row_limits = {
    .line_bytes = 4096, .columns = 128, .rows = 10000000};

/* ---- is it the same run? ---- */

/* Facts that must not have changed: rows measured with another program or on another machine are
 * rows of another run. */
static const char *const lasting_facts[] = {"cpu_model",    "kernel_release", "kernel_version",
                                            "cpus_allowed", "program_sha256", NULL};

static int check_machine(const json_t *before, const json_t *now, struct failure *failure)
{
    for (const char *const *fact = lasting_facts; *fact != NULL; fact++) {
        const json_t *one = json_object_get(before, *fact);
        const json_t *other = json_object_get(now, *fact);
        if (one != other && !json_equal(one, other))
            return failure_say(failure, -EINVAL,
                               "--resume: %s is not what it was when the run began; --like makes "
                               "the same run anew",
                               *fact);
    }
    return 0;
}

static int check_plan(const json_t *before, const json_t *now, struct failure *failure)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)now, name, value)
    {
        if (!json_equal(json_object_get(before, name), value))
            return failure_say(failure, -EINVAL,
                               "--resume: '%s' of the plan is not what it was when the run began; "
                               "a run is gone on with as it was asked for",
                               name);
    }
    return 0;
}

/* ---- its rows ---- */

/* A table of rows that name their cell, its round and its place in it. */
struct rows {
    struct table *table;
    size_t round;
    size_t order;
    size_t at_s; /* SIZE_MAX: the table has none */
    const struct sample_field *fields[64];
    size_t columns[64];
    size_t fields_count;
};

static int open_rows(struct run *run, const char *name, bool results, struct rows *rows)
{
    char path[PATH_MAX];
    *rows = (struct rows){.at_s = SIZE_MAX};
    if (snprintf(path, sizeof path, "%s/%s", run->bundle.folder, name) >= (int)sizeof path)
        return failure_set(run->failure, -ENAMETOOLONG, "--resume");
    int result = table_open(&rows->table, path, &row_limits, run->failure);
    if (result == 0)
        result = table_find_column(rows->table, "round", &rows->round, run->failure);
    if (result == 0)
        result = table_find_column(rows->table, "order", &rows->order, run->failure);
    if (result == 0 && results)
        result = table_find_column(rows->table, "at_s", &rows->at_s, run->failure);
    for (const struct sample_field *field = sample_fields; field->name != NULL && result == 0;
         field++) {
        if (!table_has_column(rows->table, field->name) || rows->fields_count == 64)
            continue;
        rows->fields[rows->fields_count] = field;
        result = table_find_column(rows->table, field->name, &rows->columns[rows->fields_count++],
                                   run->failure);
    }
    return result;
}

/* Reads the current row. */
static int read_row(const struct rows *rows, struct bundle_position *position,
                    struct sample *sample, struct failure *failure)
{
    *position = (struct bundle_position){.at_s = 0.0};
    *sample = (struct sample){.throughput_bytes_per_s = NAN,
                              .latency_p50_ns = NAN,
                              .bounce_before_ns = NAN,
                              .bounce_after_ns = NAN,
                              .writer_work_ns = NAN,
                              .reader_work_ns = NAN};
    int result = table_count(rows->table, rows->round, &position->round, failure);
    if (result == 0)
        result = table_count(rows->table, rows->order, &position->order, failure);
    if (result == 0 && rows->at_s != SIZE_MAX) {
        char *end;
        const char *text = table_text(rows->table, rows->at_s);
        position->at_s = strtod(text, &end);
        if (*end != '\0' || end == text || !(position->at_s >= 0.0 && position->at_s < 1e9))
            result = table_refuse(rows->table, rows->at_s, "is no time in seconds", failure);
    }
    for (size_t index = 0; index < rows->fields_count && result == 0; index++) {
        if (sample_parse_field(sample, rows->fields[index],
                               table_text(rows->table, rows->columns[index])) < 0)
            result = table_refuse(rows->table, rows->columns[index], "is no value of this column",
                                  failure);
    }
    return result;
}

static struct cell_key key_of(const struct cell *cell)
{
    struct cell_key key = {.extra_copies = cell->extra_copies, .size_bytes = cell->size_bytes};
    memcpy(key.mechanism, cell->mechanism, sizeof key.mechanism);
    memcpy(key.test, cell->test, sizeof key.test);
    memcpy(key.wait, cell->wait, sizeof key.wait);
    memcpy(key.copies, cell->copies, sizeof key.copies);
    memcpy(key.touch, cell->touch, sizeof key.touch);
    memcpy(key.placement, cell->placement, sizeof key.placement);
    memcpy(key.source, cell->source, sizeof key.source);
    memcpy(key.sink, cell->sink, sizeof key.sink);
    memcpy(key.working_set, cell->working_set, sizeof key.working_set);
    return key;
}

/* Makes `round` the present one. All that was learnt up to the one before decides, as it did then,
 * which cells still need rounds. */
static int enter_round(struct run *run, uint64_t round)
{
    if (round == run->round)
        return 0;
    int result = run->round > 0 ? settle_look(run->settle) : 0;
    run->outcome->rounds = run->round;
    run->round = round;
    memset(run->measured, 0, run->plan.cells_count * sizeof *run->measured);
    plan_order(run->plan.cells_count, run->task->seed, round, run->order);
    return result < 0 ? failure_set(run->failure, result, "--resume") : 0;
}

/* The cell that stands at this place of the plan, which must be the row's. */
static int find_cell(const struct run *run, const struct rows *rows,
                     struct bundle_position position, const struct sample *sample, size_t *cell)
{
    if (position.order < 1 || position.order > run->plan.cells_count)
        return table_refuse(rows->table, rows->order, "is beyond the plan", run->failure);
    *cell = run->order[position.order - 1];
    struct cell_key planned = key_of(&run->plan.cells[*cell]);
    struct cell_key measured = cell_key_of_sample(sample);
    if (cell_key_compare(&planned, &measured) != 0 || run->measured[*cell])
        return table_refuse(rows->table, rows->order, "is the place of another cell in the plan",
                            run->failure);
    return 0;
}

static int take_row(struct run *run, const struct rows *rows, struct bundle_position position,
                    const struct sample *sample)
{
    size_t cell = 0;
    if (position.round < run->round || position.round > run->round + 1)
        return table_refuse(rows->table, rows->round, "is out of turn", run->failure);
    int result = enter_round(run, position.round);
    if (result == 0)
        result = find_cell(run, rows, position, sample, &cell);
    if (result < 0)
        return result;
    run->measured[cell] = true;
    run->outcome->samples++;
    run->seconds_before = position.at_s;
    result = settle_add(run->settle, cell, position.round, sample);
    return result < 0 ? failure_set(run->failure, result, "--resume") : 0;
}

static int take_rows(struct run *run)
{
    struct rows rows;
    struct bundle_position position;
    struct sample sample;
    int result = open_rows(run, RAW_SAMPLES_FILE, true, &rows);
    while (result == 0 && (result = table_next(rows.table, run->failure)) > 0) {
        result = read_row(&rows, &position, &sample, run->failure);
        if (result == 0)
            result = take_row(run, &rows, position, &sample);
    }
    table_close(rows.table);
    return result;
}

/* A sample that failed has had its turn; only those of the present round still matter. */
static int take_errors(struct run *run)
{
    struct rows rows;
    struct bundle_position position;
    struct sample sample;
    if (!bundle_has(&run->bundle, "errors.tsv"))
        return 0;
    int result = open_rows(run, "errors.tsv", false, &rows);
    while (result == 0 && (result = table_next(rows.table, run->failure)) > 0) {
        result = read_row(&rows, &position, &sample, run->failure);
        if (result < 0)
            break;
        run->outcome->errors++;
        /* A round may have begun with samples that failed. */
        if (position.round == run->round + 1)
            result = enter_round(run, position.round);
        if (position.round == run->round && position.order >= 1 &&
            position.order <= run->plan.cells_count)
            run->measured[run->order[position.order - 1]] = true;
    }
    table_close(rows.table);
    return result;
}

/* ---- the whole ---- */

static int check_manifest(struct run *run, const json_t *manifest)
{
    json_t *plan = run_record_plan(run);
    int result = plan != NULL ? check_plan(json_object_get(manifest, "plan"), plan, run->failure)
                              : failure_set(run->failure, -ENOMEM, "--resume");
    json_decref(plan);
    json_t *now = NULL;
    if (result == 0)
        result = manifest_collect(&now, run->task->programs, run->failure);
    if (result == 0)
        result = check_machine(json_object_get(manifest, "machine"), now, run->failure);
    json_decref(now);
    return result;
}

/* What the manifest holds of the first part stays: facts, warnings, earlier resumptions. */
static int take_manifest(struct run *run, json_t *manifest)
{
    json_t *machine = json_object_get(manifest, "machine");
    json_t *warnings = json_object_get(manifest, "warnings");
    json_t *resumptions = json_object_get(manifest, "resumptions");
    json_t *argv = json_object_get(manifest, "argv");
    const char *label = json_string_value(json_object_get(manifest, "label"));
    if (!json_is_object(machine) || !json_is_array(warnings) || !json_is_array(resumptions) ||
        !json_is_array(argv))
        return failure_say(run->failure, -EINVAL, "--resume: manifest.json is damaged");
    json_decref(run->machine);
    run->machine = json_incref(machine);
    json_decref(run->warnings);
    run->warnings = json_incref(warnings);
    json_decref(run->resumptions);
    run->resumptions = json_incref(resumptions);
    run->argv = json_incref(argv);
    if (label != NULL && run->label == NULL)
        run->label = strdup(label);
    return 0;
}

static int take_over(struct run *run, json_t *manifest)
{
    int result = check_manifest(run, manifest);
    if (result == 0)
        result = take_manifest(run, manifest);
    if (result == 0)
        result = take_rows(run);
    if (result == 0)
        result = take_errors(run);
    if (result < 0)
        return result;
    json_array_append_new(run->resumptions, json_pack("{s:f, s:I}", "at_s", run->seconds_before,
                                                      "round", (json_int_t)run->round));
    return 0;
}

int run_resume(struct run *run)
{
    json_t *manifest = NULL;
    struct failure problem = {0};
    int result = bundle_reopen(&run->bundle, run->task->resume, run->failure);
    if (result < 0)
        return run_end_with(run, exit_code_for_path(result), result);
    result = bundle_read_json(run->bundle.folder, "manifest.json", &manifest, &problem);
    if (result == -ENOENT)
        result = failure_say(run->failure, -EINVAL,
                             "--resume: %.150s was ended before it began to measure: there is "
                             "nothing to go on with; remove it",
                             run->task->resume);
    else if (result < 0)
        result = failure_say(run->failure, result, "--resume: %s", problem.text);
    else
        result = take_over(run, manifest);
    json_decref(manifest);
    if (result < 0) {
        bundle_keep(&run->bundle);
        return run_end_with(run, EXIT_CODE_USAGE, result);
    }
    run->started_ns = clock_now_ns();
    return 0;
}
