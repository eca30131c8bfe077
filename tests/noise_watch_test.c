/* The differences between two moments of a machine, by hand, and the warnings before a run. */
#include "conduct/noise_watch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "raw_bundle.h" /* assert_number */

static const struct disturbance before = {
    .steal_ns = 1e9,
    .busy_ns = 50e9,
    .interrupts = 1000.0,
    .context_switches = 5000.0,
    .throttles = 3.0,
    .online_cpus = 2.0,
    .load_1min = 0.5,
    .frequency_mean_hz = 2e9,
    .frequency_least_hz = 1.5e9,
};
static const struct disturbance after = {
    .steal_ns = 1.25e9,
    .busy_ns = 57e9,
    .interrupts = 1700.0,
    .context_switches = 9000.0,
    .throttles = 3.0,
    .online_cpus = 2.0,
    .load_1min = 0.75,
    .frequency_mean_hz = 3e9,
    .frequency_least_hz = 1.75e9,
};

static void a_row_is_the_difference_without_ourselves(void **state)
{
    (void)state;
    struct raw_round row;
    noise_watch_difference(&before, &after, 6.5e9, 4.0, &row);
    assert_number("seconds", row.seconds, 4.0);
    assert_number("cpus", row.online_cpus, 2.0);
    assert_number("steal", row.steal_ns, 0.25e9);
    assert_number("others", row.other_busy_ns, 0.5e9);
    assert_number("interrupts", row.interrupts, 700.0);
    assert_number("switches", row.context_switches, 4000.0);
    assert_number("load", row.load_1min, 0.75);
    assert_number("mean", row.frequency_mean_hz, 2.5e9);
    assert_number("least", row.frequency_least_hz, 1.5e9);
    assert_number("throttles", row.throttles, 0.0);
    /* We are counted to the microsecond, all others by ticks. */
    noise_watch_difference(&before, &after, 7.01e9, 4.0, &row);
    assert_number("others", row.other_busy_ns, -0.01e9);
}

static void a_counter_that_went_back_is_not_known(void **state)
{
    (void)state;
    struct raw_round row;
    struct disturbance moved = after;
    moved.steal_ns = 0.5e9;
    moved.throttles = NAN;
    noise_watch_difference(&before, &moved, 0.0, 4.0, &row);
    assert_number("steal", row.steal_ns, NAN);
    assert_number("throttles", row.throttles, NAN);
    assert_number("others", row.other_busy_ns, 7e9);
}

static void a_begin_that_was_not_watched_has_no_row(void **state)
{
    (void)state;
    struct noise_watch watch = {.is_watching = false};
    struct raw_round row;
    assert_false(noise_watch_end(&watch, "/nonexistent", &row));
    noise_watch_begin(&watch, "/nonexistent", 12.5);
    assert_true(noise_watch_end(&watch, "/nonexistent", &row));
    assert_number("at", row.at_s, 12.5);
    assert_number("others", row.other_busy_ns, NAN);
    assert_true(row.seconds >= 0.0);
    assert_false(noise_watch_end(&watch, "/nonexistent", &row));
}

/* Uses CPU time in a child and waits for it. */
static void work_in_a_child(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct timespec used;
        do
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        while (used.tv_sec == 0 && used.tv_nsec < 100000000);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* On a machine whose counters stand still, all that was used is taken out of nothing. */
static void what_our_children_used_is_taken_out(void **state)
{
    (void)state;
    char root[] = "/tmp/noise_watch_test.XXXXXX";
    char path[64];
    struct noise_watch watch;
    struct raw_round row;
    assert_non_null(mkdtemp(root));
    snprintf(path, sizeof path, "%s/proc", root);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/proc/stat", root);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs("cpu 1 2 3 4 5 6 7 8\ncpu0 1 2 3 4 5 6 7 8\n", file);
    fclose(file);
    noise_watch_begin(&watch, root, 0.0);
    work_in_a_child();
    assert_true(noise_watch_end(&watch, root, &row));
    assert_true(row.other_busy_ns <= -0.09e9);
    assert_number("steal", row.steal_ns, 0.0);
    unlink(path);
    snprintf(path, sizeof path, "%s/proc", root);
    rmdir(path);
    rmdir(root);
}

static void a_calm_machine_gets_no_warning(void **state)
{
    (void)state;
    struct noise_warnings warnings;
    struct disturbance now = {.online_cpus = 4.0, .load_1min = 2.0, .governors = "performance"};
    noise_warnings_of(&now, 4, &warnings);
    assert_int_equal(warnings.count, 0);
    /* Nor one that tells nothing. */
    now = (struct disturbance){.online_cpus = NAN, .load_1min = NAN};
    noise_warnings_of(&now, 2, &warnings);
    assert_int_equal(warnings.count, 0);
}

static void warnings_say_what_to_do(void **state)
{
    (void)state;
    struct noise_warnings warnings;
    struct disturbance now = {
        .online_cpus = 4.0, .load_1min = 2.01, .governors = "performance, schedutil"};
    noise_warnings_of(&now, 1, &warnings);
    assert_int_equal(warnings.count, NOISE_WARNINGS_MOST);
    assert_non_null(strstr(warnings.lines[0], "spin is left out"));
    assert_non_null(strstr(warnings.lines[1], "load 2.0 on 4 CPUs; calm: at most 2.0"));
    assert_non_null(strstr(warnings.lines[1], "close them"));
    assert_non_null(strstr(warnings.lines[2], "performance, schedutil"));
    assert_non_null(strstr(warnings.lines[2], "cpufreq/scaling_governor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_the_difference_without_ourselves),
        cmocka_unit_test(a_counter_that_went_back_is_not_known),
        cmocka_unit_test(a_begin_that_was_not_watched_has_no_row),
        cmocka_unit_test(what_our_children_used_is_taken_out),
        cmocka_unit_test(a_calm_machine_gets_no_warning),
        cmocka_unit_test(warnings_say_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
