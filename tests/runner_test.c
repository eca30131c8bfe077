/* The runner against programs that behave as badly as programs can. */
#include "conduct/runner.h"

#include "base/clock.h"
#include "measure/sample_json.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const double LONG_ENOUGH_SECONDS = 20.0;

/* What one run of a shell script came to. */
struct run {
    int result;
    int exit_code;
    char *output; /* NULL unless result is 0 */
    double seconds;
    struct failure failure;
};

static struct run run_script_for(const char *script, double seconds_most, int stop_fd)
{
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    struct run run = {.exit_code = -1};
    uint64_t start_ns = clock_now_ns();
    run.result =
        runner_capture(arguments, seconds_most, stop_fd, &run.output, &run.exit_code, &run.failure);
    run.seconds = (double)(clock_now_ns() - start_ns) / 1e9;
    return run;
}

static struct run run_script(const char *script)
{
    return run_script_for(script, LONG_ENOUGH_SECONDS, RUNNER_NO_STOP);
}

/* No child is left, neither running nor as a zombie. */
static void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void assert_failed(const struct run *run, int result, int exit_code, const char *words)
{
    if (strstr(run->failure.text, words) == NULL)
        fail_msg("'%s' does not say '%s'", run->failure.text, words);
    assert_int_equal(run->result, result);
    assert_int_equal(run->failure.error, result);
    assert_int_equal(run->exit_code, exit_code);
    assert_null(run->output);
    assert_no_child();
}

static void output_is_kept(void **state)
{
    (void)state;
    struct run run = run_script("echo one; echo ignored >&2; echo two");
    assert_int_equal(run.result, 0);
    assert_int_equal(run.exit_code, 0);
    assert_string_equal(run.output, "one\ntwo\n");
    assert_no_child();
    free(run.output);
}

static void environment_is_passed_on_in_plain_c(void **state)
{
    (void)state;
    setenv("RUNNER_TEST", "kept", 1);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    struct run run = run_script("echo $LC_ALL $RUNNER_TEST; cat");
    assert_int_equal(run.result, 0);
    assert_string_equal(run.output, "C kept\n");
    assert_string_equal(getenv("LC_ALL"), "de_DE.UTF-8");
    unsetenv("LC_ALL");
    free(run.output);
}

static void exit_code_and_line_are_passed_on(void **state)
{
    (void)state;
    struct run usage =
        run_script("echo; echo '--size: 0 is\tnot allowed' >&2; echo no >&2; exit 2");
    assert_failed(&usage, -EIO, 2, "--size: 0 is not allowed");
    assert_null(strstr(usage.failure.text, "\n"));
    struct run lacking = run_script("echo 'no shared memory here' >&2; exit 69");
    assert_failed(&lacking, -EIO, 69, "no shared memory here");
    struct run silent = run_script("exit 3");
    assert_failed(&silent, -EIO, 3, "exit code 3");
}

static void a_signal_is_named(void **state)
{
    (void)state;
    struct run run = run_script("kill -SEGV $$");
    assert_failed(&run, -EIO, 128 + SIGSEGV, "signal 11");
}

static void a_missing_program_is_named(void **state)
{
    (void)state;
    const char *const missing[] = {"/nonexistent/pipe", NULL};
    const char *const folder[] = {"/tmp", NULL};
    struct run run = {.exit_code = -1};
    run.result =
        runner_capture(missing, 1.0, RUNNER_NO_STOP, &run.output, &run.exit_code, &run.failure);
    assert_failed(&run, -ENOENT, 127, "/nonexistent/pipe");
    run = (struct run){.exit_code = -1};
    run.result =
        runner_capture(folder, 1.0, RUNNER_NO_STOP, &run.output, &run.exit_code, &run.failure);
    assert_failed(&run, -EACCES, 127, "/tmp");
}

static void a_hanging_program_is_ended(void **state)
{
    (void)state;
    struct run run = run_script_for("sleep 60", 0.2, RUNNER_NO_STOP);
    assert_failed(&run, -ETIMEDOUT, 128 + SIGTERM, "no answer in time");
    assert_true(run.seconds >= 0.2 && run.seconds < 5.0);
}

