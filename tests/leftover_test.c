/* The register of things that must not be left behind: what is removed, and what never is. */
#include "base/exit_code.h"
#include "base/leftover.h"
#include "pair.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_BYTES = 300, KEY = 0x7e577e57 };

static void our_segment_is_removed_by_its_key(void **state)
{
    (void)state;
    assert_true(leftover_note_segment(KEY, getpid()) >= 0);
    assert_true(shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600) >= 0);
    leftover_remove_all();
    assert_int_equal(shmget(KEY, 0, 0), -1);
    assert_int_equal(errno, ENOENT);
}

/* ftok keys collide: somebody else's segment under our key stays. */
static void a_foreign_segment_stays(void **state)
{
    (void)state;
    pid_t stranger = fork();
    assert_true(stranger >= 0);
    if (stranger == 0)
        _exit(shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600) < 0);
    int status;
    assert_int_equal(waitpid(stranger, &status, 0), stranger);
    assert_int_equal(status, 0);
    int handle = leftover_note_segment(KEY, getpid());
    leftover_remove(handle);
    int id = shmget(KEY, 0, 0);
    assert_true(id >= 0);
    shmctl(id, IPC_RMID, NULL);
}

static void files_go_before_their_folder(void **state)
{
    (void)state;
    char folder[PATH_BYTES];
    char path[PATH_BYTES + 10];
    assert_true(leftover_make_folder(folder, sizeof folder, NULL) >= 0);
    snprintf(path, sizeof path, "%s/file", folder);
    assert_true(leftover_note_file(path) >= 0);
    int descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    assert_true(descriptor >= 0);
    close(descriptor);
    leftover_remove_all();
    assert_int_equal(access(folder, F_OK), -1);
}

static void a_missing_temporary_folder_is_a_clear_error(void **state)
{
    (void)state;
    char folder[PATH_BYTES];
    struct failure failure = {0};
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_int_equal(leftover_make_folder(folder, sizeof folder, &failure), -ENOENT);
    assert_non_null(strstr(failure.text, "TMPDIR"));
    unsetenv("TMPDIR");
}

/* A process that is told to end removes what ANOTHER process of the run noted. */
static void a_signal_removes_what_others_made(void **state)
{
    (void)state;
    int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    assert_true(id >= 0);
    assert_true(leftover_note_semaphores(id) >= 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        leftover_catch_signals();
        raise(SIGTERM);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_CODE_INTERRUPTED);
    assert_int_equal(semctl(id, 0, GETVAL), -1);
    leftover_remove_all();
}

/* One process is told to end while another is about to make the segment that it noted: the note
 * must stay, or nobody would remove what comes. */
static void a_signal_keeps_the_note_of_what_is_not_there_yet(void **state)
{
    (void)state;
    assert_true(leftover_note_segment(KEY, getpid()) >= 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        leftover_catch_signals();
        raise(SIGTERM);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600) >= 0);
    leftover_remove_all();
    assert_int_equal(shmget(KEY, 0, 0), -1);
}

static void signals_that_were_ignored_stay_ignored(void **state)
{
    (void)state;
    sigset_t signals;
    signal(SIGHUP, SIG_IGN); /* as nohup does */
    leftover_catch_signals();
    leftover_signals(&signals);
    assert_false(sigismember(&signals, SIGHUP));
    assert_true(sigismember(&signals, SIGTERM));
    raise(SIGHUP); /* must not end this test */
    signal(SIGHUP, SIG_DFL);
}

static void a_full_register_says_so(void **state)
{
    (void)state;
    int handle;
    int noted = 0;
    while ((handle = leftover_note_file("/nowhere/file")) >= 0)
        noted++;
    assert_int_equal(handle, -ENOSPC);
    assert_true(noted >= 32);
    leftover_remove_all();
    handle = leftover_note_file("/nowhere/file");
    assert_true(handle >= 0); /* there is room again */
    leftover_remove(handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_segment_is_removed_by_its_key),
        cmocka_unit_test(a_foreign_segment_stays),
        cmocka_unit_test(files_go_before_their_folder),
        cmocka_unit_test(a_missing_temporary_folder_is_a_clear_error),
        cmocka_unit_test(a_signal_removes_what_others_made),
        cmocka_unit_test(a_signal_keeps_the_note_of_what_is_not_there_yet),
        cmocka_unit_test(signals_that_were_ignored_stay_ignored),
        cmocka_unit_test(a_full_register_says_so),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
