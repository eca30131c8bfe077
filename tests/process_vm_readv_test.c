/*
 * What only channel_process_vm_readv.c has to bear: a kernel that copies less than asked for, one
 * that forbids it, and a writer that dies between handing over and the copy. The system call is
 * replaced where a kernel cannot be made to do so.
 */
#include <sys/uio.h>

/* The mechanism itself, with a system call that the test can bend. */
static ssize_t bent_readv(int pid, const struct iovec *here, unsigned long here_count,
                          const struct iovec *there, unsigned long there_count,
                          unsigned long flags);
#define process_vm_readv bent_readv
#include "transfer/channel_process_vm_readv.c"
#undef process_vm_readv

#include "base/exit_code.h"
#include "base/leftover.h"
#include "machine/cpu.h"
#include "measure/copies_audit.h"
#include "measure/program.h"
#include "pair.h"
#include "paths.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

enum { EXIT_SKIPPED = 77 }; /* what tests/run-tests.sh takes for a skipped program */

enum { MESSAGE_BYTES = 1000, MESSAGES = 300 };

/* How the kernel behaves. */
static size_t most_per_call; /* 0: as much as asked for */
static int refusal;          /* an errno, or 0 */
static unsigned long calls;

static ssize_t bent_readv(int pid, const struct iovec *here, unsigned long here_count,
                          const struct iovec *there, unsigned long there_count, unsigned long flags)
{
    struct iovec less_here = *here;
    struct iovec less_there = *there;
    assert_int_equal(here_count, 1);
    assert_int_equal(there_count, 1);
    assert_int_equal(flags, 0);
    assert_int_equal(here->iov_len, there->iov_len);
    calls++;
    if (refusal != 0) {
        errno = refusal;
        return -1;
    }
    if (most_per_call > 0 && here->iov_len > most_per_call)
        less_here.iov_len = less_there.iov_len = most_per_call;
    return process_vm_readv(pid, &less_here, 1, &less_there, 1, 0);
}

static int reset(void **state)
{
    (void)state;
    most_per_call = 0;
    refusal = 0;
    calls = 0;
    return 0;
}

static unsigned char byte_at(size_t position)
{
    return (unsigned char)(position % 251);
}

/* All bytes of the stream in messages, the last of them of 7 bytes. */
static int write_stream(struct pair *pair, struct channel *channel)
{
    (void)pair;
    for (size_t message = 0; message <= MESSAGES; message++) {
        void *space;
        size_t size;
        if (channel->operations->reserve(channel, MESSAGE_BYTES, MESSAGE_BYTES, &space, &size) < 0)
            return 1;
        for (size_t index = 0; index < size; index++)
            ((unsigned char *)space)[index] = byte_at(message * MESSAGE_BYTES + index);
        if (channel->operations->commit(channel, message < MESSAGES ? size : 7) < 0)
            return 2;
    }
    return 0;
}

static struct pair pair_of_stream(int (*run)(struct pair *, struct channel *))
{
    return (struct pair){.operations = &channel_process_vm_readv,
                         .setup = pair_setup(WAIT_BLOCK, MESSAGE_BYTES),
                         .test_role = CHANNEL_READER,
                         .peer_run = run,
                         .peer_opens = true};
}

/* Reads the stream in pieces of `least` to `most` bytes. */
static void check_stream(size_t least, size_t most)
{
    struct pair pair = pair_of_stream(write_stream);
    unsigned char buffer[4 * MESSAGE_BYTES];
    size_t position = 0;
    size_t size;
    int result;
    assert_true(most <= sizeof buffer);
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    while ((result = channel_receive_some(pair.channel, buffer, least, most, &size)) == 0) {
        assert_in_range(size, 1, most);
        for (size_t index = 0; index < size; index++)
            assert_int_equal(buffer[index], byte_at(position + index));
        position += size;
        assert_true(size >= least || position == MESSAGES * MESSAGE_BYTES + 7);
    }
    assert_int_equal(result, -ENODATA);
    assert_int_equal(position, MESSAGES * MESSAGE_BYTES + 7);
    assert_int_equal(pair_finish(&pair), 0);
}

static void a_reader_may_cut_the_stream_anywhere(void **state)
{
    (void)state;
    check_stream(MESSAGE_BYTES, MESSAGE_BYTES);
    check_stream(1, 1);
    check_stream(1, 333);
    check_stream(700, 700);
    check_stream(1, 3 * MESSAGE_BYTES);
    check_stream(2500, 4 * MESSAGE_BYTES);
}

