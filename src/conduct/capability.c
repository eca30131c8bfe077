#include "conduct/capability.h"

#include "base/standby.h"
#include "conduct/runner.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const double DESCRIBE_SECONDS_MOST = 10.0;

static int read_words(const json_t *object, const char *key, const char *const *names,
                      struct word_set *set)
{
    const json_t *words = json_object_get(object, key);
    if (!json_is_array(words))
        return -EPROTO;
    for (size_t index = 0; index < json_array_size(words); index++) {
        const char *word = json_string_value(json_array_get(words, index));
        int known = word != NULL ? term_find(names, word) : -1;
        if (known >= 0)
            set->bits |= 1U << known;
    }
    return 0;
}

int capability_from_json(const json_t *object, struct capability *capability,
                         struct failure *failure)
{
    struct capability read = {.mechanism = ""};
    const char *mechanism = json_string_value(json_object_get(object, "mechanism"));
    if (mechanism == NULL || *mechanism == '\0' || strlen(mechanism) >= sizeof read.mechanism)
        return failure_say(failure, -EPROTO, "the description has no mechanism");
    memcpy(read.mechanism, mechanism, strlen(mechanism));
    if (read_words(object, "tests", test_names, &read.tests) < 0 ||
        read_words(object, "waits", wait_names, &read.waits) < 0 ||
        read_words(object, "copies", copies_names, &read.copies) < 0 ||
        read_words(object, "touches", touch_names, &read.touches) < 0)
        return failure_say(failure, -EPROTO,
                           "the description of %s lacks tests, waits, copies or touches",
                           mechanism);
    read.inplace_is_own = json_is_true(json_object_get(object, "inplace_is_own"));
    read.stands_by = json_is_true(json_object_get(object, STANDBY_COMMAND));
    *capability = read;
    return 0;
}

int capability_ask(const char *programs, const char *mechanism, struct capability *capability,
                   struct failure *failure)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", programs, mechanism) >= (int)sizeof path)
        return failure_say(failure, -ENAMETOOLONG, "--programs: the path is too long");
    const char *const arguments[] = {path, "describe", NULL};
    char *output = NULL;
    int exit_code;
    int result = runner_capture(arguments, DESCRIBE_SECONDS_MOST, RUNNER_NO_STOP, &output,
                                &exit_code, failure);
    /* Somebody ended it: that says nothing of what it can do. */
    if (result == -EIO && exit_code > 128)
        return -EPIPE;
    if (result < 0)
        return result;
    json_t *object = json_loads(output, 0, NULL);
    free(output);
    result = capability_from_json(object, capability, failure);
    json_decref(object);
    if (result == 0 && strcmp(capability->mechanism, mechanism) != 0)
        return failure_say(failure, -EPROTO, "the program %s describes itself as %s", mechanism,
                           capability->mechanism);
    return result;
}
