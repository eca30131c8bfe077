/*
 * The ways of waiting, the same for every mechanism: block, spin, hybrid (spin briefly, then
 * block), semop (block on a System V semaphore). What is waited for is either a POSITION, a
 * counter in shared memory that only grows, or a DESCRIPTOR that would block. Every wait asks now
 * and then whether the peer lives, and gives up when its patience ends. Knows nothing of rings,
 * pipes or payloads.
 *
 * Sleeping without losing a wake-up needs the waiter to say "I sleep" before it looks a last
 * time, and the publisher to publish before it looks for sleepers (Dekker's pattern): all four
 * accesses are sequentially consistent, because acquire and release would let each side's load
 * pass its own store, and both would then miss the other.
 */
#ifndef WAIT_H
#define WAIT_H

#include "base/failure.h"
#include "base/terms.h"
#include "transfer/peer.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Two cache lines of 64 bytes: processors that prefetch lines in pairs would otherwise make two
 * neighbours share, and some arm64 machines have lines of 128 bytes. */
#define SHARED_LINE_BYTES 128

/* A position and its one sleeper; lies in memory that both processes share, on a line of its
 * own. The publisher writes `position`, the waiter `wake_at` and `sleeping`. (A second sleeper,
 * as at the supervisor's step, may miss its wake-up; then it looks again after a slice.) */
struct wait_place {
    _Alignas(SHARED_LINE_BYTES) _Atomic uint64_t position;
    _Atomic uint64_t wake_at;  /* the sleeper need not be woken before this position */
    _Atomic uint32_t sleeping; /* 1 while the waiter sleeps or is about to; the futex word */
};

/*
 * How the sleeps of one process ended, for whoever doubts the hand-shake. A sleep lasts a slice at
 * most (see wait.c), so a wake-up that never came shows as a stall, not as a hang; here it shows as
 * what it is. Only positions are counted: a descriptor is the kernel's to wake.
 *
 * A sleep that ended by time although the position had come as far as wake_at was either a little
 * too early for its wake-up, which comes when the publisher, or the kernel, gets to it (`late`: a
 * publisher that loses its CPU between publishing and waking is no fault); or none was ever sent
 * (`lost`), which must not happen. What is lost while the publisher goes on publishing is not seen:
 * its next look for sleepers wakes us.
 */
struct wait_counts {
    uint64_t sleeps;     /* calls that really asked the kernel for a sleep */
    uint64_t timeouts;   /* of them: ended by time */
    uint64_t late;       /* of those: the position was there, and the announcement was answered */
    uint64_t lost;       /* the position was there, and nobody answered */
    uint64_t longest_ns; /* of the waits that slept, from the first sleep to the position */
};

/* Adds the counts of one waiter to *sum. */
void wait_counts_add(struct wait_counts *sum, const struct wait_counts *counts);

/*
 * How long hybrid spins before it sleeps. Begins at WAIT_SPIN_LEAST_NS, about what a sleep and a
 * wake-up cost on bare metal, so that the worst case is twice the best choice (Karlin et al.,
 * "Empirical studies of competitive spinning for a shared-memory multiprocessor", SOSP 1991). A
 * sleep that was over within WAIT_SPIN_MOST_NS of the wait's beginning shows that waits are as
 * short here as a wake-up costs, or little longer: from then on such a wait is spun through. A
 * longer one halves the limit again. (KVM's halt polling grows and shrinks its limit by the same
 * signs: Documentation/virt/kvm/halt-polling.rst, whose most is 200 us, too.)
 */
#define WAIT_SPIN_LEAST_NS UINT64_C(20000)
#define WAIT_SPIN_MOST_NS  UINT64_C(200000)

/* The limit after a wait of `waited_ns` that slept. */
uint64_t wait_spin_limit_after(uint64_t limit_ns, uint64_t waited_ns);

