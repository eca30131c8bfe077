#include "base/leftover.h"

#include "base/exit_code.h"
#include "base/leftover_register.h"
#include "base/posix_object.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct leftover_register *noted;
static pid_t noted_by;           /* the process that started it */
static int lock_descriptor = -1; /* of the register's file; every process of the run keeps it */

uint64_t leftover_ipc_namespace(void)
{
    struct stat status;
    return stat("/proc/self/ns/ipc", &status) == 0 ? (uint64_t)status.st_ino : 0;
}

const char *leftover_temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder != NULL && *folder != '\0' ? folder : "/tmp";
}

/* ---- removing: all of it async-signal-safe ---- */

static bool is_empty(struct leftover_register *all)
{
    for (int handle = 0; handle < LEFTOVER_SLOTS; handle++) {
        /* acquire: whoever freed the slot has removed what it noted before. */
        if (atomic_load_explicit(&all->slots[handle].state, memory_order_acquire) != LEFTOVER_FREE)
            return false;
    }
    return true;
}

/* The run's folder goes with the last thing in it. Two processes may come here at once; then the
 * second finds nothing. */
static void remove_empty_run_folder(void)
{
    char file[LEFTOVER_PATH_BYTES + sizeof "/" LEFTOVER_REGISTER_FILE];
    size_t length = noted != NULL ? strlen(noted->folder) : 0;
    if (length == 0 || lock_descriptor < 0 || !is_empty(noted))
        return;
    memcpy(file, noted->folder, length);
    memcpy(file + length, "/" LEFTOVER_REGISTER_FILE, sizeof "/" LEFTOVER_REGISTER_FILE);
    /* relaxed: read by whoever makes the next folder, when no other process notes anything. */
    atomic_store_explicit(&noted->gone, 1, memory_order_relaxed);
    unlink(file);
    rmdir(noted->folder);
    close(lock_descriptor);
    lock_descriptor = -1;
}

/* It has ended, or it is this process, which a signal is ending: it will make nothing any more. */
static bool makes_nothing(pid_t process)
{
    return process == getpid() || (kill(process, 0) != 0 && errno == ESRCH);
}

/* Returns false for what may still come, or may still go by itself: a segment that its creator is
 * about to make, a folder whose file another process is about to remove. */
static bool remove_thing(const struct leftover_slot *slot)
{
    switch (slot->kind) {
    case LEFTOVER_SEGMENT:
        return ipc_object_remove_segment(&slot->object) || makes_nothing(slot->object.creator);
    case LEFTOVER_SEMAPHORES:
        return ipc_object_remove_semaphores(&slot->object) || makes_nothing(slot->object.creator);
    case LEFTOVER_QUEUE:
        return ipc_object_remove_queue(&slot->object) || makes_nothing(slot->object.creator);
    case LEFTOVER_MEMORY:
        return posix_object_remove_memory(slot->path) || makes_nothing(slot->object.creator);
    case LEFTOVER_POSIX_QUEUE:
        return posix_object_remove_queue(slot->path) || makes_nothing(slot->object.creator);
    case LEFTOVER_FILE:
        unlink(slot->path);
        return true;
    default:
        return rmdir(slot->path) == 0 || errno != ENOTEMPTY;
    }
}

/* `keep` leaves the note of what could not be removed yet. */
static void remove_slot(struct leftover_slot *slot, bool keep)
{
    int expected = LEFTOVER_NOTED;
    /* acquire: pairs with the release in note(), so the fields are whole. Only one process wins
     * the exchange, so nothing is removed twice (an id might be reused by then). */
    if (!atomic_compare_exchange_strong_explicit(&slot->state, &expected, LEFTOVER_FILLING,
                                                 memory_order_acquire, memory_order_relaxed))
        return;
    bool done = remove_thing(slot);
    /* release: whoever takes the slot next must not have its writes mixed with our reads. */
    atomic_store_explicit(&slot->state, done || !keep ? LEFTOVER_FREE : LEFTOVER_NOTED,
                          memory_order_release);
}

static void remove_all(bool keep)
{
    for (int handle = LEFTOVER_SLOTS - 1; handle >= 0; handle--)
        remove_slot(&noted->slots[handle], keep);
    remove_empty_run_folder();
}