static void a_program_that_refuses_to_end_is_killed(void **state)
{
    (void)state;
    struct run run = run_script_for("trap '' TERM; while :; do sleep 1; done", 0.2, RUNNER_NO_STOP);
    assert_failed(&run, -ETIMEDOUT, 128 + SIGKILL, "no answer in time");
    assert_true(run.seconds < 5.0);
}

static void a_program_that_closes_its_streams_and_hangs_is_ended(void **state)
{
    (void)state;
    struct run run = run_script_for("exec >&- 2>&-; sleep 60", 0.2, RUNNER_NO_STOP);
    assert_failed(&run, -ETIMEDOUT, 128 + SIGTERM, "no answer in time");
    assert_true(run.seconds < 5.0);
}

/* The program has something to remove, which only it knows of. */
static void a_program_cleans_up_when_its_caller_is_killed(void **state)
{
    (void)state;
    char script[256];
    char word[8] = "";
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    snprintf(script, sizeof script,
             "trap 'echo ended >&%d; exit' TERM; echo ready >&%d; while :; do sleep 0.02; done",
             ends[1], ends[1]);
    pid_t caller = fork();
    if (caller == 0) {
        run_script(script);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], word, 6), 6); /* "ready\n" */
    assert_int_equal(kill(caller, SIGKILL), 0);
    assert_int_equal(waitpid(caller, NULL, 0), caller);
    /* Were it killed, this would be the end of the file. */
    assert_int_equal(read(ends[0], word, 6), 6);
    assert_memory_equal(word, "ended\n", 6);
    close(ends[0]);
    while (waitpid(-1, NULL, 0) > 0)
        ; /* the program, which became our child */
    assert_no_child();
}

/* The child holds the streams open and would run for a minute. */
static void a_child_left_behind_is_ended_too(void **state)
{
    (void)state;
    struct run run = run_script("sleep 60 & echo $!");
    assert_int_equal(run.result, 0);
    assert_true(run.seconds < 5.0);
    assert_no_child();
    pid_t left_behind = (pid_t)strtol(run.output, NULL, 10);
    assert_true(left_behind > 1);
    assert_int_equal(kill(left_behind, 0), -1);
    assert_int_equal(errno, ESRCH);
    free(run.output);
}

static void ten_megabytes_are_too_much(void **state)
{
    (void)state;
    struct run run = run_script("head -c 10485760 /dev/zero; sleep 60");
    if (strstr(run.failure.text, "printed more than") == NULL)
        fail_msg("%s", run.failure.text);
    assert_int_equal(run.result, -EFBIG);
    assert_null(run.output);
    assert_true(run.seconds < 10.0);
    assert_no_child();
}

static void ten_megabytes_of_errors_are_dropped(void **state)
{
    (void)state;
    struct run run = run_script("echo first >&2; head -c 10485760 /dev/zero >&2; exit 1");
    assert_failed(&run, -EIO, 1, "first");
}

static void one_megabyte_is_kept_whole(void **state)
{
    (void)state;
    struct run run = run_script("head -c 1048576 /dev/zero | tr '\\0' x");
    assert_int_equal(run.result, 0);
    assert_int_equal(strlen(run.output), 1048576);
    free(run.output);
}

static void a_stop_ends_it_at_once(void **state)
{
    (void)state;
    int stop[2];
    assert_int_equal(pipe(stop), 0);
    assert_int_equal(write(stop[1], "x", 1), 1);
    struct run run = run_script_for("sleep 60", LONG_ENOUGH_SECONDS, stop[0]);
    assert_failed(&run, -ECANCELED, 128 + SIGTERM, "interrupted");
    assert_true(run.seconds < 5.0);
    run = run_script_for("exec >&- 2>&-; sleep 60", LONG_ENOUGH_SECONDS, stop[0]);
    assert_failed(&run, -ECANCELED, 128 + SIGTERM, "interrupted");
    close(stop[0]);
    close(stop[1]);
}

static int measure_script(const char *script, struct sample *sample, struct failure *failure)
{
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    int exit_code;
    const struct runner_start how = {
        .arguments = arguments, .seconds_most = LONG_ENOUGH_SECONDS, .stop_fd = RUNNER_NO_STOP};
    return runner_measure(&how, sample, NULL, &exit_code, failure);
}

