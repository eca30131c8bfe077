/*
 * A whole session over real and doctored mechanisms: the matching rules, corrupted payload
 * noticed, processes that die, stop or are interrupted; and nothing left behind by any of it.
 */
#include "base/clock.h"
#include "base/leftover.h"
#include "measure/session.h"
#include "pair.h"
#include "transfer/mechanisms.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { HANG_SECONDS = 60 };

static struct histogram round_trips;
static struct failure failure;

static struct session_setup setup_for(const struct channel_operations *operations, enum test test)
{
    int *cpus;
    size_t count;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    struct session_setup setup = {.operations = operations,
                                  .test = test,
                                  .wait = WAIT_BLOCK,
                                  .copies = COPIES_OWN,
                                  .touch = TOUCH_FULL,
                                  .placement = PLACEMENT_EXPLICIT,
                                  .cpus = {cpus[0], cpus[count > 1 ? 1 : 0]},
                                  .size_bytes = 4096,
                                  .capacity_bytes = 65536,
                                  .seconds = 0.002,
                                  .seed = 5,
                                  .timeout_seconds = 20};
    free(cpus);
    return setup;
}

static int run(const struct session_setup *setup, struct sample *sample)
{
    failure = (struct failure){0};
    alarm(HANG_SECONDS);
    int result = session_run(setup, sample, &round_trips, &failure);
    alarm(0);
    return result;
}

static struct sample run_well(const struct session_setup *setup)
{
    struct sample sample;
    if (run(setup, &sample) != 0)
        fail_msg("%s: %s", setup->operations->name, failure.text);
    return sample;
}

/* A private TMPDIR for every test: it must be empty again at its end. */
static char folder[] = "/tmp/session-test-XXXXXX";
static int objects_before;

static int set_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    objects_before = pair_count_ipc_objects();
    return mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) != 0;
}

static int check_nothing_is_left(void **state)
{
    (void)state;
    if (pair_count_ipc_objects() != objects_before || waitpid(-1, NULL, WNOHANG) != -1)
        return 1;
    return rmdir(folder);
}

/* ---- the matching rules ---- */

static const struct channel_operations *const matched[] = {&channel_pipe, &channel_fifo,
                                                           &channel_shm};

static void bytes_in_flight_match(void **state)
{
    (void)state;
    for (uint64_t capacity = 4096; capacity <= 262144; capacity *= 4) {
        for (size_t index = 0; index < 3; index++) {
            struct session_setup setup = setup_for(matched[index], TEST_THROUGHPUT);
            setup.capacity_bytes = capacity;
            setup.size_bytes = 300000; /* more than the capacity: streams through in pieces */
            assert_int_equal(run_well(&setup).capacity_bytes, channel_round_capacity(capacity));
        }
    }
}

static void in_place_has_room_for_two_messages(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_shm, TEST_THROUGHPUT);
    setup.copies = COPIES_INPLACE;
    setup.size_bytes = 100000;
    assert_true(run_well(&setup).capacity_bytes >= 200000);
    setup.size_bytes = 64;
    assert_int_equal(run_well(&setup).capacity_bytes, 65536);
}

static void user_copies_are_two_one_way_or_none(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_shm, TEST_THROUGHPUT);
    struct sample sample = run_well(&setup);
    assert_int_equal(sample.user_copy_bytes, 2 * sample.bytes);
    setup.copies = COPIES_INPLACE;
    assert_int_equal(run_well(&setup).user_copy_bytes, 0);
    for (size_t index = 0; index < 2; index++) {
        setup = setup_for(matched[index], TEST_THROUGHPUT);
        assert_int_equal(run_well(&setup).user_copy_bytes, 0);
    }
    setup = setup_for(&channel_vmsplice, TEST_LATENCY);
    assert_int_equal(run_well(&setup).user_copy_bytes, 0);
}

static void pages_are_mapped_before_the_clock_starts(void **state)
{
    (void)state;
    if (SANITIZED)
        skip(); /* the sanitizer's own shadow pages fault whenever it likes */
    for (size_t index = 0; index < 3; index++) {
        for (int copies = 0; copies < COPIES_COUNT; copies++) {
            struct session_setup setup = setup_for(matched[index], TEST_THROUGHPUT);
            setup.copies = (enum copies)copies;
            setup.size_bytes = 4 << 20; /* 1,024 pages and more */
            struct sample sample = run_well(&setup);
            if (sample.minor_faults > 20)
                fail_msg("%s %s: %llu faults", setup.operations->name, copies_names[copies],
                         (unsigned long long)sample.minor_faults);
        }
    }
}

static void a_count_is_kept_exactly(void **state)
{
    (void)state;
    for (int test = 0; test < TEST_COUNT; test++) {
        struct session_setup setup = setup_for(&channel_shm, (enum test)test);
        setup.count = 1234;
        setup.size_bytes = 77;
        struct sample sample = run_well(&setup);
        assert_int_equal(sample.messages, 1234);
        assert_int_equal(sample.bytes, 1234 * 77 * (test == TEST_LATENCY ? 2U : 1U));
        assert_int_equal(round_trips.count, test == TEST_LATENCY ? 1234U : 0U);
        assert_int_equal(sample.checksum_ok, CHECKSUM_OK);
        assert_true(!isnan(sample.latency_p50_ns) == (test == TEST_LATENCY));
        assert_true(!isnan(sample.throughput_bytes_per_s) == (test != TEST_LATENCY));
    }
}

