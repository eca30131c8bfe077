#include "measure/schedule.h"

#include "base/clock.h"
#include "base/relax.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

/* How long before it is due a ping's sender stops sleeping, where it may spin: more than what a
 * timer's wake-up takes on an idle CPU, in a virtual machine, too. */
enum { SPIN_BEFORE_NS = 200000 };

struct schedule schedule_make(double rate_per_s, bool may_spin)
{
    return (struct schedule){.interval_ns = (double)NANOSECONDS_PER_SECOND / rate_per_s,
                             .may_spin = may_spin};
}

void schedule_resume(struct schedule *schedule, uint64_t now_ns)
{
    schedule->started_ns += now_ns - schedule->paused_ns;
}

void schedule_pause(struct schedule *schedule, uint64_t now_ns)
{
    schedule->paused_ns = now_ns;
}

uint64_t schedule_next_ns(struct schedule *schedule, uint64_t done_ns)
{
    /* Multiplied, not added up: so that rounding does not add up, either. */
    schedule->pings++;
    uint64_t due_ns =
        schedule->started_ns + (uint64_t)(schedule->interval_ns * (double)schedule->pings + 0.5);
    if (due_ns < done_ns)
        schedule->late++;
    return due_ns;
}

static void sleep_until(uint64_t time_ns)
{
    const struct timespec time = {.tv_sec = (time_t)(time_ns / NANOSECONDS_PER_SECOND),
                                  .tv_nsec = (long)(time_ns % NANOSECONDS_PER_SECOND)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        ;
}

void schedule_await(const struct schedule *schedule, uint64_t due_ns)
{
    uint64_t spin_ns = schedule->may_spin ? SPIN_BEFORE_NS : 0;
    if (clock_now_ns() + spin_ns < due_ns)
        sleep_until(due_ns - spin_ns);
    while (clock_now_ns() < due_ns)
        relax();
}

void schedule_sharpen_timers(void)
{
    /* Else the kernel is up to 50 us late on purpose, to save wake-ups. It never refuses. */
    prctl(PR_SET_TIMERSLACK, 1UL);
}
