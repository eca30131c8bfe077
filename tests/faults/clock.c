/*
 * Preloaded into a program, this gives it a wall clock that begins in 2030 and goes a minute back
 * with each question. The clocks that measure are left as they are.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BEGIN_S = 1893456000, STEP_S = 60 };

static time_t back(void)
{
    static time_t now = BEGIN_S;
    now -= STEP_S;
    return now + STEP_S;
}

time_t time(time_t *seconds)
{
    time_t now = back();
    if (seconds != NULL)
        *seconds = now;
    return now;
}

int clock_gettime(clockid_t clock, struct timespec *moment)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, moment);
    *moment = (struct timespec){.tv_sec = back()};
    return 0;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone)
{
    (void)zone;
    *moment = (struct timeval){.tv_sec = back()};
    return 0;
}
