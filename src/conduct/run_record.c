#include "conduct/run_record.h"

#include "conduct/request_record.h"
#include "machine/manifest.h"

#include <stdlib.h>
#include <string.h>

/* An argument fit to be passed on: "--out=/home/someone/results" becomes "--out=.../results". */
static json_t *argument_to_json(const char *argument)
{
    char *text = manifest_scrub(argument);
    if (text == NULL)
        return NULL;
    const char *value = strchr(text, '=');
    value = text[0] == '-' && value != NULL ? value + 1 : text;
    const char *last = strrchr(value, '/');
    json_t *json = last != NULL && value[0] == '/'
                       ? json_sprintf("%.*s...%s", (int)(value - text), text, last)
                       : json_string(text);
    free(text);
    /* Not UTF-8, which JSON cannot hold. */
    return json != NULL ? json : json_string("(not text)");
}

static json_t *arguments_to_json(const struct run_record *record)
{
    if (record->argv != NULL)
        return json_incref(record->argv);
    json_t *array = json_array();
    for (int index = 0; index < record->argument_count; index++)
        json_array_append_new(array, argument_to_json(record->arguments[index]));
    return array;
}

static json_t *words_to_json(const char *const *names, struct word_set set)
{
    json_t *array = json_array();
    for (int word = 0; names[word] != NULL; word++) {
        if (word_set_has(set, word))
            json_array_append_new(array, json_string(names[word]));
    }
    return array;
}

static json_t *sizes_to_json(const struct size_list *sizes)
{
    json_t *array = json_array();
    for (size_t index = 0; index < sizes->count; index++)
        json_array_append_new(array, json_integer((json_int_t)sizes->bytes[index]));
    return array;
}

static json_t *mechanisms_to_json(const struct mechanism_list *mechanisms)
{
    json_t *array = json_array();
    for (size_t index = 0; index < mechanisms->count; index++)
        json_array_append_new(array, json_string(mechanisms->names[index]));
    return array;
}

static json_t *placements_to_json(const struct run_record *record)
{
    json_t *array = json_array();
    for (size_t index = 0; index < record->placements_count; index++) {
        const struct plan_placement *placement = &record->placements[index];
        json_array_append_new(array, json_pack("{s:s, s:i, s:i}", "placement", placement->word,
                                               "writer_cpu", placement->cpus.writer, "reader_cpu",
                                               placement->cpus.reader));
    }
    return array;
}

/* The measured pairs of one kind, as [W, R]. */
static json_t *pairs_of_kind(const struct plan_pairs *pairs, const char *kind)
{
    json_t *array = json_array();
    for (size_t index = 0; index < pairs->count; index++) {
        const struct cpu_pair *cpus = &pairs->list[index].cpus;
        if (strcmp(pairs->list[index].kind, kind) == 0)
            json_array_append_new(array, json_pack("[i, i]", cpus->writer, cpus->reader));
    }
    return array;
}

/* Which pairs of CPUs were drawn, by kind; null where none were asked for. */
static json_t *pairs_to_json(const struct plan_pairs *pairs)
{
    if (pairs == NULL || pairs->list == NULL)
        return json_null();
    json_t *kinds = json_array();
    for (size_t index = 0; index < pairs->kinds_count; index++) {
        const struct plan_pair_kind *kind = &pairs->kinds[index];
        json_array_append_new(kinds, json_pack("{s:s, s:I, s:o}", "kind", kind->kind, "pairs",
                                               (json_int_t)kind->pairs, "measured",
                                               pairs_of_kind(pairs, kind->kind)));
    }
    return json_pack("{s:I, s:I, s:I, s:o}", "asked", (json_int_t)pairs->asked, "measured",
                     (json_int_t)pairs->count, "size_bytes", (json_int_t)PLAN_PAIR_BYTES, "kinds",
                     kinds);
}

static json_t *crowds_to_json(const struct run_record *record)
{
    json_t *array = json_array();
    for (size_t index = 0; index < record->crowds_count; index++) {
        const struct plan_placement *placement = &record->crowds[index].placement;
        json_array_append_new(array, json_pack("{s:s, s:I, s:s}", "placement", placement->word,
                                               "pairs", (json_int_t)placement->pairs_parallel,
                                               "cpus", placement->cpu_list));
    }
    return array;
}

static json_t *skips_to_json(const struct plan *plan)
{
    json_t *array = json_array();
    for (size_t index = 0; index < plan->skips_count; index++)
        json_array_append_new(array, json_pack("{s:s, s:I}", "reason", plan->skips[index].reason,
                                               "cells", (json_int_t)plan->skips[index].cells));
    return array;
}

json_t *run_record_plan_to_json(const struct run_record *record)
{
    const struct plan_request *request = record->request;
    json_t *budget =
        request->budget_seconds > 0.0 ? json_real(request->budget_seconds) : json_null();
    return json_pack(
        "{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:I, s:f, s:o, s:I, s:f, "
        "s:I, s:o, s:o}",
        "sizes_bytes", sizes_to_json(&request->sizes), "relay_sizes_bytes",
        sizes_to_json(request->relay_sizes.count > 0 ? &request->relay_sizes : &request->sizes),
        "relay_input", request->input != NULL ? "file" : "generated", "relay_input_bytes",
        request->input != NULL ? json_integer((json_int_t)request->input_bytes) : json_null(),
        "mechanisms", mechanisms_to_json(&request->mechanisms), "tests",
        words_to_json(test_names, request->tests), "waits",
        words_to_json(wait_names, request->waits), "copies",
        words_to_json(copies_names, request->copies), "touch", touch_names[request->touch],
        "placements", placements_to_json(record), "pairs", pairs_to_json(record->pairs),
        "pairs_parallel", crowds_to_json(record), "capacity_bytes",
        (json_int_t)request->capacity_bytes, "sample_seconds", request->sample_seconds,
        "budget_seconds", budget, "rounds", (json_int_t)request->rounds, "precision",
        request->precision, "cells", (json_int_t)record->plan->cells_count, "skipped",
        skips_to_json(record->plan), "request", request_record_to_json(request));
}

static json_t *label_to_json(const char *label)
{
    if (label == NULL)
        return json_null();
    char *text = manifest_scrub(label);
    json_t *json = text != NULL ? json_string(text) : NULL;
    free(text);
    return json;
}

json_t *run_record_to_json(const struct run_record *record)
{
    return json_pack(
        "{s:i, s:s, s:o, s:o, s:I, s:s, s:o, s:I, s:I, s:I, s:f, s:s?, s:O, s:O, s:O}", "schema",
        RUN_RECORD_SCHEMA, "id", record->id, "label", label_to_json(record->label), "argv",
        arguments_to_json(record), "seed", (json_int_t)record->seed, "preset", record->preset,
        "plan", run_record_plan_to_json(record), "rounds_done", (json_int_t)record->rounds_done,
        "samples", (json_int_t)record->samples, "errors", (json_int_t)record->errors, "wall_s",
        record->wall_seconds, "stopped_because", record->stopped_because, "warnings",
        record->warnings, "resumptions", record->resumptions, "machine", record->machine);
}
