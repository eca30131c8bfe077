/*
 * When the pings of a rate-controlled latency test are due, and how their sender waits for that.
 * Ping i, counted from 1, is due i intervals after the start: also when those before it were late,
 * so that a stall is not followed by a pause but by the pings that it kept waiting. (An open loop;
 * what a closed one leaves out is known as coordinated omission: G. Tene, "How NOT to measure
 * latency"; wrk2 does as this.) Between batches the schedule's clock stands still: the hand-shake
 * makes no ping late, and a backlog is not forgotten.
 * Knows neither channels nor histograms. Times are nanoseconds of base/clock.h.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct schedule {
    double interval_ns;
    bool may_spin;       /* the peer has another CPU, which a spinning sender does not take */
    uint64_t started_ns; /* moved on by every pause */
    uint64_t paused_ns;  /* since when it stands still */
    uint64_t pings;      /* made due so far */
    uint64_t late;       /* of them: due before the round trip before was done */
};

/* A schedule that stands still, of `rate_per_s` pings (above 0) per second. */
struct schedule schedule_make(double rate_per_s, bool may_spin);

/* Goes on, or begins, at `now_ns`; stands still from `now_ns` on. */
void schedule_resume(struct schedule *schedule, uint64_t now_ns);
void schedule_pause(struct schedule *schedule, uint64_t now_ns);

/* When the next ping is due. It is late when that is before `done_ns`, at which the round trip
 * before it was done. */
uint64_t schedule_next_ns(struct schedule *schedule, uint64_t done_ns);

/* Waits until `due_ns`: sleeps until shortly before and spins the
 * rest; where it may not spin it sleeps only, and is as late as the timer is. Blocks. */
void schedule_await(const struct schedule *schedule, uint64_t due_ns);

/* From now on timers wake this process as exactly as they can. */
void schedule_sharpen_timers(void);

#endif
