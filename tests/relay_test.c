/*
 * Relays as whole sessions: every mechanism between every kind of ends, with the copies that the
 * kernel and our own counter saw; to the end of a file of any length; over doctored mechanisms that
 * change, lose or double a message; and with a process that dies.
 */
#include "base/clock.h"
#include "base/leftover.h"
#include "measure/session.h"
#include "pair.h"
#include "paths.h"
#include "transfer/mechanisms.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { HANG_SECONDS = 60, PATH_BYTES = 64 };

static struct histogram round_trips;
static struct failure failure;

/* ---- helpers ---- */

static bool can_relay(const struct channel_operations *operations)
{
    return operations->transfers && paths_can_run(operations);
}

static char folder[] = "/tmp/relay-test-XXXXXX";
static char input_path[PATH_BYTES];
static char output_path[PATH_BYTES];
static int objects_before;

static int set_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    objects_before = pair_count_ipc_objects();
    if (mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) != 0)
        return 1;
    snprintf(input_path, sizeof input_path, "%s/input", folder);
    snprintf(output_path, sizeof output_path, "%s/output", folder);
    return 0;
}

static int check_nothing_is_left(void **state)
{
    (void)state;
    if (pair_count_ipc_objects() != objects_before || waitpid(-1, NULL, WNOHANG) != -1)
        return 1;
    unlink(input_path);
    unlink(output_path);
    return rmdir(folder);
}

static struct session_setup setup_for(const struct channel_operations *operations,
                                      enum source_kind source, enum sink_kind sink)
{
    int *cpus;
    size_t count;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    struct session_setup setup = {.operations = operations,
                                  .test = TEST_RELAY,
                                  .wait = WAIT_BLOCK,
                                  .copies = COPIES_OWN,
                                  .touch = TOUCH_FULL,
                                  .placement = PLACEMENT_EXPLICIT,
                                  .cpus = {cpus[0], cpus[count > 1 ? 1 : 0]},
                                  .source = source,
                                  .sink = sink,
                                  .size_bytes = 4096,
                                  .capacity_bytes = 65536,
                                  .seconds = 0.0004,
                                  .count = 40,
                                  .seed = 5,
                                  .timeout_seconds = 20};
    free(cpus);
    return setup;
}

static struct session_setup copying_setup(const struct channel_operations *operations)
{
    struct session_setup setup = setup_for(operations, SOURCE_FILE, SINK_FILE);
    setup.input = input_path;
    setup.output = output_path;
    setup.until_end = true;
    setup.count = 0;
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
        fail_msg("%s %s %s %s to %s: %s", setup->operations->name, wait_names[setup->wait],
                 copies_names[setup->copies], source_names[setup->source], sink_names[setup->sink],
                 failure.text);
    assert_int_equal(sample.checksum_ok, CHECKSUM_OK);
    return sample;
}

static unsigned char byte_at(size_t index)
{
    return (unsigned char)(index * 31 + index / 251 * 7 + index / 4096);
}

static void make_input(size_t bytes)
{
    FILE *file = fopen(input_path, "w");
    assert_non_null(file);
    for (size_t index = 0; index < bytes; index++)
        fputc(byte_at(index), file);
    assert_int_equal(fclose(file), 0);
}

static void check_output(size_t bytes)
{
    FILE *file = fopen(output_path, "r");
    assert_non_null(file);
    for (size_t index = 0; index < bytes; index++) {
        int byte = fgetc(file);
        if (byte != byte_at(index))
            fail_msg("byte %zu is %d, not %d", index, byte, byte_at(index));
    }
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
}

/* ---- copies ---- */

/* Copies per byte of payload between the two processes. */
static const struct {
    const struct channel_operations *operations;
    enum copies copies;
    unsigned kernel;
    unsigned user;
} transfers[] = {
    {&channel_pipe, COPIES_OWN, 2, 0},     {&channel_pipe, COPIES_INPLACE, 2, 0},
    {&channel_fifo, COPIES_OWN, 2, 0},     {&channel_fifo, COPIES_INPLACE, 2, 0},
    {&channel_shm, COPIES_OWN, 0, 2},      {&channel_shm, COPIES_INPLACE, 0, 0},
    {&channel_vmsplice, COPIES_OWN, 1, 0}, {&channel_vmsplice, COPIES_INPLACE, 1, 0},
};

