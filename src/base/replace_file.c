#include "base/replace_file.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

/* Forces the stream to the disk and closes it, whatever fails. */
static int finish_stream(FILE *stream)
{
    int result = 0;
    if (fflush(stream) != 0 || fsync(fileno(stream)) != 0)
        result = -errno;
    if (ferror(stream) && result == 0)
        result = -EIO;
    if (fclose(stream) != 0 && result == 0)
        result = -errno;
    return result;
}

static int write_partial(const char *path, replace_file_print *print, const void *content,
                         struct failure *failure)
{
    /* The folder may come from a stranger: never write through a link that lies there. */
    if (unlink(path) < 0 && errno != ENOENT)
        return failure_set(failure, -errno, "writing %.100s", path);
    FILE *stream = fopen(path, "wxe");
    if (stream == NULL)
        return failure_set(failure, -errno, "writing %.100s", path);
    /* Printers only know that the stream has failed; why stands in errno. */
    errno = 0;
    int result = print(content, stream);
    if (result == -EIO && errno > 0)
        result = -errno;
    int finished = finish_stream(stream);
    if (result == 0)
        result = finished;
    return result == 0 ? 0 : failure_set(failure, result, "writing %.100s", path);
}

int replace_file(const char *folder, const char *name, replace_file_print *print,
                 const void *content, struct failure *failure)
{
    char path[PATH_MAX];
    char partial[PATH_MAX];
    if (snprintf(partial, sizeof partial, "%s/%s.partial", folder, name) >= (int)sizeof partial)
        return failure_set(failure, -ENAMETOOLONG, "writing into %.80s", folder);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int result = write_partial(partial, print, content, failure);
    if (result == 0 && rename(partial, path) < 0)
        result = failure_set(failure, -errno, "writing %.100s", path);
    if (result < 0)
        unlink(partial);
    return result;
}

int replace_file_by_none(const char *folder, const char *name, struct failure *failure)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return failure_set(failure, -ENAMETOOLONG, "writing into %.80s", folder);
    if (unlink(path) < 0 && errno != ENOENT)
        return failure_set(failure, -errno, "removing %.100s", path);
    return 0;
}
