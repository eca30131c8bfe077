/*
 * Many pairs of processes at once: what their samples add up to, that all are under load while any
 * is measured, and that one that fails ends all and nothing is left behind.
 */
#include "base/leftover.h"
#include "machine/cpu.h"
#include "measure/crowd.h"
#include "pair.h"
#include "paths.h"
#include "transfer/mechanisms.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { HANG_SECONDS = 60, PAIRS = 3 };

static struct failure failure;
static struct cpu_pair cpus[PAIRS];

/* What doctored channels of all processes count in. */
static struct {
    _Atomic uint64_t senders;
    _Atomic uint64_t messages;
} * shared;

static struct session_setup setup_for(const struct channel_operations *operations)
{
    return (struct session_setup){.operations = operations,
                                  .test = TEST_THROUGHPUT,
                                  .wait = WAIT_BLOCK,
                                  .copies = COPIES_OWN,
                                  .touch = TOUCH_FULL,
                                  .placement = PLACEMENT_EXPLICIT,
                                  .cpus = cpus[0],
                                  .size_bytes = 4096,
                                  .capacity_bytes = 65536,
                                  .seconds = 0.002,
                                  .seed = 5,
                                  .timeout_seconds = 20};
}

static int run(const struct session_setup *setup, struct sample *sample)
{
    failure = (struct failure){0};
    alarm(HANG_SECONDS);
    int result = crowd_run(setup, cpus, PAIRS, sample, &failure);
    alarm(0);
    return result;
}

/* A private TMPDIR for every test: it must be empty again at its end. */
static char folder[] = "/tmp/crowd-test-XXXXXX";
static int objects_before;

static int set_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    objects_before = pair_count_ipc_objects();
    atomic_store(&shared->senders, 0);
    atomic_store(&shared->messages, 0);
    return mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) != 0;
}

static int check_nothing_is_left(void **state)
{
    (void)state;
    if (pair_count_ipc_objects() != objects_before || waitpid(-1, NULL, WNOHANG) != -1)
        return 1;
    return rmdir(folder);
}

/* ---- the sum ---- */

static struct sample made_up(uint64_t bytes, uint64_t wall_ns, double rate)
{
    struct sample sample = {.messages = bytes / 1024,
                            .bytes = bytes,
                            .wall_ns = wall_ns,
                            .writer_user_ns = 100,
                            .writer_sys_ns = 20,
                            .reader_user_ns = 300,
                            .reader_sys_ns = 4,
                            .voluntary_switches = 1,
                            .minor_faults = 2,
                            .user_copy_bytes = bytes,
                            .kernel_io_bytes = 10.0,
                            .link_copy_bytes = NAN,
                            .capacity_bytes = 65536,
                            .writer_cpu = 3,
                            .warmup_messages = 7,
                            .checksum_ok = CHECKSUM_OK,
                            .throughput_bytes_per_s = rate,
                            .messages_per_s = rate / 1024,
                            .cpu_ns_per_kib = 424.0};
    strcpy(sample.placement, "explicit");
    return sample;
}

static void rates_and_costs_add_up_and_the_longest_time_counts(void **state)
{
    (void)state;
    struct sample samples[] = {made_up(2048, 50, 1e9), made_up(1024, 90, 2e9),
                               made_up(1024, 70, 4e9)};
    samples[1].capacity_bytes = 8192;
    samples[1].writer_cpu = 5;
    samples[2].kernel_io_bytes = 5.0;
    struct sample sum = crowd_sum(samples, 3);
    assert_string_equal(sum.placement, "parallel-3");
    assert_true(sum.throughput_bytes_per_s == 7e9);
    assert_true(sum.messages_per_s == 7e9 / 1024);
    assert_int_equal(sum.messages, 4);
    assert_int_equal(sum.bytes, 4096);
    assert_int_equal(sum.wall_ns, 90);
    assert_int_equal(sum.writer_user_ns, 300);
    assert_int_equal(sum.writer_sys_ns, 60);
    assert_int_equal(sum.reader_user_ns, 900);
    assert_int_equal(sum.reader_sys_ns, 12);
    assert_int_equal(sum.voluntary_switches, 3);
    assert_int_equal(sum.minor_faults, 6);
    assert_int_equal(sum.user_copy_bytes, 4096);
    assert_int_equal(sum.warmup_messages, 21);
    assert_true(sum.kernel_io_bytes == 25.0);
    assert_true(isnan(sum.link_copy_bytes));
    assert_int_equal(sum.capacity_bytes, 8192);
    assert_int_equal(sum.writer_cpu, 3);
    assert_true(sum.cpu_ns_per_kib == 1272.0 / 4.0);
    assert_int_equal(sum.checksum_ok, CHECKSUM_OK);
}