/* How one process waits. Not shared. */
struct waiter {
    enum wait_kind kind;
    uint64_t *spin_limit_ns;       /* of hybrid, kept from wait to wait; NULL: always the least */
    const struct peer *peer;       /* may be NULL: then nobody's death is noticed */
    uint64_t patience_ns;          /* of a single wait */
    int semaphores;                /* id of the set, for semop */
    unsigned short semaphore_wait; /* which semaphore of the set this process sleeps on */
    unsigned short semaphore_post; /* and which one its peer sleeps on */
    struct failure *failure;       /* where a failed wait is described; may be NULL */
    struct wait_counts *counts; /* where sleeps are counted; NULL, as where time is measured: not */
};

/*
 * Waits until place->position has reached `needed`. When it has to sleep it asks to be woken at
 * `wake_at` (at or after `needed`), so that a stream is not woken for every byte; it may return
 * as soon as `needed` is reached. Returns 0 with the position seen in *seen (everything written
 * before that position was published is then visible), -EPIPE when the peer ended first,
 * -ETIMEDOUT when the patience ended, or another -errno.
 */
int wait_for_position(const struct waiter *waiter, struct wait_place *place, uint64_t needed,
                      uint64_t wake_at, uint64_t *seen);

/* The rare half of wait_publish. */
void wait_wake(const struct waiter *waiter, struct wait_place *place);

/* Publishes a new position, which must not be below the last, and wakes the waiter when it sleeps
 * and wants to know. Does not block. */
static inline void wait_publish(const struct waiter *waiter, struct wait_place *place,
                                uint64_t position)
{
    if (waiter->kind == WAIT_SPIN) {
        /* release: what was written before is visible to whoever acquires this position. Nobody
         * sleeps, so there is nothing to look for afterwards. */
        atomic_store_explicit(&place->position, position, memory_order_release);
        return;
    }
    /* seq_cst, both: see the top of this file. */
    atomic_store_explicit(&place->position, position, memory_order_seq_cst);
    if (atomic_load_explicit(&place->sleeping, memory_order_seq_cst) == 0)
        return;
    /* relaxed: wake_at was written before `sleeping`, which was just acquired. */
    if (position >= atomic_load_explicit(&place->wake_at, memory_order_relaxed))
        wait_wake(waiter, place);
}

/* The state of one wait that is made of many attempts; start with {0}. */
struct wait_attempts {
    uint64_t started_ns;
    uint64_t peer_checked_ns;
    uint32_t count;
    bool slept;
};

/*
 * To be called after a non-blocking call on `descriptor` said EAGAIN, before it is tried again:
 * spins a little, or sleeps in poll for `events`, as the waiter's kind says. Returns 0 (try
 * again), -EPIPE, -ETIMEDOUT or another -errno; the first two only when the descriptor is still not
 * ready, so that nothing is lost which the peer wrote before it ended. (Kind block needs it only
 * while a FIFO is being opened: its transfers use blocking calls.)
 */
int wait_for_descriptor(const struct waiter *waiter, struct wait_attempts *attempts, int descriptor,
                        short events);

/*
 * For a call that waits by itself, for a slice at most, where it is told to (a message queue's).
 * Before each attempt: whether it may wait. After one that got nothing: 0 to try again, -EPIPE or
 * -ETIMEDOUT, not described yet: the peer may have done its part and then ended since, so that one
 * more attempt comes first, which must not wait; when that fails, too, wait_tell describes why and
 * returns its `result`.
 */
bool wait_may_block(const struct waiter *waiter, struct wait_attempts *attempts);
int wait_after_attempt(const struct waiter *waiter, struct wait_attempts *attempts);
int wait_tell(const struct waiter *waiter, int result);

/* What there is to learn from a wait that slept: its time, for hybrid's limit. */
void wait_learn(const struct waiter *waiter, const struct wait_attempts *attempts);

/* To be called when the call has succeeded, whether it had to wait or not: ends the wait. */
static inline void wait_end(const struct waiter *waiter, struct wait_attempts *attempts)
{
    if (attempts->count == 0)
        return;
    wait_learn(waiter, attempts);
    *attempts = (struct wait_attempts){0};
}

/* Sleeps a moment between two looks at something that cannot be waited for (a file that must
 * appear). Returns as wait_for_descriptor; `descriptor` is what the next look reads from, or -1. */
int wait_a_moment(const struct waiter *waiter, struct wait_attempts *attempts, int descriptor);

#endif
