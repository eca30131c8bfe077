#include "base/posix_object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAME_PREFIX "/pipe-vs-shm-"

enum { NAME_DIGITS = 16 };

/* Where Linux has shared memory: shm_open() and shm_unlink() are open() and unlink() there, and
 * only those may be called in a signal handler. */
#define MEMORY_FOLDER "/dev/shm"

int posix_object_choose_name(char name[POSIX_OBJECT_NAME_BYTES])
{
    uint64_t drawn;
    if (getrandom(&drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn)
        return -errno;
    snprintf(name, POSIX_OBJECT_NAME_BYTES, NAME_PREFIX "%0*llx", NAME_DIGITS,
             (unsigned long long)drawn);
    return 0;
}

static bool is_name_of_ours(const char *name)
{
    const size_t prefix = sizeof NAME_PREFIX - 1;
    return strncmp(name, NAME_PREFIX, prefix) == 0 && strlen(name) == prefix + NAME_DIGITS &&
           strspn(name + prefix, "0123456789abcdef") == NAME_DIGITS;
}

/* Writes where the memory of this name lies; false where the name is none of ours. */
static bool choose_path(const char *name, char path[sizeof MEMORY_FOLDER + POSIX_OBJECT_NAME_BYTES])
{
    if (!is_name_of_ours(name))
        return false;
    memcpy(path, MEMORY_FOLDER, sizeof MEMORY_FOLDER - 1);
    memcpy(path + sizeof MEMORY_FOLDER - 1, name, strlen(name) + 1);
    return true;
}

static bool is_private_to_us(const struct stat *status)
{
    return S_ISREG(status->st_mode) && status->st_uid == geteuid() &&
           (status->st_mode & 0777) == POSIX_OBJECT_MODE;
}

bool posix_object_find_memory(const char *name)
{
    char path[sizeof MEMORY_FOLDER + POSIX_OBJECT_NAME_BYTES];
    struct stat status;
    return choose_path(name, path) && lstat(path, &status) == 0 && is_private_to_us(&status);
}

bool posix_object_remove_memory(const char *name)
{
    char path[sizeof MEMORY_FOLDER + POSIX_OBJECT_NAME_BYTES];
    return posix_object_find_memory(name) && choose_path(name, path) && unlink(path) == 0;
}

/* mq_open() and mq_unlink() may not be called in a signal handler, the system calls may, which take
 * names without the slash. No mount is needed for them, either. */
bool posix_object_find_queue(const char *name)
{
    struct stat status;
    if (!is_name_of_ours(name))
        return false;
    int descriptor =
        (int)syscall(SYS_mq_open, name + 1, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0, NULL);
    if (descriptor < 0)
        return false;
    bool ours = fstat(descriptor, &status) == 0 && is_private_to_us(&status);
    close(descriptor);
    return ours;
}

bool posix_object_remove_queue(const char *name)
{
    return posix_object_find_queue(name) && syscall(SYS_mq_unlink, name + 1) == 0;
}