/* What the kernel counts at the two ends together, copy or not. */
static const struct {
    enum source_kind source;
    enum sink_kind sink;
    unsigned kernel;
} ends[] = {
    {SOURCE_FILE, SINK_FILE, 2},   {SOURCE_FILE, SINK_USE, 1},   {SOURCE_FILE, SINK_NULL, 2},
    {SOURCE_ZERO, SINK_NULL, 2},   {SOURCE_ZERO, SINK_USE, 1},   {SOURCE_ZERO, SINK_FILE, 2},
    {SOURCE_MEMORY, SINK_FILE, 1}, {SOURCE_MEMORY, SINK_USE, 0}, {SOURCE_MEMORY, SINK_NULL, 1},
};

static void check_copies(const struct session_setup *setup, unsigned kernel, unsigned user)
{
    struct sample sample = run_well(setup);
    assert_int_equal(sample.bytes, sample.messages * sample.size_bytes);
    if (sample.user_copy_bytes != user * sample.bytes ||
        (!isnan(sample.kernel_io_bytes) &&
         sample.kernel_io_bytes != (double)(kernel * sample.bytes)))
        fail_msg("%s %s %s %s to %s: kernel %g, user %g copies of a byte", setup->operations->name,
                 copies_names[setup->copies], wait_names[setup->wait], source_names[setup->source],
                 sink_names[setup->sink], sample.kernel_io_bytes / (double)sample.bytes,
                 (double)sample.user_copy_bytes / (double)sample.bytes);
}

static void every_path_has_its_copies(void **state)
{
    (void)state;
    for (size_t transfer = 0; transfer < sizeof transfers / sizeof transfers[0]; transfer++) {
        for (size_t end = 0; end < sizeof ends / sizeof ends[0]; end++) {
            struct session_setup setup =
                setup_for(transfers[transfer].operations, ends[end].source, ends[end].sink);
            setup.copies = transfers[transfer].copies;
            check_copies(&setup, transfers[transfer].kernel + ends[end].kernel,
                         transfers[transfer].user);
        }
    }
}

static void waiting_copies_nothing(void **state)
{
    (void)state;
    for (size_t transfer = 0; transfer < sizeof transfers / sizeof transfers[0]; transfer++) {
        for (int wait = WAIT_SPIN; wait < WAIT_KIND_COUNT; wait++) {
            struct session_setup setup =
                setup_for(transfers[transfer].operations, SOURCE_FILE, SINK_FILE);
            setup.copies = transfers[transfer].copies;
            setup.wait = (enum wait_kind)wait;
            if (channel_can_wait(setup.operations, setup.wait))
                check_copies(&setup, transfers[transfer].kernel + 2, transfers[transfer].user);
        }
    }
}

/* The numbers of the article, and those that it leaves out, for messages around the capacity. */
static void the_articles_numbers_at_any_size(void **state)
{
    (void)state;
    const uint64_t sizes[] = {1, 63, 4097, 65536, 100003};
    for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
        struct session_setup setup = setup_for(&channel_pipe, SOURCE_FILE, SINK_FILE);
        setup.size_bytes = sizes[index];
        check_copies(&setup, 4, 0);
        setup.operations = &channel_vmsplice;
        check_copies(&setup, 3, 0);
        setup.operations = &channel_shm;
        check_copies(&setup, 2, 2);
        setup.copies = COPIES_INPLACE;
        setup.sink = SINK_USE;
        check_copies(&setup, 1, 0);
    }
}