static void a_call_that_copies_less_is_called_again(void **state)
{
    (void)state;
    most_per_call = 64;
    check_stream(MESSAGE_BYTES, MESSAGE_BYTES);
    /* 1000 bytes are 15 calls for 64 bytes and one for 40; one to try, one for the last 7 bytes. */
    assert_int_equal(calls, 1 + 16 * MESSAGES + 1);
}

static void a_whole_message_is_one_call(void **state)
{
    (void)state;
    check_stream(MESSAGE_BYTES, MESSAGE_BYTES);
    assert_int_equal(calls, 1 + MESSAGES + 1);
}

/* ---- what is forbidden ---- */

static void check_refusal(int error, int result, const char *expected)
{
    struct pair pair = pair_of_stream(write_stream);
    refusal = error;
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), result);
    assert_non_null(strstr(pair.failure.text, expected));
    kill(pair.peer_pid, SIGKILL);
    pair_finish(&pair);
}

static void a_forbidden_call_is_told_at_once(void **state)
{
    (void)state;
    check_refusal(EPERM, -EPERM, "process_vm_readv");
    check_refusal(ENOSYS, -EPERM, "seccomp");
    /* Neither forbidden nor dead: told as what it is. */
    check_refusal(EFAULT, -EFAULT, "memory");
    check_refusal(ESRCH, -EPIPE, "ended");
}

