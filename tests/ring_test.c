/*
 * The ring and its waiting between two threads, so that a thread sanitizer can judge the memory
 * orderings: every way of waiting, tiny capacities (so that full, empty and wrap-around happen all
 * the time), streams and loans.
 */
#include "base/random.h"
#include "transfer/ring.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { STREAM_BYTES = 400000, LOANS = 30000, HANG_SECONDS = 120 };

struct ring_case {
    uint64_t capacity;
    uint64_t alignment;
    size_t loan; /* 0: a byte stream in random pieces */
    enum wait_kind wait;
};

struct end {
    const struct ring_case *test;
    void *memory;
    size_t memory_bytes;
    struct waiter waiter;
    bool producer;
};

/* A loan that must be had. What follows uses it, so there is no going on without, not even for a
 * compiler that does not know how assertions end. */
static unsigned char *reserve(struct ring_end *ring, size_t least, size_t most, size_t *size)
{
    void *space;
    if (ring_reserve(ring, least, most, &space, size) != 0) {
        fail_msg("reserving failed");
        abort();
    }
    return space;
}

static const unsigned char *acquire(struct ring_end *ring, size_t least, size_t most, size_t *size)
{
    const void *view;
    if (ring_acquire(ring, least, most, &view, size) != 0) {
        fail_msg("acquiring failed");
        abort();
    }
    return view;
}

static void produce_stream(struct ring_end *ring)
{
    struct random random = random_seeded(1);
    for (size_t sent = 0; sent < STREAM_BYTES;) {
        size_t size;
        size_t most = (size_t)random_below(&random, 5000) + 1;
        unsigned char *space = reserve(ring, 1, most, &size);
        if (size > STREAM_BYTES - sent)
            size = STREAM_BYTES - sent;
        for (size_t index = 0; index < size; index++)
            space[index] = (unsigned char)((sent + index) % 251);
        ring_commit(ring, size);
        sent += size;
    }
}

static void consume_stream(struct ring_end *ring)
{
    struct random random = random_seeded(2);
    for (size_t got = 0; got < STREAM_BYTES;) {
        size_t size;
        size_t most = (size_t)random_below(&random, 5000) + 1;
        const unsigned char *view = acquire(ring, 1, most, &size);
        for (size_t index = 0; index < size; index++)
            assert_int_equal(view[index], (got + index) % 251);
        ring_release(ring, size);
        got += size;
    }
}

static void produce_loans(struct ring_end *ring, size_t loan)
{
    for (uint64_t message = 0; message < LOANS; message++) {
        size_t size;
        unsigned char *space = reserve(ring, loan, loan, &size);
        assert_int_equal(size, loan);
        memset(space, (int)(message % 253), size);
        ring_commit(ring, size);
    }
}

static void consume_loans(struct ring_end *ring, size_t loan, uint64_t alignment)
{
    for (uint64_t message = 0; message < LOANS; message++) {
        size_t size;
        const unsigned char *view = acquire(ring, loan, loan, &size);
        assert_int_equal(size, loan);
        assert_int_equal((uintptr_t)view % alignment, 0);
        assert_int_equal(view[0], message % 253);
        assert_int_equal(view[loan - 1], message % 253);
        ring_release(ring, size);
    }
}

static void *run_end(void *argument)
{
    struct end *end = argument;
    struct ring_end ring;
    assert_int_equal(ring_attach(&ring, end->memory, end->memory_bytes, &end->waiter), 0);
    if (end->producer && end->test->loan == 0)
        produce_stream(&ring);
    else if (end->producer)
        produce_loans(&ring, end->test->loan);
    else if (end->test->loan == 0)
        consume_stream(&ring);
    else
        consume_loans(&ring, end->test->loan, end->test->alignment);
    return NULL;
}

static void check_ring(const struct ring_case *test)
{
    size_t bytes = ring_memory_bytes(test->capacity);
    void *memory = NULL;
    assert_int_equal(posix_memalign(&memory, (size_t)sysconf(_SC_PAGESIZE), bytes), 0);
    memset(memory, 0, bytes);
    ring_initialise(memory, test->capacity, test->alignment);
    struct end producer = {.test = test, .memory = memory, .memory_bytes = bytes, .producer = true};
    producer.waiter = (struct waiter){.kind = test->wait,
                                      .patience_ns = UINT64_C(60000000000),
                                      .semaphores = -1,
                                      .semaphore_post = 1};
    if (test->wait == WAIT_SEMOP) {
        producer.waiter.semaphores = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
        assert_true(producer.waiter.semaphores >= 0);
    }
    struct end consumer = producer;
    consumer.producer = false;
    consumer.waiter.semaphore_wait = 1;
    consumer.waiter.semaphore_post = 0;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_end, &producer), 0);
    run_end(&consumer);
    pthread_join(thread, NULL);
    if (producer.waiter.semaphores >= 0)
        semctl(producer.waiter.semaphores, 0, IPC_RMID);
    free(memory);
}