static int sluggish_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                            size_t *size)
{
    const struct timespec delay = {.tv_sec = 0, .tv_nsec = 5000000};
    nanosleep(&delay, NULL);
    return channel_shm.acquire(channel, least, most, view, size);
}

/* Ten messages fit into the ring, so the writer is done at once; the reader takes 50 ms, the first
 * 5 of which may have passed before the writer begins. */
static void the_clock_stops_when_the_reader_is_done(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    doctored.acquire = sluggish_acquire;
    struct session_setup setup = setup_for(&doctored, TEST_THROUGHPUT);
    setup.count = 10;
    assert_true(run_well(&setup).wall_ns >= 45000000);
}

/* Every message takes longer than the one before, by 50 us. */
static int tiring_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                          size_t *size)
{
    static long calls;
    const struct timespec delay = {.tv_sec = 0, .tv_nsec = 2000000 + ++calls * 50000};
    nanosleep(&delay, NULL);
    return channel_shm.acquire(channel, least, most, view, size);
}

static void a_sample_tells_whether_it_was_steady(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    doctored.acquire = tiring_acquire;
    struct session_setup setup = setup_for(&doctored, TEST_THROUGHPUT);
    setup.seconds = 0.2;
    struct sample sample;
    int tries = 0;
    do /* on a machine that was busy one batch can fill the time */
        sample = run_well(&setup);
    while (isnan(sample.first_ns_per_message) && ++tries < 10);
    assert_true(sample.first_ns_per_message >= 2000000.0);
    assert_true(sample.last_ns_per_message > sample.first_ns_per_message);
    setup.count = 5; /* a single batch */
    sample = run_well(&setup);
    assert_true(isnan(sample.first_ns_per_message));
    assert_true(isnan(sample.last_ns_per_message));
}

static void a_sample_tells_the_size_of_the_environment(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_null, TEST_THROUGHPUT);
    assert_int_equal(unsetenv("SESSION_TEST"), 0);
    uint64_t before = run_well(&setup).environment_bytes;
    assert_int_equal(setenv("SESSION_TEST", "seven", 1), 0);
    /* SESSION_TEST=seven and its NUL: 12 + 1 + 5 + 1. */
    assert_int_equal(run_well(&setup).environment_bytes, before + 19);
    assert_int_equal(unsetenv("SESSION_TEST"), 0);
}

static void a_quantile_of_too_few_is_not_stated(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_pipe, TEST_LATENCY);
    setup.count = 150; /* enough for p90, not for p99 */
    struct sample sample = run_well(&setup);
    assert_true(!isnan(sample.latency_p50_ns));
    assert_true(!isnan(sample.latency_p90_ns));
    assert_true(isnan(sample.latency_p99_ns));
    assert_true(isnan(sample.latency_p999_ns));
    assert_true(sample.latency_max_ns >= sample.latency_p90_ns);
}

/* ---- doctored mechanisms ---- */

static unsigned char *last_loan;

static int remembering_reserve(struct channel *channel, size_t least, size_t most, void **space,
                               size_t *size)
{
    int result = channel_shm.reserve(channel, least, most, space, size);
    last_loan = *space;
    return result;
}

static int corrupting_commit(struct channel *channel, size_t size)
{
    static int messages;
    if (++messages == 40)
        last_loan[size / 2] ^= 1; /* after it was produced, before it is handed over */
    return channel_shm.commit(channel, size);
}

static void a_flipped_bit_is_an_error(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    doctored.reserve = remembering_reserve;
    doctored.commit = corrupting_commit;
    struct session_setup setup = setup_for(&doctored, TEST_THROUGHPUT);
    struct sample sample;
    setup.count = 1000;
    for (int copies = 0; copies < COPIES_COUNT; copies++) {
        setup.copies = (enum copies)copies;
        assert_int_equal(run(&setup, &sample), -EBADMSG);
        assert_int_equal(sample.checksum_ok, CHECKSUM_WRONG);
    }
}

static int forgetful_send(struct channel *channel, const void *buffer, size_t size)
{
    static int messages;
    unsigned char stale[4096] = {0};
    /* Once the bytes of no message at all. */
    return channel_pipe.send(channel, ++messages == 7 ? stale : buffer, size);
}

static void a_lost_message_is_an_error(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    doctored.send = forgetful_send;
    struct session_setup setup = setup_for(&doctored, TEST_LATENCY);
    struct sample sample;
    assert_int_equal(run(&setup, &sample), -EBADMSG);
}

static void null_verifies_nothing(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_null, TEST_THROUGHPUT);
    assert_int_equal(run_well(&setup).checksum_ok, CHECKSUM_NOT_APPLICABLE);
}

