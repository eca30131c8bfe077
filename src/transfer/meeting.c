#include "transfer/meeting.h"

#include "base/file_io.h"
#include "base/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TAKE_ATTEMPTS = 10, TAKE_PAUSE_NS = 20000000, PRIVATE_MODE = 0600, FOLDER_MODE = 0700 };

static const char name_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

bool meeting_name_is_allowed(const char *name)
{
    size_t length = strlen(name);
    return length >= 1 && length <= MEETING_NAME_MOST && strspn(name, name_letters) == length;
}

/* ---- the folder ---- */

/* Ours, a real folder (no link to one), and closed to everybody else. */
static bool is_private_folder(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & 077) == 0;
}

/* The user's runtime folder is removed at the end of the login and is nobody else's; without it
 * (or with somebody else's, as under sudo) a folder among the temporary ones. */
int meeting_user_folder(char path[MEETING_FOLDER_BYTES], struct failure *failure)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int length = runtime != NULL && *runtime == '/' && is_private_folder(runtime)
                     ? snprintf(path, MEETING_FOLDER_BYTES, "%s/pipe-vs-shm", runtime)
                     : snprintf(path, MEETING_FOLDER_BYTES, "%s/pipe-vs-shm-%lu",
                                leftover_temporary_folder(), (unsigned long)geteuid());
    if (length < 0 || length >= MEETING_FOLDER_BYTES)
        return failure_say(failure, -ENAMETOOLONG,
                           "XDG_RUNTIME_DIR or TMPDIR: the path is too long");
    return 0;
}

static int choose_paths(const struct meeting_role *role, struct meeting *meeting,
                        struct failure *failure)
{
    int result = meeting_user_folder(meeting->folder, failure);
    if (result < 0)
        return result;
    int length =
        snprintf(meeting->place, sizeof meeting->place, "%s%s%s", meeting->folder,
                 role->folder != NULL ? "/" : "", role->folder != NULL ? role->folder : "");
    if (length >= 0 && (size_t)length < sizeof meeting->place)
        length = snprintf(meeting->path, sizeof meeting->path, "%s/%s", meeting->place, role->file);
    if (length < 0 || (size_t)length >= sizeof meeting->path)
        return failure_say(failure, -ENAMETOOLONG, "the name is too long");
    return 0;
}

static bool has_place(const struct meeting *meeting)
{
    return strcmp(meeting->place, meeting->folder) != 0;
}

static int check_folder(const char *path, struct failure *failure)
{
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return -ENOENT;
    if (is_private_folder(path))
        return 0;
    return failure_say(failure, -EPERM,
                       "%.120s is not a folder of ours alone (owner, mode 0700), so it is left "
                       "alone; set TMPDIR to another folder",
                       path);
}

/* Looked at before it is noted: what is noted is removed in the end when it is empty. */
static int make_folder(const char *path, int *handle, struct failure *failure)
{
    int result = check_folder(path, failure);
    if (result < 0 && result != -ENOENT)
        return result;
    if (*handle < 0)
        *handle = leftover_note_folder(path);
    if (*handle < 0)
        return failure_set(failure, *handle, "noting the folder for clean-up");
    if (mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST)
        return 0;
    return failure_set(failure, -errno, "making the folder %.120s (set TMPDIR)", path);
}

/* The outer folder first: in one that is not ours nothing is made, nor believed. */
static int check_folders(struct meeting *meeting, bool make, struct failure *failure)
{
    int result = make ? make_folder(meeting->folder, &meeting->folder_handle, failure) : 0;
    if (result == 0)
        result = check_folder(meeting->folder, failure);
    if (result < 0 || !has_place(meeting))
        return result;
    result = make ? make_folder(meeting->place, &meeting->place_handle, failure) : 0;
    return result == 0 ? check_folder(meeting->place, failure) : result;
}

/* ---- the file ---- */

/* The lock is a record lock: it does not outlive its process, a fork does not inherit it, and
 * the kernel tells who holds it. (It would end with ANY closing of the file by its holder, who
 * therefore opens it only once.) */
