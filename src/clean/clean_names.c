/* What dead processes left under names: send and recv in folders called MECHANISM.NAME, servers in
 * files called NAME, all in the user's folder of meetings. */
#include "clean/clean.h"

#include "demo/letters.h"
#include "measure/named.h"
#include "transfer/mechanisms.h"
#include "transfer/meeting.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Those whose two sides can meet by name. */
static const struct channel_operations *const meeting_mechanisms[] = {&channel_fifo, &channel_shm};

static const struct channel_operations *mechanism_of(const char *folder, const char **name)
{
    const size_t count = sizeof meeting_mechanisms / sizeof *meeting_mechanisms;
    for (size_t index = 0; index < count; index++) {
        const struct channel_operations *operations = meeting_mechanisms[index];
        size_t length = strlen(operations->name);
        if (strncmp(folder, operations->name, length) == 0 && folder[length] == '.' &&
            meeting_name_is_allowed(folder + length + 1)) {
            *name = folder + length + 1;
            return operations;
        }
    }
    return NULL;
}

/* Whether nobody holds the lock of a file of ours; what it is a part of is looked at again, and
 * locked, by whoever removes it. */
static bool is_forgotten(int parent, const char *file)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat status;
    int descriptor = openat(parent, file, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool forgotten = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                     status.st_uid == geteuid() && fcntl(descriptor, F_GETLK, &lock) == 0 &&
                     lock.l_type == F_UNLCK;
    close(descriptor);
    return forgotten;
}

static unsigned count_forgotten_sides(int parent, const char *name)
{
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return 0;
    unsigned count =
        (unsigned)is_forgotten(folder, "writer") + (unsigned)is_forgotten(folder, "reader");
    close(folder);
    return count;
}

static void look_at_transfer(struct clean_task *task, int parent, const char *folder)
{
    const char *name;
    const struct channel_operations *operations = mechanism_of(folder, &name);
    if (operations == NULL)
        return;
    unsigned sides =
        task->dry_run ? count_forgotten_sides(parent, folder) : named_clear_up(operations, name);
    if (sides > 0)
        clean_tell_removed(task, "what %s of the name '%s' left (%s send, recv)",
                           sides == 1 ? "a killed side" : "two killed sides", name,
                           operations->name);
    /* Its maker was killed before it made a file in it. One who is about to will make it again. */
    else if (!task->dry_run && unlinkat(parent, folder, AT_REMOVEDIR) == 0)
        clean_tell_removed(task, "the empty folder of the name '%s' (%s send, recv)", name,
                           operations->name);
}

static void look_at_server(struct clean_task *task, int parent, const char *name)
{
    if (!meeting_name_is_allowed(name))
        return;
    if (task->dry_run ? is_forgotten(parent, name) : letters_clear_up(name))
        clean_tell_removed(task, "what a killed server of the name '%s' left", name);
}

static bool is_folder(int parent, const char *name)
{
    struct stat status;
    return fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static bool is_private(int folder)
{
    struct stat status;
    return fstat(folder, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 077) == 0;
}

int clean_names(struct clean_task *task, struct failure *failure)
{
    char path[MEETING_FOLDER_BYTES];
    int result = meeting_user_folder(path, failure);
    if (result < 0)
        return result;
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
        return 0;
    DIR *stream = descriptor >= 0 && is_private(descriptor) ? fdopendir(descriptor) : NULL;
    if (stream == NULL && descriptor >= 0) {
        close(descriptor); /* another's */
        return 0;
    }
    if (stream == NULL)
        return failure_set(failure, -errno, "reading the folder %.200s", path);
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (is_folder(dirfd(stream), entry->d_name))
            look_at_transfer(task, dirfd(stream), entry->d_name);
        else
            look_at_server(task, dirfd(stream), entry->d_name);
    }
    closedir(stream);
    /* Not when somebody else is in it; whoever is about to be makes it again. */
    if (!task->dry_run)
        rmdir(path);
    return 0;
}
