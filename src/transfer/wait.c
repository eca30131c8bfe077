#include "transfer/wait.h"

#include "base/clock.h"
#include "base/relax.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    /* Attempts between two looks at the clock while spinning. A power of two. */
    ATTEMPTS_PER_CLOCK_CHECK = 256,
    /* How often a waiting process asks whether its peer lives. */
    PEER_CHECK_NS = 50000000,
    MOMENT_NS = 100000,
    /* How many moments an announcement may stand unanswered, once the position is there, before its
     * wake-up counts as lost: a second and more, far longer than a ready process waits for a CPU.
     */
    ANSWER_MOMENTS = 10000
};

static int tell_timeout(const struct waiter *waiter)
{
    return failure_say(waiter->failure, -ETIMEDOUT,
                       "the other process made no progress for %.1f s; gave up (--timeout)",
                       (double)waiter->patience_ns / (double)NANOSECONDS_PER_SECOND);
}

static int tell_death(const struct waiter *waiter)
{
    return failure_say(waiter->failure, -EPIPE, "the other process ended in the middle of the run");
}

int wait_tell(const struct waiter *waiter, int result)
{
    if (result == -EPIPE)
        return tell_death(waiter);
    return result == -ETIMEDOUT ? tell_timeout(waiter) : result;
}

/* Asks the peer and the clock, both not too often. Returns 0 to go on waiting. */
static int check_waiting(const struct waiter *waiter, struct wait_attempts *attempts)
{
    uint64_t now = clock_now_ns();
    if (attempts->started_ns == 0)
        attempts->started_ns = attempts->peer_checked_ns = now;
    if (now - attempts->peer_checked_ns < PEER_CHECK_NS)
        return 0;
    attempts->peer_checked_ns = now;
    if (waiter->peer != NULL && peer_check(waiter->peer) != 0)
        return -EPIPE;
    return now - attempts->started_ns < waiter->patience_ns ? 0 : -ETIMEDOUT;
}

uint64_t wait_spin_limit_after(uint64_t limit_ns, uint64_t waited_ns)
{
    /* A quarter more than it took: the next may take a little longer. */
    uint64_t enough_ns = waited_ns + waited_ns / 4;
    if (waited_ns > WAIT_SPIN_MOST_NS)
        return limit_ns / 2 > WAIT_SPIN_LEAST_NS ? limit_ns / 2 : WAIT_SPIN_LEAST_NS;
    if (enough_ns > WAIT_SPIN_MOST_NS)
        enough_ns = WAIT_SPIN_MOST_NS;
    return enough_ns > limit_ns ? enough_ns : limit_ns;
}

static uint64_t spin_limit_ns(const struct waiter *waiter)
{
    return waiter->spin_limit_ns != NULL && *waiter->spin_limit_ns > WAIT_SPIN_LEAST_NS
               ? *waiter->spin_limit_ns
               : WAIT_SPIN_LEAST_NS;
}

void wait_learn(const struct waiter *waiter, const struct wait_attempts *attempts)
{
    if (attempts->slept && waiter->kind == WAIT_HYBRID && waiter->spin_limit_ns != NULL)
        *waiter->spin_limit_ns =
            wait_spin_limit_after(spin_limit_ns(waiter), clock_now_ns() - attempts->started_ns);
}

static long futex(_Atomic uint32_t *word, int operation, uint32_t value,
                  const struct timespec *timeout)
{
    /* Not FUTEX_PRIVATE_FLAG: the word is shared between processes. */
    return syscall(SYS_futex, word, operation, value, timeout, NULL, 0);
}

static const struct timespec sleep_slice = {.tv_sec = 0, .tv_nsec = PEER_CHECK_NS};

/* Sleeps until woken, for a slice at most: then *timed_out is set. Returns 0 or -errno; an early
 * return is harmless. */
static int sleep_on(const struct waiter *waiter, struct wait_place *place, bool *timed_out)
{
    if (waiter->kind == WAIT_SEMOP) {
        struct sembuf take = {.sem_num = waiter->semaphore_wait, .sem_op = -1};
        if (semtimedop(waiter->semaphores, &take, 1, &sleep_slice) == 0)
            return 0;
        *timed_out = errno == EAGAIN;
    } else {
        if (futex(&place->sleeping, FUTEX_WAIT, 1, &sleep_slice) == 0)
            return 0;
        *timed_out = errno == ETIMEDOUT;
    }
    if (errno == EAGAIN || errno == EINTR || errno == ETIMEDOUT)
        return 0;
    return failure_set(waiter->failure, -errno, "sleeping until the other process goes on");
}

