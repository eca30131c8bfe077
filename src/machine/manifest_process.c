/* Facts of this process: what it may do, and the limits it was put under. */
#include "machine/manifest_fact.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CGROUP_ROOT "/sys/fs/cgroup"
#define UNLIMITED   "unlimited"

/* v1 writes "no limit" as the largest multiple of a page below 2^63. */
#define CGROUP_V1_UNLIMITED (1ULL << 62)

/* Not who it is, but whether it is root: limits and quotas differ. */
static json_t *read_privilege(const struct fact_scene *scene, const struct fact *fact,
                              struct fact_reason *reason)
{
    if (geteuid() != 0)
        return json_string("ordinary");
    char *map = fact_load(scene, fact->source, reason);
    unsigned long inside = 1;
    unsigned long outside = 1;
    bool real = map == NULL ||
                (sscanf(map, "%lu %lu", &inside, &outside) == 2 && inside == 0 && outside == 0);
    free(map);
    return json_string(real ? "root" : "root of a namespace");
}

static json_t *limit_value(rlim_t limit)
{
    return limit == RLIM_INFINITY ? json_string(UNLIMITED) : fact_number(limit);
}

static json_t *read_locked_memory(const struct fact_scene *scene, const struct fact *fact,
                                  struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
        return fact_unreadable(reason, "getrlimit: %s", strerror(errno));
    return limit_value(limit.rlim_cur);
}

static json_t *read_nice(const struct fact_scene *scene, const struct fact *fact,
                         struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    errno = 0;
    int nice_value = getpriority(PRIO_PROCESS, 0);
    return errno == 0 ? json_integer(nice_value)
                      : fact_unreadable(reason, "getpriority: %s", strerror(errno));
}

static json_t *read_policy(const struct fact_scene *scene, const struct fact *fact,
                           struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    switch (sched_getscheduler(0)) {
    case SCHED_OTHER:
        return json_string("other");
    case SCHED_BATCH:
        return json_string("batch");
    case SCHED_IDLE:
        return json_string("idle");
    case SCHED_FIFO:
        return json_string("fifo");
    case SCHED_RR:
        return json_string("round robin");
    default:
        return fact_unreadable(reason, "the scheduling policy has no name here");
    }
}

/* Where one controller of this process lies. Paths name services and users: never published. */
struct cgroup {
    bool unified;               /* version 2 */
    char mount[128];            /* under CGROUP_ROOT: "" or "/memory" */
    char path[FACT_PATH_BYTES]; /* under the mount; "" for its root */
};

/* Whether `controller` is one of the comma-separated words. */
static bool has_controller(const char *words, const char *controller)
{
    size_t length = strlen(controller);
    for (const char *word = words; *word != '\0';) {
        size_t word_length = strcspn(word, ",");
        if (word_length == length && strncmp(word, controller, length) == 0)
            return true;
        word += word_length + (word[word_length] == ',' ? 1 : 0);
    }
    return false;
}

/* Takes one line of /proc/self/cgroup, "4:memory:/path" or "0::/path". A version 1 hierarchy of
 * the controller rules; the unified one counts only where there is none. */
static bool take_line(const char *line, const char *controller, struct cgroup *cgroup)
{
    char words[96] = "";
    char path[FACT_PATH_BYTES] = "";
    if (sscanf(line, "%*d:%95[^:]:%1023[^\n]", words, path) == 2) {
        if (!has_controller(words, controller))
            return false;
        cgroup->unified = false;
        snprintf(cgroup->mount, sizeof cgroup->mount, "/%s", words);
    } else if (sscanf(line, "0::%1023[^\n]", path) == 1) {
        if (cgroup->mount[0] != '\0')
            return false;
        cgroup->unified = true;
    } else {
        return false;
    }
    snprintf(cgroup->path, sizeof cgroup->path, "%s", strcmp(path, "/") == 0 ? "" : path);
    return true;
}

