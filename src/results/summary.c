#include "results/summary.h"

#include "base/units.h"
#include "results/raw_samples.h"
#include "results/summary_rows.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Forces the stream to the disk and closes it, whatever fails. */
static int finish_stream(FILE *stream)
{
    int result = 0;
    if (fflush(stream) != 0 || fsync(fileno(stream)) != 0)
        result = -errno;
    if (ferror(stream) && result == 0)
        result = -EIO;
    if (fclose(stream) != 0 && result == 0)
        result = -errno;
    return result;
}

static int write_file(const struct raw_samples *raw, uint64_t seed, const char *path,
                      struct failure *failure)
{
    /* A bundle may come from a stranger: never write through a link that lies there. */
    if (unlink(path) < 0 && errno != ENOENT)
        return failure_set(failure, -errno, "%.100s", path);
    FILE *stream = fopen(path, "wxe");
    if (stream == NULL)
        return failure_set(failure, -errno, "%.100s", path);
    int result = summary_rows_print(raw, seed, stream);
    int finished = finish_stream(stream);
    if (result == 0)
        result = finished;
    return result == 0 ? 0 : failure_set(failure, result, "%.100s", path);
}

static int replace_file(const struct raw_samples *raw, uint64_t seed, const char *bundle_folder,
                        struct failure *failure)
{
    char path[PATH_MAX];
    char partial[PATH_MAX];
    if (snprintf(partial, sizeof partial, "%s/%s.partial", bundle_folder, SUMMARY_FILE) >=
        (int)sizeof partial)
        return failure_set(failure, -ENAMETOOLONG, "%.80s", bundle_folder);
    snprintf(path, sizeof path, "%s/%s", bundle_folder, SUMMARY_FILE);
    int result = write_file(raw, seed, partial, failure);
    if (result == 0 && rename(partial, path) < 0)
        result = failure_set(failure, -errno, "%.100s", path);
    if (result < 0)
        unlink(partial);
    return result;
}

int summary_write(const char *bundle_folder, uint64_t seed, struct failure *failure)
{
    struct raw_samples raw;
    int result = raw_samples_read(bundle_folder, &raw, failure);
    if (result < 0)
        return result;
    result = replace_file(&raw, seed, bundle_folder, failure);
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
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/manifest.json", bundle_folder) >= (int)sizeof path)
        return failure_set(failure, -ENAMETOOLONG, "%.80s", bundle_folder);
    if (access(path, R_OK) < 0)
        return failure_set(failure, -errno, "%.100s is not a bundle: manifest.json", bundle_folder);
    json_error_t error;
    json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (manifest == NULL)
        return failure_say(failure, -EINVAL, "%.100s: line %d: %.80s", path, error.line,
                           error.text);
    int result = seed_from_json(json_object_get(manifest, "seed"), seed);
    json_decref(manifest);
    if (result < 0)
        return failure_say(failure, -EINVAL, "%.100s: no whole number 'seed'", path);
    return 0;
}
