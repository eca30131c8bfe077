/* The second process of a live try: it answers, it ends when told to, and when its asker is killed
 * it removes what that one made. */
#include "base/leftover.h"
#include "claims/helper.h"
#include "pair.h"

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_STEPS = 2000, STEP_US = 1000 };

static int64_t add_one(int request, int64_t argument, void *context, int socket)
{
    (void)request;
    (void)context;
    (void)socket;
    return argument + 1;
}

static void it_answers_and_ends(void **state)
{
    (void)state;
    struct helper helper;
    int64_t answer = 0;
    assert_int_equal(helper_start(&helper, add_one, NULL, NULL), 0);
    assert_int_equal(helper_ask(&helper, 0, 41, &answer, NULL), 0);
    assert_int_equal(answer, 42);
    helper_end(&helper);
    assert_int_equal(helper.pid, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* What is noted is the asker's until the end: a helper that is dismissed removes nothing. */
static void a_dismissed_helper_removes_nothing(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    struct helper helper;
    int handle = leftover_make_folder(folder, sizeof folder, NULL);
    assert_true(handle >= 0);
    assert_int_equal(helper_start(&helper, add_one, NULL, NULL), 0);
    helper_end(&helper);
    assert_int_equal(access(folder, F_OK), 0);
    leftover_remove(handle);
    assert_int_equal(access(folder, F_OK), -1);
}

/* Makes a folder, starts a helper, and is killed. */
static void be_killed(char *folder)
{
    struct helper helper;
    int64_t answer;
    if (leftover_start(NULL) == 0 && leftover_make_folder(folder, PATH_MAX, NULL) >= 0 &&
        helper_start(&helper, add_one, NULL, NULL) == 0 &&
        helper_ask(&helper, 0, 0, &answer, NULL) == 0)
        raise(SIGKILL);
    _exit(1);
}

static void a_killed_asker_is_cleaned_up_for(void **state)
{
    (void)state;
    char *folder = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(folder, MAP_FAILED);
    for (int round = 0; round < 20; round++) {
        int status;
        pid_t asker = fork();
        if (asker == 0)
            be_killed(folder);
        assert_int_equal(waitpid(asker, &status, 0), asker);
        assert_true(WIFSIGNALED(status));
        assert_true(strlen(folder) > 0);
        int step = 0;
        while (access(folder, F_OK) == 0 && step++ < WAIT_STEPS)
            usleep(STEP_US);
        assert_int_equal(access(folder, F_OK), -1);
    }
    munmap(folder, PATH_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_and_ends),
        cmocka_unit_test(a_dismissed_helper_removes_nothing),
        cmocka_unit_test(a_killed_asker_is_cleaned_up_for),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
