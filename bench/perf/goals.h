/*
 * The table of goals: what is held against what, how the two become one figure, and which figure is
 * good enough. Only data; trial.h measures one side, rows.h tells what came out.
 */
#ifndef PERF_GOALS_H
#define PERF_GOALS_H

#include "bare.h"

#include "base/terms.h"
#include "transfer/channel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the two sides of a goal become its figure. */
enum figure {
    FIGURE_SPEED,      /* how many times as fast as the other side: its time over ours */
    FIGURE_TIME,       /* our time over its time */
    FIGURE_DIFFERENCE, /* our nanoseconds less its */
    FIGURE_OURS,       /* our nanoseconds alone */
    FIGURE_SLEEPS,     /* sleeps of both processes per message of ours */
    FIGURE_START       /* milliseconds from the fork of ours to its first message */
};

enum relation { AT_LEAST, AT_MOST, SHOWN };

enum trial_kind { TRIAL_NONE, TRIAL_SESSION, TRIAL_BARE, TRIAL_BOUNCE };

/* One side: a session of one of our mechanisms, a bare loop, or the bounce of a cache line. */
struct trial {
    enum trial_kind kind;
    const struct channel_operations *mechanism; /* of a session, as the rest up to `copies` */
    enum test test;
    enum wait_kind wait;
    enum copies copies;
    const struct bare_loop *loop; /* of a bare trial, as `use` */
    unsigned use;
    enum touch touch;
    uint64_t size_bytes;
    uint64_t capacity_bytes; /* 0: 64 KiB, as the matched programs */
    bool one_cpu;            /* both processes on the writer's */
};

struct goal {
    unsigned number;
    const char *name; /* one line */
    enum figure figure;
    enum relation relation;
    double bound; /* not with SHOWN */
    struct trial ours;
    struct trial other;
};

extern const struct goal goals[];
extern const size_t goals_count;
/* The highest number of a goal, those that the script measures from outside included. */
enum { GOALS_MOST = 12 };

#endif
