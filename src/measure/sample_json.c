#include "measure/sample_json.h"

#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static json_t *unsigned_to_json(uint64_t value)
{
    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    return json_string(digits);
}

static int unsigned_from_json(const json_t *json, uint64_t *value)
{
    if (json_is_integer(json) && json_integer_value(json) >= 0) {
        *value = (uint64_t)json_integer_value(json);
        return 0;
    }
    if (json_is_string(json))
        return units_parse_count(json_string_value(json), value);
    return -EINVAL;
}

static json_t *field_to_json(const struct sample *sample, const struct sample_field *field)
{
    const void *value = (const char *)sample + field->offset;
    enum checksum_state state;
    double real;
    switch (field->type) {
    case SAMPLE_WORD:
        return json_string(value);
    case SAMPLE_UNSIGNED:
        return unsigned_to_json(*(const uint64_t *)value);
    case SAMPLE_SIGNED:
        return json_integer((json_int_t) * (const int64_t *)value);
    case SAMPLE_REAL:
        real = *(const double *)value;
        return isfinite(real) ? json_real(real) : json_null();
    case SAMPLE_CHECKSUM:
        state = *(const enum checksum_state *)value;
        return state == CHECKSUM_NOT_APPLICABLE ? json_null() : json_boolean(state == CHECKSUM_OK);
    }
    return NULL;
}

/* A word that can stand in a table's field: printable ASCII without spaces. */
static int word_from_json(const json_t *json, char *word)
{
    const char *text = json_string_value(json);
    if (text == NULL || *text == '\0' || json_string_length(json) >= SAMPLE_WORD_BYTES)
        return -EINVAL;
    for (const char *byte = text; *byte != '\0'; byte++) {
        if (*byte <= ' ' || *byte > '~')
            return -EINVAL;
    }
    memset(word, 0, SAMPLE_WORD_BYTES);
    memcpy(word, text, strlen(text));
    return 0;
}

static int field_from_json(struct sample *sample, const struct sample_field *field,
                           const json_t *json)
{
    void *value = (char *)sample + field->offset;
    switch (field->type) {
    case SAMPLE_WORD:
        return word_from_json(json, value);
    case SAMPLE_UNSIGNED:
        return unsigned_from_json(json, value);
    case SAMPLE_SIGNED:
        if (!json_is_integer(json))
            return -EINVAL;
        *(int64_t *)value = json_integer_value(json);
        return 0;
    case SAMPLE_REAL:
        if (!json_is_number(json) && !json_is_null(json))
            return -EINVAL;
        *(double *)value = json_is_null(json) ? (double)NAN : json_number_value(json);
        return 0;
    case SAMPLE_CHECKSUM:
        if (!json_is_boolean(json) && !json_is_null(json))
            return -EINVAL;
        *(enum checksum_state *)value = json_is_null(json)   ? CHECKSUM_NOT_APPLICABLE
                                        : json_is_true(json) ? CHECKSUM_OK
                                                             : CHECKSUM_WRONG;
        return 0;
    }
    return -EINVAL;
}

static json_t *histogram_to_json(const struct histogram *histogram)
{
    json_t *buckets = json_array();
    if (buckets == NULL)
        return NULL;
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (histogram->counts[bucket] == 0)
            continue;
        json_t *pair = json_pack("[o, o]", unsigned_to_json(histogram_bucket_lower(bucket)),
                                 unsigned_to_json(histogram->counts[bucket]));
        if (json_array_append_new(buckets, pair) < 0) {
            json_decref(buckets);
            return NULL;
        }
    }
    return buckets;
}

static int bucket_from_json(const json_t *pair, uint64_t *lower, uint64_t *count)
{
    if (json_array_size(pair) != 2 || unsigned_from_json(json_array_get(pair, 0), lower) < 0 ||
        unsigned_from_json(json_array_get(pair, 1), count) < 0)
        return -EINVAL;
    return histogram_bucket_lower(histogram_bucket(*lower)) == *lower ? 0 : -EINVAL;
}

static int check_histogram(const json_t *buckets)
{
    if (buckets == NULL)
        return 0;
    if (!json_is_array(buckets))
        return -EINVAL;
    uint64_t lower;
    uint64_t count;
    uint64_t total = 0;
    for (size_t index = 0; index < json_array_size(buckets); index++) {
        if (bucket_from_json(json_array_get(buckets, index), &lower, &count) < 0 ||
            __builtin_add_overflow(total, count, &total))
            return -EINVAL;
    }
    return 0;
}

static void fill_histogram(const json_t *buckets, struct histogram *histogram)
{
    uint64_t lower;
    uint64_t count;
    histogram_clear(histogram);
    for (size_t index = 0; index < json_array_size(buckets); index++) {
        if (bucket_from_json(json_array_get(buckets, index), &lower, &count) == 0)
            histogram_add_bucket(histogram, lower, count);
    }
}

json_t *sample_to_json(const struct sample *sample, const struct histogram *histogram)
{
    json_t *object = json_object();
    if (object == NULL)
        return NULL;
    int result = 0;
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++)
        result |= json_object_set_new(object, field->name, field_to_json(sample, field));
    if (histogram != NULL)
        result |= json_object_set_new(object, SAMPLE_JSON_HISTOGRAM, histogram_to_json(histogram));
    if (result == 0)
        return object;
    json_decref(object);
    return NULL;
}

int sample_from_json(const json_t *object, struct sample *sample, struct histogram *histogram,
                     struct failure *failure)
{
    if (!json_is_object(object))
        return failure_say(failure, -EPROTO, "the answer is not a JSON object");
    struct sample read = {0};
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        const json_t *json = json_object_get(object, field->name);
        if (json == NULL)
            return failure_say(failure, -EPROTO, "the answer has no field %s", field->name);
        if (field_from_json(&read, field, json) < 0)
            return failure_say(failure, -EPROTO, "the answer's field %s has a wrong value",
                               field->name);
    }
    const json_t *buckets = json_object_get(object, SAMPLE_JSON_HISTOGRAM);
    if (check_histogram(buckets) < 0)
        return failure_say(failure, -EPROTO, "the answer's field %s has a wrong value",
                           SAMPLE_JSON_HISTOGRAM);
    *sample = read;
    if (histogram != NULL)
        fill_histogram(buckets, histogram);
    return 0;
}
