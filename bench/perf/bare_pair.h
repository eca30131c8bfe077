/*
 * Runs a bare loop in a fresh pair of processes, pinned: warms up, measures batches by the clock
 * rule of our sessions (from the writer's first message to the moment at which the reader has
 * consumed the last; of round trips the writer's time), and sees to it that both end. Knows no
 * goal.
 */
#ifndef PERF_BARE_PAIR_H
#define PERF_BARE_PAIR_H

#include "bare.h"

#include "base/failure.h"

/*
 * Blocks until both processes have ended; leftover_start must have been called, SIGCHLD and its
 * signals be blocked (see measure/session.h). Returns 0 and sets *message_ns, nanoseconds of wall
 * time per message (round trip); or with a description: -EPIPE when a process died, -EINTR when a
 * signal ended it, -ETIMEDOUT when it took far too long, -EBADMSG when what arrived is not what was
 * sent, another -errno of the call that failed. Leaves no process behind, whatever it returns.
 */
int bare_pair_run(const struct bare_loop *loop, const struct bare_setup *setup, double *message_ns,
                  struct failure *failure);

#endif
