/* Facts of the processor: model, topology, caches, frequency, mitigations. */
#include "machine/cpu.h"
#include "machine/manifest.h"
#include "machine/manifest_fact.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYS_CPU      "/sys/devices/system/cpu"
#define EACH_CPU     SYS_CPU "/cpu[0-9]*"
#define UNKNOWN_SLUG "unknown-cpu"

enum {
    LEAST_SLUG_BYTES = 2,
    MOST_SLUG = 40,
    CACHE_INDEXES = 16 /* more than any CPU has */
};

/* arm64 names its cores by two numbers only. Those of the machines that are most about; the rest
 * is named by the numbers. From the kernel's arch/arm64/include/asm/cputype.h. */
struct arm_core {
    unsigned implementer;
    unsigned part;
    const char *name;
};

static const struct arm_core arm_cores[] = {
    {0x41, 0xd03, "ARM Cortex-A53"},    {0x41, 0xd04, "ARM Cortex-A35"},
    {0x41, 0xd05, "ARM Cortex-A55"},    {0x41, 0xd07, "ARM Cortex-A57"},
    {0x41, 0xd08, "ARM Cortex-A72"},    {0x41, 0xd09, "ARM Cortex-A73"},
    {0x41, 0xd0a, "ARM Cortex-A75"},    {0x41, 0xd0b, "ARM Cortex-A76"},
    {0x41, 0xd0c, "ARM Neoverse-N1"},   {0x41, 0xd0d, "ARM Cortex-A77"},
    {0x41, 0xd40, "ARM Neoverse-V1"},   {0x41, 0xd41, "ARM Cortex-A78"},
    {0x41, 0xd44, "ARM Cortex-X1"},     {0x41, 0xd46, "ARM Cortex-A510"},
    {0x41, 0xd47, "ARM Cortex-A710"},   {0x41, 0xd48, "ARM Cortex-X2"},
    {0x41, 0xd49, "ARM Neoverse-N2"},   {0x41, 0xd4f, "ARM Neoverse-V2"},
    {0x41, 0xd80, "ARM Cortex-A520"},   {0x41, 0xd81, "ARM Cortex-A720"},
    {0x41, 0xd84, "ARM Neoverse-V3"},   {0x41, 0xd8e, "ARM Neoverse-N3"},
    {0x46, 0x001, "Fujitsu A64FX"},     {0x48, 0xd01, "HiSilicon TSV110"},
    {0xc0, 0xac3, "Ampere-1"},          {0xc0, 0xac4, "Ampere-1a"},
    {0x61, 0x022, "Apple M1 Icestorm"}, {0x61, 0x023, "Apple M1 Firestorm"},
};

static void name_arm_core(unsigned implementer, unsigned part, char *name, size_t name_bytes)
{
    for (size_t index = 0; index < sizeof arm_cores / sizeof *arm_cores; index++) {
        if (arm_cores[index].implementer != implementer || arm_cores[index].part != part)
            continue;
        snprintf(name, name_bytes, "%s", arm_cores[index].name);
        return;
    }
    snprintf(name, name_bytes, "arm implementer 0x%02x part 0x%03x", implementer, part);
}

