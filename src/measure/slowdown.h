/*
 * A slow-down on purpose, to test whether comparisons find a difference that is known. The library
 * has none: only the programs of build/bin/trust, which are linked with bench/trust/slowdown.c,
 * have another slowdown_percent_of, and nothing else of them differs.
 *
 * A stream is slowed down by messages that both sides really move, and that are not counted. A
 * round trip is slowed down by busy waiting behind it, within its timed interval. What is owed and
 * cannot be paid (part of a message, of a look at the clock) is carried on, so that a
 * slow-down is what was asked for on average, however few or short the messages are.
 */
#ifndef SLOWDOWN_H
#define SLOWDOWN_H

#include <stdint.h>

#define SLOWDOWN_PERCENT_MOST 100

struct slowdown {
    unsigned percent; /* 0 to SLOWDOWN_PERCENT_MOST; 0: none */
    int64_t owed;     /* hundredths of a message, or of a nanosecond; below 0 when overpaid */
};

/* By how many percent the programs of this mechanism shall be slowed down. */
unsigned slowdown_percent_of(const char *mechanism);

/* A stream's. It begins with an arbitrary part of a message, else all samples of a few messages
 * would be slowed down too little alike. */
struct slowdown slowdown_of_stream(unsigned percent);

/* How many messages are to be moved beside `count` that are counted. */
uint64_t slowdown_messages(struct slowdown *slowdown, uint64_t count);

/* Waits, busy, behind a round trip that took `took_ns` and ended at `done_ns`. Returns when the
 * waiting ended. */
uint64_t slowdown_wait(struct slowdown *slowdown, uint64_t took_ns, uint64_t done_ns);

#endif