static struct flock whole_file_lock(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

/* The process that holds the lock; 0 when nobody does. */
static pid_t lock_holder(int descriptor)
{
    struct flock lock = whole_file_lock();
    if (fcntl(descriptor, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return 0;
    return lock.l_pid;
}

static int check_file(const struct meeting *meeting, struct failure *failure)
{
    struct stat status;
    if (fstat(meeting->descriptor, &status) != 0)
        return failure_set(failure, -errno, "looking at %.120s", meeting->path);
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077) != 0)
        return failure_say(failure, -EPERM,
                           "%.120s is not a file of ours alone (owner, mode 0600), so it is left "
                           "alone; choose another --name",
                           meeting->path);
    return 0;
}

/* The last holder may have removed the file while we opened it: a lock on it is worth nothing. */
static bool is_still_there(const struct meeting *meeting)
{
    struct stat opened;
    struct stat found;
    return fstat(meeting->descriptor, &opened) == 0 && lstat(meeting->path, &found) == 0 &&
           opened.st_dev == found.st_dev && opened.st_ino == found.st_ino;
}

static int lock_file(struct meeting *meeting, struct failure *failure)
{
    struct flock lock = whole_file_lock();
    if (fcntl(meeting->descriptor, F_SETLK, &lock) != 0) {
        if (errno != EACCES && errno != EAGAIN)
            return failure_set(failure, -errno, "locking %.120s", meeting->path);
        meeting->holder = lock_holder(meeting->descriptor);
        return -EBUSY;
    }
    if (!is_still_there(meeting))
        return failure_say(failure, -ESTALE, "%.120s was removed meanwhile: try again",
                           meeting->path);
    /* Only now: before, the file might have been another holder's. */
    meeting->file_handle = leftover_note_file(meeting->path);
    if (meeting->file_handle < 0)
        return failure_set(failure, meeting->file_handle, "noting the file for clean-up");
    return 0;
}

int meeting_read_note(const struct meeting *meeting, void *note, size_t note_bytes)
{
    return file_read_at(meeting->descriptor, note, note_bytes, 0) == (ssize_t)note_bytes ? 0
                                                                                         : -EAGAIN;
}

/* A new file has no note, and that of another version may be a shorter one. */
static void read_note_or_zeros(const struct meeting *meeting, void *note, size_t note_bytes)
{
    if (meeting_read_note(meeting, note, note_bytes) != 0)
        memset(note, 0, note_bytes);
}

int meeting_write_note(const struct meeting *meeting, const void *bytes, size_t size, size_t offset,
                       struct failure *failure)
{
    ssize_t written = file_write_at(meeting->descriptor, bytes, size, (off_t)offset);
    if (written == (ssize_t)size)
        return 0;
    return failure_set(failure, written < 0 ? -errno : -ENOSPC, "writing %.120s", meeting->path);
}

/* ---- taking and finding ---- */

static void close_file(struct meeting *meeting)
{
    if (meeting->descriptor >= 0)
        close(meeting->descriptor);
    meeting->descriptor = -1;
}

static int open_file(struct meeting *meeting, int flags, struct failure *failure)
{
    meeting->descriptor = open(meeting->path, flags | O_NOFOLLOW | O_CLOEXEC, PRIVATE_MODE);
    if (meeting->descriptor < 0 && errno == ENOENT)
        return -ENOENT;
    if (meeting->descriptor < 0)
        return failure_set(failure, -errno, "opening %.120s", meeting->path);
    return check_file(meeting, failure);
}

static int try_to_take(bool existing_only, struct meeting *meeting, struct failure *failure)
{
    int result = check_folders(meeting, !existing_only, failure);
    if (result < 0)
        return result;
    /* No signal may end us between the making of the file and its note. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    result = open_file(meeting, existing_only ? O_RDWR : O_RDWR | O_CREAT, failure);
    if (result == 0)
        result = lock_file(meeting, failure);
    if (result < 0)
        close_file(meeting);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

/* Ends a failed attempt: leaves, and describes what `latest` has a description of. */
static int give_up(struct meeting *meeting, int result, const struct failure *latest,
                   struct failure *failure)
{
    meeting_leave(meeting);
    return latest->error != 0 ? failure_say(failure, result, "%s", latest->text) : result;
}

int meeting_take(const struct meeting_role *role, bool existing_only, struct meeting *meeting,
                 void *note, size_t note_bytes, struct failure *failure)
{
    static const struct timespec pause = {.tv_nsec = TAKE_PAUSE_NS};
    *meeting = MEETING_NONE;
    int result = choose_paths(role, meeting, failure);
    if (result < 0)
        return result;
    for (int attempt = 0; attempt < TAKE_ATTEMPTS; attempt++) {
        struct failure latest = {0};
        result = try_to_take(existing_only, meeting, &latest);
        /* The last holder may be about to go: its file, its folders and its lock go in turn. */
        bool passing = result == -EBUSY || result == -ESTALE || result == -ENOENT;
        if (result < 0 && (!passing || existing_only || attempt + 1 == TAKE_ATTEMPTS))
            return give_up(meeting, result, &latest, failure);
        if (result == 0)
            break;
        nanosleep(&pause, NULL);
    }
    /* Who clears up did not make the folders, but is the last to leave them. */
    if (existing_only) {
        meeting->folder_handle = leftover_note_folder(meeting->folder);
        if (has_place(meeting))
            meeting->place_handle = leftover_note_folder(meeting->place);
    }
    meeting->holder = getpid();
    read_note_or_zeros(meeting, note, note_bytes);
    return 0;
}

int meeting_find(const struct meeting_role *role, struct meeting *meeting, void *note,
                 size_t note_bytes, struct failure *failure)
{
    *meeting = MEETING_NONE;
    int result = choose_paths(role, meeting, failure);
    if (result < 0)
        return result;
    struct failure latest = {0};
    result = check_folders(meeting, false, &latest);
    if (result == 0)
        result = open_file(meeting, O_RDONLY, &latest);
    if (result == 0) {
        meeting->holder = lock_holder(meeting->descriptor);
        result = meeting->holder != 0 ? 0 : -ENOENT;
    }
    if (result < 0)
        return give_up(meeting, result, &latest, failure);
    read_note_or_zeros(meeting, note, note_bytes);
    return 0;
}

bool meeting_is_held(const struct meeting *meeting)
{
    return meeting->holder != 0 && lock_holder(meeting->descriptor) == meeting->holder;
}

void meeting_leave(struct meeting *meeting)
{
    /* The file goes while its lock is still held: who takes the role next makes a new one. */
    leftover_remove(meeting->file_handle);
    leftover_remove(meeting->place_handle);
    leftover_remove(meeting->folder_handle);
    close_file(meeting);
    meeting->file_handle = meeting->place_handle = meeting->folder_handle = -1;
}