static void check_every_wait(uint64_t capacity, uint64_t alignment, size_t loan)
{
    alarm(HANG_SECONDS);
    for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
        /* Spinning threads that share one CPU would take a time slice a message. */
        if (wait == WAIT_SPIN && sysconf(_SC_NPROCESSORS_ONLN) < 2)
            continue;
        check_ring(&(struct ring_case){capacity, alignment, loan, (enum wait_kind)wait});
    }
    alarm(0);
}

static void a_stream_passes_a_tiny_ring(void **state)
{
    (void)state;
    check_every_wait(64, 1, 0);
}

static void a_stream_passes_a_large_ring(void **state)
{
    (void)state;
    check_every_wait(65536, 1, 0);
}

static void loans_fill_the_ring_exactly(void **state)
{
    (void)state;
    check_every_wait(256, 64, 128);
}

/* 5 slots of 24 bytes leave 8 bytes of 128 unused: both sides must skip the same ones. */
static void loans_that_do_not_divide_the_ring_skip_its_end(void **state)
{
    (void)state;
    check_every_wait(128, 8, 24);
    check_every_wait(128, 8, 20);
    check_every_wait(192, 64, 65);
}

/* ---- pauses, the end, and a side that stops ---- */

enum {
    FINISHED_BYTES = 20011,
    PAUSE_CHANCES = 64,
    PAUSE_NS_MOST = 200000,
    /* Long enough that who waits is asleep by then, also where a processor is emulated. */
    FIRST_PAUSE_NS = 20000000
};

/* One side of a stream, or of loans, to its end. */
struct visit {
    struct waiter waiter;
    struct wait_counts counts;
    void *memory;
    size_t memory_bytes;
    size_t loan;   /* 0: pieces of any size */
    size_t bytes;  /* that the producer hands over */
    bool finishes; /* the producer says so in the end */
    bool pauses;
    int result;     /* of the last acquire */
    size_t arrived; /* of the right bytes, in their order */
};

static unsigned char byte_at(size_t index)
{
    return (unsigned char)(index % 251);
}

/* Once for long, so that the consumer has slept. */
static void pause_first(const struct visit *visit)
{
    const struct timespec pause = {.tv_nsec = FIRST_PAUSE_NS};
    if (visit->pauses)
        nanosleep(&pause, NULL);
}

/* Now and then, so that the other side is asleep when we go on. */
static void pause_perhaps(const struct visit *visit, struct random *random)
{
    if (!visit->pauses || random_below(random, PAUSE_CHANCES) != 0)
        return;
    const struct timespec pause = {.tv_nsec = (long)random_below(random, PAUSE_NS_MOST)};
    nanosleep(&pause, NULL);
}

static void *produce_all(void *argument)
{
    struct visit *visit = argument;
    struct random random = random_seeded(3);
    struct ring_end ring;
    assert_int_equal(ring_attach(&ring, visit->memory, visit->memory_bytes, &visit->waiter), 0);
    pause_first(visit);
    for (size_t sent = 0; sent < visit->bytes;) {
        size_t size;
        size_t least = visit->loan > 0 ? visit->loan : 1;
        size_t most = visit->loan > 0 ? visit->loan : (size_t)random_below(&random, 300) + 1;
        pause_perhaps(visit, &random);
        unsigned char *space = reserve(&ring, least, most, &size);
        if (size > visit->bytes - sent)
            size = visit->bytes - sent; /* the last one is shorter */
        for (size_t index = 0; index < size; index++)
            space[index] = byte_at(sent + index);
        ring_commit(&ring, size);
        sent += size;
    }
    if (visit->finishes)
        ring_finish(&ring);
    return NULL;
}

/* Takes what comes until acquire says that it is over. */
static void consume_all(struct visit *visit)
{
    struct random random = random_seeded(4);
    struct ring_end ring;
    assert_int_equal(ring_attach(&ring, visit->memory, visit->memory_bytes, &visit->waiter), 0);
    for (;;) {
        const void *view = NULL;
        size_t size = 0;
        size_t least = visit->loan > 0 ? visit->loan : 1;
        size_t most = visit->loan > 0 ? visit->loan : (size_t)random_below(&random, 300) + 1;
        pause_perhaps(visit, &random);
        visit->result = ring_acquire(&ring, least, most, &view, &size);
        if (visit->result < 0)
            return;
        for (size_t index = 0; index < size; index++)
            assert_int_equal(((const unsigned char *)view)[index], byte_at(visit->arrived + index));
        ring_release(&ring, size);
        visit->arrived += size;
    }
}

/* Runs both sides and returns the consumer's, with the counts of both. */
static struct visit run_visit(enum wait_kind wait, uint64_t capacity, uint64_t alignment,
                              struct visit visit)
{
    visit.memory_bytes = ring_memory_bytes(capacity);
    assert_int_equal(
        posix_memalign(&visit.memory, (size_t)sysconf(_SC_PAGESIZE), visit.memory_bytes), 0);
    memset(visit.memory, 0, visit.memory_bytes);
    ring_initialise(visit.memory, capacity, alignment);
    visit.waiter.kind = wait;
    visit.waiter.semaphores = -1;
    if (wait == WAIT_SEMOP)
        visit.waiter.semaphores = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    struct visit producer = visit;
    struct visit consumer = visit;
    producer.waiter.semaphore_post = consumer.waiter.semaphore_wait = 1;
    producer.waiter.counts = &producer.counts;
    consumer.waiter.counts = &consumer.counts;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, produce_all, &producer), 0);
    consume_all(&consumer);
    pthread_join(thread, NULL);
    wait_counts_add(&consumer.counts, &producer.counts);
    if (visit.waiter.semaphores >= 0)
        semctl(visit.waiter.semaphores, 0, IPC_RMID);
    free(visit.memory);
    return consumer;
}