void wait_wake(const struct waiter *waiter, struct wait_place *place)
{
    /* relaxed: `position` was published before; this only decides which of the two sides clears the
     * flag, so that one sleep is woken once. It may be a later sleep's by now: that one ends early
     * and looks again. The kernel orders it before the wake-up: a futex's waiter compares the word
     * under the lock that the waker takes, behind a full barrier; a semaphore keeps the wake-up. */
    if (atomic_exchange_explicit(&place->sleeping, 0, memory_order_relaxed) == 0)
        return;
    if (waiter->kind == WAIT_SEMOP) {
        /* A wake-up that comes too late stays in the semaphore and ends the next sleep early,
         * which looks again and sleeps on: at most one is ever left over per sleep. */
        struct sembuf give = {.sem_num = waiter->semaphore_post, .sem_op = 1};
        (void)semop(waiter->semaphores, &give, 1);
    } else {
        /* All: for the supervisor's step both workers sleep on one place. */
        futex(&place->sleeping, FUTEX_WAKE, INT_MAX, NULL);
    }
}

/* True when the position is reached before the spinning ends; hybrid spins for a while, spin until
 * the end. *result is an error that ends the wait. */
static bool spin_for_position(const struct waiter *waiter, struct wait_place *place,
                              uint64_t needed, struct wait_attempts *attempts, uint64_t *seen,
                              int *result)
{
    const uint64_t limit_ns = spin_limit_ns(waiter);
    uint64_t spin_end = 0;
    for (;;) {
        for (int attempt = 0; attempt < ATTEMPTS_PER_CLOCK_CHECK; attempt++) {
            /* acquire: what was written before the position was published is now visible. */
            *seen = atomic_load_explicit(&place->position, memory_order_acquire);
            if (*seen >= needed)
                return true;
            /* With a pause from the first look on: looking without one for the first microsecond
             * made a message of 8 bytes a quarter slower where it was measured. */
            relax();
        }
        *result = check_waiting(waiter, attempts);
        if (*result != 0)
            return false;
        if (waiter->kind == WAIT_SPIN)
            continue;
        uint64_t now = clock_now_ns();
        if (spin_end == 0)
            spin_end = now + limit_ns;
        if (now >= spin_end)
            return false;
    }
}

/* After a sleep that ended by time, its announcement still standing: tells a wake-up that is late
 * from one that was never sent. Waits for the answer only where the position says that one is due.
 */
static void count_timeout(const struct waiter *waiter, struct wait_place *place, uint64_t wake_at)
{
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = MOMENT_NS};
    struct wait_counts *counts = waiter->counts;
    counts->timeouts++;
    /* relaxed, both: nothing is read by what they say. A position seen here was published before,
     * and its publisher then takes the announcement back sooner or later, or has missed it. */
    if (atomic_load_explicit(&place->position, memory_order_relaxed) < wake_at)
        return;
    for (unsigned moments = 0; moments < ANSWER_MOMENTS; moments++) {
        if (atomic_load_explicit(&place->sleeping, memory_order_relaxed) == 0) {
            counts->late++;
            return;
        }
        /* Whoever ended well has looked; who was killed may not have, but then the run has failed.
         */
        if (waiter->peer != NULL && peer_check(waiter->peer) != 0)
            break;
        nanosleep(&moment, NULL);
    }
    counts->lost++;
}

/* Announces the sleep, looks a last time, sleeps a slice. */
static int sleep_for_position(const struct waiter *waiter, struct wait_place *place,
                              uint64_t needed, uint64_t wake_at)
{
    /* relaxed: the store to `sleeping` below publishes it. */
    atomic_store_explicit(&place->wake_at, wake_at, memory_order_relaxed);
    /* seq_cst, both: see the top of wait.h. */
    atomic_store_explicit(&place->sleeping, 1, memory_order_seq_cst);
    int result = 0;
    bool timed_out = false;
    if (atomic_load_explicit(&place->position, memory_order_seq_cst) < needed) {
        if (waiter->counts != NULL)
            waiter->counts->sleeps++;
        result = sleep_on(waiter, place, &timed_out);
        if (waiter->counts != NULL && timed_out)
            count_timeout(waiter, place, wake_at);
    }
    /* relaxed: only takes the announcement back; a publisher that still sees it wakes in vain. Our
     * next announcement is a later store to the same word, which no processor exchanges with this
     * one, and another look follows it: so it does not matter which of them a publisher answers. */
    atomic_store_explicit(&place->sleeping, 0, memory_order_relaxed);
    return result;
}

/* The end of a wait that has slept since `slept_ns`. */
static void count_wait(const struct waiter *waiter, uint64_t slept_ns)
{
    if (slept_ns == 0)
        return;
    uint64_t waited_ns = clock_now_ns() - slept_ns;
    if (waited_ns > waiter->counts->longest_ns)
        waiter->counts->longest_ns = waited_ns;
}

