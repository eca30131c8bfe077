/*
 * What only message queues have to bear: limits that leave less in flight than was asked for, or
 * nothing; readers that ask for other sizes than were sent; a writer that closes while the queue is
 * full; and names that must be gone.
 */
#include "base/leftover.h"
#include "base/posix_object.h"
#include "pair.h"
#include "transfer/mechanisms.h"
#include "transfer/queue.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <mqueue.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MESSAGE_BYTES = 1000, MESSAGES = 50, NOBODY = 65534 };

static const struct channel_operations *const queues[] = {&channel_posix_mq, &channel_sysv_mq};

enum { QUEUES = sizeof queues / sizeof queues[0] };

static unsigned char byte_at(size_t position)
{
    return (unsigned char)(position % 251);
}

/* ---- other sizes ---- */

static int send_messages(struct pair *pair, struct channel *channel)
{
    (void)pair;
    for (size_t message = 0; message < MESSAGES; message++) {
        void *space;
        size_t got;
        if (channel->operations->reserve(channel, MESSAGE_BYTES, MESSAGE_BYTES, &space, &got) < 0)
            return 1;
        for (size_t index = 0; index < MESSAGE_BYTES; index++)
            ((unsigned char *)space)[index] = byte_at(message * MESSAGE_BYTES + index);
        if (channel->operations->commit(channel, MESSAGE_BYTES) < 0)
            return 2;
    }
    return 0;
}

/* Takes the whole stream, `piece` bytes at a time. */
static void check_stream(const struct channel_operations *operations, size_t piece)
{
    struct pair pair = {.operations = operations,
                        .setup = pair_setup(WAIT_BLOCK, MESSAGE_BYTES),
                        .test_role = CHANNEL_READER,
                        .peer_run = send_messages,
                        .peer_opens = true};
    size_t position = 0;
    const void *view;
    size_t got;
    int result;
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    while ((result = operations->acquire(pair.channel, piece, piece, &view, &got)) == 0) {
        for (size_t index = 0; index < got; index++)
            assert_int_equal(((const unsigned char *)view)[index], byte_at(position + index));
        position += got;
        assert_int_equal(operations->release(pair.channel, got), 0);
    }
    assert_int_equal(result, -ENODATA);
    assert_int_equal(position, MESSAGES * MESSAGE_BYTES);
    /* Only who asks for other sizes than were sent pays for it, and it is counted. */
    assert_true((pair.channel->user_copy_bytes > 0) == (piece != MESSAGE_BYTES));
    assert_int_equal(pair_finish(&pair), 0);
}

static void a_reader_may_ask_for_less_than_was_sent(void **state)
{
    (void)state;
    for (size_t index = 0; index < QUEUES; index++) {
        check_stream(queues[index], MESSAGE_BYTES);
        check_stream(queues[index], 999);
        check_stream(queues[index], 333);
    }
}

/* ---- a full queue ---- */

/* Fills the queue to its last byte, tells, and closes. */
static int fill_and_close(struct pair *pair, struct channel *channel)
{
    const int *told = pair->argument;
    void *space;
    size_t got;
    for (uint64_t sent = 0; sent < channel->capacity_bytes; sent += got) {
        if (channel->operations->reserve(channel, MESSAGE_BYTES, MESSAGE_BYTES, &space, &got) < 0)
            return 1;
        uint64_t left = channel->capacity_bytes - sent;
        got = left < got ? (size_t)left : got;
        memset(space, 7, got);
        if (channel->operations->commit(channel, got) < 0)
            return 2;
    }
    return write(told[1], "f", 1) == 1 ? 0 : 3;
}

