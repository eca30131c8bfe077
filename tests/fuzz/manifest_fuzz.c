/*
 * JSON from strangers: manifests and what is asked of them, hyperfine.json, what hyperfine and the
 * programs hand over to be merged, and a program's sample. An input is a letter, then the file.
 */
#include "fuzz.h"

/* The merging of hyperfine's exports is that program's own affair: taken in as it stands. */
int merge_main(int count, char **words);
#define main merge_main
#include "../../bench/merge_hyperfine.c"
#undef main

#include "compare/machine_facts.h"
#include "conduct/request_record.h"
#include "report/report_machine.h"
#include "results/bundle_reader.h"
#include "results/outer_clock.h"
#include "results/summary.h"

static const char *const mechanisms[] = {"pipe", "fifo", "shm"};

/* ---- manifest.json ---- */

static const char *const facts[] = {
    "schema",
    "label",
    "seed",
    "machine.cpu_model",
    "machine.kernel_release",
    "machine.l2_cache_bytes",
    "plan.capacity_bytes",
    "rounds_done",
    "warnings",
    "plan.placements",
    "stopped_because",
};

static void require_facts(const struct bundle_data *bundle)
{
    for (size_t index = 0; index < sizeof facts / sizeof *facts; index++) {
        double number = bundle_fact_number(bundle, facts[index]);
        const char *text = bundle_fact_text(bundle, facts[index], "-");
        fuzz_require(isnan(number) || (isfinite(number) && number > 0.0));
        fuzz_require(text != NULL && *text != '\0');
    }
    char text[REPORT_MACHINE_TEXT_BYTES];
    struct report_machine machine = report_machine_of(bundle);
    report_machine_describe(&machine, LANGUAGE_CHINESE, text);
    fuzz_require(strnlen(text, sizeof text) < sizeof text);
    report_machine_describe_placement(bundle, "cache", LANGUAGE_CHINESE, text);
    fuzz_require(strnlen(text, sizeof text) < sizeof text);
}

static void require_machine_facts(const json_t *manifest)
{
    struct machine_facts list;
    json_t *other = json_pack("{s:{s:s, s:i}}", "machine", "cpu_model", "x", "page_bytes", 4096);
    fuzz_require(machine_facts_compare(manifest, other, &list) == 0);
    for (size_t index = 0; index < list.count; index++) {
        char *before = machine_fact_text(list.facts[index].before);
        char *after = machine_fact_text(list.facts[index].after);
        fuzz_require(before != NULL && after != NULL);
        free(before);
        free(after);
    }
    machine_facts_free(&list);
    json_decref(other);
}

