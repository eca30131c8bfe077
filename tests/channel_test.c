/*
 * The contract (transfer/channel.h), tried on every mechanism's table: bytes and their order at
 * sizes around every boundary, wrap-around, messages beyond the capacity, and a peer that dies at
 * each step.
 */
#include "base/clock.h"
#include "pair.h"
#include "paths.h"
#include "transfer/mechanisms.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CASES_MAXIMUM = 512, NAME_BYTES = 64 };

/* One test: a property of a mechanism with a way of waiting. */
struct test_case {
    const struct channel_operations *operations;
    enum wait_kind wait;
    CMUnitTestFunction check;
};

static const size_t sizes[] = {1,     2,     7,     8,     9,      63,    64,
                               65,    100,   4095,  4096,  4097,   16383, 16384,
                               16385, 65535, 65536, 65537, 131072, 200003};

enum { SIZES = sizeof sizes / sizeof sizes[0], SEED = 20261123 };

/* Enough messages to go round the default capacity several times, but never many. */
static uint64_t messages_for(size_t size)
{
    uint64_t messages = 5 * 65536 / size;
    return messages < 6 ? 6 : messages > 2000 ? 2000 : messages;
}

/* A ring in memory that both processes map. */
static bool lends_shared_memory(const struct channel_operations *operations)
{
    return operations->transfers && !operations->loan_is_private;
}

/* Byte `index` of message `message`: written out plainly, to check the fast filling as well. */
static unsigned char expected_byte(uint64_t message, size_t index)
{
    return (unsigned char)((message * 131 + index * 7 + (index >> 8) * 13) & 0xff);
}

static void fill_expected(unsigned char *buffer, size_t size, uint64_t message)
{
    for (size_t index = 0; index < size; index++)
        buffer[index] = expected_byte(message, index);
}

static bool is_expected(const unsigned char *buffer, size_t size, uint64_t message)
{
    for (size_t index = 0; index < size; index++) {
        if (buffer[index] != expected_byte(message, index))
            return false;
    }
    return true;
}

/* ---- bytes and order ---- */

static int receive_all(struct pair *pair, struct channel *channel)
{
    size_t size = *(size_t *)pair->argument;
    unsigned char *buffer = malloc(size);
    int code = 0;
    for (uint64_t message = 0; message < messages_for(size) && code == 0; message++) {
        if (channel_receive(channel, buffer, size) < 0)
            code = 1;
        else if (!is_expected(buffer, size, message))
            code = 2;
    }
    free(buffer);
    return code;
}

static int acquire_all(struct pair *pair, struct channel *channel)
{
    size_t size = *(size_t *)pair->argument;
    for (uint64_t message = 0; message < messages_for(size); message++) {
        const void *view;
        size_t got;
        if (channel->operations->acquire(channel, size, size, &view, &got) < 0)
            return 1;
        if (got != size || !is_expected(view, size, message))
            return 2;
        if (channel->operations->release(channel, size) < 0)
            return 3;
    }
    return 0;
}

static void check_send(const struct test_case *test, size_t size)
{
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, 0),
                        .test_role = CHANNEL_WRITER,
                        .peer_run = receive_all,
                        .peer_opens = true,
                        .argument = &size};
    unsigned char *buffer = malloc(size);
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    assert_true(pair.channel->capacity_bytes >= 65536);
    for (uint64_t message = 0; message < messages_for(size); message++) {
        fill_expected(buffer, size, message);
        if (channel_send(pair.channel, buffer, size) < 0)
            fail_msg("%s %zu bytes: %s", test->operations->name, size, pair.failure.text);
        /* The buffer is ours again: what is written now must not arrive. */
        memset(buffer, 0xee, size);
    }
    assert_int_equal(pair_finish(&pair), 0);
    free(buffer);
}

static void check_loan(const struct test_case *test, size_t size)
{
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, size),
                        .test_role = CHANNEL_WRITER,
                        .peer_run = acquire_all,
                        .peer_opens = true,
                        .argument = &size};
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    for (uint64_t message = 0; message < messages_for(size); message++) {
        void *space;
        size_t got;
        if (test->operations->reserve(pair.channel, size, size, &space, &got) < 0)
            fail_msg("%s %zu bytes: %s", test->operations->name, size, pair.failure.text);
        assert_int_equal(got, size);
        fill_expected(space, size, message);
        assert_int_equal(test->operations->commit(pair.channel, size), 0);
    }
    assert_int_equal(pair_finish(&pair), 0);
}

