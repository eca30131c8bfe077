/*
 * The process at the other end: is it still alive? A pipe tells by EOF or EPIPE, shared memory
 * tells nothing, so every wait on shared memory asks here now and then.
 */
#ifndef PEER_H
#define PEER_H

#include <sys/types.h>

struct peer {
    pid_t pid;
    int descriptor; /* a pidfd, or -1 where the kernel has none (before Linux 5.3) */
};

/* Starts watching `pid`. Returns 0, or -ESRCH when it is gone already. */
int peer_open(struct peer *peer, pid_t pid);

/* Returns 0 while the peer runs (or is stopped), -EPIPE once it has ended, reaped or not. Does
 * not block. A peer with pid 0 is never asked and always lives. */
int peer_check(const struct peer *peer);

/* Blocks until `descriptor` can be read without blocking (its end counts, too) and returns 0, or
 * until the peer ends: -EPIPE, even when both is the case. */
int peer_await_input(const struct peer *peer, int descriptor);

void peer_close(struct peer *peer);

#endif
