/*
 * How sleeps are counted (transfer/wait.h): a wake-up in time, one that comes late, and one that
 * is never sent, which no working publisher does: here it is a thread that publishes by halves.
 */
#include "transfer/wait.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <time.h>

#include <cmocka.h>

enum { SOON_MS = 10, LATE_MS = 150 };

/* What the publishing thread does. */
struct publisher {
    struct waiter waiter;
    struct wait_place *place;
    uint64_t position;
    long pause_ms;   /* before it publishes */
    long held_up_ms; /* between publishing and waking; -1: it never wakes; 0: wait_publish */
};

static void pause_for(long milliseconds)
{
    const struct timespec pause = {.tv_sec = milliseconds / 1000,
                                   .tv_nsec = milliseconds % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static void *publish(void *argument)
{
    struct publisher *publisher = argument;
    pause_for(publisher->pause_ms);
    if (publisher->held_up_ms == 0) {
        wait_publish(&publisher->waiter, publisher->place, publisher->position);
        return NULL;
    }
    atomic_store(&publisher->place->position, publisher->position);
    if (publisher->held_up_ms > 0) {
        pause_for(publisher->held_up_ms);
        wait_wake(&publisher->waiter, publisher->place);
    }
    return NULL;
}

static int make_semaphores(enum wait_kind kind)
{
    return kind == WAIT_SEMOP ? semget(IPC_PRIVATE, 2, IPC_CREAT | 0600) : -1;
}

/* Waits for position 2, to be woken at `wake_at`, while a thread publishes; returns the counts. */
static struct wait_counts counts_of(enum wait_kind kind, struct publisher publisher,
                                    uint64_t wake_at)
{
    struct wait_counts counts = {0};
    struct wait_place place;
    pthread_t thread;
    uint64_t seen;
    memset(&place, 0, sizeof place);
    struct waiter waiter = {.kind = kind,
                            .patience_ns = UINT64_C(60000000000),
                            .semaphores = make_semaphores(kind),
                            .semaphore_post = 1,
                            .counts = &counts};
    publisher.waiter = waiter;
    publisher.waiter.semaphore_wait = 1;
    publisher.waiter.semaphore_post = 0;
    publisher.waiter.counts = NULL;
    publisher.place = &place;
    assert_int_equal(pthread_create(&thread, NULL, publish, &publisher), 0);
    assert_int_equal(wait_for_position(&waiter, &place, 2, wake_at, &seen), 0);
    assert_int_equal(seen, publisher.position);
    pthread_join(thread, NULL);
    if (waiter.semaphores >= 0)
        semctl(waiter.semaphores, 0, IPC_RMID);
    return counts;
}

static const enum wait_kind sleeping_kinds[] = {WAIT_BLOCK, WAIT_HYBRID, WAIT_SEMOP};

#define FOR_EACH_SLEEPING_KIND(kind)                                                               \
    for (const enum wait_kind *kind = sleeping_kinds;                                              \
         kind < sleeping_kinds + sizeof sleeping_kinds / sizeof sleeping_kinds[0]; kind++)

static void a_wake_up_in_time_is_a_sleep_and_no_more(void **state)
{
    (void)state;
    FOR_EACH_SLEEPING_KIND(kind)
    {
        struct wait_counts counts =
            counts_of(*kind, (struct publisher){.position = 2, .pause_ms = SOON_MS}, 2);
        assert_true(counts.sleeps >= 1);
        assert_int_equal(counts.lost, 0);
        assert_true(counts.longest_ns > 0);
    }
}

static void time_that_passes_before_the_position_comes_is_no_lateness(void **state)
{
    (void)state;
    FOR_EACH_SLEEPING_KIND(kind)
    {
        struct wait_counts counts =
            counts_of(*kind, (struct publisher){.position = 2, .pause_ms = LATE_MS}, 2);
        assert_true(counts.sleeps >= 2);
        assert_true(counts.timeouts >= 1);
        assert_int_equal(counts.lost, 0);
        assert_true(counts.longest_ns > UINT64_C(1000000) * (LATE_MS - 50));
    }
}

static void a_publisher_that_is_held_up_is_late(void **state)
{
    (void)state;
    FOR_EACH_SLEEPING_KIND(kind)
    {
        struct wait_counts counts = counts_of(
            *kind, (struct publisher){.position = 2, .pause_ms = SOON_MS, .held_up_ms = LATE_MS},
            2);
        /* Where the thread came first the position was there before any sleep. */
        if (counts.sleeps == 0)
            continue;
        assert_int_equal(counts.late, 1);
        assert_int_equal(counts.lost, 0);
    }
}

static void a_wake_up_that_is_never_sent_is_lost(void **state)
{
    (void)state;
    FOR_EACH_SLEEPING_KIND(kind)
    {
        struct wait_counts counts = counts_of(
            *kind, (struct publisher){.position = 2, .pause_ms = LATE_MS, .held_up_ms = -1}, 2);
        assert_int_equal(counts.lost, 1);
        assert_int_equal(counts.late, 0);
    }
}

/* A stream asks to be woken late on purpose: nobody owes it a wake-up before. */
static void what_is_enough_but_not_worth_waking_for_is_no_lateness(void **state)
{
    (void)state;
    FOR_EACH_SLEEPING_KIND(kind)
    {
        struct wait_counts counts =
            counts_of(*kind, (struct publisher){.position = 2, .pause_ms = SOON_MS}, 100);
        assert_int_equal(counts.late, 0);
        assert_int_equal(counts.lost, 0);
    }
}

static void counts_add_up(void **state)
{
    (void)state;
    struct wait_counts sum = {1, 2, 3, 4, 50};
    wait_counts_add(&sum, &(struct wait_counts){10, 20, 30, 40, 7});
    assert_int_equal(sum.sleeps, 11);
    assert_int_equal(sum.timeouts, 22);
    assert_int_equal(sum.late, 33);
    assert_int_equal(sum.lost, 44);
    assert_int_equal(sum.longest_ns, 50);
    wait_counts_add(&sum, &(struct wait_counts){.longest_ns = 51});
    assert_int_equal(sum.longest_ns, 51);
}

/* By hand: a quarter more than the wait that slept took, between 20 and 200 us. */
static void the_limit_of_spinning_follows_the_waits(void **state)
{
    (void)state;
    assert_int_equal(wait_spin_limit_after(20000, 24000), 30000);
    assert_int_equal(wait_spin_limit_after(30000, 10000), 30000);
    assert_int_equal(wait_spin_limit_after(20000, 180000), 200000);
    assert_int_equal(wait_spin_limit_after(20000, 200000), 200000);
    assert_int_equal(wait_spin_limit_after(200000, 200001), 100000);
    assert_int_equal(wait_spin_limit_after(30000, UINT64_MAX / 2), 20000);
    assert_int_equal(wait_spin_limit_after(20000, 1000000), 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wake_up_in_time_is_a_sleep_and_no_more),
        cmocka_unit_test(time_that_passes_before_the_position_comes_is_no_lateness),
        cmocka_unit_test(a_publisher_that_is_held_up_is_late),
        cmocka_unit_test(a_wake_up_that_is_never_sent_is_lost),
        cmocka_unit_test(what_is_enough_but_not_worth_waking_for_is_no_lateness),
        cmocka_unit_test(counts_add_up),
        cmocka_unit_test(the_limit_of_spinning_follows_the_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