static void bytes_arrive_in_order(void **state)
{
    const struct test_case *test = *state;
    int before = pair_count_ipc_objects();
    for (size_t index = 0; index < SIZES; index++) {
        /* A loan that is private memory is the only way into such a channel: see channel.h. */
        if (test->operations->send != NULL || !test->operations->loan_is_private)
            check_send(test, sizes[index]);
        check_loan(test, sizes[index]);
    }
    assert_int_equal(pair_count_ipc_objects(), before);
}

/* The other way round: the test reads, so that both ends run in both processes. */
static int send_from_peer(struct pair *pair, struct channel *channel)
{
    size_t size = *(size_t *)pair->argument;
    for (uint64_t message = 0; message < messages_for(size); message++) {
        void *space;
        size_t got;
        if (channel->operations->reserve(channel, size, size, &space, &got) < 0)
            return 1;
        fill_expected(space, size, message);
        if (channel->operations->commit(channel, size) < 0)
            return 2;
    }
    return 0; /* ends at once: what it committed must still arrive */
}

static void a_writer_may_end_first(void **state)
{
    const struct test_case *test = *state;
    size_t size = 1000;
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, size),
                        .test_role = CHANNEL_READER,
                        .peer_run = send_from_peer,
                        .peer_opens = true,
                        .argument = &size};
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    if (acquire_all(&pair, pair.channel) != 0)
        fail_msg("%s: %s", test->operations->name, pair.failure.text);
    assert_int_equal(pair_finish(&pair), 0);
}

/* ---- the end of the stream ---- */

/* Whole messages of `size` bytes and a last one of `last`. */
struct stream_end {
    size_t size;
    size_t last;
    bool lend;
};

enum { WHOLE_MESSAGES = 3 };

static int send_to_the_end(struct pair *pair, struct channel *channel)
{
    const struct stream_end *stream_end = pair->argument;
    bool lend = channel->setup.loan_bytes > 0;
    unsigned char *buffer = malloc(stream_end->size);
    int result = 0;
    for (uint64_t message = 0; message <= WHOLE_MESSAGES && result == 0; message++) {
        size_t size = message < WHOLE_MESSAGES ? stream_end->size : stream_end->last;
        void *space = buffer;
        size_t got;
        if (lend)
            result = channel->operations->reserve(channel, stream_end->size, stream_end->size,
                                                  &space, &got);
        if (result < 0 || size == 0)
            break;
        fill_expected(space, size, message);
        result =
            lend ? channel->operations->commit(channel, size) : channel_send(channel, space, size);
    }
    free(buffer);
    return result < 0 ? 1 : 0;
}

static int take(const struct stream_end *stream_end, struct channel *channel, unsigned char *buffer,
                const void **view, size_t *got)
{
    size_t size = stream_end->size;
    *view = buffer;
    return stream_end->lend ? channel->operations->acquire(channel, size, size, view, got)
                            : channel_receive_some(channel, buffer, size, size, got);
}

static void check_end(const struct test_case *test, const struct stream_end *stream_end)
{
    bool writer_lends = stream_end->lend || test->operations->send == NULL;
    size_t loan = lends_shared_memory(test->operations) && !stream_end->lend ? 0
                  : writer_lends                                             ? stream_end->size
                                                                             : 0;
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, loan),
                        .test_role = CHANNEL_READER,
                        .peer_run = send_to_the_end,
                        .peer_opens = true,
                        .argument = (void *)stream_end};
    unsigned char *buffer = malloc(stream_end->size);
    uint64_t messages = stream_end->last > 0 ? WHOLE_MESSAGES + 1 : WHOLE_MESSAGES;
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    for (uint64_t message = 0; message < messages; message++) {
        const void *view;
        size_t got;
        if (take(stream_end, pair.channel, buffer, &view, &got) != 0)
            fail_msg("%s: message %d: %s", test->operations->name, (int)message, pair.failure.text);
        assert_int_equal(got, message < WHOLE_MESSAGES ? stream_end->size : stream_end->last);
        assert_true(is_expected(view, got, message));
        if (stream_end->lend)
            assert_int_equal(test->operations->release(pair.channel, got), 0);
    }
    /* The end stays the end, and is no failure. */
    for (int look = 0; look < 2; look++) {
        const void *view;
        size_t got;
        assert_int_equal(take(stream_end, pair.channel, buffer, &view, &got), -ENODATA);
    }
    assert_string_equal(pair.failure.text, "");
    /* Unless whole messages are still due. */
    assert_int_equal(channel_receive(pair.channel, buffer, stream_end->size), -EPIPE);
    assert_true(pair.failure.text[0] != '\0');
    assert_int_equal(pair_finish(&pair), 0);
    free(buffer);
}