static void a_writer_that_closes_at_a_full_queue_waits_for_room(void **state)
{
    (void)state;
    for (size_t index = 0; index < QUEUES; index++) {
        int told[2];
        char byte;
        const void *view;
        size_t got;
        int result;
        uint64_t received = 0;
        assert_int_equal(pipe(told), 0);
        struct pair pair = {.operations = queues[index],
                            .setup = pair_setup(WAIT_BLOCK, MESSAGE_BYTES),
                            .test_role = CHANNEL_READER,
                            .peer_run = fill_and_close,
                            .peer_opens = true,
                            .argument = told};
        pair_start(&pair);
        assert_int_equal(pair_open(&pair), 0);
        assert_int_equal(read(told[0], &byte, 1), 1); /* it did fit */
        while ((result = queues[index]->acquire(pair.channel, 1, MESSAGE_BYTES, &view, &got)) ==
               0) {
            received += got;
            queues[index]->release(pair.channel, got);
        }
        assert_int_equal(result, -ENODATA);
        assert_int_equal(received, pair.channel->capacity_bytes);
        assert_int_equal(pair_finish(&pair), 0);
        close(told[0]);
        close(told[1]);
    }
}

/* ---- limits ---- */

struct outcome {
    int result;
    uint64_t capacity_bytes;
    char text[FAILURE_TEXT_BYTES];
};

/* From here on without privilege, in a temporary folder of nobody: the tests' own is its
 * user's alone. Returns 0 or -1. */
static int become_nobody(const char *folder)
{
    if (geteuid() != 0)
        return 0;
    return chown(folder, NOBODY, NOBODY) == 0 && setenv("TMPDIR", folder, 1) == 0 &&
                   setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0
               ? 0
               : -1;
}

