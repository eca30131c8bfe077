#include "machine/disturbance.h"

#include "machine/manifest_fact.h"

#include <ctype.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EACH_CPU "/sys/devices/system/cpu/cpu[0-9]*"

/* The text behind the first line that begins with `key` and a space; NULL where there is none. */
static const char *find_line(const char *text, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n' ? 1 : 0;
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            return line + length;
    }
    return NULL;
}

/* The whole number that a text begins with; NAN where it begins with none. */
static double number_of(const char *text)
{
    if (text == NULL)
        return NAN;
    text += strspn(text, " \t");
    return isdigit((unsigned char)*text) ? strtod(text, NULL) : NAN;
}

/* The lines "cpu0 ..." to "cpuN ...": only CPUs that are online have one. */
static double count_cpus(const char *stat)
{
    double cpus = 0.0;
    for (const char *line = stat; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n' ? 1 : 0;
        cpus += strncmp(line, "cpu", 3) == 0 && isdigit((unsigned char)line[3]) ? 1.0 : 0.0;
    }
    return cpus > 0.0 ? cpus : NAN;
}

static void read_times(const char *stat, struct disturbance *disturbance)
{
    double user, nice, system, irq, softirq, steal;
    long ticks_per_s = sysconf(_SC_CLK_TCK);
    const char *times = find_line(stat, "cpu");
    if (times == NULL || ticks_per_s <= 0)
        return;
    double tick_ns = 1e9 / (double)ticks_per_s;
    /* user nice system idle iowait irq softirq steal; old kernels count fewer. */
    int found = sscanf(times, "%lf %lf %lf %*f %*f %lf %lf %lf", &user, &nice, &system, &irq,
                       &softirq, &steal);
    if (found >= 5)
        disturbance->busy_ns = (user + nice + system + irq + softirq) * tick_ns;
    if (found >= 6)
        disturbance->steal_ns = steal * tick_ns;
}

static void read_stat(const struct fact_scene *scene, struct disturbance *disturbance)
{
    struct fact_reason ignored;
    char *stat = fact_load(scene, "/proc/stat", &ignored);
    if (stat == NULL)
        return;
    read_times(stat, disturbance);
    disturbance->interrupts = number_of(find_line(stat, "intr"));
    disturbance->context_switches = number_of(find_line(stat, "ctxt"));
    disturbance->online_cpus = count_cpus(stat);
    free(stat);
}

static void read_load(const struct fact_scene *scene, struct disturbance *disturbance)
{
    struct fact_reason ignored;
    char *load = fact_load(scene, "/proc/loadavg", &ignored);
    disturbance->load_1min = number_of(load);
    free(load);
}

static void read_governors(const struct fact_scene *scene, struct disturbance *disturbance)
{
    struct fact_reason ignored;
    char *governors =
        fact_load_distinct(scene, EACH_CPU "/cpufreq/scaling_governor", ", ", NULL, NULL, &ignored);
    if (governors != NULL)
        snprintf(disturbance->governors, sizeof disturbance->governors, "%s", governors);
    free(governors);
}

/* What the files of a pattern, one number each, come to. */
struct tally {
    double sum;
    double least;
    double files; /* those that hold a number */
};

static void add_to_tally(struct tally *tally, double number)
{
    if (isnan(number))
        return;
    tally->sum += number;
    tally->least = fmin(tally->least, number);
    tally->files += 1.0;
}

static struct tally tally_files(const struct fact_scene *scene, const char *pattern)
{
    struct tally tally = {.sum = 0.0, .least = NAN, .files = 0.0};
    struct fact_reason ignored;
    char path[FACT_PATH_BYTES];
    glob_t matches;
    if (fact_path(scene, pattern, path) != 0 || glob(path, 0, NULL, &matches) != 0)
        return tally;
    for (size_t index = 0; index < matches.gl_pathc; index++) {
        char *text = fact_load(scene, matches.gl_pathv[index] + strlen(scene->root), &ignored);
        add_to_tally(&tally, number_of(text));
        free(text);
    }
    globfree(&matches);
    return tally;
}

static void read_frequencies(const struct fact_scene *scene, struct disturbance *disturbance)
{
    struct tally kilohertz = tally_files(scene, EACH_CPU "/cpufreq/scaling_cur_freq");
    /* A CPU without a frequency says 0. */
    if (kilohertz.files == 0.0 || kilohertz.least == 0.0)
        return;
    disturbance->frequency_mean_hz = 1000.0 * kilohertz.sum / kilohertz.files;
    disturbance->frequency_least_hz = 1000.0 * kilohertz.least;
}

static void read_throttles(const struct fact_scene *scene, struct disturbance *disturbance)
{
    struct tally cores = tally_files(scene, EACH_CPU "/thermal_throttle/core_throttle_count");
    struct tally packages = tally_files(scene, EACH_CPU "/thermal_throttle/package_throttle_count");
    if (cores.files + packages.files > 0.0)
        disturbance->throttles = cores.sum + packages.sum;
}

void disturbance_read(const char *root, struct disturbance *disturbance)
{
    const struct fact_scene scene = {.root = root};
    *disturbance = (struct disturbance){
        .steal_ns = NAN,
        .busy_ns = NAN,
        .interrupts = NAN,
        .context_switches = NAN,
        .throttles = NAN,
        .online_cpus = NAN,
        .load_1min = NAN,
        .frequency_mean_hz = NAN,
        .frequency_least_hz = NAN,
    };
    read_stat(&scene, disturbance);
    read_load(&scene, disturbance);
    read_governors(&scene, disturbance);
    read_frequencies(&scene, disturbance);
    read_throttles(&scene, disturbance);
}
