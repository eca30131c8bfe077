#include "machine/manifest.h"

#include "machine/cpu.h"
#include "machine/manifest_fact.h"
#include "machine/manifest_privacy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define UNREADABLE "unreadable"

enum { NAME_BYTES = 64 };

static const struct fact *const tables[] = {
    manifest_cpu_facts,
    manifest_kernel_facts,
    manifest_memory_facts,
    manifest_ipc_facts,
    manifest_process_facts,
    manifest_build_facts,
    NULL,
};

/* Adds one fact under name + ending: its value, or null and the reason. */
static int add_fact(json_t *machine, const struct fact_scene *scene, const struct fact *fact,
                    const char *ending)
{
    char name[NAME_BYTES];
    struct fact_reason reason = {"out of memory"};
    snprintf(name, sizeof name, "%s%s", fact->name, ending);
    json_t *value = fact->read(scene, fact, &reason);
    if (value == NULL) {
        json_t *why = json_string(reason.text);
        if (why == NULL)
            why = json_string("what stands there is not UTF-8");
        if (json_object_set_new(json_object_get(machine, UNREADABLE), name, why) != 0)
            return -ENOMEM;
        value = json_null();
    }
    return json_object_set_new(machine, name, value) == 0 ? 0 : -ENOMEM;
}

static int add_table(json_t *machine, const struct fact_scene *scene, const struct fact *facts,
                     const char *ending)
{
    int result = 0;
    for (const struct fact *fact = facts; fact->name != NULL && result == 0; fact++)
        result = add_fact(machine, scene, fact, ending);
    return result;
}

/* At the end of all collecting: no reader has to think of it. */
static int scrub(json_t *machine)
{
    const struct identity identity = privacy_identity();
    return privacy_scrub_json(machine, &identity);
}

static int add_all(json_t *machine, const struct fact_scene *scene)
{
    int result = json_object_set_new(machine, UNREADABLE, json_object()) == 0 ? 0 : -ENOMEM;
    for (size_t index = 0; tables[index] != NULL && result == 0; index++)
        result = add_table(machine, scene, tables[index], "");
    if (result == 0)
        result = add_table(machine, scene, manifest_moment_facts, "_before");
    return result == 0 ? scrub(machine) : result;
}

int manifest_collect_scene(json_t **machine, const struct fact_scene *scene,
                           struct failure *failure)
{
    json_t *collected = json_object();
    int result = collected != NULL ? add_all(collected, scene) : -ENOMEM;
    if (result < 0) {
        json_decref(collected);
        return failure_set(failure, result, "collecting the machine's facts");
    }
    *machine = collected;
    return 0;
}

/* The lowest CPU that may be used stands for all, where facts are read of one. */
static int pick_cpu(void)
{
    int *cpus;
    size_t count;
    if (cpu_list_allowed(&cpus, &count) != 0)
        return 0;
    int lowest = cpus[0];
    free(cpus);
    return lowest;
}

int manifest_collect(json_t **machine, const char *program_folder, struct failure *failure)
{
    const struct fact_scene scene = {
        .root = "",
        .cpu = pick_cpu(),
        .program_folder = program_folder,
    };
    return manifest_collect_scene(machine, &scene, failure);
}

int manifest_finish(json_t *machine)
{
    const struct fact_scene scene = {.root = ""};
    int result = add_table(machine, &scene, manifest_moment_facts, "_after");
    return result == 0 ? scrub(machine) : result;
}
