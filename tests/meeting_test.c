/* Meeting by name: roles are locks that only a living process holds, notes are whole or absent, and
 * nothing that is not ours alone is believed. */
#include "base/leftover.h"
#include "transfer/meeting.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char runtime[64];

struct note {
    int32_t pid;
    int32_t number;
};

static const struct meeting_role writer = {.folder = "test.x", .file = "writer"};
static const struct meeting_role reader = {.folder = "test.x", .file = "reader"};

static int start(void **state)
{
    (void)state;
    struct failure failure = {0};
    snprintf(runtime, sizeof runtime, "/tmp/meeting-test-XXXXXX");
    if (mkdtemp(runtime) == NULL)
        return -1;
    setenv("XDG_RUNTIME_DIR", runtime, 1);
    return leftover_start(&failure);
}

/* Whatever a test made must be gone: rmdir removes empty folders only. */
static int end(void **state)
{
    (void)state;
    return rmdir(runtime);
}

static void take(const struct meeting_role *role, struct meeting *meeting, struct note *last)
{
    struct failure failure = {0};
    int result = meeting_take(role, false, meeting, last, sizeof *last, &failure);
    if (result != 0)
        fail_msg("%s", failure.text);
}

/* Runs `run` in a process of its own, which then holds what it took until it is killed. */
static pid_t hold(const struct meeting_role *role, int32_t number)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct meeting meeting;
        struct note last;
        struct note note = {.pid = getpid(), .number = number};
        if (meeting_take(role, false, &meeting, &last, sizeof last, NULL) != 0 ||
            meeting_write_note(&meeting, &note, sizeof note, 0, NULL) != 0 ||
            write(ready[1], "!", 1) != 1)
            _exit(EXIT_FAILURE);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end_holder(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_a_note_is_found_and_read_after_its_file_is_gone(void **state)
{
    (void)state;
    struct note note;
    struct meeting found;
    pid_t holder = hold(&writer, 7);
    assert_int_equal(meeting_find(&writer, &found, &note, sizeof note, NULL), 0);
    assert_int_equal(found.holder, holder);
    assert_int_equal(note.pid, holder);
    assert_int_equal(note.number, 7);
    assert_true(meeting_is_held(&found));
    assert_int_equal(unlink(found.path), 0);
    assert_int_equal(meeting_read_note(&found, &note, sizeof note), 0);
    assert_int_equal(note.number, 7);
    end_holder(holder);
    assert_false(meeting_is_held(&found));
    meeting_leave(&found);
    leftover_remove_all();
}

static void test_a_taken_role_is_refused_and_the_other_is_not(void **state)
{
    (void)state;
    struct note last;
    struct meeting meeting;
    struct failure failure = {0};
    pid_t holder = hold(&writer, 1);
    assert_int_equal(meeting_take(&writer, false, &meeting, &last, sizeof last, &failure), -EBUSY);
    assert_int_equal(meeting.holder, holder);
    assert_int_equal(failure.error, 0);
    take(&reader, &meeting, &last);
    meeting_leave(&meeting);
    end_holder(holder);
    leftover_remove_all();
}

static void test_a_killed_holder_leaves_its_note_to_the_next(void **state)
{
    (void)state;
    struct note last;
    struct meeting meeting;
    pid_t holder = hold(&writer, 42);
    end_holder(holder);
    assert_int_equal(meeting_find(&writer, &meeting, &last, sizeof last, NULL), -ENOENT);
    take(&writer, &meeting, &last);
    assert_int_equal(last.pid, holder);
    assert_int_equal(last.number, 42);
    assert_int_equal(meeting.holder, getpid());
    meeting_leave(&meeting);
}

static void test_a_new_role_has_no_note_and_a_short_one_is_none(void **state)
{
    (void)state;
    struct note last = {.pid = 1, .number = 1};
    struct meeting meeting;
    take(&writer, &meeting, &last);
    assert_int_equal(last.pid, 0);
    assert_int_equal(last.number, 0);
    assert_int_equal(meeting_write_note(&meeting, "abc", 3, 0, NULL), 0);
    assert_int_equal(meeting_read_note(&meeting, &last, sizeof last), -EAGAIN);
    assert_int_equal(meeting_write_note(&meeting, "defgh", 5, 3, NULL), 0);
    char whole[sizeof last];
    assert_int_equal(meeting_read_note(&meeting, whole, sizeof whole), 0);
    assert_memory_equal(whole, "abcdefgh", sizeof whole);
    meeting_leave(&meeting);
}

static void test_clearing_up_makes_nothing(void **state)
{
    (void)state;
    struct note last;
    struct meeting meeting;
    assert_int_equal(meeting_take(&writer, true, &meeting, &last, sizeof last, NULL), -ENOENT);
    end_holder(hold(&writer, 3));
    assert_int_equal(meeting_take(&writer, true, &meeting, &last, sizeof last, NULL), 0);
    assert_int_equal(last.number, 3);
    meeting_leave(&meeting);
}

/* Sets the mode of one thing on the way, and expects that role to be refused and the thing left. */
static void expect_refused(const char *path, mode_t mode)
{
    struct note last;
    struct meeting meeting;
    struct stat status;
    struct failure failure = {0};
    assert_int_equal(chmod(path, mode), 0);
    assert_int_equal(meeting_take(&writer, false, &meeting, &last, sizeof last, &failure), -EPERM);
    assert_non_null(strstr(failure.text, path));
    failure = (struct failure){0};
    assert_int_equal(meeting_find(&writer, &meeting, &last, sizeof last, &failure), -EPERM);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, mode);
}

