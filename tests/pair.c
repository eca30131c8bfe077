#include "pair.h"

#include "base/leftover.h"

#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { HANG_SECONDS = 60 };

static bool memory_is_private; /* /dev/shm is this program's own */

struct channel_setup pair_setup(enum wait_kind wait, size_t loan_bytes)
{
    return (struct channel_setup){.wait = wait,
                                  .capacity_bytes = 65536,
                                  .loan_bytes = loan_bytes,
                                  .patience_ns = UINT64_C(20000000000)};
}

static void run_peer(struct pair *pair, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    leftover_catch_signals();
    enum channel_role role = pair->test_role == CHANNEL_WRITER ? CHANNEL_READER : CHANNEL_WRITER;
    peer_open(&pair->peer, parent);
    channel_watch(pair->channel, &pair->peer, &pair->failure);
    int code = 0;
    if (pair->peer_opens && pair->operations->open(pair->channel, role) < 0)
        code = 99;
    if (code == 0)
        code = pair->peer_run(pair, pair->channel);
    if (code != 0 && pair->failure.error != 0)
        fprintf(stderr, "peer: %s\n", pair->failure.text);
    pair->operations->close(pair->channel);
    _exit(code);
}

void pair_start(struct pair *pair)
{
    signal(SIGPIPE, SIG_IGN);
    alarm(HANG_SECONDS);
    assert_int_equal(leftover_start(NULL), 0);
    pair->setup.failure = &pair->failure;
    int result = channel_create(pair->operations, &pair->setup, &pair->channel);
    if (result < 0)
        fail_msg("create: %s", pair->failure.text);
    pid_t parent = getpid();
    pair->peer_pid = fork();
    assert_true(pair->peer_pid >= 0);
    if (pair->peer_pid == 0)
        run_peer(pair, parent);
    assert_int_equal(peer_open(&pair->peer, pair->peer_pid), 0);
    channel_watch(pair->channel, &pair->peer, &pair->failure);
}

int pair_open(struct pair *pair)
{
    return pair->operations->open(pair->channel, pair->test_role);
}

int pair_finish(struct pair *pair)
{
    int status;
    pair->operations->close(pair->channel);
    assert_int_equal(waitpid(pair->peer_pid, &status, 0), pair->peer_pid);
    peer_close(&pair->peer);
    leftover_remove_all();
    alarm(0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void pair_use_private_ipc(void)
{
    /* A user namespace first, for those who are not root; if neither works the tests run anyway. */
    if (unshare(CLONE_NEWIPC | CLONE_NEWNS) != 0 &&
        unshare(CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWNS) != 0)
        return;
    memory_is_private = mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                        mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777") == 0;
}

static int count_names(const char *folder)
{
    int count = 0;
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    while (stream != NULL && (entry = readdir(stream)) != NULL)
        count += entry->d_name[0] != '.';
    if (stream != NULL)
        closedir(stream);
    return count;
}

int pair_count_ipc_objects(void)
{
    struct shm_info segments;
    struct seminfo semaphores;
    struct msginfo queues;
    assert_true(shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&segments) >= 0);
    assert_true(semctl(0, 0, SEM_INFO, &semaphores) >= 0);
    assert_true(msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&queues) >= 0);
    return segments.used_ids + semaphores.semusz + queues.msgpool +
           (memory_is_private ? count_names("/dev/shm") : 0);
}
