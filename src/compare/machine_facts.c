#include "compare/machine_facts.h"

#include "base/array.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Known to matter, in the order to show them. */
static const struct {
    const char *name;
    const char *why;
} known_facts[] = {
    {"cpu_model", "caches, clock and how cores talk to each other"},
    {"kernel_release", "pipes: wake-ups changed with 5.5, the keeping of pages with 6.15"},
    {"vulnerabilities", "mitigations make every system call dearer; spinning memory makes none"},
    {"hypervisor", "waking another CPU goes through it, and so does every first touch of a page"},
    {"frequency_governor", "how fast the cores run, and how fast they come up after sleeping"},
    {"pipe_default_bytes", "bytes in flight decide how often the sides wait for each other"},
    {"pipe_most_bytes", "bytes in flight decide how often the sides wait for each other"},
    {"pipe_quota_soft_pages", "beyond the quota a pipe gets two pages"},
    {"pipe_quota_hard_pages", "beyond the quota there is no pipe"},
    {"transparent_huge_pages", "page size of the private buffers: cost of misses in the TLB"},
    {"transparent_huge_pages_shmem", "page size of the segment: cost of misses in the TLB"},
    {"transparent_huge_pages_defrag", "whether huge pages are there when they are asked for"},
    {"kernel_command_line", "mitigations, ticks, clocks and isolated CPUs are set here"},
    {"kernel_preemption", "who runs after a wake-up"},
    {"kernel_preemption_active", "who runs after a wake-up"},
    {"idle_driver", "how deep a waiting CPU sleeps: the cost of a blocking wake-up"},
    {"idle_governor", "how deep a waiting CPU sleeps: the cost of a blocking wake-up"},
    {"idle_states", "how deep a waiting CPU sleeps: the cost of a blocking wake-up"},
    {"halt_poll_guest_ns", "how long a waiting CPU polls before it sleeps"},
    {"halt_poll_host_ns", "how long a waiting CPU polls before it sleeps"},
    {"clock_source", "a clock that is a system call is read slowly and disturbs latencies"},
    {"cpu_microcode", "mitigations come with it"},
    {"turbo", "how fast the cores run"},
    {"frequency_driver", "how fast the cores run"},
    {"frequency_preference", "how fast the cores run"},
    {"frequency_most_hz", "how fast the cores run"},
    {"smt_active", "two threads of a core share its caches and units"},
    {"cores_of_threads", "which CPUs share a core"},
    {"l1d_cache_bytes", "up to where a payload stays near"},
    {"l2_cache_bytes", "up to where a payload stays near"},
    {"l3_cache_bytes", "up to where a payload stays near"},
    {"l2_cache_cpus", "which CPUs hand over data without going to memory"},
    {"l3_cache_cpus", "which CPUs hand over data without going to memory"},
    {"memory_nodes", "memory of another node is farther"},
    {"cgroup_cpu_limit_cpus", "throttling stops both sides at once"},
    {"container", "limits and filters of system calls may come with it"},
    {"c_library", "memcpy is its code"},
};

enum { KNOWN_COUNT = sizeof known_facts / sizeof *known_facts };

/* Never shown, by how their names begin: facts of the moment, and the build, which is a note. */
static const char *const passed_over[] = {"load_average",   "steal_ns",      "memory_available",
                                          "frequency_hz",   "unreadable",    "build_",
                                          "program_sha256", "suite_version", NULL};

struct collection {
    struct machine_facts facts;
    size_t capacity;
};

static int add_fact(struct collection *collection, const char *name, const char *inner,
                    const char *why, const json_t *before, const json_t *after)
{
    struct machine_facts *facts = &collection->facts;
    bool nothing =
        (before == NULL || json_is_null(before)) && (after == NULL || json_is_null(after));
    if (nothing || json_equal(before, after))
        return 0;
    void *grown =
        array_grow(facts->facts, facts->count, &collection->capacity, sizeof *facts->facts);
    if (grown == NULL)
        return -ENOMEM;
    facts->facts = grown;
    struct machine_fact *fact = &facts->facts[facts->count++];
    *fact = (struct machine_fact){.why = why, .before = before, .after = after};
    snprintf(fact->name, sizeof fact->name, "%.60s%s%.30s", name, *inner != '\0' ? "." : "", inner);
    return 0;
}

/* Of an object what differs within it, from the names of both. */
static int add_within(struct collection *collection, const char *name, const char *why,
                      json_t *before, json_t *after)
{
    const char *inner;
    json_t *value;
    int result = 0;
    json_object_foreach(before, inner, value)
    {
        if (result == 0)
            result = add_fact(collection, name, inner, why, value, json_object_get(after, inner));
    }
    json_object_foreach(after, inner, value)
    {
        if (result == 0 && json_object_get(before, inner) == NULL)
            result = add_fact(collection, name, inner, why, NULL, value);
    }
    return result;
}

static int add(struct collection *collection, const char *name, const char *why, json_t *before,
               json_t *after)
{
    if (json_is_object(before) && json_is_object(after))
        return add_within(collection, name, why, before, after);
    return add_fact(collection, name, "", why, before, after);
}

static bool is_passed_over(const char *name)
{
    for (size_t index = 0; passed_over[index] != NULL; index++) {
        if (strncmp(name, passed_over[index], strlen(passed_over[index])) == 0)
            return true;
    }
    for (size_t index = 0; index < KNOWN_COUNT; index++) {
        if (strcmp(name, known_facts[index].name) == 0)
            return true;
    }
    return false;
}

static int collect(struct collection *collection, json_t *before, json_t *after)
{
    const char *name;
    json_t *value;
    int result = 0;
    for (size_t index = 0; index < KNOWN_COUNT && result == 0; index++) {
        name = known_facts[index].name;
        result = add(collection, name, known_facts[index].why, json_object_get(before, name),
                     json_object_get(after, name));
    }
    json_object_foreach(before, name, value)
    {
        if (result == 0 && !is_passed_over(name))
            result = add(collection, name, NULL, value, json_object_get(after, name));
    }
    json_object_foreach(after, name, value)
    {
        if (result == 0 && !is_passed_over(name) && json_object_get(before, name) == NULL)
            result = add(collection, name, NULL, NULL, value);
    }
    return result;
}

int machine_facts_compare(const json_t *before, const json_t *after, struct machine_facts *facts)
{
    struct collection collection = {.capacity = 0};
    int result =
        collect(&collection, json_object_get(before, "machine"), json_object_get(after, "machine"));
    if (result < 0) {
        machine_facts_free(&collection.facts);
        return result;
    }
    *facts = collection.facts;
    return 0;
}

void machine_facts_free(struct machine_facts *facts)
{
    free(facts->facts);
    *facts = (struct machine_facts){.facts = NULL};
}

char *machine_fact_text(const json_t *value)
{
    if (value == NULL)
        return strdup("not recorded");
    if (json_is_null(value))
        return strdup("not readable");
    if (json_is_string(value))
        return strdup(json_string_value(value));
    return json_dumps(value,
                      JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(9));
}