static void each_reason_names_its_remedy(void **state)
{
    (void)state;
    static const struct {
        int error;
        int yama_scope;
        const char *expected;
    } cases[] = {
        {-EPERM, -1, "seccomp"},
        {-EPERM, 1, "CAP_SYS_PTRACE"},
        {-EPERM, YAMA_SCOPE_ADMINISTRATOR, "sysctl kernel.yama.ptrace_scope=1"},
        {-EPERM, YAMA_SCOPE_NOBODY, "until the next boot"},
        {-ENOSYS, YAMA_SCOPE_NOBODY, "CROSS_MEMORY_ATTACH"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        struct failure failure = {0};
        assert_int_equal(tell_refusal(&failure, cases[index].error, cases[index].yama_scope),
                         -EPERM);
        assert_non_null(strstr(failure.text, cases[index].expected));
        /* Nothing was cut off. */
        assert_true(strlen(failure.text) < FAILURE_TEXT_BYTES - 20);
    }
}

/* The whole program, whose line is read back. */
static void a_forbidden_program_ends_with_69_and_one_line(void **state)
{
    (void)state;
    static const struct program program = {.mechanism = &channel_process_vm_readv, .summary = "-"};
    char *arguments[] = {"process_vm_readv", "throughput", "--count", "3",
                         "--placement",      "same",       NULL};
    char text[1024] = "";
    int ends[2];
    int status;
    assert_int_equal(pipe(ends), 0);
    refusal = EPERM;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        alarm(20);
        _exit(program_main(&program, 6, arguments));
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    close(ends[0]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_CODE_UNAVAILABLE);
    assert_ptr_equal(strstr(text, "process_vm_readv: reader: "), text);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

/* ---- the end of a process ---- */

static int commit_one_and_die(struct pair *pair, struct channel *channel)
{
    void *space;
    size_t size;
    (void)pair;
    if (channel->operations->reserve(channel, MESSAGE_BYTES, MESSAGE_BYTES, &space, &size) == 0)
        channel->operations->commit(channel, size);
    raise(SIGKILL);
    return 0;
}

static void what_a_dead_writer_handed_over_is_lost_and_said_so(void **state)
{
    (void)state;
    struct pair pair = pair_of_stream(commit_one_and_die);
    unsigned char buffer[MESSAGE_BYTES];
    siginfo_t info;
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    /* Dead but not reaped, and the message is published: only the copy itself can notice. */
    assert_int_equal(waitid(P_PID, (id_t)pair.peer_pid, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(channel_receive(pair.channel, buffer, sizeof buffer), -EPIPE);
    assert_non_null(strstr(pair.failure.text, "ended"));
    assert_int_equal(pair_finish(&pair), 128 + SIGKILL);
}

/* A writer that closes while the reader lives but takes nothing: it stays until the reader closes,
 * too, however much is left. */
static void a_closing_writer_goes_when_the_reader_closes(void **state)
{
    (void)state;
    struct pair pair = pair_of_stream(write_stream);
    unsigned char buffer[MESSAGE_BYTES];
    siginfo_t info = {0};
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 50000000};
    pair.setup.patience_ns = UINT64_C(3600000000000); /* so that only the close lets it go */
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    for (int message = 0; message < MESSAGES - 10; message++)
        assert_int_equal(channel_receive(pair.channel, buffer, sizeof buffer), 0);
    nanosleep(&moment, NULL); /* time enough to write the rest and to close */
    assert_int_equal(waitid(P_PID, (id_t)pair.peer_pid, &info, WEXITED | WNOWAIT | WNOHANG), 0);
    assert_int_equal(info.si_pid, 0);
    assert_int_equal(pair_finish(&pair), 0);
}

static void nothing_moves_without_an_agreed_size(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct channel_setup setup = pair_setup(WAIT_BLOCK, 0);
    struct channel *channel = NULL;
    setup.failure = &failure;
    assert_int_equal(channel_create(&channel_process_vm_readv, &setup, &channel), -EINVAL);
    assert_null(channel);
    assert_true(failure.text[0] != '\0');
}

/* ---- the ledger ---- */

/* One copy between the two buffers, seen by mutation and by nobody else. */
static void the_ledger_has_one_remote_copy(void **state)
{
    (void)state;
    static const struct {
        enum source_kind source;
        enum sink_kind sink;
        double copies;
        double kernel_io;
    } paths[] = {
        {SOURCE_MEMORY, SINK_USE, 1, 0},
        {SOURCE_FILE, SINK_USE, 2, 1},
        {SOURCE_FILE, SINK_FILE, 3, 2},
    };
    int *cpus;
    size_t count;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    assert_int_equal(leftover_start(NULL), 0);
    for (size_t index = 0; index < sizeof paths / sizeof paths[0]; index++) {
        for (int copies = 0; copies < COPIES_COUNT; copies++) {
            struct failure failure = {0};
            struct copies_audit audit;
            struct session_setup setup = {.operations = &channel_process_vm_readv,
                                          .test = TEST_RELAY,
                                          .wait = WAIT_BLOCK,
                                          .copies = (enum copies)copies,
                                          .touch = TOUCH_FULL,
                                          .placement = PLACEMENT_SAME,
                                          .cpus = {cpus[0], cpus[0]},
                                          .source = paths[index].source,
                                          .sink = paths[index].sink,
                                          .size_bytes = 16384,
                                          .capacity_bytes = 65536,
                                          .seconds = 0.002,
                                          .seed = 5,
                                          .timeout_seconds = 20};
            if (copies_audit(&setup, &audit, &failure) != 0)
                fail_msg("%s", failure.text);
            if (!audit.agrees)
                fail_msg("path %zu: %s", index, audit.note);
            assert_true(ledger_copies(&audit.path) == paths[index].copies);
            assert_true(isnan(audit.kernel_io) ||
                        fabs(audit.kernel_io - paths[index].kernel_io) < 0.01);
            assert_true(audit.ledger_user == 0.0);
            assert_int_equal(audit.mutations[LEDGER_TRANSFER_IN], MUTATION_SHARED);
            assert_int_equal(audit.mutations[LEDGER_TRANSFER_OUT], MUTATION_COPIED);
        }
    }
    free(cpus);
}

int main(void)
{
    if (!paths_kernel_copies_from_processes())
        return EXIT_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_reader_may_cut_the_stream_anywhere, reset),
        cmocka_unit_test_setup(a_call_that_copies_less_is_called_again, reset),
        cmocka_unit_test_setup(a_whole_message_is_one_call, reset),
        cmocka_unit_test_setup(a_forbidden_call_is_told_at_once, reset),
        cmocka_unit_test_setup(each_reason_names_its_remedy, reset),
        cmocka_unit_test_setup(a_forbidden_program_ends_with_69_and_one_line, reset),
        cmocka_unit_test_setup(what_a_dead_writer_handed_over_is_lost_and_said_so, reset),
        cmocka_unit_test_setup(a_closing_writer_goes_when_the_reader_closes, reset),
        cmocka_unit_test_setup(nothing_moves_without_an_agreed_size, reset),
        cmocka_unit_test_setup(the_ledger_has_one_remote_copy, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