static void the_end_comes_behind_the_last_byte(void **state)
{
    const struct test_case *test = *state;
    static const struct stream_end ends[] = {
        {1000, 77, false}, {1000, 77, true},      {1000, 999, true}, {64, 1, true},   {8, 3, true},
        {8, 0, true},      {40000, 39999, false}, {40000, 1, true},  {100, 0, false},
    };
    for (size_t index = 0; index < sizeof ends / sizeof ends[0]; index++)
        check_end(test, &ends[index]);
}

/* ---- death of the peer ---- */

/* Where the end is told by the writer itself (a position in shared memory, a message of its own),
 * one that was killed is told from one that closed; and every wait has patience. */
static bool tells_its_end(const struct channel_operations *operations)
{
    return lends_shared_memory(operations) || operations == &channel_process_vm_readv ||
           operations->view_is_private;
}

static int die_without_opening(struct pair *pair, struct channel *channel)
{
    (void)pair;
    (void)channel;
    raise(SIGKILL);
    return 0;
}

/* Lets `*argument` messages of 1000 bytes pass, then dies: with 0, right after open. */
static int die_as_reader(struct pair *pair, struct channel *channel)
{
    unsigned char buffer[1000];
    for (int message = 0; message < *(int *)pair->argument; message++) {
        const void *view;
        size_t got;
        if (channel->setup.loan_bytes == 0)
            channel_receive(channel, buffer, sizeof buffer);
        else if (channel->operations->acquire(channel, sizeof buffer, sizeof buffer, &view, &got) ==
                 0)
            channel->operations->release(channel, got);
    }
    raise(SIGKILL);
    return 0;
}

static int die_as_writer(struct pair *pair, struct channel *channel)
{
    for (int message = 0; message < *(int *)pair->argument; message++) {
        void *space;
        size_t got;
        if (channel->operations->reserve(channel, 1000, 1000, &space, &got) == 0)
            channel->operations->commit(channel, got);
    }
    raise(SIGKILL);
    return 0;
}

static void assert_error_soon(int result, uint64_t started_ns, const struct pair *pair)
{
    double seconds = (double)(clock_now_ns() - started_ns) / (double)NANOSECONDS_PER_SECOND;
    if (result != -EPIPE || seconds > 2.0 || pair->failure.text[0] == '\0')
        fail_msg("%s, wait %s: result %d after %.1f s, '%s'", pair->operations->name,
                 wait_names[pair->setup.wait], result, seconds, pair->failure.text);
}

/* Writes until it fails; the reader dies after `messages`. */
static void check_reader_death(const struct test_case *test, int messages, bool lend)
{
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, lend ? 1000 : 0),
                        .test_role = CHANNEL_WRITER,
                        .peer_run = die_as_reader,
                        .peer_opens = true,
                        .argument = &messages};
    unsigned char buffer[1000] = {0};
    pair_start(&pair);
    int result = pair_open(&pair);
    uint64_t started_ns = clock_now_ns();
    while (result == 0) {
        void *space = buffer;
        size_t got = sizeof buffer;
        if (lend)
            result = test->operations->reserve(pair.channel, got, got, &space, &got);
        if (result == 0)
            result = lend ? test->operations->commit(pair.channel, got)
                          : channel_send(pair.channel, buffer, got);
    }
    assert_error_soon(result, started_ns, &pair);
    assert_int_equal(pair_finish(&pair), 128 + SIGKILL);
}

