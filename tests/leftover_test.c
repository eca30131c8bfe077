/* The register of things that must not be left behind: what is removed, and what never is. */
#include "base/exit_code.h"
#include "base/leftover.h"
#include "base/leftover_register.h"
#include "base/posix_object.h"
#include "pair.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_BYTES = 300, KEY = 0x7e577e57 };

static int make_semaphores(int mode)
{
    int id = semget(KEY, IPC_OBJECT_SEMAPHORES, IPC_CREAT | IPC_EXCL | mode);
    assert_true(id >= 0);
    return id;
}

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

static bool semaphores_are_there(void)
{
    return semget(KEY, 0, 0) >= 0;
}

static void semaphores_are_removed_when_their_id_is_known(void **state)
{
    (void)state;
    struct sembuf give = {.sem_num = 0, .sem_op = 1};
    int handle = leftover_note_semaphores(KEY);
    int id = make_semaphores(0600);
    leftover_made(handle, id);
    assert_int_equal(semop(id, &give, 1), 0); /* used: by its looks it would not be ours */
    leftover_remove(handle);
    assert_false(semaphores_are_there());
}

/* Its maker was killed between the making and telling its id. */
static void fresh_semaphores_are_removed_without_their_id(void **state)
{
    (void)state;
    int handle = leftover_note_semaphores(KEY);
    make_semaphores(0600);
    leftover_remove(handle);
    assert_false(semaphores_are_there());
}

static void remove_semaphores_by_hand(int id)
{
    assert_true(semaphores_are_there());
    assert_int_equal(semctl(id, 0, IPC_RMID), 0);
}

/* All that tells a stranger's set under our key from ours. */
static void foreign_semaphores_stay(void **state)
{
    (void)state;
    struct sembuf give = {.sem_num = 0, .sem_op = 1};
    int handle = leftover_note_semaphores(KEY);
    int id = make_semaphores(0600);
    assert_int_equal(semop(id, &give, 1), 0); /* used */
    leftover_remove(handle);
    remove_semaphores_by_hand(id);

    handle = leftover_note_semaphores(KEY);
    id = make_semaphores(0666); /* open to others */
    leftover_remove(handle);
    remove_semaphores_by_hand(id);

    handle = leftover_note_semaphores(KEY);
    id = make_semaphores(0600);
    leftover_made(handle, id + 1); /* another set under the same key */
    leftover_remove(handle);
    remove_semaphores_by_hand(id);

    handle = leftover_note_semaphores(KEY);
    id = semget(KEY, IPC_OBJECT_SEMAPHORES + 1, IPC_CREAT | IPC_EXCL | 0600); /* another size */
    assert_true(id >= 0);
    leftover_remove(handle);
    remove_semaphores_by_hand(id);
}

static int make_system_v_queue(int mode)
{
    int id = msgget(KEY, IPC_CREAT | IPC_EXCL | mode);
    assert_true(id >= 0);
    return id;
}

static void use_queue(int id)
{
    const struct {
        long type;
        char text[1];
    } message = {1, "x"};
    assert_int_equal(msgsnd(id, &message, 1, IPC_NOWAIT), 0);
}

static void our_system_v_queue_is_removed(void **state)
{
    (void)state;
    int handle = leftover_note_queue(KEY);
    int id = make_system_v_queue(0600);
    leftover_made(handle, id);
    use_queue(id);
    leftover_remove(handle);
    assert_int_equal(msgget(KEY, 0), -1);
    handle = leftover_note_queue(KEY); /* its maker was killed before it told the id */
    make_system_v_queue(0600);
    leftover_remove(handle);
    assert_int_equal(msgget(KEY, 0), -1);
}

static void check_foreign_queue(int mode, bool used, int told)
{
    int handle = leftover_note_queue(KEY);
    int id = make_system_v_queue(mode);
    if (used)
        use_queue(id);
    if (told != 0)
        leftover_made(handle, id + told);
    leftover_remove(handle);
    assert_int_equal(msgget(KEY, 0), id);
    assert_int_equal(msgctl(id, IPC_RMID, NULL), 0);
}

static void a_foreign_system_v_queue_stays(void **state)
{
    (void)state;
    check_foreign_queue(0600, true, 0);  /* in use, and not by us */
    check_foreign_queue(0666, false, 0); /* open to others */
    check_foreign_queue(0600, false, 1); /* another one under the same key */
}

/* Made before the note: the key was taken. */
static void older_things_stay(void **state)
{
    (void)state;
    struct ipc_object_note note = ipc_object_note_now(KEY);
    int semaphores = make_semaphores(0600);
    int segment = shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600);
    note.time_s += 10;
    assert_false(ipc_object_remove_semaphores(&note));
    assert_false(ipc_object_remove_segment(&note));
    note.time_s -= 10;
    assert_true(ipc_object_remove_semaphores(&note));
    assert_true(ipc_object_remove_segment(&note));
    assert_int_equal(semctl(semaphores, 0, GETVAL), -1);
    assert_int_equal(shmctl(segment, IPC_RMID, NULL), -1);
}