static void extra_copies_are_counted_on_top(void **state)
{
    (void)state;
    for (int set = WORKING_SET_HOT; set <= WORKING_SET_COLD; set++) {
        struct session_setup setup = setup_for(&channel_shm, SOURCE_FILE, SINK_FILE);
        setup.working_set = (enum working_set)set;
        setup.extra_copies = 3;
        check_copies(&setup, 2, 2 + 3);
        setup.copies = COPIES_INPLACE;
        check_copies(&setup, 2, 3);
        setup.operations = &channel_pipe;
        check_copies(&setup, 4, 3);
    }
}

/* A file of one's own at both ends: read in a circle, overwritten in place. */
static void files_by_name_can_be_measured(void **state)
{
    (void)state;
    make_input(10 * 4096 + 17);
    for (size_t index = 0; index < mechanisms_count; index++) {
        if (!can_relay(mechanisms[index]))
            continue;
        struct session_setup setup = copying_setup(mechanisms[index]);
        setup.until_end = false;
        setup.count = 100; /* ten laps */
        struct sample sample = run_well(&setup);
        assert_int_equal(sample.messages, 100);
        struct stat status;
        assert_int_equal(stat(output_path, &status), 0);
        assert_int_equal(status.st_size, 9 * 4096); /* one slot fewer than ten */
    }
}

/* ---- to the end ---- */

static void a_file_of_any_length_arrives(void **state)
{
    (void)state;
    const size_t lengths[] = {0, 1, 4095, 4096, 4097, 100001};
    for (size_t length = 0; length < sizeof lengths / sizeof lengths[0]; length++) {
        make_input(lengths[length]);
        for (size_t index = 0; index < mechanisms_count; index++) {
            for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
                struct session_setup setup = copying_setup(mechanisms[index]);
                setup.wait = (enum wait_kind)wait;
                setup.copies = wait % 2 == 0 ? COPIES_OWN : COPIES_INPLACE;
                if (!channel_can_wait(setup.operations, setup.wait) || !can_relay(setup.operations))
                    continue;
                struct sample sample = run_well(&setup);
                check_output(lengths[length]);
                assert_int_equal(sample.bytes, lengths[length]);
                assert_int_equal(sample.messages, (lengths[length] + 4095) / 4096);
                assert_int_equal(sample.warmup_messages, 0);
                assert_true(isnan(sample.cpu_ns_per_kib) == (lengths[length] == 0));
            }
        }
    }
}

static void copies_are_counted_to_the_end_of_a_file(void **state)
{
    (void)state;
    make_input(100001);
    for (size_t transfer = 0; transfer < sizeof transfers / sizeof transfers[0]; transfer++) {
        struct session_setup setup = copying_setup(transfers[transfer].operations);
        setup.copies = transfers[transfer].copies;
        struct sample sample = run_well(&setup);
        assert_int_equal(sample.bytes, 100001);
        assert_int_equal(sample.user_copy_bytes, 100001 * transfers[transfer].user);
        if (!isnan(sample.kernel_io_bytes))
            assert_true(sample.kernel_io_bytes == 100001.0 * (transfers[transfer].kernel + 2));
    }
}

static void feed_in_odd_pieces(int descriptor, size_t bytes)
{
    unsigned char piece[4096];
    size_t done = 0;
    for (size_t round = 0; done < bytes; round++) {
        size_t size = 1 + round * 389 % sizeof piece;
        size = size < bytes - done ? size : bytes - done;
        for (size_t index = 0; index < size; index++)
            piece[index] = byte_at(done + index);
        if (write(descriptor, piece, size) != (ssize_t)size)
            _exit(1);
        done += size;
    }
    _exit(0);
}

/* Runs with a pipe as standard input, fed by a process of its own. */
static struct sample run_fed(const struct session_setup *setup, size_t bytes)
{
    int pipe_ends[2];
    int status;
    int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t feeder = fork();
    if (feeder == 0) {
        close(pipe_ends[0]);
        feed_in_odd_pieces(pipe_ends[1], bytes);
    }
    close(pipe_ends[1]);
    dup2(pipe_ends[0], STDIN_FILENO);
    close(pipe_ends[0]);
    struct sample sample = run_well(setup);
    dup2(before, STDIN_FILENO);
    close(before);
    assert_int_equal(waitpid(feeder, &status, 0), feeder);
    assert_int_equal(status, 0);
    return sample;
}

