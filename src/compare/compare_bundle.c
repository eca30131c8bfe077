#include "compare/compare_bundle.h"

#include "base/terms.h"
#include "results/bundle_reader.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const compare_kind_names[] = {"ratio", "normalised", "absolute", NULL};

/* --- Cells --------------------------------------------------------------------------------------
 */

bool compare_is_ceiling(const struct cell_key *key)
{
    return strcmp(key->mechanism, "ceiling") == 0;
}

bool compare_is_floor(const struct cell_key *key)
{
    return strcmp(key->mechanism, "null") == 0;
}

static bool is_latency(const struct cell_key *key)
{
    return strcmp(key->test, test_names[TEST_LATENCY]) == 0;
}

static int compare_cells(const void *left, const void *right)
{
    const struct compare_cell *a = left;
    const struct compare_cell *b = right;
    return cell_key_compare(compare_cell_key(a), compare_cell_key(b));
}

const struct compare_cell *compare_bundle_find(const struct compare_bundle *bundle,
                                               const struct cell_key *key)
{
    struct raw_sample sample = {.cell = *key};
    struct compare_cell wanted = {.samples = &sample, .count = 1};
    return bsearch(&wanted, bundle->cells, bundle->cell_count, sizeof wanted, compare_cells);
}

static void add_sample(struct compare_cell *cell, const struct raw_sample *sample)
{
    uint64_t capacity_bytes = sample->sample.capacity_bytes;
    if (cell->count == 0 || capacity_bytes < cell->capacity_least_bytes)
        cell->capacity_least_bytes = capacity_bytes;
    if (cell->count == 0 || capacity_bytes > cell->capacity_most_bytes)
        cell->capacity_most_bytes = capacity_bytes;
    cell->count++;
}

static void group_cells(struct compare_bundle *bundle)
{
    const struct raw_samples *raw = &bundle->raw;
    for (size_t index = 0; index < raw->sample_count; index++) {
        const struct raw_sample *sample = &raw->samples[index];
        if (index == 0 || cell_key_compare(&sample[-1].cell, &sample->cell) != 0)
            bundle->cells[bundle->cell_count++] = (struct compare_cell){.samples = sample};
        add_sample(&bundle->cells[bundle->cell_count - 1], sample);
    }
}

/* --- Ceilings -----------------------------------------------------------------------------------
 */

/* By size; the first of a size is the first by key. */
static int compare_ceilings(const void *left, const void *right)
{
    const struct compare_cell *a = *(const struct compare_cell *const *)left;
    const struct compare_cell *b = *(const struct compare_cell *const *)right;
    uint64_t one = compare_cell_key(a)->size_bytes;
    uint64_t other = compare_cell_key(b)->size_bytes;
    return (one > other) - (one < other);
}

static void find_copy_ceilings(struct compare_bundle *bundle)
{
    for (size_t index = 0; index < bundle->cell_count; index++) {
        const struct cell_key *key = compare_cell_key(&bundle->cells[index]);
        if (compare_is_ceiling(key) && strcmp(key->test, "memcpy") == 0)
            bundle->copy_ceilings[bundle->copy_ceiling_count++] = &bundle->cells[index];
    }
    qsort(bundle->copy_ceilings, bundle->copy_ceiling_count, sizeof *bundle->copy_ceilings,
          compare_ceilings);
}

static struct cell_key ceiling_key(const char *test, const char *placement, uint64_t size_bytes)
{
    struct cell_key key = {.mechanism = "ceiling",
                           .wait = "none",
                           .copies = "none",
                           .touch = "none",
                           .source = "memory",
                           .sink = "use",
                           .working_set = "none",
                           .size_bytes = size_bytes};
    snprintf(key.test, sizeof key.test, "%s", test);
    snprintf(key.placement, sizeof key.placement, "%s", placement);
    return key;
}

/* Of this placement, or else of whichever has one: memory is as fast everywhere. */
static const struct compare_cell *find_copy_ceiling(const struct compare_bundle *bundle,
                                                    const struct cell_key *key)
{
    struct cell_key ceiling = ceiling_key("memcpy", key->placement, key->size_bytes);
    const struct compare_cell *found = compare_bundle_find(bundle, &ceiling);
    struct raw_sample sample = {.cell = ceiling};
    const struct compare_cell cell = {.samples = &sample};
    const struct compare_cell *wanted = &cell;
    if (found != NULL || bundle->copy_ceiling_count == 0)
        return found;
    const struct compare_cell *const *any =
        bsearch(&wanted, bundle->copy_ceilings, bundle->copy_ceiling_count,
                sizeof *bundle->copy_ceilings, compare_ceilings);
    return any != NULL ? *any : NULL;
}

enum { CACHE_LINE_PAYLOAD_BYTES = 8 }; /* what `ceiling bounce` passes on */

static const struct compare_cell *find_bounce(const struct compare_bundle *bundle,
                                              const struct cell_key *key)
{
    struct cell_key bounce = ceiling_key("bounce", key->placement, CACHE_LINE_PAYLOAD_BYTES);
    return compare_bundle_find(bundle, &bounce);
}