static void check_writer_death(const struct test_case *test, int messages)
{
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, 1000),
                        .test_role = CHANNEL_READER,
                        .peer_run = die_as_writer,
                        .peer_opens = true,
                        .argument = &messages};
    pair_start(&pair);
    int result = pair_open(&pair);
    uint64_t started_ns = clock_now_ns();
    int received = 0;
    while (result == 0) {
        const void *view;
        size_t got;
        result = test->operations->acquire(pair.channel, 1000, 1000, &view, &got);
        if (result == 0) {
            received++;
            result = test->operations->release(pair.channel, got);
        }
    }
    /* A pipe cannot tell a writer that was killed from one that closed. */
    if (result == -ENODATA && !tells_its_end(test->operations))
        result = channel_ended_early(pair.channel);
    assert_error_soon(result, started_ns, &pair);
    /* What was handed over before the death is not lost, unless it lay in the dead one's memory. */
    if (test->operations == &channel_process_vm_readv)
        assert_in_range(received, 0, messages);
    else
        assert_int_equal(received, messages);
    assert_int_equal(pair_finish(&pair), 128 + SIGKILL);
}

static void check_death_before_opening(const struct test_case *test, enum channel_role role)
{
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, 1000),
                        .test_role = role,
                        .peer_run = die_without_opening};
    pair_start(&pair);
    /* The peer may hold inherited ends until it is dead. */
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pair.peer_pid, &info, WEXITED | WNOWAIT), 0);
    uint64_t started_ns = clock_now_ns();
    int result = pair_open(&pair);
    while (result == 0) { /* a pipe notices with the first transfer */
        const void *view;
        void *space;
        size_t got;
        if (role == CHANNEL_READER)
            result = test->operations->acquire(pair.channel, 1000, 1000, &view, &got);
        else if ((result = test->operations->reserve(pair.channel, 1000, 1000, &space, &got)) == 0)
            result = test->operations->commit(pair.channel, got);
    }
    if (result == -ENODATA && !tells_its_end(test->operations))
        result = channel_ended_early(pair.channel);
    assert_error_soon(result, started_ns, &pair);
    assert_int_equal(pair_finish(&pair), 128 + SIGKILL);
}

static void a_dead_peer_is_an_error_soon(void **state)
{
    const struct test_case *test = *state;
    static const int steps[] = {0, 1, 3, 300};
    int before = pair_count_ipc_objects();
    check_death_before_opening(test, CHANNEL_WRITER);
    check_death_before_opening(test, CHANNEL_READER);
    for (size_t index = 0; index < sizeof steps / sizeof steps[0]; index++) {
        check_reader_death(test, steps[index], true);
        if (test->operations->send != NULL || !test->operations->loan_is_private)
            check_reader_death(test, steps[index], false);
        check_writer_death(test, steps[index]);
    }
    assert_int_equal(pair_count_ipc_objects(), before);
}

/* A stopped peer is alive, so only patience ends the wait. Blocking pipe calls cannot lose
 * patience: there the supervisor of the session does (session_test.c). */
static int stop_forever(struct pair *pair, struct channel *channel)
{
    (void)pair;
    (void)channel;
    raise(SIGSTOP);
    return 0;
}

static void patience_ends(void **state)
{
    const struct test_case *test = *state;
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, 1000),
                        .test_role = CHANNEL_READER,
                        .peer_run = stop_forever,
                        .peer_opens = true};
    pair.setup.patience_ns = 300000000;
    const void *view;
    size_t got;
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    assert_int_equal(test->operations->acquire(pair.channel, 1000, 1000, &view, &got), -ETIMEDOUT);
    assert_non_null(strstr(pair.failure.text, "--timeout"));
    kill(pair.peer_pid, SIGKILL);
    pair_finish(&pair);
}

/* ---- the table, and odd requests ---- */

static void an_incomplete_table_is_named(void **state)
{
    const struct test_case *test = *state;
    struct channel_operations table = *test->operations;
    struct failure failure = {0};
    assert_int_equal(channel_check(&table, &failure), 0);
    table.release = NULL;
    assert_int_equal(channel_check(&table, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "release"));
    assert_non_null(strstr(failure.text, test->operations->name));
    failure = (struct failure){0};
    table = *test->operations;
    table.waits = 0;
    assert_int_equal(channel_check(&table, &failure), -EINVAL);
}

