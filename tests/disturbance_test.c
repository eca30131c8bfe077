/* What may disturb a measurement, on made-up machines whose every file is known, and on this one.
 */
#include "machine/disturbance.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define CPU "/sys/devices/system/cpu/cpu"

static char root[] = "/tmp/disturbance_test.XXXXXX";
static struct disturbance found;

static int make_root(void **state)
{
    (void)state;
    memcpy(root + strlen(root) - 6, "XXXXXX", 6);
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file of the made-up machine, with all folders above it. */
static void put(const char *path, const char *content)
{
    char full[512];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "we");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_is(double value, double expected)
{
    if (isnan(expected) ? !isnan(value) : value != expected)
        fail_msg("%.17g, not %.17g", value, expected);
}

static double ticks_ns(double ticks)
{
    return ticks * (1e9 / (double)sysconf(_SC_CLK_TCK));
}

static void a_machine_that_tells_nothing_is_not_guessed(void **state)
{
    (void)state;
    disturbance_read(root, &found);
    assert_is(found.steal_ns, NAN);
    assert_is(found.busy_ns, NAN);
    assert_is(found.interrupts, NAN);
    assert_is(found.context_switches, NAN);
    assert_is(found.throttles, NAN);
    assert_is(found.online_cpus, NAN);
    assert_is(found.load_1min, NAN);
    assert_is(found.frequency_mean_hz, NAN);
    assert_is(found.frequency_least_hz, NAN);
    assert_string_equal(found.governors, "");
}

static void counters_are_those_of_all_cpus(void **state)
{
    (void)state;
    /* user nice system idle iowait irq softirq steal guest guest_nice */
    put("/proc/stat", "cpu  100 20 30 4000 500 6 7 80 9 10\n"
                      "cpu0 50 10 15 2000 250 3 3 40 4 5\n"
                      "cpu3 50 10 15 2000 250 3 4 40 5 5\n"
                      "intr 12345 0 9 1\nctxt 67890\nbtime 1\nprocesses 2\n");
    put("/proc/loadavg", "3.25 2.50 1.00 2/300 4000\n");
    disturbance_read(root, &found);
    assert_is(found.busy_ns, ticks_ns(100 + 20 + 30 + 6 + 7));
    assert_is(found.steal_ns, ticks_ns(80));
    assert_is(found.interrupts, 12345.0);
    assert_is(found.context_switches, 67890.0);
    assert_is(found.online_cpus, 2.0);
    assert_is(found.load_1min, 3.25);
}

/* Old kernels and some containers count no stolen time. */
static void a_short_line_has_what_it_has(void **state)
{
    (void)state;
    put("/proc/stat", "cpu 1 2 3 4 5 6 7\n");
    disturbance_read(root, &found);
    assert_is(found.busy_ns, ticks_ns(1 + 2 + 3 + 6 + 7));
    assert_is(found.steal_ns, NAN);
    assert_is(found.online_cpus, NAN);
    assert_is(found.interrupts, NAN);
    put("/proc/stat", "cpu 1 2 3 4 5\n");
    disturbance_read(root, &found);
    assert_is(found.busy_ns, NAN);
}

static void nonsense_is_not_a_number(void **state)
{
    (void)state;
    put("/proc/stat", "cpu many\ncpus 3\nintr all\nctxt -5\n");
    put("/proc/loadavg", "\n");
    put(CPU "0/cpufreq/scaling_cur_freq", "fast\n");
    put(CPU "1/cpufreq/scaling_cur_freq", "");
    put(CPU "0/thermal_throttle/core_throttle_count", "hot\n");
    disturbance_read(root, &found);
    assert_is(found.busy_ns, NAN);
    assert_is(found.interrupts, NAN);
    assert_is(found.context_switches, NAN);
    assert_is(found.online_cpus, NAN);
    assert_is(found.load_1min, NAN);
    assert_is(found.frequency_mean_hz, NAN);
    assert_is(found.throttles, NAN);
}

static void frequencies_are_a_mean_and_a_least(void **state)
{
    (void)state;
    put(CPU "0/cpufreq/scaling_cur_freq", "3000000\n");
    put(CPU "1/cpufreq/scaling_cur_freq", "1000000\n");
    put(CPU "10/cpufreq/scaling_cur_freq", "2000000\n");
    put(CPU "0/cpufreq/scaling_governor", "powersave\n");
    put(CPU "1/cpufreq/scaling_governor", "performance\n");
    put(CPU "10/cpufreq/scaling_governor", "powersave\n");
    disturbance_read(root, &found);
    assert_is(found.frequency_mean_hz, 2e9);
    assert_is(found.frequency_least_hz, 1e9);
    assert_string_equal(found.governors, "powersave, performance");
}

static void throttles_are_summed(void **state)
{
    (void)state;
    put(CPU "0/thermal_throttle/core_throttle_count", "1\n");
    put(CPU "1/thermal_throttle/core_throttle_count", "0\n");
    put(CPU "0/thermal_throttle/package_throttle_count", "4\n");
    put(CPU "1/thermal_throttle/package_throttle_count", "4\n");
    disturbance_read(root, &found);
    assert_is(found.throttles, 9.0);
}

static void this_machine_counts(void **state)
{
    (void)state;
    struct disturbance later;
    disturbance_read("", &found);
    if (isnan(found.context_switches))
        skip(); /* no /proc here */
    usleep(1000);
    disturbance_read("", &later);
    assert_true(later.context_switches > found.context_switches);
    assert_true(later.busy_ns >= found.busy_ns);
    assert_true(found.online_cpus >= 1.0);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_MACHINE(a_machine_that_tells_nothing_is_not_guessed),
        ON_MACHINE(counters_are_those_of_all_cpus),
        ON_MACHINE(a_short_line_has_what_it_has),
        ON_MACHINE(nonsense_is_not_a_number),
        ON_MACHINE(frequencies_are_a_mean_and_a_least),
        ON_MACHINE(throttles_are_summed),
        cmocka_unit_test(this_machine_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
