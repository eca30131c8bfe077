/* Programs that stand by, and that behave as badly as programs can. Runs in the project's folder.
 */
#include "conduct/standby_pool.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define FIXTURE "tests/fixtures/standby-program"

static const double LONG_ENOUGH_SECONDS = 20.0;

/* What one sample came to. */
struct answer {
    int result;
    int exit_code;
    struct sample sample;
    struct failure failure;
};

static struct runner_start how_to(const char *const *arguments)
{
    return (struct runner_start){.arguments = arguments,
                                 .seconds_most = LONG_ENOUGH_SECONDS,
                                 .stop_fd = RUNNER_NO_STOP,
                                 .padding_bytes = 100};
}

static struct answer measure_as(struct standby_pool *pool, const struct runner_start *how)
{
    struct answer answer = {.exit_code = -1};
    answer.result =
        standby_pool_measure(pool, how, &answer.sample, NULL, &answer.exit_code, &answer.failure);
    return answer;
}

static struct answer measure(struct standby_pool *pool, const char *behaviour)
{
    const char *const arguments[] = {FIXTURE, behaviour, NULL};
    const struct runner_start how = how_to(arguments);
    return measure_as(pool, &how);
}

/* The process that answered. */
static pid_t answered(struct standby_pool *pool, const char *behaviour)
{
    struct answer answer = measure(pool, behaviour);
    if (answer.result != 0)
        fail_msg("%s", answer.failure.text);
    assert_int_equal(answer.exit_code, 0);
    return (pid_t)answer.sample.seed;
}

static void assert_failed(const struct answer *answer, int result, int exit_code, const char *words)
{
    if (strstr(answer->failure.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", answer->failure.text, words);
    assert_int_equal(answer->result, result);
    assert_int_equal(answer->failure.error, result);
    assert_int_equal(answer->exit_code, exit_code);
}

static void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static int make_pool(void **state)
{
    struct standby_pool *pool;
    if (standby_pool_make(&pool) != 0 || standby_pool_allow(pool, "standby-program") != 0)
        return -1;
    *state = pool;
    return 0;
}

static int end_pool(void **state)
{
    standby_pool_end(*state);
    assert_no_child();
    return 0;
}

static void one_process_answers_again_and_again(void **state)
{
    pid_t first = answered(*state, "answer");
    for (int sample = 0; sample < 20; sample++)
        assert_int_equal(answered(*state, "answer"), first);
}

static void who_rests_has_been_waited_for(void **state)
{
    pid_t first = answered(*state, "answer");
    standby_pool_rest(*state);
    assert_no_child();
    standby_pool_rest(*state);
    assert_true(answered(*state, "answer") != first);
}

static void an_answer_may_come_in_parts(void **state)
{
    pid_t first = answered(*state, "slowly");
    assert_int_equal(answered(*state, "answer"), first);
}

static void another_layout_is_another_process(void **state)
{
    const char *const arguments[] = {FIXTURE, "answer", NULL};
    struct runner_start how = how_to(arguments);
    struct answer first = measure_as(*state, &how);
    how.padding_bytes = 200;
    struct answer second = measure_as(*state, &how);
    struct answer third = measure_as(*state, &how);
    assert_int_equal(first.result, 0);
    assert_int_equal(second.result, 0);
    assert_true(first.sample.seed != second.sample.seed);
    assert_int_equal(second.sample.seed, third.sample.seed);
}

static void symbols_are_bound_at_the_start(void **state)
{
    struct answer answer = measure(*state, "environment");
    assert_int_equal(answer.result, 0);
    assert_int_equal(answer.sample.size_bytes, 1);
    assert_null(getenv("LD_BIND_NOW"));
}

static void a_failed_sample_has_its_code_and_line_and_the_next_a_new_process(void **state)
{
    pid_t first = answered(*state, "answer");
    struct answer failed = measure(*state, "fail");
    assert_failed(&failed, -EIO, 69, "refused on purpose");
    assert_true(answered(*state, "answer") != first);
}

static void one_that_is_killed_while_it_waits_is_started_anew(void **state)
{
    pid_t first = answered(*state, "answer");
    kill(first, SIGKILL);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)first, &info, WEXITED | WNOWAIT), 0);
    assert_true(answered(*state, "answer") != first);
    pid_t leaving = answered(*state, "die-later");
    assert_int_equal(waitid(P_PID, (id_t)leaving, &info, WEXITED | WNOWAIT), 0);
    assert_true(answered(*state, "answer") != leaving);
}

