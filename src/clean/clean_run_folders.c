/*
 * The private folders of runs. Everything is opened relative to its folder and never through a
 * link, so that what is judged is what is removed.
 */
#include "clean/clean.h"

#include "base/leftover.h"
#include "base/leftover_register.h"
#include "base/posix_object.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DEPTH_MOST = 8 }; /* of folders in a run's folder; ours are two deep */

/* One run's folder while it is looked at. */
struct run_folder {
    const char *parent;
    const char *name;
    int parent_descriptor;
    int descriptor;
    int register_descriptor; /* -1: there is none */
    long age_s;
};

/* ---- which folders ---- */

static bool is_name_of_run(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const size_t prefix = sizeof LEFTOVER_FOLDER_PREFIX - 1;
    return strncmp(name, LEFTOVER_FOLDER_PREFIX, prefix) == 0 &&
           strlen(name) == prefix + LEFTOVER_FOLDER_RANDOM &&
           strspn(name + prefix, letters) == LEFTOVER_FOLDER_RANDOM;
}

/* Ours, and closed to everybody else, so that what lies in it is ours, too. */
static bool is_private(const struct stat *status)
{
    return status->st_uid == geteuid() && (status->st_mode & 077) == 0;
}

/* Returns false when it is no run's folder of ours, or is gone. */
static bool open_folder(struct run_folder *folder)
{
    struct stat status;
    folder->descriptor = openat(folder->parent_descriptor, folder->name,
                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->descriptor < 0)
        return false;
    if (fstat(folder->descriptor, &status) != 0 || !is_private(&status))
        return false;
    folder->age_s = (long)(time(NULL) - status.st_mtime);
    folder->register_descriptor = openat(folder->descriptor, LEFTOVER_REGISTER_FILE,
                                         O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return true;
}

static void close_folder(struct run_folder *folder)
{
    if (folder->register_descriptor >= 0)
        close(folder->register_descriptor);
    if (folder->descriptor >= 0)
        close(folder->descriptor);
}

/* ---- removing files ---- */

static int remove_tree(int parent, const char *name, int depth);

/* Takes over `descriptor`. */
static int empty_folder(int descriptor, int depth)
{
    int result = 0;
    DIR *stream = fdopendir(descriptor);
    if (stream == NULL) {
        result = -errno;
        close(descriptor);
        return result;
    }
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int removed = remove_tree(dirfd(stream), entry->d_name, depth + 1);
        if (result == 0)
            result = removed;
    }
    closedir(stream);
    return result;
}

