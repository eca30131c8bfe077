#include "base/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

ssize_t file_read_at(int descriptor, void *bytes, size_t size, off_t offset)
{
    ssize_t count;
    do
        count = pread(descriptor, bytes, size, offset);
    while (count < 0 && errno == EINTR);
    return count;
}

ssize_t file_write_at(int descriptor, const void *bytes, size_t size, off_t offset)
{
    ssize_t count;
    do
        count = pwrite(descriptor, bytes, size, offset);
    while (count < 0 && errno == EINTR);
    return count;
}

int file_truncate(int descriptor, off_t size)
{
    int result;
    do
        result = ftruncate(descriptor, size);
    while (result < 0 && errno == EINTR);
    return result;
}

int file_allocate(int descriptor, off_t size)
{
    int result;
    do
        result = fallocate(descriptor, 0, 0, size);
    while (result < 0 && errno == EINTR);
    return result;
}
