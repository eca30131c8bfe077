#include "conduct/request_record.h"

#include "base/units.h"
#include "results/bundle_reader.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 1024 };

/* Lists, as their option takes and prints them. */
static const struct list_member {
    const char *name;
    size_t offset;
    int (*parse)(const char *text, void *field);
    void (*print)(const void *field, char *text, size_t text_bytes);
    bool may_be_empty;
} list_members[] = {
    {"sizes", offsetof(struct plan_request, sizes), size_list_parse, size_list_print, false},
    {"relay_sizes", offsetof(struct plan_request, relay_sizes), size_list_parse, size_list_print,
     true},
    {"mechanisms", offsetof(struct plan_request, mechanisms), mechanism_list_parse,
     mechanism_list_print, false},
    {"tests", offsetof(struct plan_request, tests), test_set_parse, test_set_print, false},
    {"waits", offsetof(struct plan_request, waits), wait_set_parse, wait_set_print, false},
    {"modes", offsetof(struct plan_request, copies), copies_set_parse, copies_set_print, false},
    {"placement", offsetof(struct plan_request, placement), placement_choice_parse,
     placement_choice_print, false},
    {"pairs_parallel", offsetof(struct plan_request, pairs_parallel), parallel_list_parse,
     parallel_list_print, true},
};

static const struct flag_member {
    const char *name;
    size_t offset;
} flag_members[] = {
    {"pairs", offsetof(struct plan_request, pairs)},
    {"spin_on_one_cpu", offsetof(struct plan_request, spin_on_one_cpu)},
    {"placement_required", offsetof(struct plan_request, placement_required)},
};

/* The least and the most are those of the options. */
static const struct count_member {
    const char *name;
    size_t offset;
    uint64_t least;
    uint64_t most;
} count_members[] = {
    {"capacity_bytes", offsetof(struct plan_request, capacity_bytes), 4096, UINT64_C(1) << 30},
    {"rounds", offsetof(struct plan_request, rounds), 1, ROUNDS_MOST},
};

static const struct real_member {
    const char *name;
    size_t offset;
    double least;
    double most;
} real_members[] = {
    {"sample_seconds", offsetof(struct plan_request, sample_seconds), 0.001, 60.0},
    {"budget_seconds", offsetof(struct plan_request, budget_seconds), 0.0, 604800.0},
    {"precision", offsetof(struct plan_request, precision), 0.0, 1.0},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const void *field_of(const struct plan_request *request, size_t offset)
{
    return (const char *)request + offset;
}

static void *place_of(struct plan_request *request, size_t offset)
{
    return (char *)request + offset;
}

/* ---- writing ---- */

json_t *request_record_to_json(const struct plan_request *request)
{
    json_t *object = json_object();
    for (size_t index = 0; index < COUNT(list_members); index++) {
        char text[TEXT_BYTES] = "";
        list_members[index].print(field_of(request, list_members[index].offset), text, sizeof text);
        json_object_set_new(object, list_members[index].name, json_string(text));
    }
    json_object_set_new(object, "touch", json_string(touch_names[request->touch]));
    json_object_set_new(object, "causes", json_string(causes_names[request->causes]));
    for (size_t index = 0; index < COUNT(flag_members); index++) {
        bool flag;
        memcpy(&flag, field_of(request, flag_members[index].offset), sizeof flag);
        json_object_set_new(object, flag_members[index].name, json_boolean(flag));
    }
    for (size_t index = 0; index < COUNT(count_members); index++) {
        uint64_t count;
        memcpy(&count, field_of(request, count_members[index].offset), sizeof count);
        json_object_set_new(object, count_members[index].name, json_integer((json_int_t)count));
    }
    for (size_t index = 0; index < COUNT(real_members); index++) {
        double real;
        memcpy(&real, field_of(request, real_members[index].offset), sizeof real);
        json_object_set_new(object, real_members[index].name, json_real(real));
    }
    json_object_set_new(object, "input", json_boolean(request->input != NULL));
    return object;
}

/* ---- reading ---- */

static int refuse(const char *name, struct failure *failure)
{
    return failure_say(failure, -EINVAL, "manifest.json: plan.request.%s is missing or wrong",
                       name);
}

static int read_list(const json_t *json, const struct list_member *member,
                     struct plan_request *request, struct failure *failure)
{
    const char *text = json_string_value(json_object_get(json, member->name));
    if (text == NULL)
        return refuse(member->name, failure);
    if (*text == '\0' && member->may_be_empty)
        return 0;
    if (strlen(text) >= TEXT_BYTES || member->parse(text, place_of(request, member->offset)) < 0)
        return refuse(member->name, failure);
    return 0;
}

static int read_flag(const json_t *json, const struct flag_member *member,
                     struct plan_request *request, struct failure *failure)
{
    const json_t *value = json_object_get(json, member->name);
    if (!json_is_boolean(value))
        return refuse(member->name, failure);
    bool flag = json_is_true(value);
    memcpy(place_of(request, member->offset), &flag, sizeof flag);
    return 0;
}

static int read_count(const json_t *json, const struct count_member *member,
                      struct plan_request *request, struct failure *failure)
{
    const json_t *value = json_object_get(json, member->name);
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < (json_int_t)member->least ||
        number > (json_int_t)member->most)
        return refuse(member->name, failure);
    uint64_t count = (uint64_t)number;
    memcpy(place_of(request, member->offset), &count, sizeof count);
    return 0;
}

