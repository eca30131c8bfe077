/* Facts that change while a run lasts: what else the machine did, and what was taken from it. */
#include "machine/manifest_fact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runnable tasks on average over 1, 5 and 15 minutes. */
static json_t *read_load(const struct fact_scene *scene, const struct fact *fact,
                         struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    if (text == NULL)
        return NULL;
    double load[3];
    json_t *value = sscanf(text, "%lf %lf %lf", &load[0], &load[1], &load[2]) == 3
                        ? json_pack("[f, f, f]", load[0], load[1], load[2])
                        : fact_unreadable(reason, "%s is not three numbers", fact->source);
    free(text);
    return value;
}

/* Since boot, all CPUs: time in which a CPU wanted to run and the hypervisor ran another. */
static json_t *read_steal(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    if (text == NULL)
        return NULL;
    unsigned long long ticks = 0;
    long ticks_per_s = sysconf(_SC_CLK_TCK);
    /* cpu user nice system idle iowait irq softirq STEAL */
    int found = sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks);
    free(text);
    if (found != 1 || ticks_per_s <= 0)
        return fact_unreadable(reason, "%s counts no stolen time", fact->source);
    return fact_number(ticks * (1000000000ULL / (unsigned long long)ticks_per_s));
}

const struct fact manifest_moment_facts[] = {
    {.name = "load_average", .read = read_load, .source = "/proc/loadavg"},
    {.name = "steal_ns", .read = read_steal, .source = "/proc/stat"},
    {.name = "memory_available_bytes",
     .read = fact_read_field_number,
     .source = "/proc/meminfo",
     .key = "MemAvailable",
     .unit = 1024},
    {0},
};