static void one_wrong_digest_makes_all_wrong(void **state)
{
    (void)state;
    struct sample samples[] = {made_up(1024, 1, 1.0), made_up(1024, 1, 1.0), made_up(1024, 1, 1.0)};
    samples[1].checksum_ok = CHECKSUM_WRONG;
    assert_int_equal(crowd_sum(samples, 3).checksum_ok, CHECKSUM_WRONG);
    samples[1].checksum_ok = CHECKSUM_NOT_APPLICABLE;
    assert_int_equal(crowd_sum(samples, 3).checksum_ok, CHECKSUM_NOT_APPLICABLE);
    assert_string_equal(crowd_sum(samples, 1).placement, "parallel-1");
    assert_int_equal(crowd_sum(samples, 1).checksum_ok, CHECKSUM_OK);
}

/* ---- real pairs ---- */

static void every_mechanism_runs_in_a_crowd(void **state)
{
    (void)state;
    for (size_t index = 0; index < mechanisms_count; index++) {
        struct session_setup setup = setup_for(mechanisms[index]);
        struct sample sample;
        setup.count = 50;
        if (!paths_can_run(mechanisms[index]))
            continue;
        if (run(&setup, &sample) != 0)
            fail_msg("%s: %s", mechanisms[index]->name, failure.text);
        assert_int_equal(sample.messages, PAIRS * 50);
        assert_int_equal(sample.bytes, PAIRS * 50 * 4096);
        assert_int_equal(sample.seed, 5);
        assert_string_equal(sample.placement, "parallel-3");
        assert_int_equal(sample.checksum_ok,
                         mechanisms[index]->transfers ? CHECKSUM_OK : CHECKSUM_NOT_APPLICABLE);
        assert_true(sample.throughput_bytes_per_s > 0.0);
    }
}

static void semaphores_are_removed_as_well(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_shm);
    struct sample sample;
    setup.wait = WAIT_SEMOP;
    setup.copies = COPIES_INPLACE;
    if (run(&setup, &sample) != 0)
        fail_msg("%s", failure.text);
    assert_int_equal(sample.checksum_ok, CHECKSUM_OK);
}

/* Counts every message; the first writer that comes takes long for each. */
static int uneven_send(struct channel *channel, const void *buffer, size_t size)
{
    static uint64_t number;
    if (number == 0)
        number = atomic_fetch_add(&shared->senders, 1) + 1;
    if (number == 1)
        usleep(2000);
    atomic_fetch_add(&shared->messages, 1);
    return channel_pipe.send(channel, buffer, size);
}

static void a_pair_that_is_done_goes_on_until_all_were_measured(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    doctored.send = uneven_send;
    struct session_setup setup = setup_for(&doctored);
    struct sample sample;
    setup.count = 10;
    if (run(&setup, &sample) != 0)
        fail_msg("%s", failure.text);
    assert_int_equal(sample.messages, PAIRS * 10);
    assert_int_equal(atomic_load(&shared->senders), PAIRS);
    /* What is neither measured nor a pair's own warm-up kept the others under load. */
    assert_true(atomic_load(&shared->messages) > sample.messages + sample.warmup_messages);
}

