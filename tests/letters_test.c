/* The letters demo from inside: whose segment, file and folder is touched, and whose never is. */
#include "base/leftover.h"
#include "demo/letters.h"
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
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_BYTES = 300, HANG_SECONDS = 60, FIRST_ID = 88, SECOND_ID = 89 };

/* A private XDG_RUNTIME_DIR for every test, so that nothing of a real user is met. */
struct place {
    char runtime[PATH_BYTES];
    char folder[PATH_BYTES + 16];
    char file[PATH_BYTES + 32];
    int handle;
};

static const struct letters_setup plain = {.name = "test", .timeout_seconds = 20.0};
static const struct letters_setup synchronised = {
    .name = "test", .synchronised = true, .timeout_seconds = 20.0};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    if (place == NULL)
        return -1;
    place->handle = leftover_make_folder(place->runtime, sizeof place->runtime, NULL);
    snprintf(place->folder, sizeof place->folder, "%s/pipe-vs-shm", place->runtime);
    snprintf(place->file, sizeof place->file, "%s/test", place->folder);
    setenv("XDG_RUNTIME_DIR", place->runtime, 1);
    alarm(HANG_SECONDS);
    *state = place;
    return place->handle < 0 ? -1 : 0;
}

/* Every test ends with an empty place: what stays in it is a failure. */
static int leave_place(void **state)
{
    struct place *place = *state;
    int result = rmdir(place->runtime);
    if (result != 0)
        fprintf(stderr, "something was left in %s\n", place->runtime);
    leftover_remove(place->handle);
    free(place);
    return result;
}

static void make_file(const struct place *place)
{
    assert_int_equal(mkdir(place->folder, 0700), 0);
    int descriptor = open(place->file, O_CREAT | O_EXCL | O_WRONLY, 0600);
    assert_true(descriptor >= 0);
    close(descriptor);
}

static void remove_file(const struct place *place)
{
    unlink(place->file);
    rmdir(place->folder);
}

static bool exists(int id)
{
    struct shmid_ds status;
    return shmctl(id, IPC_STAT, &status) == 0;
}

static void wait_for(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Makes a segment as another process of this user. */
static int make_as_stranger(key_t key, size_t bytes, int mode)
{
    pid_t stranger = fork();
    assert_true(stranger >= 0);
    if (stranger == 0)
        _exit(shmget(key, bytes, IPC_CREAT | IPC_EXCL | mode) < 0);
    wait_for(stranger);
    int id = shmget(key, 0, 0);
    assert_true(id >= 0);
    return id;
}

/* A server that is gone without having cleaned up; returns the id of its segment. */
static int leave_dead_server(void)
{
    int channel[2];
    int id = -1;
    assert_int_equal(pipe(channel), 0);
    pid_t server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        struct letters letters;
        /* A register of its own, as a killed program's: nobody else knows of its things. */
        if (leftover_start(NULL) != 0 || letters_serve(&plain, &letters, NULL) != 0)
            _exit(1);
        ssize_t written = write(channel[1], &letters.segment.id, sizeof letters.segment.id);
        raise(SIGKILL);
        _exit(written < 0);
    }
    assert_int_equal(read(channel[0], &id, sizeof id), sizeof id);
    assert_int_equal(waitpid(server, NULL, 0), server);
    close(channel[0]);
    close(channel[1]);
    assert_true(exists(id));
    return id;
}

/* ---- keys ---- */

static void a_segment_under_our_key_is_left_alone(void **state)
{
    struct place *place = *state;
    static const struct {
        size_t bytes;
        int mode;
    } strangers[] = {{LETTERS_SEGMENT_BYTES, 0666}, {LETTERS_SEGMENT_BYTES, 0600}, {100, 0600}};
    for (size_t index = 0; index < sizeof strangers / sizeof strangers[0]; index++) {
        struct letters letters;
        make_file(place);
        int foreign = make_as_stranger(ftok(place->file, FIRST_ID), strangers[index].bytes,
                                       strangers[index].mode);
        assert_int_equal(letters_serve(&plain, &letters, NULL), 0);
        assert_int_equal(letters.segment.ftok_id, SECOND_ID);
        assert_int_not_equal(letters.segment.id, foreign);
        int ours = letters.segment.id;
        letters_close(&letters);
        assert_false(exists(ours));
        assert_true(exists(foreign));
        shmctl(foreign, IPC_RMID, NULL);
    }
}

static void a_dead_servers_segment_is_replaced(void **state)
{
    (void)state;
    int old = leave_dead_server();
    struct letters letters;
    assert_int_equal(letters_serve(&plain, &letters, NULL), 0);
    assert_false(exists(old));
    assert_int_equal(letters.segment.ftok_id, FIRST_ID);
    letters_close(&letters);
}