/* The program says in its failure how large its environment is, beyond whole steps. */
static void the_environment_is_filled_up(void **state)
{
    (void)state;
    const char *const arguments[] = {
        "/bin/sh", "-c",
        "bytes=$(wc -c </proc/$$/environ); echo \"[$((bytes % 16384))]\" >&2; exit 1", NULL};
    assert_int_equal(RUNNER_ENVIRONMENT_STEP, 16384);
    const size_t cases[] = {1, 7, 100, 1021, 4096, 8192};
    for (size_t index = 0; index < 2 * sizeof cases / sizeof *cases; index++) {
        struct failure failure = {.error = 0};
        struct sample sample;
        int exit_code;
        char expected[32];
        const size_t bytes = cases[index / 2];
        const struct runner_start how = {.arguments = arguments,
                                         .seconds_most = LONG_ENOUGH_SECONDS,
                                         .stop_fd = RUNNER_NO_STOP,
                                         .padding_bytes = bytes};
        /* Whatever the caller's holds. */
        if (index % 2 == 1)
            assert_int_equal(setenv("RUNNER_TEST", "something more", 1), 0);
        snprintf(expected, sizeof expected, "[%zu]", bytes);
        assert_int_equal(runner_measure(&how, &sample, NULL, &exit_code, &failure), -EIO);
        assert_string_equal(failure.text, expected);
        unsetenv("RUNNER_TEST");
    }
    assert_null(getenv(RUNNER_PADDING)); /* ours is as it was */
}

static void garbage_is_no_sample(void **state)
{
    (void)state;
    static const char *const scripts[] = {"echo garbage", ":",         "echo '{'",
                                          "echo '[]'",    "echo '{}'", "head -c 1000 /dev/zero"};
    for (size_t index = 0; index < sizeof scripts / sizeof *scripts; index++) {
        struct sample sample = {.bytes = 42};
        struct failure failure = {.error = 0};
        assert_int_equal(measure_script(scripts[index], &sample, &failure), -EPROTO);
        assert_int_not_equal(failure.text[0], '\0');
        assert_int_equal(sample.bytes, 42);
    }
}

static void a_sample_is_read(void **state)
{
    (void)state;
    struct sample sample = {.bytes = 4711};
    char script[8192];
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        if (field->type == SAMPLE_WORD)
            strcpy((char *)&sample + field->offset, "word");
    }
    json_t *object = sample_to_json(&sample, NULL);
    char *text = json_dumps(object, JSON_COMPACT);
    snprintf(script, sizeof script, "echo '%s'", text);
    sample.bytes = 0;
    struct failure failure = {.error = 0};
    assert_int_equal(measure_script(script, &sample, &failure), 0);
    assert_int_equal(sample.bytes, 4711);
    free(text);
    json_decref(object);
}

/* As the programs do: what a killed program leaves behind becomes a child of this process. */
static int adopt_orphans(void **state)
{
    (void)state;
    return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_is_kept),
        cmocka_unit_test(environment_is_passed_on_in_plain_c),
        cmocka_unit_test(exit_code_and_line_are_passed_on),
        cmocka_unit_test(a_signal_is_named),
        cmocka_unit_test(a_missing_program_is_named),
        cmocka_unit_test(a_hanging_program_is_ended),
        cmocka_unit_test(a_program_that_refuses_to_end_is_killed),
        cmocka_unit_test(a_program_that_closes_its_streams_and_hangs_is_ended),
        cmocka_unit_test(a_program_cleans_up_when_its_caller_is_killed),
        cmocka_unit_test(a_child_left_behind_is_ended_too),
        cmocka_unit_test(ten_megabytes_are_too_much),
        cmocka_unit_test(ten_megabytes_of_errors_are_dropped),
        cmocka_unit_test(one_megabyte_is_kept_whole),
        cmocka_unit_test(a_stop_ends_it_at_once),
        cmocka_unit_test(the_environment_is_filled_up),
        cmocka_unit_test(garbage_is_no_sample),
        cmocka_unit_test(a_sample_is_read),
    };
    return cmocka_run_group_tests(tests, adopt_orphans, NULL);
}