static void pieces_of_standard_input_arrive_as_one_stream(void **state)
{
    (void)state;
    for (size_t transfer = 0; transfer < sizeof transfers / sizeof transfers[0]; transfer++) {
        for (uint64_t extra = 0; extra <= 2; extra += 2) {
            struct session_setup setup = copying_setup(transfers[transfer].operations);
            setup.source = SOURCE_STDIN;
            setup.input = NULL;
            setup.copies = transfers[transfer].copies;
            setup.extra_copies = extra;
            setup.working_set = extra > 0 ? WORKING_SET_HOT : WORKING_SET_NONE;
            struct sample sample = run_fed(&setup, 200003);
            check_output(200003);
            assert_int_equal(sample.bytes, 200003);
            assert_int_equal(sample.user_copy_bytes, 200003 * (transfers[transfer].user + extra));
        }
    }
}

/* ---- doctored mechanisms ---- */

enum doctoring { CHANGE, LOSE, DOUBLE, DOCTORINGS };
static const char *const doctoring_names[] = {"change", "lose", "double"};

enum { DOCTORED_MESSAGE = 3, MESSAGE_BYTES = 512 };

/* What is done to which of the reader's messages, counted in the reader's process. */
static enum doctoring doctoring;
static int messages_taken;
static unsigned char doubled[MESSAGE_BYTES];

static int doctored_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                            size_t *size)
{
    int message = messages_taken++;
    if (doctoring == DOUBLE && message == DOCTORED_MESSAGE) {
        memcpy(buffer, doubled, sizeof doubled);
        *size = sizeof doubled;
        return 0;
    }
    int result = channel_pipe.receive(channel, buffer, least, most, size);
    if (doctoring == LOSE && message == DOCTORED_MESSAGE && result == 0)
        result = channel_pipe.receive(channel, buffer, least, most, size);
    if (result == 0 && *size == sizeof doubled)
        memcpy(doubled, buffer, sizeof doubled);
    if (doctoring == CHANGE && message == DOCTORED_MESSAGE && result == 0)
        ((unsigned char *)buffer)[*size / 2] ^= 0x80;
    return result;
}

static bool lent_the_double;

static int doctored_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                            size_t *size)
{
    int message = messages_taken++;
    if (doctoring == DOUBLE && message == DOCTORED_MESSAGE) {
        lent_the_double = true;
        *view = doubled;
        *size = sizeof doubled;
        return 0;
    }
    int result = channel_shm.acquire(channel, least, most, view, size);
    if (doctoring == LOSE && message == DOCTORED_MESSAGE && result == 0) {
        channel_shm.release(channel, *size);
        result = channel_shm.acquire(channel, least, most, view, size);
    }
    if (result == 0 && *size == sizeof doubled)
        memcpy(doubled, *view, sizeof doubled);
    if (doctoring == CHANGE && message == DOCTORED_MESSAGE && result == 0)
        ((unsigned char *)*view)[*size / 2] ^= 0x80;
    return result;
}

static int doctored_release(struct channel *channel, size_t size)
{
    bool nothing_to_release = lent_the_double;
    lent_the_double = false;
    return nothing_to_release ? 0 : channel_shm.release(channel, size);
}

/* Messages of a size that every receive and acquire takes whole: a piece is a message. */
static struct session_setup doctored_setup(const struct channel_operations *operations,
                                           enum sink_kind sink, bool until_end)
{
    struct session_setup setup =
        until_end ? copying_setup(operations) : setup_for(operations, SOURCE_FILE, sink);
    setup.sink = sink;
    if (sink != SINK_FILE)
        setup.output = NULL;
    setup.size_bytes = MESSAGE_BYTES;
    setup.timeout_seconds = 0.4;
    return setup;
}