/* What of it a run would be repeated by; read and written, it stays the same. */
static void require_request(void)
{
    struct recorded_run run;
    struct plan_request again;
    struct failure failure = {0};
    int result = recorded_run_read(fuzz_folder(), &run, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    fuzz_require(run.request.rounds >= 1 && run.request.rounds <= ROUNDS_MOST);
    fuzz_require(run.request.sizes.count >= 1 && run.request.sizes.count <= SIZE_LIST_MOST);
    fuzz_require(isfinite(run.request.sample_seconds) && run.request.sample_seconds > 0.0);
    fuzz_require(strnlen(run.preset, sizeof run.preset) < sizeof run.preset);
    json_t *once = request_record_to_json(&run.request);
    fuzz_require(request_record_from_json(once, &again, &failure) == 0);
    json_t *twice = request_record_to_json(&again);
    fuzz_require(json_equal(once, twice));
    json_decref(once);
    json_decref(twice);
}

static void require_seed(void)
{
    uint64_t seed = 0;
    struct failure failure = {0};
    double precision = summary_recorded_precision(fuzz_folder());
    int result = summary_recorded_seed(fuzz_folder(), &seed, &failure);
    if (result < 0)
        fuzz_require_failure(result, &failure);
    fuzz_require(isfinite(precision) && precision > 0.0);
}

static void try_manifest(const struct fuzz_input *file)
{
    struct bundle_data bundle = {.manifest = NULL};
    struct failure failure = {0};
    fuzz_write("manifest.json", file);
    int result = bundle_read_json(fuzz_folder(), "manifest.json", &bundle.manifest, &failure);
    require_request();
    require_seed();
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    fuzz_require(json_is_object(bundle.manifest));
    require_facts(&bundle);
    require_machine_facts(bundle.manifest);
    json_decref(bundle.manifest);
}

/* ---- hyperfine.json ---- */

static void try_outer_clock(const struct fuzz_input *file)
{
    struct bundle_data bundle = {.manifest = NULL};
    struct failure failure = {0};
    fuzz_write("hyperfine.json", file);
    int result = bundle_read_json(fuzz_folder(), "hyperfine.json", &bundle.outer_clock, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    for (size_t index = 0; index < sizeof mechanisms / sizeof *mechanisms; index++) {
        double outer = outer_clock_outer_ns(&bundle, mechanisms[index]);
        double inner = outer_clock_inner_ns(&bundle, mechanisms[index], "cache");
        fuzz_require(isnan(outer) || (isfinite(outer) && outer > 0.0));
        fuzz_require(isnan(inner) || (isfinite(inner) && inner > 0.0));
    }
    outer_clock_cell(&bundle, "pipe", "cache");
    json_decref(bundle.outer_clock);
}

/* The first part is an export of hyperfine, the second what the programs told. */
static void try_merge(struct fuzz_input *input)
{
    char output[PATH_MAX];
    char inner[PATH_MAX];
    char export[PATH_MAX];
    char *inputs[] = {export};
    struct failure failure = {0};
    struct fuzz_input part = fuzz_take_part(input, 0x1e);
    bool has_inner = input->count > 0;
    snprintf(output, sizeof output, "%s/hyperfine.json", fuzz_folder());
    snprintf(export, sizeof export, "%s/export.json", fuzz_folder());
    snprintf(inner, sizeof inner, "%s/inner", fuzz_folder());
    fuzz_write("export.json", &part);
    fuzz_write("inner", input);
    fuzz_write_text("hyperfine.json", "");
    json_t *merged =
        json_pack("{s:i, s:[], s:{}}", "schema", SCHEMA, "results", "marginal_ns_per_message");
    int result = merge(merged, output, has_inner ? inner : NULL, inputs, 1, &failure);
    json_decref(merged);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    json_t *read;
    fuzz_require(bundle_read_json(fuzz_folder(), "hyperfine.json", &read, &failure) == 0);
    json_decref(read);
}

/* ---- a sample ---- */

static void require_sample(const struct sample *sample)
{
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        const char *value = (const char *)sample + field->offset;
        if (field->type == SAMPLE_WORD) {
            fuzz_require_printable(value, strlen(value), false);
            fuzz_require(*value != '\0' && value[strcspn(value, "\t\n ")] == '\0');
        }
        if (field->type == SAMPLE_REAL) {
            double real;
            memcpy(&real, value, sizeof real);
            fuzz_require(isnan(real) || isfinite(real));
        }
    }
}

static void try_sample(const struct fuzz_input *file)
{
    static struct histogram histogram;
    static struct histogram again;
    struct sample sample;
    struct sample copy;
    struct failure failure = {0};
    json_t *object = json_loadb((const char *)file->bytes, file->count, 0, NULL);
    if (object == NULL)
        return;
    int result = sample_from_json(object, &sample, &histogram, &failure);
    json_decref(object);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    require_sample(&sample);
    json_t *once = sample_to_json(&sample, &histogram);
    fuzz_require(once != NULL);
    fuzz_require(sample_from_json(once, &copy, &again, &failure) == 0);
    fuzz_require(again.count == histogram.count);
    json_t *twice = sample_to_json(&copy, &again);
    fuzz_require(json_equal(once, twice));
    json_decref(once);
    json_decref(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    switch (fuzz_take_byte(&input)) {
    case 'm':
        try_manifest(&input);
        break;
    case 'h':
        try_outer_clock(&input);
        break;
    case 'x':
        try_merge(&input);
        break;
    case 's':
        try_sample(&input);
        break;
    default:
        break;
    }
    return 0;
}
