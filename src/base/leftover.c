#include "base/leftover.h"

#include "base/exit_code.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

enum { REGISTER_SLOTS = 64, PATH_BYTES = 512 };

enum leftover_kind { LEFTOVER_SEGMENT, LEFTOVER_SEMAPHORES, LEFTOVER_FILE, LEFTOVER_FOLDER };
enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_NOTED };

struct slot {
    _Atomic int state;
    enum leftover_kind kind;
    key_t key;
    pid_t creator;
    int id;
    char path[PATH_BYTES];
};

static struct slot *register_slots;

/* Returns false when there was nothing to remove. */
static bool remove_segment(const struct slot *slot)
{
    struct shmid_ds status;
    int id = shmget(slot->key, 0, 0);
    if (id < 0 || shmctl(id, IPC_STAT, &status) != 0)
        return false;
    /* ftok keys collide: a segment that another process made is not ours to remove. */
    return status.shm_cpid == slot->creator && status.shm_perm.cuid == geteuid() &&
           shmctl(id, IPC_RMID, NULL) == 0;
}

/* `keep` leaves the note of what could not be removed yet: a segment that its creator may be about
 * to make, a folder whose file another process is about to remove. */
static void remove_slot(struct slot *slot, bool keep)
{
    int noted = SLOT_NOTED;
    int next = SLOT_FREE;
    /* acquire: pairs with the release in note(), so the fields are whole. Only one process wins
     * the exchange, so nothing is removed twice (an id might be reused by then). */
    if (!atomic_compare_exchange_strong_explicit(&slot->state, &noted, SLOT_FILLING,
                                                 memory_order_acquire, memory_order_relaxed))
        return;
    switch (slot->kind) {
    case LEFTOVER_SEGMENT:
        if (!remove_segment(slot) && keep)
            next = SLOT_NOTED;
        break;
    case LEFTOVER_SEMAPHORES:
        semctl(slot->id, 0, IPC_RMID);
        break;
    case LEFTOVER_FILE:
        unlink(slot->path);
        break;
    case LEFTOVER_FOLDER:
        if (rmdir(slot->path) != 0 && keep)
            next = SLOT_NOTED;
        break;
    }
    /* release: whoever takes the slot next must not have its writes mixed with our reads. */
    atomic_store_explicit(&slot->state, next, memory_order_release);
}

void leftover_remove(int handle)
{
    if (handle >= 0 && register_slots != NULL)
        remove_slot(&register_slots[handle], false);
}

static void remove_all(bool keep)
{
    for (int handle = REGISTER_SLOTS - 1; register_slots != NULL && handle >= 0; handle--)
        remove_slot(&register_slots[handle], keep);
}

void leftover_remove_all(void)
{
    remove_all(false);
}

static void remove_all_and_exit(int signal_number)
{
    (void)signal_number;
    /* Other processes of the run may be at work, or here at the same moment: twice, because one
     * may have held the file that kept us from removing its folder. */
    remove_all(true);
    remove_all(true);
    _exit(EXIT_CODE_INTERRUPTED);
}

static const int caught_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

enum { CAUGHT_SIGNALS = sizeof caught_signals / sizeof caught_signals[0] };

void leftover_signals(sigset_t *signals)
{
    sigemptyset(signals);
    for (size_t index = 0; index < CAUGHT_SIGNALS; index++) {
        struct sigaction current;
        sigaction(caught_signals[index], NULL, &current);
        if (current.sa_handler != SIG_IGN)
            sigaddset(signals, caught_signals[index]);
    }
}

void leftover_catch_signals(void)
{
    struct sigaction action = {.sa_handler = remove_all_and_exit};
    sigset_t signals;
    sigfillset(&action.sa_mask);
    leftover_signals(&signals);
    for (size_t index = 0; index < CAUGHT_SIGNALS; index++) {
        if (sigismember(&signals, caught_signals[index]))
            sigaction(caught_signals[index], &action, NULL);
    }
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

int leftover_start(struct failure *failure)
{
    void *memory = mmap(NULL, REGISTER_SLOTS * sizeof(struct slot), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return failure_set(failure, -errno, "allocating the register of things to clean up");
    register_slots = memory;
    leftover_catch_signals();
    return 0;
}

static int note(const struct slot *thing)
{
    for (int handle = 0; register_slots != NULL && handle < REGISTER_SLOTS; handle++) {
        struct slot *slot = &register_slots[handle];
        int expected = SLOT_FREE;
        /* acquire: pairs with the release of the slot's last user in remove_slot(). */
        if (!atomic_compare_exchange_strong_explicit(&slot->state, &expected, SLOT_FILLING,
                                                     memory_order_acquire, memory_order_relaxed))
            continue;
        slot->kind = thing->kind;
        slot->key = thing->key;
        slot->creator = thing->creator;
        slot->id = thing->id;
        memcpy(slot->path, thing->path, sizeof slot->path);
        /* release: a process that sees SLOT_NOTED sees the fields too. */
        atomic_store_explicit(&slot->state, SLOT_NOTED, memory_order_release);
        return handle;
    }
    return -ENOSPC;
}

int leftover_note_segment(key_t key, pid_t creator)
{
    return note(&(struct slot){.kind = LEFTOVER_SEGMENT, .key = key, .creator = creator});
}

int leftover_note_semaphores(int id)
{
    return note(&(struct slot){.kind = LEFTOVER_SEMAPHORES, .id = id});
}

static int note_path(enum leftover_kind kind, const char *path)
{
    struct slot thing = {.kind = kind};
    if (strlen(path) >= sizeof thing.path)
        return -ENAMETOOLONG;
    memcpy(thing.path, path, strlen(path) + 1);
    return note(&thing);
}

int leftover_note_file(const char *path)
{
    return note_path(LEFTOVER_FILE, path);
}

int leftover_note_folder(const char *path)
{
    return note_path(LEFTOVER_FOLDER, path);
}

int leftover_make_folder(char *path, size_t path_bytes, struct failure *failure)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || *parent == '\0')
        parent = "/tmp";
    int length = snprintf(path, path_bytes, "%s/pipe-vs-shm-XXXXXX", parent);
    if (length < 0 || (size_t)length >= path_bytes)
        return failure_say(failure, -ENAMETOOLONG, "TMPDIR: the path is too long");
    /* The name is known only once the folder is there: keep signals out until it is noted. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int result = mkdtemp(path) != NULL ? leftover_note_folder(path) : -errno;
    if (result == -ENOSPC || result == -ENAMETOOLONG)
        rmdir(path);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (result < 0)
        return failure_set(failure, result, "making a private folder in %.100s (set TMPDIR)",
                           parent);
    return result;
}