/* ---- accidents ---- */

/* The third reader that comes has the accident, in its fifth message. */
static int accident_signal;

static int accident_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                            size_t *size)
{
    static uint64_t number;
    static int calls;
    if (number == 0)
        number = atomic_fetch_add(&shared->senders, 1) + 1;
    if (number == PAIRS && ++calls == 5)
        raise(accident_signal);
    return channel_pipe.receive(channel, buffer, least, most, size);
}

static void a_killed_process_ends_all_pairs(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    struct session_setup setup = setup_for(&doctored);
    struct sample sample;
    doctored.receive = accident_receive;
    accident_signal = SIGKILL;
    setup.seconds = 30;
    assert_int_equal(run(&setup, &sample), -EPIPE);
    assert_non_null(strstr(failure.text, "pair "));
    assert_non_null(strstr(failure.text, "killed by signal 9"));
}

static void a_stopped_process_ends_all_pairs(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    struct session_setup setup = setup_for(&doctored);
    struct sample sample;
    doctored.receive = accident_receive;
    accident_signal = SIGSTOP;
    setup.seconds = 30;
    setup.timeout_seconds = 0.4;
    assert_int_equal(run(&setup, &sample), -ETIMEDOUT);
    assert_non_null(strstr(failure.text, "--timeout"));
}

static pid_t test_pid;

/* Kills the supervisor of one pair, or interrupts the whole crowd. */
static int faithless_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                             size_t *size)
{
    static int calls;
    if (++calls == 5 && atomic_fetch_add(&shared->senders, 1) == 0)
        kill(accident_signal == SIGKILL ? getppid() : test_pid, accident_signal);
    return channel_pipe.receive(channel, buffer, least, most, size);
}

static void a_killed_supervisor_ends_all_pairs(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    struct session_setup setup = setup_for(&doctored);
    struct sample sample;
    doctored.receive = faithless_receive;
    accident_signal = SIGKILL;
    setup.seconds = 30;
    assert_int_equal(run(&setup, &sample), -EPIPE);
    assert_non_null(strstr(failure.text, "killed by signal 9"));
}

static void a_signal_ends_all_pairs(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    struct session_setup setup = setup_for(&doctored);
    struct sample sample;
    doctored.receive = faithless_receive;
    accident_signal = SIGINT;
    setup.seconds = 30;
    assert_int_equal(run(&setup, &sample), -EINTR);
    assert_non_null(strstr(failure.text, "signal 2"));
}

static void memory_for_all_pairs_is_asked_for(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_pipe);
    struct sample sample;
    setup.capacity_bytes = UINT64_C(1) << 50; /* no machine has it */
    assert_int_equal(run(&setup, &sample), -ENOMEM);
    assert_non_null(strstr(failure.text, "--size"));
}

#define CROWD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, check_nothing_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CROWD_TEST(rates_and_costs_add_up_and_the_longest_time_counts),
        CROWD_TEST(one_wrong_digest_makes_all_wrong),
        CROWD_TEST(every_mechanism_runs_in_a_crowd),
        CROWD_TEST(semaphores_are_removed_as_well),
        CROWD_TEST(a_pair_that_is_done_goes_on_until_all_were_measured),
        CROWD_TEST(a_killed_process_ends_all_pairs),
        CROWD_TEST(a_stopped_process_ends_all_pairs),
        CROWD_TEST(a_killed_supervisor_ends_all_pairs),
        CROWD_TEST(a_signal_ends_all_pairs),
        CROWD_TEST(memory_for_all_pairs_is_asked_for),
    };
    int *allowed;
    size_t count;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || cpu_list_allowed(&allowed, &count) < 0)
        return 1;
    for (size_t pair = 0; pair < PAIRS; pair++)
        cpus[pair] = (struct cpu_pair){allowed[0], allowed[count > 1 ? 1 : 0]};
    free(allowed);
    test_pid = getpid();
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
