/*
 * Two processes at the two ends of one channel, for tests: forks a peer that runs a function at
 * its end, while the test runs its own. A test that hangs is ended by an alarm.
 */
#ifndef PAIR_H
#define PAIR_H

#include "transfer/channel.h"

#include <sys/types.h>

struct pair {
    const struct channel_operations *operations;
    struct channel_setup setup;
    enum channel_role test_role; /* the test's own end; the peer has the other */
    int (*peer_run)(struct pair *pair, struct channel *channel); /* after open; its exit code */
    bool peer_opens; /* false: the peer's function opens (or does not) by itself */
    void *argument;
    /* Filled by pair_start. */
    struct channel *channel; /* the test's end, not opened yet */
    pid_t peer_pid;
    struct peer peer;
    struct failure failure;
};

/* A setup with the default capacity, and patience enough for a slow machine. */
struct channel_setup pair_setup(enum wait_kind wait, size_t loan_bytes);

/* Creates the channel and forks the peer. */
void pair_start(struct pair *pair);

/* Opens the test's end. Returns what open returned. */
int pair_open(struct pair *pair);

/* Closes the test's end, waits for the peer, and returns the peer's exit code, or 128 plus the
 * number of the signal that ended it. Nothing is left behind afterwards. */
int pair_finish(struct pair *pair);

/* Gives this program System V objects and a /dev/shm of its own, where the kernel lets it, so that
 * counting what is there is not disturbed by other programs. To be called first in main. */
void pair_use_private_ipc(void);

/* How many System V segments, semaphore sets and message queues there are on the machine, and names
 * of POSIX shared memory where /dev/shm is our own. */
int pair_count_ipc_objects(void);

#endif