/* The different cores of an arm64 /proc/cpuinfo, joined by " + "; NULL when it names none. */
static char *find_arm_model(const char *cpuinfo)
{
    char *model = NULL;
    unsigned implementer = 0;
    for (const char *line = cpuinfo; line != NULL && *line != '\0';) {
        unsigned part;
        char name[64];
        char *longer;
        sscanf(line, "CPU implementer : %x", &implementer);
        if (sscanf(line, "CPU part : %x", &part) == 1) {
            name_arm_core(implementer, part, name, sizeof name);
            if (model == NULL) {
                model = strdup(name);
            } else if (strstr(model, name) == NULL &&
                       asprintf(&longer, "%s + %s", model, name) > 0) {
                free(model);
                model = longer;
            }
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return model;
}

static bool says_something(const char *model)
{
    return model != NULL && *model != '\0' && strcmp(model, "unknown") != 0;
}

char *manifest_cpu_model(const struct fact_scene *scene, struct fact_reason *reason)
{
    /* x86 and others; MIPS; RISC-V; POWER and s390. */
    static const char *const keys[] = {"model name", "cpu model", "uarch", "cpu"};
    char *cpuinfo = fact_load(scene, "/proc/cpuinfo", reason);
    char *model = NULL;
    for (size_t index = 0; cpuinfo != NULL && index < sizeof keys / sizeof *keys; index++) {
        model = fact_find_field(cpuinfo, keys[index]);
        if (says_something(model))
            break;
        free(model);
        model = NULL;
    }
    if (model == NULL && cpuinfo != NULL)
        model = find_arm_model(cpuinfo);
    free(cpuinfo);
    if (model == NULL)
        model = fact_load(scene, "/sys/firmware/devicetree/base/model", reason);
    return model != NULL ? model
                         : fact_unreadable(reason, "neither /proc/cpuinfo nor the device tree "
                                                   "names the processor");
}

/* Blanks every occurrence of a text that says nothing of the model. */
static void blank(char *text, const char *noise)
{
    for (char *found; (found = strcasestr(text, noise)) != NULL;)
        memset(found, ' ', strlen(noise));
}

/* Blanks what people who sell processors add to their names. */
static void blank_noise(char *model)
{
    static const char *const noise[] = {"(R)", "(TM)", "(C)", " CPU ", " Processor"};
    model[strcspn(model, "@")] = '\0'; /* what follows is the nominal frequency */
    char *graphics = strcasestr(model, " with ");
    if (graphics != NULL)
        *graphics = '\0';
    for (size_t index = 0; index < sizeof noise / sizeof *noise; index++)
        blank(model, noise[index]);
}

/* The character as it stands in a slug. Not isalnum and tolower: these heed the locale. */
static char slug_character(char character)
{
    if (character >= 'A' && character <= 'Z')
        return (char)(character - 'A' + 'a');
    bool kept = (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
    return kept ? character : '-';
}

/* Takes the last dash and what follows off: a word that was cut in two, or nothing. */
static void drop_last_word(char *slug)
{
    char *dash = strrchr(slug, '-');
    if (dash != NULL)
        *dash = '\0';
}

int manifest_slug_of(const char *model, char *slug, size_t bytes)
{
    if (bytes < LEAST_SLUG_BYTES)
        return -EINVAL;
    char text[256];
    snprintf(text, sizeof text, "%s ", model);
    blank_noise(text);
    size_t most = bytes - 1 < MOST_SLUG ? bytes - 1 : MOST_SLUG;
    size_t length = 0;
    const char *next = text;
    for (; *next != '\0' && length < most; next++) {
        char character = slug_character(*next);
        if (character != '-' || (length > 0 && slug[length - 1] != '-'))
            slug[length++] = character;
    }
    slug[length] = '\0';
    if (length > 0 && (slug[length - 1] == '-' || slug_character(*next) != '-'))
        drop_last_word(slug);
    if (*slug == '\0')
        snprintf(slug, bytes, "%s", UNKNOWN_SLUG);
    return 0;
}

int manifest_cpu_slug(char *slug, size_t bytes)
{
    const struct fact_scene scene = {.root = ""};
    struct fact_reason reason = {""};
    char *model = manifest_cpu_model(&scene, &reason);
    int result = manifest_slug_of(model != NULL ? model : "", slug, bytes);
    free(model);
    return result;
}

static json_t *read_model(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    (void)fact;
    char *model = manifest_cpu_model(scene, reason);
    json_t *value = model != NULL ? fact_text(model, reason) : NULL;
    free(model);
    return value;
}

static json_t *read_allowed(const struct fact_scene *scene, const struct fact *fact,
                            struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    int *cpus;
    size_t count;
    if (cpu_list_allowed(&cpus, &count) != 0)
        return fact_unreadable(reason, "sched_getaffinity failed");
    char text[256];
    cpu_format_list(cpus, count, text, sizeof text);
    free(cpus);
    return fact_text(text, reason);
}

/* How many files match, or how many different contents they have (key "distinct"). */
static json_t *read_tally(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    size_t distinct;
    size_t files;
    char *list = fact_load_distinct(scene, fact->source, ";", &distinct, &files, reason);
    if (list == NULL)
        return NULL;
    free(list);
    return fact_number(strcmp(fact->key, "distinct") == 0 ? distinct : files);
}

/* Whether the cache of this folder is the one that `wanted` describes: level and type, as in
 * "1 Data". A level without a type takes data and unified caches. */
static bool is_cache(const struct fact_scene *scene, int index, const char *wanted)
{
    char source[128];
    struct fact_reason ignored = {""};
    snprintf(source, sizeof source, SYS_CPU "/cpu@/cache/index%d/level", index);
    char *level = fact_load(scene, source, &ignored);
    snprintf(source, sizeof source, SYS_CPU "/cpu@/cache/index%d/type", index);
    char *type = fact_load(scene, source, &ignored);
    bool same = level != NULL && type != NULL && strcmp(type, "Instruction") != 0 &&
                strcmp(level, wanted) == 0;
    free(level);
    free(type);
    return same;
}

/* One attribute of the data or unified cache of a level of the scene's CPU; `key` is the level,
 * `source` the attribute's name. */
static char *load_cache_attribute(const struct fact_scene *scene, const struct fact *fact,
                                  struct fact_reason *reason)
{
    for (int index = 0; index < CACHE_INDEXES; index++) {
        if (!is_cache(scene, index, fact->key))
            continue;
        char source[128];
        snprintf(source, sizeof source, SYS_CPU "/cpu@/cache/index%d/%s", index, fact->source);
        return fact_load(scene, source, reason);
    }
    return fact_unreadable(reason, "the kernel tells of no data cache of level %s", fact->key);
}

static json_t *read_cache_text(const struct fact_scene *scene, const struct fact *fact,
                               struct fact_reason *reason)
{
    char *text = load_cache_attribute(scene, fact, reason);
    json_t *value = text != NULL ? fact_text(text, reason) : NULL;
    free(text);
    return value;
}

/* "32K", "32768K" or "64". */
static json_t *read_cache_bytes(const struct fact_scene *scene, const struct fact *fact,
                                struct fact_reason *reason)
{
    char *text = load_cache_attribute(scene, fact, reason);
    if (text == NULL)
        return NULL;
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    unsigned long long unit = *end == 'K' ? 1024 : *end == 'M' ? 1024 * 1024 : 1;
    json_t *value = end != text ? fact_number(number * unit)
                                : fact_unreadable(reason, "'%.40s' is not a size", text);
    free(text);
    return value;
}

static json_t *read_turbo(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    (void)fact;
    char *boost = fact_load(scene, SYS_CPU "/cpufreq/boost", reason);
    char *no_turbo =
        boost == NULL ? fact_load(scene, SYS_CPU "/intel_pstate/no_turbo", reason) : NULL;
    json_t *value = NULL;
    if (boost != NULL)
        value = json_boolean(strcmp(boost, "0") != 0);
    else if (no_turbo != NULL)
        value = json_boolean(strcmp(no_turbo, "0") == 0);
    else
        fact_unreadable(reason, "neither cpufreq/boost nor intel_pstate/no_turbo is there");
    free(boost);
    free(no_turbo);
    return value;
}

/* What it runs at just now: cpufreq in kHz, else /proc/cpuinfo in MHz. */
static json_t *read_frequency(const struct fact_scene *scene, const struct fact *fact,
                              struct fact_reason *reason)
{
    json_t *value = fact_read_number(scene, fact, reason);
    if (value != NULL)
        return value;
    char *cpuinfo = fact_load(scene, "/proc/cpuinfo", reason);
    char *field = cpuinfo != NULL ? fact_find_field(cpuinfo, "cpu MHz") : NULL;
    double megahertz = 0.0;
    if (field != NULL && sscanf(field, "%lf", &megahertz) == 1 && megahertz > 0.0)
        value = json_integer((json_int_t)(megahertz * 1e6));
    else
        fact_unreadable(reason, "neither cpufreq nor /proc/cpuinfo tells the frequency");
    free(field);
    free(cpuinfo);
    return value;
}

/* {"meltdown": "Not affected", ...} */
static json_t *read_vulnerabilities(const struct fact_scene *scene, const struct fact *fact,
                                    struct fact_reason *reason)
{
    char path[FACT_PATH_BYTES];
    glob_t matches;
    if (fact_path(scene, fact->source, path) != 0 || glob(path, 0, NULL, &matches) != 0)
        return fact_unreadable(reason, "%s: there is no such file", fact->source);
    json_t *all = json_object();
    for (size_t index = 0; index < matches.gl_pathc; index++) {
        const char *file = matches.gl_pathv[index];
        const char *name = strrchr(file, '/') + 1;
        char *text = fact_load(scene, file + strlen(scene->root), reason);
        if (text != NULL)
            json_object_set_new(all, name, json_string(text));
        free(text);
    }
    globfree(&matches);
    return all;
}

const struct fact manifest_cpu_facts[] = {
    {.name = "cpu_model", .read = read_model},
    {.name = "cpu_microcode",
     .read = fact_read_field,
     .source = "/proc/cpuinfo",
     .key = "microcode"},
    {.name = "board_model",
     .read = fact_read_text,
     .source = "/sys/firmware/devicetree/base/model"},
    {.name = "cpus_online", .read = fact_read_text, .source = SYS_CPU "/online"},
    {.name = "cpus_allowed", .read = read_allowed},
    {.name = "cpus_isolated", .read = fact_read_text, .source = SYS_CPU "/isolated"},
    {.name = "cpus_without_tick", .read = fact_read_text, .source = SYS_CPU "/nohz_full"},
    {.name = "packages",
     .read = read_tally,
     .source = EACH_CPU "/topology/physical_package_id",
     .key = "distinct"},
    {.name = "cores",
     .read = read_tally,
     .source = EACH_CPU "/topology/thread_siblings_list",
     .key = "distinct"},
    {.name = "hardware_threads",
     .read = read_tally,
     .source = EACH_CPU "/topology/thread_siblings_list",
     .key = "files"},
    {.name = "cores_of_threads",
     .read = fact_read_distinct,
     .source = EACH_CPU "/topology/thread_siblings_list"},
    {.name = "smt_active", .read = fact_read_flag, .source = SYS_CPU "/smt/active"},
    {.name = "smt_control", .read = fact_read_text, .source = SYS_CPU "/smt/control"},
    {.name = "l1d_cache_bytes", .read = read_cache_bytes, .source = "size", .key = "1"},
    {.name = "l2_cache_bytes", .read = read_cache_bytes, .source = "size", .key = "2"},
    {.name = "l3_cache_bytes", .read = read_cache_bytes, .source = "size", .key = "3"},
    {.name = "l1d_cache_cpus", .read = read_cache_text, .source = "shared_cpu_list", .key = "1"},
    {.name = "l2_cache_cpus", .read = read_cache_text, .source = "shared_cpu_list", .key = "2"},
    {.name = "l3_cache_cpus", .read = read_cache_text, .source = "shared_cpu_list", .key = "3"},
    {.name = "cache_line_bytes",
     .read = read_cache_bytes,
     .source = "coherency_line_size",
     .key = "1"},
    {.name = "frequency_driver",
     .read = fact_read_distinct,
     .source = EACH_CPU "/cpufreq/scaling_driver"},
    {.name = "frequency_governor",
     .read = fact_read_distinct,
     .source = EACH_CPU "/cpufreq/scaling_governor"},
    {.name = "frequency_preference",
     .read = fact_read_distinct,
     .source = EACH_CPU "/cpufreq/energy_performance_preference"},
    {.name = "frequency_least_hz",
     .read = fact_read_number,
     .source = SYS_CPU "/cpu@/cpufreq/cpuinfo_min_freq",
     .unit = 1000},
    {.name = "frequency_most_hz",
     .read = fact_read_number,
     .source = SYS_CPU "/cpu@/cpufreq/cpuinfo_max_freq",
     .unit = 1000},
    {.name = "frequency_hz",
     .read = read_frequency,
     .source = SYS_CPU "/cpu@/cpufreq/scaling_cur_freq",
     .unit = 1000},
    {.name = "turbo", .read = read_turbo},
    {.name = "vulnerabilities",
     .read = read_vulnerabilities,
     .source = SYS_CPU "/vulnerabilities/*"},
    {0},
};
