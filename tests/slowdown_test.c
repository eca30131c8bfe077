/*
 * The slow-down on purpose: its arithmetic, against messages that were really transferred, within
 * the time of round trips, and that it changes nothing else. The library itself has none.
 */
#include "base/clock.h"
#include "base/leftover.h"
#include "measure/session.h"
#include "measure/slowdown.h"
#include "pair.h"
#include "paths.h"
#include "transfer/mechanisms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include <cmocka.h>

#define MILLISECOND_NS UINT64_C(1000000)

static struct histogram round_trips;

static struct sample run_well(const struct session_setup *setup)
{
    struct failure failure = {0};
    struct sample sample;
    if (session_run(setup, &sample, &round_trips, &failure) != 0)
        fail_msg("%s %s: %s", setup->operations->name, test_names[setup->test], failure.text);
    assert_int_equal(sample.checksum_ok, CHECKSUM_OK);
    return sample;
}

static struct session_setup setup_for(const struct channel_operations *operations, enum test test)
{
    struct session_setup setup = paths_setup(operations, SOURCE_MEMORY, SINK_USE, COPIES_OWN);
    setup.test = test;
    setup.size_bytes = 4096;
    setup.seconds = 0.0004;
    return setup;
}

/* ---- the arithmetic ---- */

static void parts_of_messages_are_carried_on(void **state)
{
    (void)state;
    struct slowdown slowdown = {.percent = 10};
    /* 0.3, 0.6, 0.9 and 1.2 messages owed. */
    assert_int_equal(slowdown_messages(&slowdown, 3), 0);
    assert_int_equal(slowdown_messages(&slowdown, 3), 0);
    assert_int_equal(slowdown_messages(&slowdown, 3), 0);
    assert_int_equal(slowdown_messages(&slowdown, 3), 1);
    assert_int_equal(slowdown.owed, 20);
    assert_int_equal(slowdown_messages(&slowdown, 1008), 101);
    assert_int_equal(slowdown.owed, 0);
    slowdown.percent = 100;
    assert_int_equal(slowdown_messages(&slowdown, 7), 7);
    slowdown = (struct slowdown){.percent = 33, .owed = 99};
    assert_int_equal(slowdown_messages(&slowdown, 1), 1);
    assert_int_equal(slowdown.owed, 32);
}

static void a_stream_begins_with_any_part_of_a_message(void **state)
{
    (void)state;
    bool small = false;
    bool large = false;
    for (int attempt = 0; attempt < 1000 && !(small && large); attempt++) {
        struct slowdown slowdown = slowdown_of_stream(5);
        assert_int_equal(slowdown.percent, 5);
        assert_in_range(slowdown.owed, 0, 99);
        small |= slowdown.owed < 50;
        large |= slowdown.owed >= 50;
    }
    assert_true(small && large);
}

/* Paid in whole looks at the clock, so mostly too much: which the next waits are short of; but by
 * no more than a microsecond, where the waiting was interrupted. */
static void what_was_waited_and_what_is_owed_add_up(void **state)
{
    (void)state;
    struct slowdown slowdown = {.percent = 7};
    for (uint64_t took_ns = 1; took_ns < 3000; took_ns += 13) {
        int64_t owed = slowdown.owed + (int64_t)took_ns * 7;
        uint64_t done_ns = clock_now_ns();
        int64_t waited_ns = (int64_t)(slowdown_wait(&slowdown, took_ns, done_ns) - done_ns);
        assert_true(waited_ns >= 0);
        assert_true(waited_ns * 100 >= owed);
        owed -= waited_ns * 100;
        assert_int_equal(slowdown.owed, owed < -100000 ? -100000 : owed);
    }
}

static void nothing_is_waited_for_what_is_paid_already(void **state)
{
    (void)state;
    struct slowdown slowdown = {.percent = 50, .owed = -5000};
    assert_int_equal(slowdown_wait(&slowdown, 100, 777), 777);
    assert_int_equal(slowdown.owed, 0);
    slowdown.owed = -4900;
    assert_true(slowdown_wait(&slowdown, 100, clock_now_ns()) > 777);
}

static void the_library_has_none(void **state)
{
    (void)state;
    assert_int_equal(setenv("PIPE_VS_SHM_SLOWDOWN", "shm:10", 1), 0);
    assert_int_equal(slowdown_percent_of("shm"), 0);
    assert_int_equal(unsetenv("PIPE_VS_SHM_SLOWDOWN"), 0);
}

/* ---- streams ---- */

/* Messages sent and received since the start of the session; in memory that both sides share. */
struct transfers {
    _Atomic uint64_t sent;
    _Atomic uint64_t received;
};
static struct transfers *transfers;

/* relaxed, both: counted, and looked at after both processes have ended. */
static int counting_send(struct channel *channel, const void *buffer, size_t size)
{
    atomic_fetch_add_explicit(&transfers->sent, 1, memory_order_relaxed);
    return channel_pipe.send(channel, buffer, size);
}

static int counting_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                            size_t *size)
{
    atomic_fetch_add_explicit(&transfers->received, 1, memory_order_relaxed);
    return channel_pipe.receive(channel, buffer, least, most, size);
}

