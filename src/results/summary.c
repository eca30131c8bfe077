#include "results/summary.h"

#include "base/replace_file.h"
#include "base/units.h"
#include "results/bundle_reader.h"
#include "results/precision.h"
#include "results/summary_rows.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

struct summary_content {
    const struct raw_samples *raw;
    uint64_t seed;
    double precision;
};

static int print_summary(const void *content, FILE *stream)
{
    const struct summary_content *summary = content;
    return summary_rows_print(summary->raw, summary->seed, summary->precision, stream);
}

double summary_recorded_precision(const char *bundle_folder)
{
    json_t *manifest;
    if (bundle_read_json(bundle_folder, "manifest.json", &manifest, NULL) < 0)
        return PRECISION_DEFAULT;
    double precision =
        json_number_value(json_object_get(json_object_get(manifest, "plan"), "precision"));
    json_decref(manifest);
    return precision > 0.0 ? precision : PRECISION_DEFAULT;
}

int summary_write_from(const char *bundle_folder, const struct raw_samples *raw, uint64_t seed,
                       struct failure *failure)
{
    const struct summary_content content = {
        .raw = raw, .seed = seed, .precision = summary_recorded_precision(bundle_folder)};
    return replace_file(bundle_folder, SUMMARY_FILE, print_summary, &content, failure);
}

int summary_write(const char *bundle_folder, uint64_t seed, struct failure *failure)
{
    struct raw_samples raw;
    int result = raw_samples_read(bundle_folder, &raw, failure);
    if (result < 0)
        return result;
    result = summary_write_from(bundle_folder, &raw, seed, failure);
    raw_samples_free(&raw);
    return result;
}

/* Above INT64_MAX a JSON integer can't hold it, and it is a string of digits. */
static int seed_from_json(const json_t *json, uint64_t *seed)
{
    if (json_is_integer(json) && json_integer_value(json) >= 0) {
        *seed = (uint64_t)json_integer_value(json);
        return 0;
    }
    return json_is_string(json) ? units_parse_count(json_string_value(json), seed) : -EINVAL;
}

int summary_recorded_seed(const char *bundle_folder, uint64_t *seed, struct failure *failure)
{
    json_t *manifest;
    int result = bundle_read_json(bundle_folder, "manifest.json", &manifest, failure);
    if (result < 0)
        return result;
    result = seed_from_json(json_object_get(manifest, "seed"), seed);
    json_decref(manifest);
    if (result < 0)
        return failure_say(failure, -EINVAL, "%.100s/manifest.json: no whole number 'seed'",
                           bundle_folder);
    return 0;
}