/* Somebody opened the dead server's segment to all: it is not as we made it, so not ours. */
static void a_changed_leftover_is_left_alone(void **state)
{
    (void)state;
    int old = leave_dead_server();
    struct shmid_ds status;
    assert_int_equal(shmctl(old, IPC_STAT, &status), 0);
    status.shm_perm.mode = 0666;
    assert_int_equal(shmctl(old, IPC_SET, &status), 0);
    struct letters letters;
    assert_int_equal(letters_serve(&plain, &letters, NULL), 0);
    assert_true(exists(old));
    assert_int_equal(letters.segment.ftok_id, SECOND_ID);
    letters_close(&letters);
    shmctl(old, IPC_RMID, NULL);
}

/* The server's segment was removed by hand and another lies under its key: a client must not
 * write into that one. */
static void a_client_refuses_a_segment_that_is_not_the_servers(void **state)
{
    (void)state;
    struct letters server;
    assert_int_equal(letters_serve(&plain, &server, NULL), 0);
    assert_int_equal(shmctl(server.segment.id, IPC_RMID, NULL), 0);
    int foreign = make_as_stranger(server.segment.key, LETTERS_SEGMENT_BYTES, 0600);
    pid_t client = fork(); /* locks of one process do not see each other */
    assert_true(client >= 0);
    if (client == 0) {
        struct letters letters;
        struct failure failure = {0};
        int result = letters_join(&plain, &letters, &failure);
        _exit(!(result == -EAGAIN && strstr(failure.text, "left alone") != NULL));
    }
    wait_for(client);
    struct shmid_ds status;
    assert_int_equal(shmctl(foreign, IPC_STAT, &status), 0);
    assert_int_equal(status.shm_atime, 0); /* never attached */
    letters_close(&server);
    assert_true(exists(foreign));
    shmctl(foreign, IPC_RMID, NULL);
}

/* ---- folder and file ---- */

static void a_folder_open_to_others_is_refused(void **state)
{
    struct place *place = *state;
    struct letters letters;
    make_file(place);
    assert_int_equal(chmod(place->folder, 0755), 0);
    struct failure failure = {0};
    assert_int_equal(letters_serve(&plain, &letters, &failure), -EPERM);
    assert_non_null(strstr(failure.text, place->folder));
    assert_int_equal(access(place->file, F_OK), 0);
    assert_int_equal(letters_join(&plain, &letters, NULL), -EPERM);
    remove_file(place);
}

static void a_link_instead_of_the_file_is_refused(void **state)
{
    struct place *place = *state;
    struct letters letters;
    char target[PATH_BYTES + 16];
    snprintf(target, sizeof target, "%s/target", place->runtime);
    assert_int_equal(mkdir(place->folder, 0700), 0);
    assert_int_equal(symlink(target, place->file), 0);
    assert_int_equal(letters_serve(&plain, &letters, NULL), -ELOOP);
    assert_int_equal(access(target, F_OK), -1);
    remove_file(place);
}

static void a_file_open_to_others_is_refused(void **state)
{
    struct place *place = *state;
    struct letters letters;
    struct failure failure = {0};
    make_file(place);
    assert_int_equal(chmod(place->file, 0666), 0);
    assert_int_equal(letters_serve(&plain, &letters, &failure), -EPERM);
    assert_non_null(strstr(failure.text, place->file));
    assert_int_equal(access(place->file, F_OK), 0);
    remove_file(place);
}

/* As under sudo, where the variable still names the other user's folder. */
static void a_runtime_folder_open_to_others_is_not_used(void **state)
{
    struct place *place = *state;
    struct letters letters;
    char expected[PATH_BYTES + 64];
    const char *before = getenv("TMPDIR");
    char *kept = before != NULL ? strdup(before) : NULL;
    assert_int_equal(chmod(place->runtime, 0755), 0);
    setenv("TMPDIR", place->runtime, 1);
    assert_int_equal(letters_serve(&plain, &letters, NULL), 0);
    snprintf(expected, sizeof expected, "%s/pipe-vs-shm-%lu/test", place->runtime,
             (unsigned long)geteuid());
    assert_string_equal(letters.meeting.path, expected);
    letters_close(&letters);
    if (kept != NULL)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
}

static void names_are_words(void **state)
{
    (void)state;
    assert_true(meeting_name_is_allowed("a"));
    assert_true(meeting_name_is_allowed("Letters_2-b"));
    assert_true(meeting_name_is_allowed("abcdefghijklmnopqrstuvwxyz012345"));
    assert_false(meeting_name_is_allowed("abcdefghijklmnopqrstuvwxyz0123456"));
    assert_false(meeting_name_is_allowed(""));
    assert_false(meeting_name_is_allowed("../x"));
    assert_false(meeting_name_is_allowed("."));
}

