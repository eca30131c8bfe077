/* A sample travels as JSON without losing anything, and nothing else is taken for a sample. */
#include "measure/sample_json.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A sample in which every field has another value: mixed-up names would show. */
static struct sample example_sample(void)
{
    struct sample sample = {0};
    uint64_t number = 1000;
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        void *value = (char *)&sample + field->offset;
        number++;
        switch (field->type) {
        case SAMPLE_WORD:
            snprintf(value, SAMPLE_WORD_BYTES, "word-%d", (int)number);
            break;
        case SAMPLE_UNSIGNED:
            *(uint64_t *)value = number;
            break;
        case SAMPLE_SIGNED:
            *(int64_t *)value = -(int64_t)number;
            break;
        case SAMPLE_REAL:
            *(double *)value = (double)number + 0.1;
            break;
        case SAMPLE_CHECKSUM:
            *(enum checksum_state *)value = CHECKSUM_OK;
            break;
        }
    }
    return sample;
}

static void assert_same(const struct sample *left, const struct sample *right)
{
    char a[64];
    char b[64];
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        sample_format_field(left, field, a, sizeof a);
        sample_format_field(right, field, b, sizeof b);
        assert_string_equal(a, b);
    }
}

static void travels_unchanged(void **state)
{
    (void)state;
    struct sample sample = example_sample();
    struct sample back = {0};
    sample.seed = UINT64_MAX; /* beyond what JSON's own integers hold */
    sample.latency_p99_ns = NAN;
    sample.checksum_ok = CHECKSUM_NOT_APPLICABLE;
    json_t *object = sample_to_json(&sample, NULL);
    assert_non_null(object);
    char *text = json_dumps(object, 0);
    json_t *read = json_loads(text, 0, NULL);
    assert_int_equal(sample_from_json(read, &back, NULL, NULL), 0);
    assert_same(&sample, &back);
    assert_true(back.seed == UINT64_MAX);
    assert_true(isnan(back.latency_p99_ns));
    assert_true(json_is_null(json_object_get(object, "latency_p99_ns")));
    free(text);
    json_decref(read);
    json_decref(object);
}

static void histogram_travels_too(void **state)
{
    (void)state;
    struct sample sample = example_sample();
    struct histogram *histogram = calloc(2, sizeof *histogram);
    struct histogram *back = histogram + 1;
    assert_non_null(histogram);
    histogram_record(histogram, 0);
    histogram_record(histogram, 77);
    histogram_record(histogram, 77);
    histogram_record(histogram, 123456789);
    histogram_record(back, 5); /* must be gone afterwards */
    json_t *object = sample_to_json(&sample, histogram);
    assert_int_equal(json_array_size(json_object_get(object, SAMPLE_JSON_HISTOGRAM)), 3);
    assert_int_equal(sample_from_json(object, &sample, back, NULL), 0);
    assert_int_equal(back->count, 4);
    assert_memory_equal(back->counts, histogram->counts, sizeof back->counts);
    json_object_del(object, SAMPLE_JSON_HISTOGRAM);
    assert_int_equal(sample_from_json(object, &sample, back, NULL), 0);
    assert_int_equal(back->count, 0);
    json_decref(object);
    free(histogram);
}

/* Reads the example with one field replaced; nothing may come out. */
static void assert_refused(const char *name, json_t *value)
{
    struct sample sample = example_sample();
    struct sample untouched = {.bytes = 42};
    struct histogram *histogram = calloc(1, sizeof *histogram);
    struct failure failure = {.error = 0};
    json_t *object = sample_to_json(&sample, NULL);
    histogram_record(histogram, 9);
    if (value != NULL)
        json_object_set_new(object, name, value);
    else
        json_object_del(object, name);
    assert_int_equal(sample_from_json(object, &untouched, histogram, &failure), -EPROTO);
    assert_non_null(strstr(failure.text, name));
    assert_int_equal(untouched.bytes, 42);
    assert_int_equal(histogram->count, 1);
    json_decref(object);
    free(histogram);
}

static void wrong_fields_are_refused(void **state)
{
    (void)state;
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        assert_refused(field->name, NULL);
        assert_refused(field->name, json_object());
    }
    assert_refused("mechanism", json_string(""));
    assert_refused("mechanism", json_string("two\twords"));
    assert_refused("mechanism", json_string("longer-than-any-word-of-this-project"));
    assert_refused("bytes", json_integer(-1));
    assert_refused("bytes", json_string("12x"));
    assert_refused("bytes", json_real(1.5));
    assert_refused("checksum_ok", json_integer(1));
    assert_refused("latency_mean_ns", json_string("nan"));
}

static void wrong_histograms_are_refused(void **state)
{
    (void)state;
    assert_refused(SAMPLE_JSON_HISTOGRAM, json_string("no list"));
    assert_refused(SAMPLE_JSON_HISTOGRAM, json_pack("[i, i]", 1, 2));
    assert_refused(SAMPLE_JSON_HISTOGRAM, json_pack("[[i]]", 1));
    assert_refused(SAMPLE_JSON_HISTOGRAM, json_pack("[[i, i]]", 1, -2));
    /* 100001 lies inside a bucket, it begins none. */
    assert_refused(SAMPLE_JSON_HISTOGRAM, json_pack("[[i, i]]", 100001, 2));
    /* More values than can be counted. */
    assert_refused(SAMPLE_JSON_HISTOGRAM,
                   json_pack("[[i, s], [i, i]]", 1, "18446744073709551615", 2, 1));
}

static void other_json_is_refused(void **state)
{
    (void)state;
    struct sample sample;
    json_t *array = json_array();
    assert_int_equal(sample_from_json(array, &sample, NULL, NULL), -EPROTO);
    assert_int_equal(sample_from_json(NULL, &sample, NULL, NULL), -EPROTO);
    json_decref(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(travels_unchanged),        cmocka_unit_test(histogram_travels_too),
        cmocka_unit_test(wrong_fields_are_refused), cmocka_unit_test(wrong_histograms_are_refused),
        cmocka_unit_test(other_json_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
