#include "demo/meeting.h"

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
static int choose_paths(const char *name, struct meeting *meeting, struct failure *failure)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    const char *temporary = getenv("TMPDIR");
    if (temporary == NULL || *temporary == '\0')
        temporary = "/tmp";
    int length = runtime != NULL && *runtime == '/' && is_private_folder(runtime)
                     ? snprintf(meeting->folder, sizeof meeting->folder, "%s/pipe-vs-shm", runtime)
                     : snprintf(meeting->folder, sizeof meeting->folder, "%s/pipe-vs-shm-%lu",
                                temporary, (unsigned long)geteuid());
    if (length < 0 || (size_t)length >= sizeof meeting->folder)
        return failure_say(failure, -ENAMETOOLONG,
                           "XDG_RUNTIME_DIR or TMPDIR: the path is too long");
    snprintf(meeting->path, sizeof meeting->path, "%s/%s", meeting->folder, name);
    return 0;
}

static int refuse_folder(const struct meeting *meeting, struct failure *failure)
{
    return failure_say(failure, -EPERM,
                       "%.120s is not a folder of ours alone (owner, mode 0700), so it is left "
                       "alone; set TMPDIR to another folder",
                       meeting->folder);
}

static int make_folder(struct meeting *meeting, struct failure *failure)
{
    if (meeting->folder_handle < 0)
        meeting->folder_handle = leftover_note_folder(meeting->folder);
    if (meeting->folder_handle < 0)
        return failure_set(failure, meeting->folder_handle, "noting the folder for clean-up");
    if (mkdir(meeting->folder, FOLDER_MODE) == 0 || errno == EEXIST)
        return 0;
    return failure_set(failure, -errno, "making the folder %.120s (set TMPDIR)", meeting->folder);
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
        return failure_say(failure, -EBUSY,
                           "a server of this name runs already (process %ld): stop it, or choose "
                           "another --name",
                           (long)lock_holder(meeting->descriptor));
    }
    if (!is_still_there(meeting))
        return failure_say(failure, -ESTALE, "%.120s was removed meanwhile: try again",
                           meeting->path);
    /* Only now: before, the file might have been another server's. */
    meeting->file_handle = leftover_note_file(meeting->path);
    if (meeting->file_handle < 0)
        return failure_set(failure, meeting->file_handle, "noting the file for clean-up");
    return 0;
}

static int read_note(const struct meeting *meeting, struct meeting_note *note)
{
    *note = (struct meeting_note){0};
    return pread(meeting->descriptor, note, sizeof *note, 0) == (ssize_t)sizeof *note ? 0 : -EAGAIN;
}

int meeting_write_note(const struct meeting *meeting, const struct meeting_note *note,
                       struct failure *failure)
{
    ssize_t written = pwrite(meeting->descriptor, note, sizeof *note, 0);
    if (written == (ssize_t)sizeof *note)
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
    if (meeting->descriptor < 0)
        return failure_set(failure, -errno, "opening %.120s", meeting->path);
    return check_file(meeting, failure);
}

static int try_to_take(bool existing_only, struct meeting *meeting, struct failure *failure)
{
    int result = existing_only ? 0 : make_folder(meeting, failure);
    if (result < 0)
        return result;
    if (access(meeting->folder, F_OK) != 0)
        return failure_set(failure, -errno, "looking at %.120s", meeting->folder);
    if (!is_private_folder(meeting->folder))
        return refuse_folder(meeting, failure);
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

int meeting_take(const char *name, bool existing_only, struct meeting *meeting,
                 struct meeting_note *note, struct failure *failure)
{
    static const struct timespec pause = {.tv_nsec = TAKE_PAUSE_NS};
    *meeting = (struct meeting){.descriptor = -1, .folder_handle = -1, .file_handle = -1};
    int result = choose_paths(name, meeting, failure);
    if (result < 0)
        return result;
    for (int attempt = 0; attempt < TAKE_ATTEMPTS; attempt++) {
        struct failure latest = {0};
        result = try_to_take(existing_only, meeting, &latest);
        /* The last holder may be about to go: its file, its folder and its lock go in turn. */
        bool passing = result == -EBUSY || result == -ESTALE || result == -ENOENT;
        if (result < 0 && (!passing || existing_only || attempt + 1 == TAKE_ATTEMPTS)) {
            meeting_leave(meeting);
            return failure_say(failure, result, "%s", latest.text);
        }
        if (result == 0)
            break;
        nanosleep(&pause, NULL);
    }
    /* A clearing client did not make the folder, but is the last to leave it. */
    if (existing_only)
        meeting->folder_handle = leftover_note_folder(meeting->folder);
    (void)read_note(meeting, note); /* a new file has none */
    return 0;
}

static int say_no_server(const struct meeting *meeting, struct failure *failure)
{
    return failure_say(failure, -ENOENT,
                       "no server runs at %.120s: start build/bin/server first, with the same "
                       "--name, or wait for it with --timeout",
                       meeting->path);
}

int meeting_find(const char *name, struct meeting *meeting, struct meeting_note *note,
                 struct failure *failure)
{
    *meeting = (struct meeting){.descriptor = -1, .folder_handle = -1, .file_handle = -1};
    int result = choose_paths(name, meeting, failure);
    if (result < 0)
        return result;
    if (access(meeting->path, F_OK) != 0 && errno == ENOENT)
        return say_no_server(meeting, failure);
    if (!is_private_folder(meeting->folder))
        return refuse_folder(meeting, failure);
    struct failure latest = {0};
    result = open_file(meeting, O_RDONLY, &latest);
    pid_t server = result == 0 ? lock_holder(meeting->descriptor) : 0;
    if (result == -ENOENT || (result == 0 && server == 0))
        result = say_no_server(meeting, &latest);
    /* The note of an earlier, killed server may still stand there. */
    if (result == 0 && (read_note(meeting, note) != 0 || note->server != server))
        result = failure_say(&latest, -EAGAIN, "the server (process %ld) does not get ready",
                             (long)server);
    if (result == 0)
        return 0;
    meeting_leave(meeting);
    return result == -ENOENT ? say_no_server(meeting, failure)
                             : failure_say(failure, result, "%s", latest.text);
}

void meeting_leave(struct meeting *meeting)
{
    /* The file goes while its lock is still held: who takes the name next makes a new one. */
    leftover_remove(meeting->file_handle);
    leftover_remove(meeting->folder_handle);
    close_file(meeting);
    meeting->file_handle = meeting->folder_handle = -1;
}
