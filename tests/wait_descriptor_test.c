/*
 * Waiting for a descriptor (transfer/wait.h) while the peer ends or the patience does: what was
 * written before must still be read, and only then is the wait over.
 */
#include "base/failure.h"
#include "transfer/peer.h"
#include "transfer/wait.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const enum wait_kind kinds[] = {WAIT_BLOCK, WAIT_SPIN, WAIT_HYBRID};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct scene {
    struct peer peer;
    struct failure failure;
    struct waiter waiter;
    int ends[2];
};

/* A peer that has ended, and a pipe that is still open at both ends, as if a third process had it:
 * only so can the wait neither read nor find the end. */
static int set_up(void **state)
{
    static struct scene scene;
    scene = (struct scene){.waiter = {.patience_ns = UINT64_C(3600000000000)}};
    scene.waiter.peer = &scene.peer;
    scene.waiter.failure = &scene.failure;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    siginfo_t info;
    if (child < 0 || peer_open(&scene.peer, child) != 0 ||
        waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0 || pipe(scene.ends) != 0)
        return -1;
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    close(scene->ends[0]);
    close(scene->ends[1]);
    waitpid(scene->peer.pid, NULL, 0);
    peer_close(&scene->peer);
    return 0;
}

/* An attempt of a wait that began long ago and has to ask now. */
static int wait_once(struct scene *scene, enum wait_kind kind, int descriptor, short events)
{
    struct wait_attempts attempts = {.started_ns = 1, .peer_checked_ns = 1, .count = 255};
    scene->waiter.kind = kind;
    scene->failure = (struct failure){0};
    return wait_for_descriptor(&scene->waiter, &attempts, descriptor, events);
}

static void wait_moment(struct scene *scene, int descriptor, int expected)
{
    struct wait_attempts attempts = {.started_ns = 1, .peer_checked_ns = 1};
    scene->failure = (struct failure){0};
    assert_int_equal(wait_a_moment(&scene->waiter, &attempts, descriptor), expected);
    assert_int_equal(scene->failure.text[0] == '\0', expected == 0);
}

static void check(struct scene *scene, enum wait_kind kind, short events, int expected)
{
    int descriptor = scene->ends[events == POLLIN ? 0 : 1];
    assert_int_equal(wait_once(scene, kind, descriptor, events), expected);
    assert_int_equal(scene->failure.text[0] == '\0', expected == 0);
}

static void what_a_dead_peer_wrote_comes_first(void **state)
{
    struct scene *scene = *state;
    char byte;
    for (size_t index = 0; index < KINDS; index++) {
        assert_int_equal(write(scene->ends[1], "!", 1), 1);
        check(scene, kinds[index], POLLIN, 0);
        wait_moment(scene, scene->ends[0], 0);
        assert_int_equal(read(scene->ends[0], &byte, 1), 1);
        check(scene, kinds[index], POLLIN, -EPIPE);
        wait_moment(scene, scene->ends[0], -EPIPE);
    }
}

static void the_end_is_for_the_reader_to_find(void **state)
{
    struct scene *scene = *state;
    close(scene->ends[1]);
    for (size_t index = 0; index < KINDS; index++)
        check(scene, kinds[index], POLLIN, 0);
    scene->ends[1] = dup(scene->ends[0]);
}

static void what_came_in_time_ends_no_patience(void **state)
{
    struct scene *scene = *state;
    char byte;
    scene->waiter.peer = NULL;
    scene->waiter.patience_ns = 1;
    for (size_t index = 0; index < KINDS; index++) {
        assert_int_equal(write(scene->ends[1], "!", 1), 1);
        check(scene, kinds[index], POLLIN, 0);
        assert_int_equal(read(scene->ends[0], &byte, 1), 1);
        check(scene, kinds[index], POLLIN, -ETIMEDOUT);
    }
}

static void room_in_the_pipe_is_used_first(void **state)
{
    struct scene *scene = *state;
    for (size_t index = 0; index < KINDS; index++)
        check(scene, kinds[index], POLLOUT, 0);
}

static void without_a_descriptor_death_is_told_at_once(void **state)
{
    struct scene *scene = *state;
    wait_moment(scene, -1, -EPIPE);
}

#define TEST_OF_SCENE(check) cmocka_unit_test_setup_teardown(check, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_OF_SCENE(what_a_dead_peer_wrote_comes_first),
        TEST_OF_SCENE(the_end_is_for_the_reader_to_find),
        TEST_OF_SCENE(what_came_in_time_ends_no_patience),
        TEST_OF_SCENE(room_in_the_pipe_is_used_first),
        TEST_OF_SCENE(without_a_descriptor_death_is_told_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