static void check_doctored(const struct session_setup *setup)
{
    struct sample sample = {.checksum_ok = CHECKSUM_OK};
    int result = run(setup, &sample);
    /* In a measurement both sides count: the reader waits in vain for a message that was lost. */
    int expected = doctoring == LOSE && !setup->until_end ? -ETIMEDOUT : -EBADMSG;
    if (result != expected)
        fail_msg("%s %s, %s, to %s, %s: %d %s", setup->operations->name,
                 copies_names[setup->copies], doctoring_names[doctoring], sink_names[setup->sink],
                 setup->until_end ? "to the end" : "measured", result, failure.text);
    if (expected == -EBADMSG)
        assert_int_equal(sample.checksum_ok, CHECKSUM_WRONG);
}

static void check_every_doctoring(const struct channel_operations *operations, enum copies copies)
{
    make_input(50 * MESSAGE_BYTES);
    for (int kind = 0; kind < DOCTORINGS; kind++) {
        doctoring = (enum doctoring)kind;
        for (int until_end = 0; until_end < 2; until_end++) {
            const enum sink_kind sinks[] = {SINK_USE, SINK_FILE};
            for (size_t index = 0; index < 2; index++) {
                struct session_setup setup =
                    doctored_setup(operations, sinks[index], until_end != 0);
                setup.copies = copies;
                check_doctored(&setup);
            }
        }
    }
}

static void a_doctored_pipe_is_caught(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    doctored.receive = doctored_receive;
    check_every_doctoring(&doctored, COPIES_OWN);
}

static void a_doctored_segment_is_caught(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    doctored.acquire = doctored_acquire;
    doctored.release = doctored_release;
    check_every_doctoring(&doctored, COPIES_OWN);
    check_every_doctoring(&doctored, COPIES_INPLACE);
}

/* The doctored tables themselves are sound: what is never reached changes nothing. */
static void an_undoctored_message_is_none_the_worse(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    doctored.acquire = doctored_acquire;
    doctored.release = doctored_release;
    doctoring = CHANGE;
    make_input(DOCTORED_MESSAGE * MESSAGE_BYTES);
    struct session_setup setup = doctored_setup(&doctored, SINK_FILE, true);
    run_well(&setup);
    check_output(DOCTORED_MESSAGE * MESSAGE_BYTES);
}

/* A copy that no counter of ours sees, and one that is not made though it is counted, both show in
 * the counts: the kernel's account does not follow what the mechanism says of itself. */
static int twice_reading_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                                 size_t *size)
{
    int result = channel_pipe.receive(channel, buffer, least, most, size);
    if (result == 0) {
        int hidden = memfd_create("hidden", MFD_CLOEXEC);
        if (write(hidden, buffer, *size) != (ssize_t)*size)
            result = -EIO;
        close(hidden);
    }
    return result;
}

static void a_hidden_copy_shows_in_the_kernels_account(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    doctored.receive = twice_reading_receive;
    struct session_setup setup = setup_for(&doctored, SOURCE_FILE, SINK_USE);
    check_copies(&setup, 1 + 2 + 1, 0);
}

/* ---- accidents ---- */

static int accident_at;
static int handed_over;

static void have_accident(void)
{
    if (++handed_over == accident_at)
        raise(SIGKILL);
}

static int accident_send(struct channel *channel, const void *buffer, size_t size)
{
    have_accident();
    return channel_pipe.send(channel, buffer, size);
}

static int accident_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                            size_t *size)
{
    have_accident();
    return channel_pipe.receive(channel, buffer, least, most, size);
}

static int accident_commit(struct channel *channel, size_t size)
{
    have_accident();
    return channel_shm.commit(channel, size);
}

static int accident_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                            size_t *size)
{
    have_accident();
    return channel_shm.acquire(channel, least, most, view, size);
}

static int accident_vmsplice_commit(struct channel *channel, size_t size)
{
    have_accident();
    return channel_vmsplice.commit(channel, size);
}

