#include "base/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Asked of the open file, so that nobody can put another in its place between. Not blocking, for
 * the FIFO that it may turn out to be. */
static int open_regular(const char *path, const char *shown, struct failure *failure)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    if (file < 0 && errno == ELOOP)
        return failure_say(failure, -ELOOP, "%s: a symbolic link; files of a bundle are its own",
                           shown);
    /* A socket can't even be opened. */
    if (file < 0 && errno == ENXIO)
        return failure_say(failure, -EINVAL, "%s: not a regular file", shown);
    if (file < 0)
        return failure_set(failure, -errno, "%s", shown);
    int result = fstat(file, &status) < 0 ? failure_set(failure, -errno, "%s", shown) : 0;
    if (result == 0 && !S_ISREG(status.st_mode))
        result = failure_say(failure, -EINVAL, "%s: not a regular file", shown);
    if (result < 0)
        close(file);
    return result < 0 ? result : file;
}

int regular_file_open(const char *path, const char *shown, FILE **stream, struct failure *failure)
{
    int file = open_regular(path, shown, failure);
    if (file < 0)
        return file;
    FILE *opened = fdopen(file, "r");
    if (opened == NULL) {
        int error = -errno;
        close(file);
        return failure_set(failure, error, "%s", shown);
    }
    *stream = opened;
    return 0;
}