/* With null nobody waits for anybody: the reader, who reads the edges only, is done at once and
 * then waits for the writer's whole batch, which is progress and no time-out. */
static void a_side_that_is_done_early_waits_longer_than_the_timeout(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_null, TEST_THROUGHPUT);
    setup.touch = TOUCH_WRITE;
    setup.size_bytes = 65536;
    setup.seconds = 1.2;
    setup.timeout_seconds = 0.25;
    run_well(&setup);
}

/* ---- accidents ---- */

/* What happens to the process that makes the `accident_at`-th acquire or receive. */
static int accident_signal;
static int accident_at;

static void have_accident(void)
{
    static int calls;
    if (++calls == accident_at)
        raise(accident_signal);
}

static int accident_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                            size_t *size)
{
    have_accident();
    return channel_shm.acquire(channel, least, most, view, size);
}

static int accident_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                            size_t *size)
{
    have_accident();
    return channel_pipe.receive(channel, buffer, least, most, size);
}

static double seconds_to_fail(const struct session_setup *setup, int expected)
{
    struct sample sample;
    uint64_t started_ns = clock_now_ns();
    int result = run(setup, &sample);
    if (result != expected)
        fail_msg("%s: result %d, '%s'", setup->operations->name, result, failure.text);
    return (double)(clock_now_ns() - started_ns) / (double)NANOSECONDS_PER_SECOND;
}

static void check_accident(int signal_number, int expected, double seconds_at_most)
{
    struct channel_operations shm = channel_shm;
    struct channel_operations pipe = channel_pipe;
    shm.acquire = accident_acquire;
    pipe.receive = accident_receive;
    accident_signal = signal_number;
    for (int test = 0; test < TEST_COUNT; test++) {
        for (int wait = WAIT_BLOCK; wait <= WAIT_SEMOP; wait++) {
            for (accident_at = 1; accident_at <= 31; accident_at += 10) {
                struct session_setup setup = setup_for(&shm, (enum test)test);
                setup.wait = (enum wait_kind)wait;
                setup.timeout_seconds = 0.4;
                setup.count = 100; /* so that the accident comes before the end */
                assert_true(seconds_to_fail(&setup, expected) < seconds_at_most);
                setup.operations = &pipe;
                if (channel_can_wait(&pipe, setup.wait))
                    assert_true(seconds_to_fail(&setup, expected) < seconds_at_most);
            }
        }
    }
}

static void a_killed_process_is_named(void **state)
{
    (void)state;
    check_accident(SIGKILL, -EPIPE, 2.0);
    assert_non_null(strstr(failure.text, "killed by signal 9"));
}

static void a_stopped_process_ends_the_session(void **state)
{
    (void)state;
    check_accident(SIGSTOP, -ETIMEDOUT, 4.0);
    assert_non_null(strstr(failure.text, "--timeout"));
}

static int interrupting_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                                size_t *size)
{
    static int calls;
    if (++calls == 3)
        kill(getppid(), SIGINT);
    return channel_pipe.receive(channel, buffer, least, most, size);
}

static void an_interrupted_session_ends_at_once(void **state)
{
    (void)state;
    struct channel_operations pipe = channel_pipe;
    pipe.receive = interrupting_receive;
    /* One way, so that one process receives and sends the signal: a second one would end us. */
    struct session_setup setup = setup_for(&pipe, TEST_THROUGHPUT);
    setup.seconds = 30;
    assert_true(seconds_to_fail(&setup, -EINTR) < 2.0);
}

static void more_than_the_memory_is_refused(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_pipe, TEST_LATENCY);
    setup.capacity_bytes = UINT64_C(1) << 50; /* no machine has it */
    struct sample sample;
    assert_int_equal(run(&setup, &sample), -ENOMEM);
    assert_non_null(strstr(failure.text, "--size"));
}

#define SESSION_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, check_nothing_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SESSION_TEST(bytes_in_flight_match),
        SESSION_TEST(in_place_has_room_for_two_messages),
        SESSION_TEST(user_copies_are_two_one_way_or_none),
        SESSION_TEST(pages_are_mapped_before_the_clock_starts),
        SESSION_TEST(a_count_is_kept_exactly),
        SESSION_TEST(the_clock_stops_when_the_reader_is_done),
        SESSION_TEST(a_sample_tells_whether_it_was_steady),
        SESSION_TEST(a_sample_tells_the_size_of_the_environment),
        SESSION_TEST(a_quantile_of_too_few_is_not_stated),
        SESSION_TEST(a_flipped_bit_is_an_error),
        SESSION_TEST(a_lost_message_is_an_error),
        SESSION_TEST(null_verifies_nothing),
        SESSION_TEST(a_side_that_is_done_early_waits_longer_than_the_timeout),
        SESSION_TEST(a_killed_process_is_named),
        SESSION_TEST(a_stopped_process_ends_the_session),
        SESSION_TEST(an_interrupted_session_ends_at_once),
        SESSION_TEST(more_than_the_memory_is_refused),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