static void check_death(const struct channel_operations *operations, const char *side)
{
    for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
        for (int until_end = 0; until_end < 2; until_end++) {
            for (accident_at = 1; accident_at <= 15; accident_at += 14) {
                struct session_setup setup = copying_setup(operations);
                struct sample sample;
                setup.until_end = until_end != 0;
                setup.count = until_end != 0 ? 0 : 40;
                setup.wait = (enum wait_kind)wait;
                if (!channel_can_wait(operations, setup.wait))
                    continue;
                uint64_t started_ns = clock_now_ns();
                int result = run(&setup, &sample);
                uint64_t took_ns = clock_now_ns() - started_ns;
                if (result != -EPIPE || strstr(failure.text, side) == NULL ||
                    took_ns > 2 * NANOSECONDS_PER_SECOND)
                    fail_msg("%s %s %s: %d after %.2f s: %s", operations->name, wait_names[wait],
                             side, result, (double)took_ns / 1e9, failure.text);
            }
        }
    }
}

static void a_killed_writer_ends_a_relay(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    make_input(400000); /* 98 messages: the accident comes before the end */
    doctored.send = accident_send;
    check_death(&doctored, "the writer process was killed");
    doctored = channel_fifo;
    doctored.send = accident_send;
    check_death(&doctored, "the writer process was killed");
    doctored = channel_shm;
    doctored.commit = accident_commit;
    check_death(&doctored, "the writer process was killed");
    doctored = channel_vmsplice;
    doctored.commit = accident_vmsplice_commit;
    check_death(&doctored, "the writer process was killed");
}

static void a_killed_reader_ends_a_relay(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    make_input(400000);
    doctored.receive = accident_receive;
    check_death(&doctored, "the reader process was killed");
    doctored = channel_fifo;
    doctored.receive = accident_receive;
    check_death(&doctored, "the reader process was killed");
    doctored = channel_shm;
    doctored.acquire = accident_acquire;
    check_death(&doctored, "the reader process was killed");
    doctored = channel_vmsplice;
    doctored.receive = accident_receive;
    check_death(&doctored, "the reader process was killed");
}

static void a_full_disc_is_the_readers_failure(void **state)
{
    (void)state;
    make_input(400000);
    for (size_t index = 0; index < mechanisms_count; index++) {
        if (!can_relay(mechanisms[index]))
            continue;
        struct session_setup setup = copying_setup(mechanisms[index]);
        struct sample sample;
        setup.output = "/dev/full";
        assert_int_equal(run(&setup, &sample), -ENOSPC);
        assert_non_null(strstr(failure.text, "reader: "));
    }
}

/* The sink in memory of an input as large as no memory is. */
static void files_in_memory_count_as_memory(void **state)
{
    (void)state;
    struct session_setup setup = setup_for(&channel_pipe, SOURCE_FILE, SINK_FILE);
    struct sample sample;
    make_input(0);
    assert_int_equal(truncate(input_path, (off_t)1 << 42), 0); /* sparse */
    setup.input = input_path;
    assert_int_equal(run(&setup, &sample), -ENOMEM);
    assert_non_null(strstr(failure.text, "needs about"));
}

#define RELAY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, check_nothing_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RELAY_TEST(every_path_has_its_copies),
        RELAY_TEST(waiting_copies_nothing),
        RELAY_TEST(the_articles_numbers_at_any_size),
        RELAY_TEST(extra_copies_are_counted_on_top),
        RELAY_TEST(files_by_name_can_be_measured),
        RELAY_TEST(a_file_of_any_length_arrives),
        RELAY_TEST(copies_are_counted_to_the_end_of_a_file),
        RELAY_TEST(pieces_of_standard_input_arrive_as_one_stream),
        RELAY_TEST(a_doctored_pipe_is_caught),
        RELAY_TEST(a_doctored_segment_is_caught),
        RELAY_TEST(an_undoctored_message_is_none_the_worse),
        RELAY_TEST(a_hidden_copy_shows_in_the_kernels_account),
        RELAY_TEST(a_killed_writer_ends_a_relay),
        RELAY_TEST(a_killed_reader_ends_a_relay),
        RELAY_TEST(a_full_disc_is_the_readers_failure),
        RELAY_TEST(files_in_memory_count_as_memory),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