static int read_real(const json_t *json, const struct real_member *member,
                     struct plan_request *request, struct failure *failure)
{
    const json_t *value = json_object_get(json, member->name);
    double real = json_number_value(value);
    if (!json_is_number(value) || !(real >= member->least && real <= member->most))
        return refuse(member->name, failure);
    memcpy(place_of(request, member->offset), &real, sizeof real);
    return 0;
}

int request_record_from_json(const json_t *json, struct plan_request *request,
                             struct failure *failure)
{
    struct plan_request read = {.input = NULL};
    const char *touch = json_string_value(json_object_get(json, "touch"));
    read.touch = touch != NULL ? term_find(touch_names, touch) : -1;
    /* Older bundles have all causes, and no word for it. */
    const json_t *causes = json_object_get(json, "causes");
    if (causes != NULL)
        read.causes =
            json_is_string(causes) ? term_find(causes_names, json_string_value(causes)) : -1;
    int result = read.touch >= 0 ? 0 : refuse("touch", failure);
    if (result == 0 && read.causes < 0)
        result = refuse("causes", failure);
    for (size_t index = 0; index < COUNT(list_members) && result == 0; index++)
        result = read_list(json, &list_members[index], &read, failure);
    for (size_t index = 0; index < COUNT(flag_members) && result == 0; index++)
        result = read_flag(json, &flag_members[index], &read, failure);
    for (size_t index = 0; index < COUNT(count_members) && result == 0; index++)
        result = read_count(json, &count_members[index], &read, failure);
    for (size_t index = 0; index < COUNT(real_members) && result == 0; index++)
        result = read_real(json, &real_members[index], &read, failure);
    if (result == 0)
        *request = read;
    return result;
}

static int read_manifest(const json_t *manifest, struct recorded_run *run, struct failure *failure)
{
    const json_t *request = json_object_get(json_object_get(manifest, "plan"), "request");
    const json_t *seed = json_object_get(manifest, "seed");
    const char *preset = json_string_value(json_object_get(manifest, "preset"));
    if (request == NULL)
        return failure_say(failure, -EINVAL,
                           "manifest.json does not say what was asked for: the "
                           "bundle is older than schema 3");
    if (!json_is_integer(seed) || json_integer_value(seed) < 0)
        return failure_say(failure, -EINVAL, "manifest.json: no whole number 'seed'");
    int result = request_record_from_json(request, &run->request, failure);
    run->seed = (uint64_t)json_integer_value(seed);
    run->has_input = json_is_true(json_object_get(request, "input"));
    snprintf(run->preset, sizeof run->preset, "%s", preset != NULL ? preset : "default");
    return result;
}

int recorded_run_read(const char *folder, struct recorded_run *run, struct failure *failure)
{
    json_t *manifest;
    struct recorded_run read;
    struct failure problem = {0};
    int result = bundle_read_json(folder, "manifest.json", &manifest, &problem);
    if (result == -ENOENT || result == -ENOTDIR)
        return failure_say(failure, -EINVAL, "'%.120s' is not a bundle: it has no manifest.json",
                           folder);
    if (result < 0)
        return failure_say(failure, result, "%s", problem.text);
    result = read_manifest(manifest, &read, failure);
    json_decref(manifest);
    if (result == 0)
        *run = read;
    return result;
}
