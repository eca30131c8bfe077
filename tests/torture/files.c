#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FOLDERS_OPEN_MOST = 16, DAY_SECONDS = 86400 };

/* nftw hands nothing through to its callback, so what it fills stands here during the walk. */
static struct files_count *counted;
static size_t prefix_bytes;

static int count_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    if (place->level == 0)
        return 0;
    if (kind == FTW_D || kind == FTW_DNR)
        counted->folders++;
    else if (status != NULL && S_ISFIFO(status->st_mode))
        counted->fifos++;
    else
        counted->files++;
    if (counted->first[0] == '\0')
        snprintf(counted->first, sizeof counted->first, "%.*s", (int)sizeof counted->first - 1,
                 path + prefix_bytes);
    return 0;
}

int files_count_tree(const char *folder, struct files_count *count)
{
    *count = (struct files_count){0};
    counted = count;
    prefix_bytes = strlen(folder) + 1;
    return nftw(folder, count_one, FOLDERS_OPEN_MOST, FTW_PHYS) == 0 ? 0 : -errno;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    return kind == FTW_DP ? rmdir(path) : unlink(path);
}

int files_remove_tree(const char *folder)
{
    if (nftw(folder, remove_one, FOLDERS_OPEN_MOST, FTW_PHYS | FTW_DEPTH) == 0 || errno == ENOENT)
        return 0;
    return -errno;
}

int files_age_folders(const char *folder)
{
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= DAY_SECONDS;
    times[1] = times[0];
    DIR *stream = opendir(folder);
    if (stream == NULL)
        return -errno;
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
            utimensat(dirfd(stream), entry->d_name, times, AT_SYMLINK_NOFOLLOW);
    }
    closedir(stream);
    return 0;
}

int files_read(const char *path, char **bytes, size_t *count)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return -errno;
    int result = fstat(descriptor, &status) == 0 ? 0 : -errno;
    size_t size = result == 0 ? (size_t)status.st_size : 0;
    size_t got = 0;
    char *buffer = result == 0 ? malloc(size + 1) : NULL;
    while (buffer != NULL && got < size) {
        ssize_t step = read(descriptor, buffer + got, size - got);
        if (step <= 0)
            break;
        got += (size_t)step;
    }
    close(descriptor);
    if (buffer == NULL)
        return result < 0 ? result : -ENOMEM;
    buffer[got] = '\0';
    *bytes = buffer;
    *count = got;
    return 0;
}

static int write_whole(const char *path, const char *bytes, size_t count, mode_t mode)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0)
        return -errno;
    size_t done = 0;
    while (done < count) {
        ssize_t step = write(descriptor, bytes + done, count - done);
        if (step < 0 && errno == EINTR)
            continue;
        if (step <= 0)
            break;
        done += (size_t)step;
    }
    int result = done == count ? 0 : -errno;
    if (close(descriptor) != 0 && result == 0)
        result = -errno;
    return result;
}

int files_write(const char *path, const char *bytes, size_t count)
{
    return write_whole(path, bytes, count, 0600);
}

int files_copy(const char *from, const char *to, unsigned mode)
{
    char *bytes = NULL;
    size_t count = 0;
    int result = files_read(from, &bytes, &count);
    if (result < 0)
        return result;
    result = write_whole(to, bytes, count, (mode_t)mode);
    free(bytes);
    return result;
}

/* Calls `visit` for each regular file of the folder, in the order of their names. */
static int for_each_file(const char *folder,
                         int (*visit)(const char *path, const char *name, void *data), void *data)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return -errno;
    int result = 0;
    for (int index = 0; index < count; index++) {
        char path[PATH_MAX];
        struct stat status;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entries[index]->d_name);
        if (result == 0 && (size_t)length < sizeof path && lstat(path, &status) == 0 &&
            S_ISREG(status.st_mode))
            result = visit(path, entries[index]->d_name, data);
        free(entries[index]);
    }
    free(entries);
    return result;
}

static int copy_one(const char *path, const char *name, void *data)
{
    char to[PATH_MAX];
    int length = snprintf(to, sizeof to, "%s/%s", (const char *)data, name);
    return (size_t)length < sizeof to ? files_copy(path, to, 0644) : -ENAMETOOLONG;
}

int files_copy_folder(const char *from, const char *to)
{
    if (mkdir(to, 0755) != 0)
        return -errno;
    return for_each_file(from, copy_one, (void *)(uintptr_t)to);
}

static int hash_one(const char *path, const char *name, void *data)
{
    char text[SHA256_TEXT_BYTES];
    int result = sha256_of_file(path, text);
    if (result < 0)
        return result;
    sha256_add(data, name, strlen(name) + 1);
    sha256_add(data, text, sizeof text);
    return 0;
}

int files_fingerprint(const char *folder, char text[SHA256_TEXT_BYTES])
{
    struct sha256 hash;
    sha256_start(&hash);
    int result = for_each_file(folder, hash_one, &hash);
    if (result == 0)
        sha256_finish(&hash, text);
    return result;
}
