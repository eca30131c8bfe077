#include "machine/memory.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 4096 };

static uint64_t machine_available_bytes(void)
{
    uint64_t kibibytes = UINT64_MAX / 1024;
    char line[128];
    FILE *stream = fopen("/proc/meminfo", "re");
    while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
        if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kibibytes) == 1)
            break;
    }
    if (stream != NULL)
        fclose(stream);
    return kibibytes * 1024;
}

/* The number in a file of a control group, or UINT64_MAX for "max" and when it cannot be read. */
static uint64_t group_value(const char *group, const char *file)
{
    char path[2 * PATH_BYTES];
    uint64_t value = UINT64_MAX;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", group, file);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return UINT64_MAX;
    if (fscanf(stream, "%" SCNu64, &value) != 1)
        value = UINT64_MAX;
    fclose(stream);
    return value;
}

/* What the limits of this process's group and of those above it leave. */
static uint64_t group_available_bytes(void)
{
    char line[PATH_BYTES] = "";
    char *group = NULL;
    FILE *stream = fopen("/proc/self/cgroup", "re");
    while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
        if (strncmp(line, "0::/", 4) == 0) {
            group = line + 3;
            group[strcspn(group, "\n")] = '\0';
            break;
        }
    }
    if (stream != NULL)
        fclose(stream);
    uint64_t available = UINT64_MAX;
    while (group != NULL) {
        uint64_t limit = group_value(group, "memory.max");
        uint64_t used = group_value(group, "memory.current");
        if (limit != UINT64_MAX && used != UINT64_MAX) {
            uint64_t left = limit > used ? limit - used : 0;
            available = left < available ? left : available;
        }
        char *parent = strrchr(group, '/');
        if (parent == NULL)
            break;
        *parent = '\0';
    }
    return available;
}

uint64_t memory_available_bytes(void)
{
    uint64_t machine = machine_available_bytes();
    uint64_t group = group_available_bytes();
    return machine < group ? machine : group;
}

uint64_t memory_largest_cache_bytes(void)
{
    uint64_t largest = 0;
    int cpu = sched_getcpu();
    for (int index = 0;; index++) {
        char path[128];
        uint64_t kibibytes = 0;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index%d/size",
                 cpu < 0 ? 0 : cpu, index);
        FILE *stream = fopen(path, "re");
        if (stream == NULL)
            return largest;
        if (fscanf(stream, "%" SCNu64 "K", &kibibytes) == 1 && kibibytes * 1024 > largest)
            largest = kibibytes * 1024;
        fclose(stream);
    }
}
