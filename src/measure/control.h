/*
 * The page that the three processes of a session share: the supervisor that forked, the writer
 * and the reader. Over it the two workers learn of each other, agree on each batch and leave
 * their reports. It carries no payload: that goes through the mechanism alone.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "base/failure.h"
#include "measure/distance.h"
#include "measure/histogram.h"
#include "measure/ledger.h"
#include "measure/running_digest.h"
#include "transfer/payload.h"
#include "transfer/wait.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum side_index { SIDE_WRITER, SIDE_READER, SIDES };

/* What a process used up to now. Times in nanoseconds. */
struct usage {
    uint64_t user_ns;
    uint64_t sys_ns;
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;
    uint64_t minor_faults;
    uint64_t major_faults;
};

/* One worker's report. Only its worker writes it; others read it after the worker has published a
 * step (struct wait_place) or has ended. */
struct side_report {
    struct failure failure;
    uint64_t batch_started_ns; /* of the last batch */
    uint64_t batch_finished_ns;
    uint64_t capacity_bytes;
    double clock_read_ns;
    struct payload_digest sent; /* over all batches */
    struct payload_digest received;
    struct running_digest digest;           /* of a relay to the end of its source */
    enum mutation mutations[LEDGER_STAGES]; /* what this side saw, of a probe */
    bool sink_wrong;                        /* what was written to the sink is not what was sent */
    /* Sums over the measured batches. */
    struct usage used;
    uint64_t user_copy_bytes;
    double work_ns; /* see pace.h, the slower of before and after; NAN where it was not measured */
    double kernel_io_bytes; /* NAN where the kernel keeps no account */
    uint64_t link_copy_bytes;
    struct wait_counts waits; /* of both channels, where they are counted */
    /* The writer's alone. */
    uint64_t warmup_messages;
    uint64_t messages;
    uint64_t bytes; /* one way */
    uint64_t wall_ns;
    uint64_t measured_batches;
    uint64_t first_batch_ns;     /* when its first batch began */
    double first_ns_per_message; /* wall time, of the first of them */
    double last_ns_per_message;
    uint64_t intervals_ns;  /* of all round trips, clock cost included */
    uint64_t late_messages; /* of a rate, see measure/schedule.h */
    double bounces_ns[2];   /* as control.distances; NAN where it was not measured */
};

struct control {
    /* Steps done by each worker, see control_step; [SIDES] is the supervisor's. */
    struct wait_place steps[SIDES + 1];
    pid_t pids[SIDES]; /* written by the supervisor before its step */
    /* Messages that each worker has finished: only the supervisor looks, once in a while. */
    struct {
        _Alignas(SHARED_LINE_BYTES) _Atomic uint64_t messages;
    } progress[SIDES];
    /* The next batch; written by the writer before its step. */
    uint64_t batch_messages; /* 0: there is none */
    bool batch_measured;
    struct distance distances[2]; /* before the first batch, after the last */
    struct side_report reports[SIDES];
    struct histogram round_trips; /* written by the writer in a latency test */
};

/* Makes the page, zeroed and mapped. Returns 0 or -ENOMEM. Freed by control_free. */
int control_make(struct control **control, struct failure *failure);
void control_free(struct control *control);

/* Announces that this party (SIDE_* or SIDES for the supervisor) has done its next step. */
void control_step(struct control *control, const struct waiter *waiter, unsigned party);

/* Waits until `party` has done `step` steps. Returns as wait_for_position. */
int control_await(struct control *control, const struct waiter *waiter, unsigned party,
                  uint64_t step);

/*
 * How long the last batch took, from the writer's first message to the moment at which the reader
 * had consumed the last; or, with `until_both`, to the later of the two ends: that of a ping-pong,
 * and of a mechanism that transfers nothing, where nobody waits for anybody.
 */
uint64_t control_batch_ns(const struct control *control, bool until_both);

/* What the calling process has used so far. */
struct usage usage_now(void);

/* Adds to *sum what was used between two moments of one process. */
void usage_add_between(struct usage *sum, const struct usage *before, const struct usage *after);

#endif
