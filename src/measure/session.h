/*
 * One sample: a fresh pair of processes, pinned, that moves messages through one mechanism; and
 * the supervisor that forked them, watches them, ends them when one fails, and turns their
 * reports into a sample. The same for every mechanism.
 */
#ifndef SESSION_H
#define SESSION_H

#include "base/failure.h"
#include "base/terms.h"
#include "machine/cpu.h"
#include "measure/histogram.h"
#include "measure/ledger.h"
#include "measure/sample.h"
#include "transfer/channel.h"

#include <stdint.h>

#define SESSION_SIZE_MAXIMUM     ((uint64_t)1 << 30)
#define SESSION_CAPACITY_MAXIMUM ((uint64_t)1 << 30)
/* Where a private buffer may begin within its page: at a cache line. */
#define SESSION_OFFSET_STEP    64
#define SESSION_OFFSET_MAXIMUM 4032
#define SESSION_RATE_MAXIMUM   10000000.0

struct crowd;

struct session_setup {
    const struct channel_operations *operations;
    enum test test;
    enum wait_kind wait;
    enum copies copies;
    enum touch touch;
    enum placement placement; /* how the CPUs were chosen: a word for the sample */
    struct cpu_pair cpus;
    enum source_kind source; /* memory, but for a relay */
    enum sink_kind sink;     /* use, but for a relay */
    const char *input;       /* path of source file; NULL: generated */
    const char *output;      /* path of sink file; NULL: in memory */
    bool probe;              /* see session_probe */
    bool count_waits;        /* see session_observe */
    bool until_end;          /* a relay of the source to its end, instead of seconds or count */
    uint64_t extra_copies;   /* of every message, by the reader */
    enum working_set working_set;
    uint64_t buffer_offset_bytes; /* of private buffers within a page; see SESSION_OFFSET_* */
    uint64_t size_bytes;          /* 1 to SESSION_SIZE_MAXIMUM */
    uint64_t capacity_bytes;      /* 1 to SESSION_CAPACITY_MAXIMUM; rounded up, see channel.h */
    double seconds;               /* of the measured batch, about */
    uint64_t count;               /* exact messages (round trips) of it; 0 for `seconds` */
    double rate_per_s;            /* of the pings, see schedule.h; 0: closed loop */
    unsigned slowdown_percent;    /* on purpose, see slowdown.h; 0: none */
    uint64_t seed;                /* of the payload */
    double timeout_seconds;       /* without progress, beyond what a rate makes wait */
    struct crowd *crowd;          /* see crowd.h; NULL: alone on the machine */
};

/* Whether so many sessions at once find the memory they need: 0, or -ENOMEM in a line. */
int session_check_memory(const struct session_setup *setup, size_t sessions,
                         struct failure *failure);

/*
 * Measures one sample, or relays a source to its end (nothing is warmed up then). Warms up until a
 * quarter of `seconds` has passed in one batch, which also tells how many messages fill the
 * measured one. `round_trips` is filled in a latency test, and empty in others. leftover_start must
 * have been called. Blocks until both processes have ended; SIGINT, SIGTERM and SIGHUP end the
 * session at once.
 *
 * Returns 0, or with a description: -EINTR when a signal ended it; -EPIPE when one process died;
 * -ETIMEDOUT when there was no progress; -ENOMEM or -ENODEV when the machine lacks what was asked;
 * -ESHUTDOWN when whoever reads a relay's output closed it; -EINVAL when the ends of a relay cannot
 * be opened, or measured; -EBADMSG when what arrived is not what was sent (the sample is set then,
 * too, for the record); another -errno of the call that failed.
 */
int session_run(const struct session_setup *setup, struct sample *sample,
                struct histogram *round_trips, struct failure *failure);

/* What no sample tells. */
struct session_observation {
    struct wait_counts waits; /* of both workers: how their sleeps ended */
    uint64_t start_ns; /* from before the workers were forked to the first message; 0: none came */
};

/* As session_run, and sets *observation, whatever it returns. That costs two readings of the clock
 * for every wait that sleeps: not for what is to be measured. */
int session_observe(const struct session_setup *setup, struct sample *sample,
                    struct histogram *round_trips, struct session_observation *observation,
                    struct failure *failure);

/*
 * Sends one message through the path of `setup` as measure/probe.h does, and tells what mutation
 * shows at each stage in found[LEDGER_STAGES]. Measures nothing; needs a source file of our own
 * (generated, or standard input that is one), and a message that fits into the capacity. Blocks and
 * returns as session_run.
 */
int session_probe(const struct session_setup *setup, enum mutation *found, struct failure *failure);

#endif