static void what_is_forgotten_stays(void **state)
{
    (void)state;
    leftover_forget(leftover_note_semaphores(KEY));
    int id = make_semaphores(0600);
    leftover_remove_all();
    remove_semaphores_by_hand(id);
}

/* The path of the register, in the folder around `folder`, also when that one is gone. */
static void register_path(const char *folder, char path[PATH_BYTES + 20])
{
    const char *slash = strrchr(folder, '/');
    assert_non_null(slash);
    snprintf(path, PATH_BYTES + 20, "%.*s/" LEFTOVER_REGISTER_FILE, (int)(slash - folder), folder);
}

/* A later run finds everything in the file, even what was noted before there was one. */
static void the_register_is_a_file_once_there_is_a_folder(void **state)
{
    (void)state;
    char folder[PATH_BYTES];
    char path[PATH_BYTES + 20];
    static struct leftover_register found;
    int segment = leftover_note_segment(KEY, getpid());
    int handle = leftover_make_folder(folder, sizeof folder, NULL);
    assert_true(segment >= 0 && handle >= 0);
    register_path(folder, path);
    int descriptor = open(path, O_RDONLY);
    assert_true(descriptor >= 0);
    assert_int_equal(read(descriptor, &found, sizeof found), sizeof found);
    assert_true(found.magic == LEFTOVER_MAGIC);
    assert_int_equal(found.starter, getpid());
    assert_int_equal(found.slots[segment].object.key, KEY);
    assert_int_equal(found.slots[segment].state, LEFTOVER_NOTED);
    assert_string_equal(found.slots[handle].path, folder);
    assert_int_equal(flock(descriptor, LOCK_EX | LOCK_NB), -1); /* we live */
    close(descriptor);
    leftover_remove_all();
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(folder, F_OK), -1);
}

/* The run's folder goes with the last thing in it, and comes again with the next. */
static void the_folder_of_the_run_goes_and_comes_again(void **state)
{
    (void)state;
    char first[PATH_BYTES];
    char second[PATH_BYTES];
    char third[PATH_BYTES];
    char path[PATH_BYTES + 20];
    int one = leftover_make_folder(first, sizeof first, NULL);
    int two = leftover_make_folder(second, sizeof second, NULL);
    assert_true(one >= 0 && two >= 0);
    register_path(second, path);
    leftover_remove(one);
    assert_int_equal(access(first, F_OK), -1);
    assert_int_equal(access(path, F_OK), 0);
    leftover_remove(two);
    assert_int_equal(access(path, F_OK), -1);
    int three = leftover_make_folder(third, sizeof third, NULL);
    assert_true(three >= 0);
    assert_string_not_equal(third, first);
    assert_int_equal(access(third, F_OK), 0);
    leftover_remove(three);
    assert_int_equal(access(third, F_OK), -1);
}

/* Killed while it removed something, a process leaves its slot as busy; whoever ends the run takes
 * it over. */
static void a_killed_removal_is_taken_over(void **state)
{
    (void)state;
    char folder[PATH_BYTES];
    char path[PATH_BYTES + 20];
    int handle = leftover_make_folder(folder, sizeof folder, NULL);
    assert_true(handle >= 0);
    register_path(folder, path);
    int descriptor = open(path, O_RDWR);
    const int busy = LEFTOVER_FILLING;
    off_t place = (off_t)(offsetof(struct leftover_register, slots) +
                          (size_t)handle * sizeof(struct leftover_slot) +
                          offsetof(struct leftover_slot, state));
    assert_int_equal(pwrite(descriptor, &busy, sizeof busy, place), sizeof busy);
    close(descriptor);
    leftover_remove(handle); /* it is another's */
    assert_int_equal(access(folder, F_OK), 0);
    leftover_remove_all();
    assert_int_equal(access(folder, F_OK), -1);
    assert_int_equal(access(path, F_OK), -1);
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

/* POSIX shared memory of one byte. */
static void make_memory(const char *name, mode_t mode)
{
    int descriptor = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(fchmod(descriptor, mode), 0);
    close(descriptor);
}

static void shared_memory_is_removed_by_its_name(void **state)
{
    (void)state;
    char name[POSIX_OBJECT_NAME_BYTES];
    char other[POSIX_OBJECT_NAME_BYTES];
    assert_int_equal(posix_object_choose_name(name), 0);
    assert_int_equal(posix_object_choose_name(other), 0);
    assert_string_not_equal(name, other);
    int handle = leftover_note_memory(name);
    assert_true(handle >= 0);
    make_memory(name, 0600);
    assert_true(posix_object_find_memory(name));
    leftover_remove(handle);
    assert_int_equal(shm_unlink(name), -1);
    assert_int_equal(errno, ENOENT);
    assert_false(posix_object_find_memory(name));
    assert_false(posix_object_remove_memory(name));
}

static bool queue_is_there(const char *name)
{
    mqd_t queue = mq_open(name, O_RDONLY);
    if (queue < 0)
        return false;
    mq_close(queue);
    return true;
}

static void make_queue(const char *name, mode_t mode)
{
    const struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
    mqd_t queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, mode, &attributes);
    assert_true(queue >= 0);
    mq_close(queue);
}

