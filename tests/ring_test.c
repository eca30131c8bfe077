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

static void produce_stream(struct ring_end *ring)
{
    struct random random = random_seeded(1);
    for (size_t sent = 0; sent < STREAM_BYTES;) {
        void *space;
        size_t size;
        size_t most = (size_t)random_below(&random, 5000) + 1;
        assert_int_equal(ring_reserve(ring, 1, most, &space, &size), 0);
        if (size > STREAM_BYTES - sent)
            size = STREAM_BYTES - sent;
        for (size_t index = 0; index < size; index++)
            ((unsigned char *)space)[index] = (unsigned char)((sent + index) % 251);
        ring_commit(ring, size);
        sent += size;
    }
}

static void consume_stream(struct ring_end *ring)
{
    struct random random = random_seeded(2);
    for (size_t got = 0; got < STREAM_BYTES;) {
        const void *view;
        size_t size;
        size_t most = (size_t)random_below(&random, 5000) + 1;
        assert_int_equal(ring_acquire(ring, 1, most, &view, &size), 0);
        for (size_t index = 0; index < size; index++)
            assert_int_equal(((const unsigned char *)view)[index], (got + index) % 251);
        ring_release(ring, size);
        got += size;
    }
}

static void produce_loans(struct ring_end *ring, size_t loan)
{
    for (uint64_t message = 0; message < LOANS; message++) {
        void *space;
        size_t size;
        assert_int_equal(ring_reserve(ring, loan, loan, &space, &size), 0);
        assert_int_equal(size, loan);
        memset(space, (int)(message % 253), size);
        ring_commit(ring, size);
    }
}

static void consume_loans(struct ring_end *ring, size_t loan, uint64_t alignment)
{
    for (uint64_t message = 0; message < LOANS; message++) {
        const void *view;
        size_t size;
        assert_int_equal(ring_acquire(ring, loan, loan, &view, &size), 0);
        assert_int_equal(size, loan);
        assert_int_equal((uintptr_t)view % alignment, 0);
        const unsigned char *bytes = view;
        assert_int_equal(bytes[0], message % 253);
        assert_int_equal(bytes[size - 1], message % 253);
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
    void *space;
    size_t size;
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
        cmocka_unit_test(memory_that_holds_no_ring_is_refused),
        cmocka_unit_test(a_full_ring_waits_no_longer_than_its_patience),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
