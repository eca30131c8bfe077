/* Signals at the moment at which a program tells its result. */
#include "base/last_word.h"

#include "base/exit_code.h"
#include "base/leftover.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char result[] = "the result\n";

/* A program that tells its result into the pipe and is signalled meanwhile. */
_Noreturn static void tell(const int ends[2], bool last)
{
    struct failure failure = {0};
    FILE *stream = fdopen(ends[1], "w");
    if (stream == NULL || leftover_start(&failure) < 0)
        _exit(EXIT_FAILURE);
    if (last)
        last_word(stream);
    fputs(result, stream);
    fflush(stream);
    raise(SIGTERM);
    _exit(EXIT_CODE_DONE);
}

static int end_of(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int exit_code_of_telling(bool last)
{
    int ends[2];
    char told[64] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0)
        tell(ends, last);
    close(ends[1]);
    int code = end_of(pid);
    assert_int_equal(read(ends[0], told, sizeof told), strlen(result));
    assert_string_equal(told, result);
    close(ends[0]);
    return code;
}

static void who_has_told_the_result_is_done(void **state)
{
    (void)state;
    assert_int_equal(exit_code_of_telling(true), EXIT_CODE_DONE);
    /* What it is for. */
    assert_int_equal(exit_code_of_telling(false), EXIT_CODE_INTERRUPTED);
}

/* Nothing is told yet, and nobody may ever read: a signal still ends it. */
static void who_cannot_tell_it_yet_can_be_interrupted(void **state)
{
    (void)state;
    static const struct timespec pause = {.tv_nsec = 100000000};
    static char page[4096];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], page, sizeof page) > 0)
        ; /* until it is full */
    fcntl(ends[1], F_SETFL, 0);
    pid_t pid = fork();
    if (pid == 0)
        tell(ends, true);
    nanosleep(&pause, NULL);
    assert_int_equal(kill(pid, SIGTERM), 0);
    /* Were the signal blocked, this would wait for ever. */
    assert_int_equal(end_of(pid), EXIT_CODE_INTERRUPTED);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_told_the_result_is_done),
        cmocka_unit_test(who_cannot_tell_it_yet_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