/* Removes a file, or a folder with all that is in it. */
static int remove_tree(int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -errno;
    if (depth > DEPTH_MOST)
        return -ELOOP;
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int result = folder >= 0 ? empty_folder(folder, depth) : -errno;
    if (result == 0 && unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        result = -errno;
    return result;
}

static void remove_folder(struct clean_task *task, const struct run_folder *folder, const char *why)
{
    int result = task->dry_run ? 0 : remove_tree(folder->parent_descriptor, folder->name, 0);
    if (result < 0)
        clean_tell_kept(task, "the folder %.300s/%.100s: %s", folder->parent, folder->name,
                        strerror(-result));
    else
        clean_tell_removed(task, "the folder %.300s/%.100s (%s, %ld s old)", folder->parent,
                           folder->name, why, folder->age_s);
}

/* ---- removing what the register notes ---- */

static bool read_register(int descriptor, struct leftover_register *found)
{
    memset(found, 0, sizeof *found);
    return pread(descriptor, found, sizeof *found, 0) == (ssize_t)sizeof *found &&
           found->magic == LEFTOVER_MAGIC;
}

/* What the register may note of System V, by its kind; no name: nothing of the kind. */
static const struct system_v_kind {
    const char *name;
    int (*find)(const struct ipc_object_note *note);
    bool (*remove)(const struct ipc_object_note *note);
} system_v_kinds[LEFTOVER_KINDS] = {
    [LEFTOVER_SEGMENT] = {"segment", ipc_object_find_segment, ipc_object_remove_segment},
    [LEFTOVER_SEMAPHORES] = {"semaphore set", ipc_object_find_semaphores,
                             ipc_object_remove_semaphores},
    [LEFTOVER_QUEUE] = {"message queue", ipc_object_find_queue, ipc_object_remove_queue},
};

static bool is_system_v(const struct leftover_slot *slot)
{
    return slot->kind >= 0 && slot->kind < LEFTOVER_KINDS &&
           system_v_kinds[slot->kind].name != NULL;
}

static void remove_system_v(struct clean_task *task, const struct leftover_slot *slot)
{
    const struct ipc_object_note *note = &slot->object;
    const struct system_v_kind *kind = &system_v_kinds[slot->kind];
    int id = kind->find(note);
    if (id < 0)
        return; /* it was never made, or is gone, or another's lies under its key */
    if (!task->dry_run && !kind->remove(note)) {
        clean_tell_kept(task, "the %s %d (key 0x%08x): %s", kind->name, id, (unsigned)note->key,
                        strerror(errno));
        return;
    }
    clean_tell_removed(task, "the %s %d (key 0x%08x, of process %ld, %ld s old)", kind->name, id,
                       (unsigned)note->key, (long)note->creator, (long)(time(NULL) - note->time_s));
}

static bool is_posix(const struct leftover_slot *slot)
{
    return slot->kind == LEFTOVER_MEMORY || slot->kind == LEFTOVER_POSIX_QUEUE;
}

static void remove_posix(struct clean_task *task, struct leftover_slot *slot)
{
    bool memory = slot->kind == LEFTOVER_MEMORY;
    const char *what = memory ? "shared memory" : "message queue";
    slot->path[sizeof slot->path - 1] = '\0';
    if (!(memory ? posix_object_find_memory(slot->path) : posix_object_find_queue(slot->path)))
        return; /* it was never made, or is gone, or the name is none of ours */
    if (!task->dry_run &&
        !(memory ? posix_object_remove_memory(slot->path) : posix_object_remove_queue(slot->path)))
        clean_tell_kept(task, "the %s %s: %s", what, slot->path, strerror(errno));
    else
        clean_tell_removed(task, "the %s %s (of process %ld)", what, slot->path,
                           (long)slot->object.creator);
}

static void remove_object(struct clean_task *task, struct leftover_slot *slot)
{
    if (is_posix(slot))
        remove_posix(task, slot);
    else
        remove_system_v(task, slot);
}

static bool notes_object(struct leftover_slot *slot)
{
    /* relaxed: read from a file whose writers have ended. Also a slot in the making counts: what it
     * names is looked at before it is removed. */
    return atomic_load_explicit(&slot->state, memory_order_relaxed) != LEFTOVER_FREE &&
           (is_system_v(slot) || is_posix(slot));
}

static unsigned count_objects(struct leftover_register *found)
{
    unsigned count = 0;
    for (int index = 0; index < LEFTOVER_SLOTS; index++)
        count += notes_object(&found->slots[index]);
    return count;
}

static void remove_run(struct clean_task *task, const struct run_folder *folder,
                       struct leftover_register *found)
{
    char why[64];
    uint64_t here = leftover_ipc_namespace();
    if (count_objects(found) > 0 && found->ipc_namespace != here) {
        clean_tell_kept(task,
                        "the folder %.300s/%.100s: what it notes was made in another IPC namespace "
                        "(a container, say): clean there",
                        folder->parent, folder->name);
        return;
    }
    for (int index = 0; index < LEFTOVER_SLOTS; index++) {
        if (notes_object(&found->slots[index]))
            remove_object(task, &found->slots[index]);
    }
    snprintf(why, sizeof why, "of the ended process %ld", (long)found->starter);
    remove_folder(task, folder, why);
}

/* ---- one folder ---- */

/* Nobody has the lock, so nobody of the run lives. */
static void look_at_ended(struct clean_task *task, const struct run_folder *folder)
{
    struct stat status;
    struct leftover_register *found = malloc(sizeof *found);
    if (found == NULL || fstat(folder->register_descriptor, &status) != 0 ||
        !S_ISREG(status.st_mode) || !is_private(&status)) {
        clean_tell_kept(task, "the folder %.300s/%.100s: its register can't be read",
                        folder->parent, folder->name);
    } else if (read_register(folder->register_descriptor, found)) {
        remove_run(task, folder, found);
    } else if (status.st_size > 0 && status.st_size < (off_t)sizeof *found) {
        /* That of a script, which has nothing but files. */
        remove_folder(task, folder, "of an ended script");
    } else if (folder->age_s >= CLEAN_UNFINISHED_S) {
        remove_folder(task, folder, "of a process that was killed while it began");
    }
    free(found);
}

static void look_at_folder(struct clean_task *task, struct run_folder *folder)
{
    if (!open_folder(folder))
        return;
    if (folder->register_descriptor < 0) {
        if (folder->age_s >= CLEAN_UNFINISHED_S)
            remove_folder(task, folder, "of a process that was killed while it began");
    } else if (flock(folder->register_descriptor, LOCK_EX | LOCK_NB) == 0) {
        look_at_ended(task, folder);
    }
}

int clean_run_folders(struct clean_task *task, struct failure *failure)
{
    const char *parent = leftover_temporary_folder();
    DIR *stream = opendir(parent);
    if (stream == NULL)
        return failure_set(failure, -errno, "reading the folder %.200s (set TMPDIR)", parent);
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        struct run_folder folder = {.parent = parent,
                                    .name = entry->d_name,
                                    .parent_descriptor = dirfd(stream),
                                    .descriptor = -1,
                                    .register_descriptor = -1};
        if (!is_name_of_run(entry->d_name))
            continue;
        look_at_folder(task, &folder);
        close_folder(&folder);
    }
    closedir(stream);
    return 0;
}