static int do_nothing(struct pair *pair, struct channel *channel)
{
    (void)pair;
    (void)channel;
    return 0;
}

static void too_large_a_loan_is_refused(void **state)
{
    const struct test_case *test = *state;
    struct pair pair = {.operations = test->operations,
                        .setup = pair_setup(test->wait, 1000),
                        .test_role = CHANNEL_WRITER,
                        .peer_run = do_nothing,
                        .peer_opens = true};
    void *space;
    size_t got;
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    assert_int_equal(test->operations->reserve(pair.channel, 1001, 1001, &space, &got), -EMSGSIZE);
    assert_int_equal(pair_finish(&pair), 0);
}

static void capacity_is_rounded_as_pipes_do(void **state)
{
    (void)state;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    assert_int_equal(channel_round_capacity(1), page);
    assert_int_equal(channel_round_capacity(page), page);
    assert_int_equal(channel_round_capacity(page + 1), 2 * page);
    assert_int_equal(channel_round_capacity(65536), 65536);
    assert_int_equal(channel_round_capacity(65537), 131072);
}

/* ---- every mechanism x way of waiting x property ---- */

struct property {
    const char *name;
    CMUnitTestFunction check;
};

static const struct property properties[] = {
    {"bytes arrive in order", bytes_arrive_in_order},
    {"a writer may end first", a_writer_may_end_first},
    {"the end comes behind the last byte", the_end_comes_behind_the_last_byte},
    {"a dead peer is an error soon", a_dead_peer_is_an_error_soon},
    {"patience ends", patience_ends},
    {"an incomplete table is named", an_incomplete_table_is_named},
    {"too large a loan is refused", too_large_a_loan_is_refused},
};

static struct test_case cases[CASES_MAXIMUM];
static char names[CASES_MAXIMUM][NAME_BYTES];
static struct CMUnitTest tests[CASES_MAXIMUM];

static bool is_applicable(const struct test_case *test, const struct property *property)
{
    if (property->check == patience_ends && test->wait == WAIT_BLOCK)
        return tells_its_end(test->operations);
    if (property->check == too_large_a_loan_is_refused)
        return !lends_shared_memory(test->operations); /* whatever the ring holds */
    /* What null "moves" never arrives, and it waits for nobody. */
    return test->operations->transfers || property->check == an_incomplete_table_is_named;
}

/* qemu's user mode answers calls on message queues that must not block with errors that no kernel
 * gives there (EFAULT where EAGAIN is due), or with bytes of an earlier message. */
static bool is_beyond_emulation(const struct test_case *test)
{
    bool queue = test->operations == &channel_posix_mq || test->operations == &channel_sysv_mq;
    return queue && test->wait != WAIT_BLOCK && getenv("TEST_EMULATOR") != NULL;
}

/* Runs the check of a case where the kernel, or what stands for it, lets it. */
static void try_case(void **state)
{
    const struct test_case *test = *state;
    if (!paths_can_run(test->operations) || is_beyond_emulation(test))
        skip();
    test->check(state);
}

static size_t make_tests(void)
{
    size_t count = 0;
    for (size_t mechanism = 0; mechanism < mechanisms_count; mechanism++) {
        for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
            if (!channel_can_wait(mechanisms[mechanism], (enum wait_kind)wait))
                continue;
            for (size_t index = 0; index < sizeof properties / sizeof properties[0]; index++) {
                cases[count] = (struct test_case){mechanisms[mechanism], (enum wait_kind)wait,
                                                  properties[index].check};
                if (!is_applicable(&cases[count], &properties[index]))
                    continue;
                snprintf(names[count], NAME_BYTES, "%s, %s: %s", mechanisms[mechanism]->name,
                         wait_names[wait], properties[index].name);
                tests[count] = (struct CMUnitTest){
                    .name = names[count], .test_func = try_case, .initial_state = &cases[count]};
                count++;
            }
        }
    }
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(capacity_is_rounded_as_pipes_do);
    return count;
}

int main(void)
{
    pair_use_private_ipc();
    size_t count = make_tests();
    return _cmocka_run_group_tests("channel", tests, count, NULL, NULL);
}