static bool can_be_tried(enum wait_kind wait)
{
    return wait != WAIT_SPIN || sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

static void check_finished(uint64_t capacity, uint64_t alignment, size_t loan)
{
    alarm(HANG_SECONDS);
    for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
        if (!can_be_tried((enum wait_kind)wait))
            continue;
        struct visit visit = {.waiter = {.patience_ns = UINT64_C(60000000000)},
                              .loan = loan,
                              .bytes = FINISHED_BYTES,
                              .finishes = true,
                              .pauses = true};
        visit = run_visit((enum wait_kind)wait, capacity, alignment, visit);
        assert_int_equal(visit.result, -ENODATA);
        assert_int_equal(visit.arrived, FINISHED_BYTES);
        assert_int_equal(visit.counts.lost, 0);
        if (wait == WAIT_SPIN)
            assert_int_equal(visit.counts.sleeps, 0);
        else
            assert_true(visit.counts.sleeps > 0);
    }
    alarm(0);
}

static void a_finished_stream_is_read_to_its_last_byte(void **state)
{
    (void)state;
    check_finished(64, 1, 0);
    check_finished(4096, 1, 0);
}

/* 20011 bytes end with a shorter message; and the ring's end is skipped. */
static void finished_loans_end_with_a_shorter_one(void **state)
{
    (void)state;
    check_finished(128, 8, 24);
    check_finished(192, 64, 65);
    check_finished(256, 64, 128);
}

/* What was handed over can still be read; then patience ends. */
static void a_producer_that_stops_is_given_up(void **state)
{
    (void)state;
    for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
        if (!can_be_tried((enum wait_kind)wait))
            continue;
        struct visit visit = {
            .waiter = {.patience_ns = 200000000}, .bytes = 500, .finishes = false};
        visit = run_visit((enum wait_kind)wait, 4096, 1, visit);
        assert_int_equal(visit.result, -ETIMEDOUT);
        assert_int_equal(visit.arrived, 500);
        assert_int_equal(visit.counts.lost, 0);
    }
}

static void memory_that_holds_no_ring_is_refused(void **state)
{
    (void)state;
    size_t bytes = ring_memory_bytes(4096);
    void *memory = NULL;
    struct ring_end end;
    struct waiter waiter = {.kind = WAIT_SPIN};
    assert_int_equal(posix_memalign(&memory, (size_t)sysconf(_SC_PAGESIZE), bytes), 0);
    memset(memory, 0, bytes);
    assert_int_equal(ring_attach(&end, memory, bytes, &waiter), -EPROTO);
    ring_initialise(memory, 4096, 1);
    assert_int_equal(ring_attach(&end, memory, bytes, &waiter), 0);
    assert_int_equal(ring_attach(&end, memory, bytes - 1, &waiter), -EPROTO);
    assert_int_equal(ring_attach(&end, memory, 16, &waiter), -EPROTO);
    free(memory);
}

/* A ring that nobody empties: the producer gives up when its patience ends. */
static void a_full_ring_waits_no_longer_than_its_patience(void **state)
{
    (void)state;
    size_t bytes = ring_memory_bytes(64);
    void *memory = NULL;
    struct ring_end end;
    struct waiter waiter = {.kind = WAIT_BLOCK, .patience_ns = 100000000};
    void *space = NULL;
    size_t size = 0;
    assert_int_equal(posix_memalign(&memory, (size_t)sysconf(_SC_PAGESIZE), bytes), 0);
    memset(memory, 0, bytes);
    ring_initialise(memory, 64, 1);
    assert_int_equal(ring_attach(&end, memory, bytes, &waiter), 0);
    assert_int_equal(ring_reserve(&end, 1, 64, &space, &size), 0);
    assert_int_equal(size, 64);
    ring_commit(&end, size);
    assert_int_equal(ring_reserve(&end, 1, 64, &space, &size), -ETIMEDOUT);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_passes_a_tiny_ring),
        cmocka_unit_test(a_stream_passes_a_large_ring),
        cmocka_unit_test(loans_fill_the_ring_exactly),
        cmocka_unit_test(loans_that_do_not_divide_the_ring_skip_its_end),
        cmocka_unit_test(a_finished_stream_is_read_to_its_last_byte),
        cmocka_unit_test(finished_loans_end_with_a_shorter_one),
        cmocka_unit_test(a_producer_that_stops_is_given_up),
        cmocka_unit_test(memory_that_holds_no_ring_is_refused),
        cmocka_unit_test(a_full_ring_waits_no_longer_than_its_patience),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
