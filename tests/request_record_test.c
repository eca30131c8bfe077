/* A request is written in the words of the options and read back the same; damage is named. */
#include "conduct/request_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void requests_come_back(void **state)
{
    (void)state;
    for (int preset = 0; preset < PRESET_COUNT; preset++) {
        struct plan_request request = plan_request_of_preset((enum preset)preset);
        struct plan_request read;
        struct failure failure = {.error = 0};
        request.precision = 0.07;
        request.pairs = preset == PRESET_QUICK;
        request.pairs_parallel.all = preset == PRESET_FULL;
        request.placement_required = preset == PRESET_QUICK;
        json_t *json = request_record_to_json(&request);
        char *text = json_dumps(json, 0); /* as in a file */
        json_t *loaded = json_loads(text, 0, NULL);
        if (request_record_from_json(loaded, &read, &failure) < 0)
            fail_msg("%s", failure.text);
        json_t *again = request_record_to_json(&read);
        assert_true(json_equal(json, again));
        assert_int_equal(read.sizes.count, request.sizes.count);
        assert_memory_equal(read.sizes.bytes, request.sizes.bytes, sizeof request.sizes.bytes);
        assert_true(read.precision == 0.07);
        assert_int_equal(read.rounds, request.rounds);
        assert_int_equal(read.waits.bits, request.waits.bits);
        assert_int_equal(read.placement.words.bits, request.placement.words.bits);
        assert_int_equal(read.pairs, request.pairs);
        assert_int_equal(read.placement_required, request.placement_required);
        json_decref(json);
        json_decref(loaded);
        json_decref(again);
        free(text);
    }
}

static void damage_is_named(void **state)
{
    (void)state;
    const struct {
        const char *member;
        json_t *value; /* NULL: taken out */
    } cases[] = {
        {"sizes", json_string("64,64")},
        {"sizes", json_string("")},
        {"sizes", NULL},
        {"mechanisms", json_string("../pipe")},
        {"tests", json_integer(1)},
        {"waits", json_string("nap")},
        {"placement", json_string("moon")},
        {"touch", json_string("feel")},
        {"causes", json_string("none")},
        {"causes", json_integer(0)},
        {"pairs", json_string("yes")},
        {"rounds", json_integer(0)},
        {"rounds", json_integer(1000000)},
        {"capacity_bytes", json_real(65536.0)},
        {"sample_seconds", json_integer(0)},
        {"precision", json_real(-0.1)},
        {"precision", json_null()},
        {"budget_seconds", json_real(1e300)},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        struct plan_request request = plan_request_of_preset(PRESET_QUICK);
        struct plan_request untouched = {.rounds = 4711};
        struct failure failure = {.error = 0};
        json_t *json = request_record_to_json(&request);
        if (cases[index].value == NULL)
            json_object_del(json, cases[index].member);
        else
            json_object_set_new(json, cases[index].member, cases[index].value);
        if (request_record_from_json(json, &untouched, &failure) != -EINVAL)
            fail_msg("case %zu is taken", index);
        assert_non_null(strstr(failure.text, cases[index].member));
        assert_int_equal(untouched.rounds, 4711);
        json_decref(json);
    }
}

static void what_is_no_bundle_is_refused(void **state)
{
    (void)state;
    struct recorded_run run;
    struct failure failure = {.error = 0};
    assert_int_equal(recorded_run_read("/nowhere", &run, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "/nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_come_back),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(what_is_no_bundle_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