/* Makes a queue as nobody, with a limit of his own for POSIX queues. */
static struct outcome make_as_nobody(const struct channel_operations *operations, size_t message,
                                     rlim_t queue_bytes)
{
    struct outcome outcome;
    char folder[] = "/tmp/queue-test-XXXXXX";
    int answer[2];
    assert_int_equal(pipe(answer), 0);
    assert_non_null(mkdtemp(folder));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct failure failure = {0};
        struct channel_setup setup = pair_setup(WAIT_BLOCK, message);
        struct channel *channel = NULL;
        const struct rlimit limit = {queue_bytes, queue_bytes};
        setup.failure = &failure;
        outcome = (struct outcome){.result = -1};
        if (setrlimit(RLIMIT_MSGQUEUE, &limit) != 0 || become_nobody(folder) != 0)
            _exit(77);
        if (leftover_start(&failure) == 0)
            outcome.result = channel_create(operations, &setup, &channel);
        if (outcome.result == 0) {
            outcome.capacity_bytes = channel->capacity_bytes;
            operations->close(channel);
        }
        memcpy(outcome.text, failure.text, sizeof outcome.text);
        leftover_remove_all();
        _exit(write(answer[1], &outcome, sizeof outcome) == (ssize_t)sizeof outcome ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(rmdir(folder), 0); /* nothing is left in it */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(status, 0);
    assert_int_equal(read(answer[0], &outcome, sizeof outcome), sizeof outcome);
    close(answer[0]);
    close(answer[1]);
    return outcome;
}

static void an_unprivileged_user_gets_what_the_limits_leave(void **state)
{
    (void)state;
    const rlim_t enough = 819200;
    uint64_t most = 0;
    assert_int_equal(queue_read_limit("/proc/sys/fs/mqueue/msg_max", &most), 0);
    struct outcome outcome = make_as_nobody(&channel_posix_mq, 64, enough);
    assert_int_equal(outcome.result, 0);
    assert_int_equal(outcome.capacity_bytes, 64 * (most < 1024 ? most : 1024));
    outcome = make_as_nobody(&channel_posix_mq, 65536, enough);
    assert_int_equal(outcome.result, 0);
    assert_in_range(outcome.capacity_bytes, 2 * 4096, 65536);
    /* Less than all of them: halved until it fits. */
    struct outcome small = make_as_nobody(&channel_posix_mq, 65536, 40000);
    assert_int_equal(small.result, 0);
    assert_in_range(small.capacity_bytes, 1, outcome.capacity_bytes / 2);
}

static void an_unprivileged_system_v_queue_keeps_its_default(void **state)
{
    (void)state;
    uint64_t most = 0;
    assert_int_equal(queue_read_limit("/proc/sys/kernel/msgmnb", &most), 0);
    struct outcome outcome = make_as_nobody(&channel_sysv_mq, 65536, 0);
    assert_int_equal(outcome.result, 0);
    assert_int_equal(outcome.capacity_bytes, most < 65536 ? most : 65536);
}

/* ---- the end of a System V queue ---- */

static int close_at_once(struct pair *pair, struct channel *channel)
{
    (void)pair;
    (void)channel;
    return 0;
}

/* It goes with the reader, while the writer still lives. */
static void a_reader_that_closes_removes_the_queue(void **state)
{
    (void)state;
    struct pair pair = {.operations = &channel_sysv_mq,
                        .setup = pair_setup(WAIT_BLOCK, MESSAGE_BYTES),
                        .test_role = CHANNEL_WRITER,
                        .peer_run = close_at_once,
                        .peer_opens = true};
    void *space;
    size_t got;
    int result = 0;
    int before = pair_count_ipc_objects();
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pair.peer_pid, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(pair_count_ipc_objects(), before);
    while (result == 0) {
        result = channel_sysv_mq.reserve(pair.channel, MESSAGE_BYTES, MESSAGE_BYTES, &space, &got);
        if (result == 0)
            result = channel_sysv_mq.commit(pair.channel, got);
    }
    assert_int_equal(result, -EPIPE);
    assert_non_null(strstr(pair.failure.text, "removed the queue"));
    assert_int_equal(pair_finish(&pair), 0);
}

/* A System V queue is made under a key, and outlives all its processes. */
static void a_killed_run_leaves_no_queue_to_who_clears_up(void **state)
{
    (void)state;
    struct channel_setup setup = pair_setup(WAIT_BLOCK, MESSAGE_BYTES);
    struct channel *channel = NULL;
    int before = pair_count_ipc_objects();
    assert_int_equal(leftover_start(NULL), 0);
    assert_int_equal(channel_create(&channel_sysv_mq, &setup, &channel), 0);
    assert_int_equal(pair_count_ipc_objects(), before + 1);
    channel_sysv_mq.close(channel); /* as the process does that forked its two users */
    assert_int_equal(pair_count_ipc_objects(), before + 1);
    leftover_remove_all();
    assert_int_equal(pair_count_ipc_objects(), before);
}

/* ---- limits that refuse ---- */

static void a_limit_that_refuses_is_named(void **state)
{
    (void)state;
    struct outcome outcome = make_as_nobody(&channel_posix_mq, 65536, 100);
    assert_int_equal(outcome.result, -ENOSPC);
    assert_non_null(strstr(outcome.text, "RLIMIT_MSGQUEUE"));
}

static void pieces_are_as_large_as_limits_allow(void **state)
{
    (void)state;
    struct channel_setup setup = pair_setup(WAIT_BLOCK, 1 << 20);
    assert_int_equal(queue_piece_bytes(&setup, 65536, 1 << 20), CHANNEL_PIECE_BYTES);
    assert_int_equal(queue_piece_bytes(&setup, 65536, 8192), 8192);
    assert_int_equal(queue_piece_bytes(&setup, 4096, 8192), 2048);
    assert_int_equal(queue_piece_bytes(&setup, 1, 8192), 1);
    setup.loan_bytes = 64;
    assert_int_equal(queue_piece_bytes(&setup, 65536, 8192), 64);
    uint64_t limit = 0;
    assert_int_equal(queue_read_limit("/proc/sys/fs/mqueue/no-such-limit", &limit), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_may_ask_for_less_than_was_sent),
        cmocka_unit_test(a_writer_that_closes_at_a_full_queue_waits_for_room),
        cmocka_unit_test(an_unprivileged_user_gets_what_the_limits_leave),
        cmocka_unit_test(an_unprivileged_system_v_queue_keeps_its_default),
        cmocka_unit_test(a_reader_that_closes_removes_the_queue),
        cmocka_unit_test(a_killed_run_leaves_no_queue_to_who_clears_up),
        cmocka_unit_test(a_limit_that_refuses_is_named),
        cmocka_unit_test(pieces_are_as_large_as_limits_allow),
    };
    pair_use_private_ipc();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
