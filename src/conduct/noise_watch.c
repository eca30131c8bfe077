#include "conduct/noise_watch.h"

#include "base/clock.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static double cpu_ns_of(int who)
{
    struct rusage usage;
    if (getrusage(who, &usage) < 0)
        return NAN;
    return ((double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec) * 1e9 +
           ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) * 1e3;
}

/* Every program of a sample has been waited for, and has waited for its own children. */
static double used_cpu_ns(void)
{
    return cpu_ns_of(RUSAGE_SELF) + cpu_ns_of(RUSAGE_CHILDREN);
}

void noise_watch_begin(struct noise_watch *watch, const char *root, double at_s)
{
    watch->at_s = at_s;
    watch->is_watching = true;
    disturbance_read(root, &watch->before);
    watch->own_cpu_ns = used_cpu_ns();
    watch->started_ns = clock_now_ns();
}

bool noise_watch_end(struct noise_watch *watch, const char *root, struct raw_round *row)
{
    struct disturbance after;
    if (!watch->is_watching)
        return false;
    watch->is_watching = false;
    double seconds = (double)(clock_now_ns() - watch->started_ns) / 1e9;
    double own_cpu_ns = used_cpu_ns() - watch->own_cpu_ns;
    disturbance_read(root, &after);
    noise_watch_difference(&watch->before, &after, own_cpu_ns, seconds, row);
    row->at_s = watch->at_s;
    return true;
}

static double grown_by(double before, double after)
{
    return after >= before ? after - before : NAN;
}

void noise_watch_difference(const struct disturbance *before, const struct disturbance *after,
                            double own_cpu_ns, double seconds, struct raw_round *row)
{
    *row = (struct raw_round){
        .seconds = seconds,
        .online_cpus = after->online_cpus,
        .steal_ns = grown_by(before->steal_ns, after->steal_ns),
        .other_busy_ns = grown_by(before->busy_ns, after->busy_ns) - own_cpu_ns,
        .interrupts = grown_by(before->interrupts, after->interrupts),
        .context_switches = grown_by(before->context_switches, after->context_switches),
        .load_1min = after->load_1min,
        .frequency_mean_hz = (before->frequency_mean_hz + after->frequency_mean_hz) / 2.0,
        .frequency_least_hz = fmin(before->frequency_least_hz, after->frequency_least_hz),
        .throttles = grown_by(before->throttles, after->throttles),
    };
}

/* ---- before the run ---- */

__attribute__((format(printf, 2, 3))) static void add_line(struct noise_warnings *warnings,
                                                           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(warnings->lines[warnings->count++], FAILURE_TEXT_BYTES, format, arguments);
    va_end(arguments);
}

void noise_warnings_of(const struct disturbance *now, size_t allowed_cpus,
                       struct noise_warnings *warnings)
{
    double calm_load = now->online_cpus / 2.0;
    warnings->count = 0;
    if (allowed_cpus == 1)
        add_line(warnings, "there is a single CPU to run on: spin is left out, and a wake-up is a "
                           "switch between two processes");
    if (now->load_1min > calm_load)
        add_line(warnings,
                 "other programs are busy, or were just now (load %.1f on %.0f CPUs; calm: at most "
                 "%.1f): close them, or expect wide intervals",
                 now->load_1min, now->online_cpus, calm_load);
    if (*now->governors != '\0' && strcmp(now->governors, "performance") != 0)
        add_line(warnings,
                 "the CPUs' frequency follows the load (governor %.40s); to hold it: echo "
                 "performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor",
                 now->governors);
}