static void test_what_others_can_use_is_left_alone(void **state)
{
    (void)state;
    char folder[96];
    char place[112];
    char file[128];
    snprintf(folder, sizeof folder, "%s/pipe-vs-shm", runtime);
    snprintf(place, sizeof place, "%s/test.x", folder);
    snprintf(file, sizeof file, "%s/writer", place);
    assert_int_equal(mkdir(folder, 0700), 0);
    expect_refused(folder, 0755);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(mkdir(place, 0700), 0);
    expect_refused(place, 0750);
    assert_int_equal(chmod(place, 0700), 0);
    FILE *made = fopen(file, "w");
    assert_non_null(made);
    fclose(made);
    expect_refused(file, 0644);
    assert_int_equal(unlink(file), 0);
    /* A link to a file that is ours is no file of the meeting. */
    struct note last;
    struct meeting meeting;
    assert_int_equal(symlink("/dev/null", file), 0);
    assert_int_equal(meeting_take(&writer, false, &meeting, &last, sizeof last, NULL), -ELOOP);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(place), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_the_last_to_leave_removes_the_folders(void **state)
{
    (void)state;
    struct note last;
    struct meeting one;
    struct meeting other;
    take(&writer, &one, &last);
    take(&reader, &other, &last);
    meeting_leave(&one);
    assert_int_equal(access(other.path, F_OK), 0);
    meeting_leave(&other);
    assert_int_equal(access(other.folder, F_OK), -1);
}

static void test_a_path_that_is_too_long_is_refused(void **state)
{
    (void)state;
    char folder[600];
    struct note last;
    struct meeting meeting;
    struct failure failure = {0};
    memset(folder, 'a', sizeof folder - 1);
    folder[sizeof folder - 1] = '\0';
    const struct meeting_role role = {.folder = folder, .file = "writer"};
    assert_int_equal(meeting_take(&role, false, &meeting, &last, sizeof last, &failure),
                     -ENAMETOOLONG);
    assert_int_equal(failure.error, -ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_note_is_found_and_read_after_its_file_is_gone, start,
                                        end),
        cmocka_unit_test_setup_teardown(test_a_taken_role_is_refused_and_the_other_is_not, start,
                                        end),
        cmocka_unit_test_setup_teardown(test_a_killed_holder_leaves_its_note_to_the_next, start,
                                        end),
        cmocka_unit_test_setup_teardown(test_a_new_role_has_no_note_and_a_short_one_is_none, start,
                                        end),
        cmocka_unit_test_setup_teardown(test_clearing_up_makes_nothing, start, end),
        cmocka_unit_test_setup_teardown(test_what_others_can_use_is_left_alone, start, end),
        cmocka_unit_test_setup_teardown(test_the_last_to_leave_removes_the_folders, start, end),
        cmocka_unit_test_setup_teardown(test_a_path_that_is_too_long_is_refused, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