static void one_that_ends_in_its_answer_fails_the_sample(void **state)
{
    struct answer killed = measure(*state, "die");
    assert_failed(&killed, -EIO, 128 + SIGKILL, "signal 9");
    struct answer left = measure(*state, "leave");
    assert_failed(&left, -EPROTO, 0, "ended without an answer");
    answered(*state, "answer");
}

static void one_that_hangs_is_ended(void **state)
{
    const char *const arguments[] = {FIXTURE, "hang", NULL};
    struct runner_start how = how_to(arguments);
    how.seconds_most = 0.3;
    uint64_t started_ns = clock_now_ns();
    struct answer answer = measure_as(*state, &how);
    assert_failed(&answer, -ETIMEDOUT, 128 + SIGTERM, "no answer in time");
    assert_true(clock_now_ns() - started_ns < 5 * NANOSECONDS_PER_SECOND);
    assert_no_child();
    answered(*state, "answer");
}

static void nonsense_is_no_answer(void **state)
{
    struct answer garbage = measure(*state, "garbage");
    assert_failed(&garbage, -EPROTO, 0, "not JSON");
    struct answer no_code = measure(*state, "no-code");
    assert_failed(&no_code, -EPROTO, 127, "no exit code");
    answered(*state, "answer");
}

static void a_stop_ends_it_at_once(void **state)
{
    int stop[2];
    const char *const arguments[] = {FIXTURE, "hang", NULL};
    struct runner_start how = how_to(arguments);
    assert_int_equal(pipe2(stop, O_CLOEXEC), 0);
    assert_int_equal(write(stop[1], "x", 1), 1);
    how.stop_fd = stop[0];
    struct answer answer = measure_as(*state, &how);
    assert_int_equal(answer.result, -ECANCELED);
    assert_no_child();
    close(stop[0]);
    close(stop[1]);
}

static void only_what_is_allowed_stands_by(void **state)
{
    const char *const arguments[] = {"/nonexistent/pipe", "answer", NULL};
    const struct runner_start how = how_to(arguments);
    assert_true(standby_pool_allows(*state, "standby-program"));
    assert_false(standby_pool_allows(*state, "pipe"));
    struct answer answer = measure_as(*state, &how);
    assert_failed(&answer, -EINVAL, 127, "cannot stand by");
    assert_int_equal(standby_pool_allow(*state, "pipe"), 0);
    answer = measure_as(*state, &how);
    assert_failed(&answer, -ENOENT, 127, "cannot be run");
}

/* What a killed program leaves behind becomes a child of this process. */
static int adopt_orphans(void **state)
{
    (void)state;
    return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_process_answers_again_and_again, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(who_rests_has_been_waited_for, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(an_answer_may_come_in_parts, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(another_layout_is_another_process, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(symbols_are_bound_at_the_start, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(
            a_failed_sample_has_its_code_and_line_and_the_next_a_new_process, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(one_that_is_killed_while_it_waits_is_started_anew,
                                        make_pool, end_pool),
        cmocka_unit_test_setup_teardown(one_that_ends_in_its_answer_fails_the_sample, make_pool,
                                        end_pool),
        cmocka_unit_test_setup_teardown(one_that_hangs_is_ended, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(nonsense_is_no_answer, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(a_stop_ends_it_at_once, make_pool, end_pool),
        cmocka_unit_test_setup_teardown(only_what_is_allowed_stands_by, make_pool, end_pool),
    };
    return cmocka_run_group_tests(tests, adopt_orphans, NULL);
}