void wait_counts_add(struct wait_counts *sum, const struct wait_counts *counts)
{
    sum->sleeps += counts->sleeps;
    sum->timeouts += counts->timeouts;
    sum->late += counts->late;
    sum->lost += counts->lost;
    if (counts->longest_ns > sum->longest_ns)
        sum->longest_ns = counts->longest_ns;
}

int wait_for_position(const struct waiter *waiter, struct wait_place *place, uint64_t needed,
                      uint64_t wake_at, uint64_t *seen)
{
    struct wait_attempts attempts = {0};
    uint64_t slept_ns = 0; /* since when; 0: not yet, or not asked */
    int result = 0;
    for (;;) {
        /* acquire: as in spin_for_position. */
        *seen = atomic_load_explicit(&place->position, memory_order_acquire);
        if (*seen >= needed) {
            count_wait(waiter, slept_ns);
            wait_learn(waiter, &attempts);
            return 0;
        }
        if (result != 0)
            break; /* the peer may have published and then ended: hence the look above */
        if (waiter->kind == WAIT_SPIN || waiter->kind == WAIT_HYBRID) {
            if (spin_for_position(waiter, place, needed, &attempts, seen, &result)) {
                count_wait(waiter, slept_ns);
                wait_learn(waiter, &attempts);
                return 0;
            }
            if (result != 0)
                continue;
        }
        if (waiter->counts != NULL && slept_ns == 0)
            slept_ns = clock_now_ns();
        attempts.slept = true;
        result = sleep_for_position(waiter, place, needed, wake_at);
        if (result == 0)
            result = check_waiting(waiter, &attempts);
    }
    return wait_tell(waiter, result);
}

/* True when a call on `descriptor` would not block now; never for -1. */
static bool is_ready(int descriptor, short events)
{
    struct pollfd poll_entry = {.fd = descriptor, .events = events};
    return poll(&poll_entry, 1, 0) > 0;
}

/* What a failed check means to the caller; 0 goes on. The peer may have written and then ended
 * since the last look at the descriptor, so that one more look comes first; it finds the end, too,
 * which is ready like bytes, so that no wait goes on for ever. */
static int tell_check(const struct waiter *waiter, int result, int descriptor, short events)
{
    return result != 0 && is_ready(descriptor, events) ? 0 : wait_tell(waiter, result);
}

/* Whether the next attempt comes at once: always, or for hybrid's while. */
static bool is_spinning(const struct waiter *waiter, struct wait_attempts *attempts)
{
    if (waiter->kind != WAIT_HYBRID)
        return waiter->kind == WAIT_SPIN;
    uint64_t now = clock_now_ns();
    if (attempts->started_ns == 0)
        attempts->started_ns = attempts->peer_checked_ns = now;
    return now - attempts->started_ns < spin_limit_ns(waiter);
}

int wait_for_descriptor(const struct waiter *waiter, struct wait_attempts *attempts, int descriptor,
                        short events)
{
    attempts->count++;
    if (is_spinning(waiter, attempts)) {
        relax();
        if (attempts->count % ATTEMPTS_PER_CLOCK_CHECK != 0)
            return 0;
        return tell_check(waiter, check_waiting(waiter, attempts), descriptor, events);
    }
    struct pollfd poll_entry = {.fd = descriptor, .events = events};
    attempts->slept = true;
    if (poll(&poll_entry, 1, PEER_CHECK_NS / 1000000) < 0 && errno != EINTR)
        return failure_set(waiter->failure, -errno, "polling the pipe");
    return tell_check(waiter, check_waiting(waiter, attempts), descriptor, events);
}

bool wait_may_block(const struct waiter *waiter, struct wait_attempts *attempts)
{
    /* The first is worth no look at the clock: there is mostly something. */
    if ((waiter->kind == WAIT_HYBRID && attempts->count == 0) || is_spinning(waiter, attempts))
        return false;
    attempts->slept = true;
    return true;
}

int wait_after_attempt(const struct waiter *waiter, struct wait_attempts *attempts)
{
    attempts->count++;
    if (!attempts->slept) {
        relax();
        if (attempts->count % ATTEMPTS_PER_CLOCK_CHECK != 0)
            return 0;
    }
    return check_waiting(waiter, attempts);
}

int wait_a_moment(const struct waiter *waiter, struct wait_attempts *attempts, int descriptor)
{
    static const struct timespec moment = {.tv_sec = 0, .tv_nsec = MOMENT_NS};
    nanosleep(&moment, NULL);
    return tell_check(waiter, check_waiting(waiter, attempts), descriptor, POLLIN);
}