/* ---- letters ---- */

/* A client process that writes `count` letters without any pause and then finishes, or dies. */
static pid_t start_client(const struct letters_setup *setup, uint32_t count, bool dies)
{
    pid_t client = fork();
    assert_true(client >= 0);
    if (client != 0)
        return client;
    struct letters letters;
    if (letters_join(setup, &letters, NULL) != 0)
        _exit(1);
    for (uint32_t index = 0; index < count; index++)
        letters_write(&letters, index);
    if (dies)
        raise(SIGKILL);
    letters_finish(&letters);
    letters_close(&letters);
    _exit(0);
}

/* However fast the writer is, the synchronised reader gets every letter, once and in order. */
static void a_synchronised_reader_misses_nothing(void **state)
{
    (void)state;
    struct letters letters;
    struct failure failure = {0};
    char letter;
    bool finished = false;
    assert_int_equal(letters_serve(&synchronised, &letters, &failure), 0);
    pid_t client = start_client(&synchronised, LETTERS_COUNT, false);
    for (int index = 0; index < LETTERS_COUNT; index++) {
        assert_int_equal(letters_take(&letters, &letter), 0);
        assert_int_equal(letter, 'a' + index);
    }
    assert_int_equal(letters_pause(&letters, 20.0, &finished), 0);
    assert_true(finished);
    wait_for(client);
    letters_close(&letters);
}

/* What was written before the death is still taken; then the death is told. */
static void a_synchronised_reader_takes_what_a_dead_writer_left(void **state)
{
    (void)state;
    struct letters letters;
    struct failure failure = {0};
    char letter = '-';
    assert_int_equal(letters_serve(&synchronised, &letters, &failure), 0);
    pid_t client = start_client(&synchronised, 2, true);
    assert_int_equal(waitpid(client, NULL, 0), client);
    assert_int_equal(letters_take(&letters, &letter), 0);
    assert_int_equal(letter, 'a');
    assert_int_equal(letters_take(&letters, &letter), 0);
    assert_int_equal(letter, 'b');
    assert_int_equal(letters_take(&letters, &letter), -EPIPE);
    assert_non_null(strstr(failure.text, "2 of 26"));
    letters_close(&letters);
}

static void a_look_never_waits(void **state)
{
    (void)state;
    struct letters letters;
    char seen[LETTERS_COUNT + 1];
    bool finished = false;
    assert_int_equal(letters_serve(&plain, &letters, NULL), 0);
    letters_look(&letters, seen); /* there is not even a client */
    assert_string_equal(seen, "");
    pid_t client = start_client(&plain, LETTERS_COUNT, false);
    assert_int_equal(letters_pause(&letters, 20.0, &finished), 0);
    assert_true(finished);
    for (int time = 0; time < 2; time++) {
        letters_look(&letters, seen);
        assert_string_equal(seen, "abcdefghijklmnopqrstuvwxyz");
    }
    wait_for(client);
    letters_close(&letters);
}

/* One that finished, but is killed before it detaches, has done all it had to. */
static void a_death_after_the_end_is_no_failure(void **state)
{
    (void)state;
    struct letters letters;
    bool finished = false;
    assert_int_equal(letters_serve(&plain, &letters, NULL), 0);
    atomic_store(&letters.shared->finished, 1);
    pid_t client = start_client(&plain, 1, true);
    assert_int_equal(waitpid(client, NULL, 0), client);
    assert_int_equal(letters_pause(&letters, 20.0, &finished), 0);
    assert_true(finished);
    letters_close(&letters);
}

static void a_second_client_is_refused(void **state)
{
    (void)state;
    struct letters letters;
    assert_int_equal(letters_serve(&plain, &letters, NULL), 0);
    atomic_store(&letters.shared->client, getpid());
    pid_t client = fork();
    assert_true(client >= 0);
    if (client == 0) {
        struct letters second;
        _exit(letters_join(&plain, &second, NULL) != -EBUSY);
    }
    wait_for(client);
    letters_close(&letters);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, leave_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(a_segment_under_our_key_is_left_alone),
        in_place(a_dead_servers_segment_is_replaced),
        in_place(a_changed_leftover_is_left_alone),
        in_place(a_client_refuses_a_segment_that_is_not_the_servers),
        in_place(a_folder_open_to_others_is_refused),
        in_place(a_link_instead_of_the_file_is_refused),
        in_place(a_file_open_to_others_is_refused),
        in_place(a_runtime_folder_open_to_others_is_not_used),
        in_place(names_are_words),
        in_place(a_synchronised_reader_misses_nothing),
        in_place(a_synchronised_reader_takes_what_a_dead_writer_left),
        in_place(a_look_never_waits),
        in_place(a_death_after_the_end_is_no_failure),
        in_place(a_second_client_is_refused),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
