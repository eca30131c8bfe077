#include "measure/slowdown.h"

#include "base/clock.h"
#include "base/random.h"

enum {
    HUNDREDTHS = 100,
    /* No look at the clock takes longer: whoever waited for longer than this beyond the end was
     * interrupted, and that is no slow-down which the next round trips could be spared. */
    OVERPAID_MOST_NS = 1000
};

/* The trust build's definition, which is not in the library, goes before this one. */
__attribute__((weak)) unsigned slowdown_percent_of(const char *mechanism)
{
    (void)mechanism;
    return 0;
}

struct slowdown slowdown_of_stream(unsigned percent)
{
    struct random random = random_seeded(clock_now_ns());
    return (struct slowdown){.percent = percent,
                             .owed = (int64_t)random_below(&random, HUNDREDTHS)};
}

uint64_t slowdown_messages(struct slowdown *slowdown, uint64_t count)
{
    uint64_t owed = (uint64_t)slowdown->owed + count * slowdown->percent;
    slowdown->owed = (int64_t)(owed % HUNDREDTHS);
    return owed / HUNDREDTHS;
}

uint64_t slowdown_wait(struct slowdown *slowdown, uint64_t took_ns, uint64_t done_ns)
{
    uint64_t now_ns = done_ns;
    slowdown->owed += (int64_t)(took_ns * slowdown->percent);
    while ((int64_t)(now_ns - done_ns) * HUNDREDTHS < slowdown->owed)
        now_ns = clock_now_ns();
    slowdown->owed -= (int64_t)(now_ns - done_ns) * HUNDREDTHS;
    if (slowdown->owed < -OVERPAID_MOST_NS * HUNDREDTHS)
        slowdown->owed = -OVERPAID_MOST_NS * HUNDREDTHS;
    return now_ns;
}