/* How much faster than a pipe nothing at all is says nothing: the floor has no ratio. */
const struct compare_cell *compare_bundle_partner(const struct compare_bundle *bundle,
                                                  const struct compare_cell *cell,
                                                  enum compare_kind kind)
{
    const struct cell_key *key = compare_cell_key(cell);
    if (kind == COMPARE_ABSOLUTE || compare_is_ceiling(key))
        return NULL;
    if (kind == COMPARE_NORMALISED)
        return is_latency(key) ? find_bounce(bundle, key) : find_copy_ceiling(bundle, key);
    if (compare_is_floor(key) || strcmp(key->mechanism, "pipe") == 0)
        return NULL;
    struct cell_key pipe = cell_key_with_mechanism(key, "pipe");
    return compare_bundle_find(bundle, &pipe);
}

/* --- Figures ------------------------------------------------------------------------------------
 */

/* Higher is faster. The bounce of a cache line is a latency, too. */
static double speed_of(const struct raw_sample *sample)
{
    if (!raw_sample_is_usable(sample))
        return NAN;
    bool latency = is_latency(&sample->cell) || strcmp(sample->cell.test, "bounce") == 0;
    double speed =
        latency ? 1.0 / sample->sample.latency_p50_ns : sample->sample.throughput_bytes_per_s;
    return isfinite(speed) && speed > 0.0 ? speed : NAN;
}

void compare_cell_values(const struct compare_cell *cell, const struct compare_cell *partner,
                         enum compare_kind kind, double *values)
{
    size_t its = 0;
    for (size_t mine = 0; mine < cell->count; mine++) {
        const struct raw_sample *sample = &cell->samples[mine];
        values[mine] = speed_of(sample);
        if (kind == COMPARE_ABSOLUTE)
            continue;
        while (its < partner->count && partner->samples[its].round < sample->round)
            its++;
        if (its < partner->count && partner->samples[its].round == sample->round)
            values[mine] /= speed_of(&partner->samples[its]);
        else
            values[mine] = NAN;
    }
}

/* --- Reading ------------------------------------------------------------------------------------
 */

static int read_manifest(const char *folder, json_t **manifest, struct failure *failure)
{
    struct failure problem = {0};
    int result = bundle_read_json(folder, "manifest.json", manifest, &problem);
    if (result == -ENOENT || result == -ENOTDIR)
        return failure_say(failure, -EINVAL, "'%.160s' is not a bundle: it has no manifest.json",
                           folder);
    if (result < 0)
        return failure_say(failure, result, "%s", problem.text);
    const json_t *schema = json_object_get(*manifest, "schema");
    if (!json_is_integer(schema) || json_integer_value(schema) < 1 ||
        json_integer_value(schema) > COMPARE_NEWEST_SCHEMA)
        return failure_say(failure, -EINVAL, "%.160s/manifest.json: schema is not 1 to %d", folder,
                           COMPARE_NEWEST_SCHEMA);
    return 0;
}

/* So that "results/latest" and "results/ID/" both are ID. */
static int resolve_name(const char *folder, struct compare_bundle *bundle, struct failure *failure)
{
    char *path = realpath(folder, NULL);
    if (path == NULL)
        return failure_set(failure, -errno, "'%.160s' is not a bundle", folder);
    snprintf(bundle->name, sizeof bundle->name, "%s", strrchr(path, '/') + 1);
    free(path);
    return 0;
}

static int read_cells(const char *folder, struct compare_bundle *bundle, struct failure *failure)
{
    struct failure problem = {0};
    int result = raw_samples_read(folder, &bundle->raw, &problem);
    if (result == -ENOENT)
        return failure_say(failure, -EINVAL,
                           "'%.160s' is not a bundle: it has no " RAW_SAMPLES_FILE, folder);
    if (result < 0)
        return failure_say(failure, result, "%s", problem.text);
    if (bundle->raw.sample_count == 0)
        return failure_say(failure, -EINVAL, "%.160s/" RAW_SAMPLES_FILE ": has no rows", folder);
    bundle->cells = calloc(bundle->raw.sample_count, sizeof *bundle->cells);
    bundle->copy_ceilings = calloc(bundle->raw.sample_count, sizeof *bundle->copy_ceilings);
    if (bundle->cells == NULL || bundle->copy_ceilings == NULL)
        return failure_set(failure, -ENOMEM, "%.160s", folder);
    group_cells(bundle);
    find_copy_ceilings(bundle);
    return 0;
}

int compare_bundle_read(const char *folder, struct compare_bundle *bundle, struct failure *failure)
{
    struct compare_bundle read = {.manifest = NULL};
    int result = resolve_name(folder, &read, failure);
    if (result == 0)
        result = read_manifest(folder, &read.manifest, failure);
    if (result == 0)
        result = read_cells(folder, &read, failure);
    if (result < 0) {
        compare_bundle_free(&read);
        return result;
    }
    *bundle = read;
    return 0;
}

void compare_bundle_free(struct compare_bundle *bundle)
{
    json_decref(bundle->manifest);
    raw_samples_free(&bundle->raw);
    free(bundle->cells);
    free(bundle->copy_ceilings);
    *bundle = (struct compare_bundle){.manifest = NULL};
}

void compare_bundle_count_all(struct compare_bundle *bundle)
{
    for (size_t index = 0; index < bundle->raw.sample_count; index++)
        bundle->raw.samples[index].elsewhere = false;
}
