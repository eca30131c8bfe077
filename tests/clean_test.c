/*
 * What clearing up does with the register of a run that was killed in the middle of making
 * something: moments that no script can hit. The runs of scripts are in clean.bats.
 */
#include "base/leftover.h"
#include "base/posix_object.h"
#include "clean/clean.h"
#include "pair.h"

#include <fcntl.h>
#include <mqueue.h>
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

enum { PATH_BYTES = 300 };

static char folder[] = "/tmp/clean-test-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    return mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(folder); /* fails while anything is left in it */
}

/* What was told, one line after the other. */
static char told[1000];

static void tell(void *context, const char *line)
{
    (void)context;
    snprintf(told + strlen(told), sizeof told - strlen(told), "%s\n", line);
}

static struct clean_task clean(bool dry_run)
{
    struct clean_task task = {.dry_run = dry_run, .tell = tell};
    told[0] = '\0';
    assert_int_equal(clean_run_folders(&task, NULL), 0);
    return task;
}

static int make_memory(const char *name, mode_t mode)
{
    int descriptor = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    return descriptor < 0 ? -1 : fchmod(descriptor, mode);
}

static int make_queue(const char *name, mode_t mode)
{
    const struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
    return mq_open(name, O_CREAT | O_EXCL | O_RDWR, mode, &attributes) < 0 ? -1 : 0;
}

/* A run that notes `name`, makes it with `mode`, and is killed. */
static void leave(const char *name, mode_t mode, int (*note)(const char *),
                  int (*make)(const char *, mode_t))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char own[PATH_BYTES];
        if (leftover_start(NULL) < 0 || leftover_make_folder(own, sizeof own, NULL) < 0 ||
            note(name) < 0)
            _exit(1);
        if (make(name, mode) < 0)
            _exit(2);
        raise(SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void leave_memory(const char *name, mode_t mode)
{
    leave(name, mode, leftover_note_memory, make_memory);
}

static void noted_memory_is_removed(void **state)
{
    (void)state;
    char name[POSIX_OBJECT_NAME_BYTES];
    assert_int_equal(posix_object_choose_name(name), 0);
    leave_memory(name, 0600);
    struct clean_task task = clean(true);
    assert_int_equal(task.removed, 2); /* and the folder */
    assert_non_null(strstr(told, "would remove the shared memory /pipe-vs-shm-"));
    assert_true(posix_object_find_memory(name));
    task = clean(false);
    assert_int_equal(task.removed, 2);
    assert_int_equal(task.kept, 0);
    assert_false(posix_object_find_memory(name));
}

/* Whoever wrote the register: nothing goes that is not named and kept as ours is. */
static void noted_memory_of_a_stranger_stays(void **state)
{
    (void)state;
    char name[POSIX_OBJECT_NAME_BYTES];
    leave_memory("/clean-test-stranger", 0600);
    struct clean_task task = clean(false);
    assert_int_equal(task.removed, 1); /* the folder alone */
    assert_int_equal(shm_unlink("/clean-test-stranger"), 0);
    assert_int_equal(posix_object_choose_name(name), 0);
    leave_memory(name, 0640);
    task = clean(false);
    assert_int_equal(task.removed, 1);
    assert_int_equal(shm_unlink(name), 0);
}

static void a_noted_message_queue_is_removed_if_it_is_ours(void **state)
{
    (void)state;
    char name[POSIX_OBJECT_NAME_BYTES];
    assert_int_equal(posix_object_choose_name(name), 0);
    leave(name, 0600, leftover_note_posix_queue, make_queue);
    struct clean_task task = clean(false);
    assert_int_equal(task.removed, 2);
    assert_non_null(strstr(told, "removed the message queue /pipe-vs-shm-"));
    assert_false(posix_object_find_queue(name));
    leave(name, 0640, leftover_note_posix_queue, make_queue); /* a stranger's, open to others */
    task = clean(false);
    assert_int_equal(task.removed, 1); /* the folder alone */
    assert_int_equal(mq_unlink(name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(noted_memory_is_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(noted_memory_of_a_stranger_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_noted_message_queue_is_removed_if_it_is_ours, set_up,
                                        tear_down),
    };
    pair_use_private_ipc();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