/* What a process was busy with when it was killed looks as if it still were. */
static void take_over_from_the_dead(void)
{
    for (int handle = 0; handle < LEFTOVER_SLOTS; handle++) {
        struct leftover_slot *slot = &noted->slots[handle];
        int expected = LEFTOVER_FILLING;
        /* relaxed: the only other writers have ended. A slot half written notes nothing that was
         * made; whatever it names is looked at before it is removed. */
        atomic_compare_exchange_strong_explicit(&slot->state, &expected, LEFTOVER_NOTED,
                                                memory_order_relaxed, memory_order_relaxed);
    }
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

/* ---- signals ---- */

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

/* The handler must not find a slot that this very process is busy with: nobody would ever take it.
 */
static void keep_signals_out(sigset_t *before)
{
    sigset_t every;
    sigfillset(&every);
    sigprocmask(SIG_SETMASK, &every, before);
}

static void let_signals_in(const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
}

/* ---- the register ---- */

static struct leftover_register *map_register(int descriptor)
{
    void *memory = mmap(NULL, sizeof(struct leftover_register), PROT_READ | PROT_WRITE,
                        MAP_SHARED | (descriptor < 0 ? MAP_ANONYMOUS : 0), descriptor, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

int leftover_start(struct failure *failure)
{
    struct leftover_register *made = map_register(-1);
    if (made == NULL)
        return failure_set(failure, -errno, "allocating the register of things to clean up");
    /* An earlier one of this process has had its time. In a fork of a process that has one, that
     * one stays what it was to the others. */
    struct leftover_register *earlier = noted_by == getpid() ? noted : NULL;
    if (earlier != NULL)
        leftover_remove_all();
    noted = made;
    noted_by = getpid();
    if (earlier != NULL)
        munmap(earlier, sizeof *earlier);
    lock_descriptor = -1;
    leftover_catch_signals();
    return 0;
}

void leftover_remove(int handle)
{
    sigset_t before;
    if (handle < 0 || noted == NULL)
        return;
    keep_signals_out(&before);
    remove_slot(&noted->slots[handle], false);
    remove_empty_run_folder();
    let_signals_in(&before);
}

void leftover_remove_all(void)
{
    sigset_t before;
    if (noted == NULL)
        return;
    keep_signals_out(&before);
    take_over_from_the_dead();
    remove_all(false);
    let_signals_in(&before);
}

void leftover_forget(int handle)
{
    int expected = LEFTOVER_NOTED;
    /* release: as in remove_slot. Should another process be about to remove it, it frees it, too.
     */
    if (handle >= 0 && noted != NULL)
        atomic_compare_exchange_strong_explicit(&noted->slots[handle].state, &expected,
                                                LEFTOVER_FREE, memory_order_release,
                                                memory_order_relaxed);
}

void leftover_made(int handle, int id)
{
    sigset_t before;
    int expected = LEFTOVER_NOTED;
    if (handle < 0 || noted == NULL)
        return;
    struct leftover_slot *slot = &noted->slots[handle];
    keep_signals_out(&before);
    /* acquire, release: as any user of a slot. Should another process have it, it is removing the
     * set, which by its looks is still as it was made. */
    if (atomic_compare_exchange_strong_explicit(&slot->state, &expected, LEFTOVER_FILLING,
                                                memory_order_acquire, memory_order_relaxed)) {
        slot->object.id = id;
        atomic_store_explicit(&slot->state, LEFTOVER_NOTED, memory_order_release);
    }
    let_signals_in(&before);
}

static int note(const struct leftover_slot *thing)
{
    sigset_t before;
    int found = -ENOSPC;
    keep_signals_out(&before);
    for (int handle = 0; noted != NULL && handle < LEFTOVER_SLOTS && found < 0; handle++) {
        struct leftover_slot *slot = &noted->slots[handle];
        int expected = LEFTOVER_FREE;
        /* acquire: pairs with the release of the slot's last user in remove_slot(). */
        if (!atomic_compare_exchange_strong_explicit(&slot->state, &expected, LEFTOVER_FILLING,
                                                     memory_order_acquire, memory_order_relaxed))
            continue;
        slot->kind = thing->kind;
        slot->object = thing->object;
        memcpy(slot->path, thing->path, sizeof slot->path);
        /* release: a process that sees LEFTOVER_NOTED sees the fields too. */
        atomic_store_explicit(&slot->state, LEFTOVER_NOTED, memory_order_release);
        found = handle;
    }
    let_signals_in(&before);
    return found;
}

int leftover_note_segment(key_t key, pid_t creator)
{
    struct leftover_slot thing = {.kind = LEFTOVER_SEGMENT, .object = ipc_object_note_now(key)};
    thing.object.creator = creator;
    return note(&thing);
}

int leftover_note_semaphores(key_t key)
{
    return note(
        &(struct leftover_slot){.kind = LEFTOVER_SEMAPHORES, .object = ipc_object_note_now(key)});
}

int leftover_note_queue(key_t key)
{
    return note(
        &(struct leftover_slot){.kind = LEFTOVER_QUEUE, .object = ipc_object_note_now(key)});
}

static int note_path(enum leftover_kind kind, const char *path)
{
    struct leftover_slot thing = {.kind = (int)kind, .object.creator = getpid()};
    if (strlen(path) >= sizeof thing.path)
        return -ENAMETOOLONG;
    memcpy(thing.path, path, strlen(path) + 1);
    return note(&thing);
}

int leftover_note_memory(const char *name)
{
    return note_path(LEFTOVER_MEMORY, name);
}

int leftover_note_posix_queue(const char *name)
{
    return note_path(LEFTOVER_POSIX_QUEUE, name);
}

int leftover_note_file(const char *path)
{
    return note_path(LEFTOVER_FILE, path);
}

int leftover_note_folder(const char *path)
{
    return note_path(LEFTOVER_FOLDER, path);
}

/* ---- the run's folder ---- */

/* Makes the file, as large as it will be: a full disk must show here, not as SIGBUS later. */
static int make_register_file(const char *folder)
{
    char path[LEFTOVER_PATH_BYTES + sizeof "/" LEFTOVER_REGISTER_FILE];
    snprintf(path, sizeof path, "%s/" LEFTOVER_REGISTER_FILE, folder);
    int descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return -errno;
    struct stat status = {.st_nlink = 1};
    int result = flock(descriptor, LOCK_EX) == 0 && fstat(descriptor, &status) == 0 ? 0 : -errno;
    /* Whoever clears up may have taken a folder that stood empty for very long for forgotten. */
    if (result == 0 && status.st_nlink == 0)
        result = -ESTALE;
    if (result == 0)
        result = -posix_fallocate(descriptor, 0, sizeof(struct leftover_register));
    if (result == 0)
        return descriptor;
    unlink(path);
    close(descriptor);
    return result;
}

/* Copies what is noted so far into the file's register, which takes the place of the old one. */
static int move_register(int descriptor, const char *folder)
{
    struct leftover_register *moved = map_register(descriptor);
    if (moved == NULL)
        return -errno;
    memcpy(moved->slots, noted->slots, sizeof moved->slots);
    snprintf(moved->folder, sizeof moved->folder, "%s", folder);
    moved->ipc_namespace = leftover_ipc_namespace();
    moved->started_s = (int64_t)time(NULL);
    moved->starter = getpid();
    moved->magic = LEFTOVER_MAGIC;
    munmap(noted, sizeof *noted);
    noted = moved;
    if (lock_descriptor >= 0) /* of a folder that another process removed */
        close(lock_descriptor);
    lock_descriptor = descriptor;
    return 0;
}

static int make_run_folder(void)
{
    char folder[LEFTOVER_PATH_BYTES - sizeof "/1234567890"];
    int length = snprintf(folder, sizeof folder, "%s/" LEFTOVER_FOLDER_PREFIX "XXXXXX",
                          leftover_temporary_folder());
    if (length < 0 || (size_t)length >= sizeof folder)
        return -ENAMETOOLONG;
    if (mkdtemp(folder) == NULL)
        return -errno;
    int descriptor = make_register_file(folder);
    int result = descriptor < 0 ? descriptor : move_register(descriptor, folder);
    if (result < 0 && descriptor >= 0) {
        char path[LEFTOVER_PATH_BYTES];
        snprintf(path, sizeof path, "%s/" LEFTOVER_REGISTER_FILE, folder);
        unlink(path);
        close(descriptor);
    }
    if (result < 0)
        rmdir(folder);
    return result;
}

static bool has_run_folder(void)
{
    /* relaxed: see remove_empty_run_folder. */
    return noted->folder[0] != '\0' && !atomic_load_explicit(&noted->gone, memory_order_relaxed);
}

/* The name is noted before there is a folder of that name. */
static int make_inner_folder(char *path, size_t path_bytes)
{
    /* relaxed: only the numbers must differ. */
    int number = 1 + atomic_fetch_add_explicit(&noted->folders, 1, memory_order_relaxed);
    int length = snprintf(path, path_bytes, "%s/%d", noted->folder, number);
    if (length < 0 || (size_t)length >= path_bytes)
        return -ENAMETOOLONG;
    int handle = leftover_note_folder(path);
    if (handle < 0 || mkdir(path, 0700) == 0)
        return handle;
    int error = errno;
    leftover_forget(handle);
    return -error;
}

int leftover_make_folder(char *path, size_t path_bytes, struct failure *failure)
{
    sigset_t before;
    if (noted == NULL)
        return failure_say(failure, -EINVAL, "there is no register of things to clean up");
    /* The name is known only once the folder is there: no signal may come in between. */
    keep_signals_out(&before);
    int result = has_run_folder() ? 0 : make_run_folder();
    if (result == 0)
        result = make_inner_folder(path, path_bytes);
    if (result < 0)
        remove_empty_run_folder();
    let_signals_in(&before);
    if (result == -ENAMETOOLONG)
        return failure_say(failure, result, "TMPDIR: the path is too long");
    if (result < 0)
        return failure_set(failure, result, "making a private folder in %.100s (set TMPDIR)",
                           leftover_temporary_folder());
    return result;
}