/* The warm-up is slowed down, too: of all messages together, so many more went through. */
static void messages_that_are_not_counted_go_through_both_sides(void **state)
{
    (void)state;
    struct channel_operations counting = channel_pipe;
    counting.send = counting_send;
    counting.receive = counting_receive;
    transfers =
        mmap(NULL, sizeof *transfers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(transfers != MAP_FAILED);
    for (unsigned percent = 0; percent <= 100; percent += 20) {
        *transfers = (struct transfers){0};
        struct session_setup setup = setup_for(&counting, TEST_THROUGHPUT);
        setup.count = 1000;
        setup.slowdown_percent = percent;
        struct sample sample = run_well(&setup);
        uint64_t counted = sample.messages + sample.warmup_messages;
        uint64_t least = counted + counted * percent / 100;
        assert_int_equal(sample.messages, 1000);
        assert_int_equal(sample.bytes, 4096000);
        assert_in_range(transfers->sent, least, percent > 0 ? least + 1 : least);
        assert_int_equal(transfers->received, transfers->sent);
    }
    munmap(transfers, sizeof *transfers);
}

/* shm's own copies witness what went through in the measured batches alone: two of every byte. */
static void the_measured_batches_move_so_much_more(void **state)
{
    (void)state;
    for (unsigned percent = 0; percent <= 100; percent += 10) {
        struct session_setup setup = setup_for(&channel_shm, TEST_THROUGHPUT);
        setup.count = 1000;
        setup.slowdown_percent = percent;
        struct sample sample = run_well(&setup);
        assert_int_equal(sample.user_copy_bytes, UINT64_C(2) * 4096 * (1000 + 10 * percent));
    }
}

/* Five messages at 10 % are five or six: one of two samples has one more. Forty samples without
 * it, or with it in each, would be one chance in 2^39. */
static void few_messages_are_right_on_average(void **state)
{
    (void)state;
    int more = 0;
    for (int sample_number = 0; sample_number < 40; sample_number++) {
        struct session_setup setup = setup_for(&channel_shm, TEST_THROUGHPUT);
        setup.count = 5;
        setup.slowdown_percent = 10;
        uint64_t moved = run_well(&setup).user_copy_bytes / (2 * setup.size_bytes);
        assert_in_range(moved, 5, 6);
        more += moved == 6;
    }
    assert_in_range(more, 1, 39);
}

static void slowed_relays_are_verified_as_others(void **state)
{
    (void)state;
    for (size_t index = 0; index < mechanisms_count; index++) {
        if (!mechanisms[index]->transfers || !paths_can_run(mechanisms[index]))
            continue;
        struct session_setup setup =
            paths_setup(mechanisms[index], SOURCE_FILE, SINK_FILE, COPIES_OWN);
        setup.seconds = 0.0004;
        setup.count = 70; /* more than the file has */
        setup.slowdown_percent = 30;
        struct sample sample = run_well(&setup);
        assert_int_equal(sample.messages, 70);
        /* The kernel's account of file, sink and what lies between: 91 messages' worth. */
        if (mechanisms[index] == &channel_shm && sample.kernel_io_bytes > 0)
            assert_float_equal(sample.kernel_io_bytes, 2.0 * 91 * 65536, 0);
    }
}

static void a_relay_to_its_end_moves_what_there_is(void **state)
{
    (void)state;
    struct session_setup setup = paths_setup(&channel_shm, SOURCE_FILE, SINK_USE, COPIES_OWN);
    setup.until_end = true;
    setup.count = 0;
    setup.slowdown_percent = 50;
    struct sample sample = run_well(&setup);
    assert_int_equal(sample.user_copy_bytes, 2 * sample.bytes);
}

/* ---- round trips ---- */

static int slow_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                        size_t *size)
{
    const struct timespec delay = {.tv_sec = 0, .tv_nsec = (long)MILLISECOND_NS};
    int result = channel_pipe.receive(channel, buffer, least, most, size);
    nanosleep(&delay, NULL);
    return result;
}

/* 2 ms at least, and half as much again. What the clock costs and what was overpaid before are no
 * more than some microseconds. */
static void round_trips_take_so_much_longer(void **state)
{
    (void)state;
    struct channel_operations slow = channel_pipe;
    slow.receive = slow_receive;
    for (int at_rate = 0; at_rate < 2; at_rate++) {
        struct session_setup setup = setup_for(&slow, TEST_LATENCY);
        setup.count = 20;
        setup.rate_per_s = at_rate ? 100 : 0;
        setup.slowdown_percent = 50;
        struct sample sample = run_well(&setup);
        assert_int_equal(sample.messages, 20);
        assert_int_equal(round_trips.count, 20);
        for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
            if (round_trips.counts[bucket] > 0)
                assert_true(histogram_bucket_upper(bucket) >= 29 * MILLISECOND_NS / 10);
        }
        assert_true(2 * sample.latency_mean_ns >= 2.9 * (double)MILLISECOND_NS);
        assert_true(sample.wall_ns >= 20 * 29 * MILLISECOND_NS / 10);
    }
}

static void no_message_is_added_to_round_trips(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_shm, TEST_LATENCY);
    setup.count = 100;
    setup.slowdown_percent = 50;
    assert_int_equal(run_well(&setup).user_copy_bytes, UINT64_C(2) * 2 * 4096 * 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_messages_are_carried_on),
        cmocka_unit_test(a_stream_begins_with_any_part_of_a_message),
        cmocka_unit_test(what_was_waited_and_what_is_owed_add_up),
        cmocka_unit_test(nothing_is_waited_for_what_is_paid_already),
        cmocka_unit_test(the_library_has_none),
        cmocka_unit_test(messages_that_are_not_counted_go_through_both_sides),
        cmocka_unit_test(the_measured_batches_move_so_much_more),
        cmocka_unit_test(few_messages_are_right_on_average),
        cmocka_unit_test(slowed_relays_are_verified_as_others),
        cmocka_unit_test(a_relay_to_its_end_moves_what_there_is),
        cmocka_unit_test(round_trips_take_so_much_longer),
        cmocka_unit_test(no_message_is_added_to_round_trips),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