static int find_cgroup(const struct fact_scene *scene, const char *controller,
                       struct cgroup *cgroup, struct fact_reason *reason)
{
    char *text = fact_load(scene, "/proc/self/cgroup", reason);
    if (text == NULL)
        return -ENOENT;
    bool found = false;
    memset(cgroup, 0, sizeof *cgroup);
    for (const char *line = text; line != NULL && *line != '\0';) {
        found = take_line(line, controller, cgroup) || found;
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    free(text);
    if (!found)
        fact_unreadable(reason, "/proc/self/cgroup names no %s controller", controller);
    return found ? 0 : -ENOENT;
}

/* The content of a control file of the group or of its ancestor that lies `up` steps above. */
static char *load_control(const struct fact_scene *scene, const struct cgroup *cgroup,
                          const char *path, const char *file)
{
    char source[2 * FACT_PATH_BYTES];
    struct fact_reason ignored = {""};
    snprintf(source, sizeof source, CGROUP_ROOT "%s%s/%s", cgroup->mount, path, file);
    /* A "@" (as in user@1000.service) is a CPU number to fact_load, so it is opened by hand. */
    if (strchr(source, '@') == NULL)
        return fact_load(scene, source, &ignored);
    struct fact_scene literal = *scene;
    char root[3 * FACT_PATH_BYTES];
    snprintf(root, sizeof root, "%s%s", scene->root, source);
    literal.root = root;
    return fact_load(&literal, "", &ignored);
}

/* A limit read from one control file; returns false when it sets none. */
typedef bool (*limit_reader)(const struct fact_scene *scene, const struct cgroup *cgroup,
                             const char *path, double *limit);

static bool read_memory_limit(const struct fact_scene *scene, const struct cgroup *cgroup,
                              const char *path, double *limit)
{
    char *text =
        load_control(scene, cgroup, path, cgroup->unified ? "memory.max" : "memory.limit_in_bytes");
    unsigned long long bytes = 0;
    bool limited = text != NULL && sscanf(text, "%llu", &bytes) == 1 && bytes < CGROUP_V1_UNLIMITED;
    free(text);
    *limit = (double)bytes;
    return limited;
}

/* In CPUs: the share of each period that may be used. */
static bool read_cpu_limit(const struct fact_scene *scene, const struct cgroup *cgroup,
                           const char *path, double *limit)
{
    double quota = -1.0;
    double period = 0.0;
    char *text =
        load_control(scene, cgroup, path, cgroup->unified ? "cpu.max" : "cpu.cfs_quota_us");
    if (text != NULL && cgroup->unified && sscanf(text, "%lf %lf", &quota, &period) != 2)
        quota = -1.0; /* "max 100000" */
    else if (text != NULL && !cgroup->unified)
        sscanf(text, "%lf", &quota);
    free(text);
    if (!cgroup->unified) {
        text = load_control(scene, cgroup, path, "cpu.cfs_period_us");
        if (text != NULL)
            sscanf(text, "%lf", &period);
        free(text);
    }
    *limit = period > 0.0 ? quota / period : 0.0;
    return quota > 0.0 && period > 0.0;
}

/* Limits add up along the path: the lowest of the group and all above it rules. Where a container
 * shows the path of its host, only the root of its own view is there, and is looked at last. */
static bool find_lowest(const struct fact_scene *scene, const struct cgroup *cgroup,
                        limit_reader read, double *lowest)
{
    char path[FACT_PATH_BYTES];
    snprintf(path, sizeof path, "%s", cgroup->path);
    bool limited = false;
    for (;;) {
        double limit;
        if (read(scene, cgroup, path, &limit) && (!limited || limit < *lowest)) {
            *lowest = limit;
            limited = true;
        }
        char *last = strrchr(path, '/');
        if (last == NULL)
            return limited;
        *last = '\0';
    }
}

static bool is_there(const struct fact_scene *scene, const char *source)
{
    char path[FACT_PATH_BYTES];
    return fact_path(scene, source, path) == 0 && access(path, F_OK) == 0;
}

static json_t *read_limit(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    struct cgroup cgroup;
    double limit = 0.0;
    bool memory = strcmp(fact->key, "memory") == 0;
    if (find_cgroup(scene, fact->key, &cgroup, reason) != 0)
        return NULL;
    char mount[sizeof CGROUP_ROOT + sizeof cgroup.mount];
    snprintf(mount, sizeof mount, CGROUP_ROOT "%s", cgroup.mount);
    if (!is_there(scene, mount))
        return fact_unreadable(reason, "%.100s is not mounted", mount);
    if (!find_lowest(scene, &cgroup, memory ? read_memory_limit : read_cpu_limit, &limit))
        return json_string(UNLIMITED);
    return memory ? fact_number((unsigned long long)limit) : json_real(limit);
}

/* Of the hierarchy that rules memory. */
static json_t *read_cgroup_version(const struct fact_scene *scene, const struct fact *fact,
                                   struct fact_reason *reason)
{
    (void)fact;
    struct cgroup cgroup;
    if (find_cgroup(scene, "memory", &cgroup, reason) != 0)
        return NULL;
    return json_integer(cgroup.unified ? 2 : 1);
}

const struct fact manifest_process_facts[] = {
    {.name = "privilege", .read = read_privilege, .source = "/proc/self/uid_map"},
    {.name = "capabilities_effective",
     .read = fact_read_field,
     .source = "/proc/self/status",
     .key = "CapEff"},
    {.name = "locked_memory_most_bytes", .read = read_locked_memory},
    {.name = "scheduling_policy", .read = read_policy},
    {.name = "nice", .read = read_nice},
    {.name = "cgroup_version", .read = read_cgroup_version},
    {.name = "cgroup_cpu_limit_cpus", .read = read_limit, .key = "cpu"},
    {.name = "cgroup_memory_limit_bytes", .read = read_limit, .key = "memory"},
    {0},
};