static void a_message_queue_is_removed_by_its_name_if_it_is_ours(void **state)
{
    (void)state;
    char name[POSIX_OBJECT_NAME_BYTES];
    assert_int_equal(posix_object_choose_name(name), 0);
    int handle = leftover_note_posix_queue(name);
    assert_true(handle >= 0);
    make_queue(name, 0600);
    assert_true(posix_object_find_queue(name));
    assert_false(posix_object_find_memory(name));
    leftover_remove(handle);
    assert_false(queue_is_there(name));
    assert_false(posix_object_find_queue(name));
    assert_false(posix_object_remove_queue(name));
    make_queue("/a-stranger", 0600);
    leftover_remove(leftover_note_posix_queue("/a-stranger"));
    assert_int_equal(mq_unlink("/a-stranger"), 0);
    make_queue(name, 0640); /* open to others */
    leftover_remove(leftover_note_posix_queue(name));
    assert_int_equal(mq_unlink(name), 0);
}

/* All that tells a stranger's memory from ours. */
static void foreign_memory_stays(void **state)
{
    (void)state;
    char name[POSIX_OBJECT_NAME_BYTES];
    static const char *const strangers[] = {"/a-stranger", "/pipe-vs-shm-0123456789ABCDEF",
                                            "/pipe-vs-shm-0123456789abcdef0"};
    for (size_t index = 0; index < sizeof strangers / sizeof strangers[0]; index++) {
        make_memory(strangers[index], 0600);
        leftover_remove(leftover_note_memory(strangers[index]));
        assert_int_equal(shm_unlink(strangers[index]), 0);
    }
    assert_int_equal(posix_object_choose_name(name), 0);
    make_memory(name, 0644); /* open to others */
    leftover_remove(leftover_note_memory(name));
    assert_int_equal(shm_unlink(name), 0);
    assert_false(posix_object_find_memory("/pipe-vs-shm-../../tmp/aaaaaa"));
}

/* A process that is told to end removes what ANOTHER process of the run noted. */
static void a_signal_removes_what_others_made(void **state)
{
    (void)state;
    int handle = leftover_note_semaphores(KEY);
    assert_true(handle >= 0);
    int id = make_semaphores(0600);
    leftover_made(handle, id);
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

/* The one that noted it is itself ended before it made it: nothing will come, so nothing of the run
 * stays on disk. */
static void a_signal_to_the_maker_leaves_no_note(void **state)
{
    (void)state;
    char folder[PATH_BYTES];
    char path[PATH_BYTES + 20];
    int handle = leftover_make_folder(folder, sizeof folder, NULL);
    assert_true(handle >= 0);
    register_path(folder, path);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        leftover_catch_signals();
        if (leftover_note_segment(KEY, getpid()) >= 0 && leftover_note_semaphores(KEY) >= 0)
            raise(SIGTERM);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), EXIT_CODE_INTERRUPTED);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(folder, F_OK), -1);
    leftover_remove_all();
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
        cmocka_unit_test(semaphores_are_removed_when_their_id_is_known),
        cmocka_unit_test(fresh_semaphores_are_removed_without_their_id),
        cmocka_unit_test(foreign_semaphores_stay),
        cmocka_unit_test(older_things_stay),
        cmocka_unit_test(what_is_forgotten_stays),
        cmocka_unit_test(the_register_is_a_file_once_there_is_a_folder),
        cmocka_unit_test(the_folder_of_the_run_goes_and_comes_again),
        cmocka_unit_test(a_killed_removal_is_taken_over),
        cmocka_unit_test(files_go_before_their_folder),
        cmocka_unit_test(a_missing_temporary_folder_is_a_clear_error),
        cmocka_unit_test(our_system_v_queue_is_removed),
        cmocka_unit_test(a_foreign_system_v_queue_stays),
        cmocka_unit_test(shared_memory_is_removed_by_its_name),
        cmocka_unit_test(foreign_memory_stays),
        cmocka_unit_test(a_message_queue_is_removed_by_its_name_if_it_is_ours),
        cmocka_unit_test(a_signal_removes_what_others_made),
        cmocka_unit_test(a_signal_keeps_the_note_of_what_is_not_there_yet),
        cmocka_unit_test(a_signal_to_the_maker_leaves_no_note),
        cmocka_unit_test(signals_that_were_ignored_stay_ignored),
        cmocka_unit_test(a_full_register_says_so),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
