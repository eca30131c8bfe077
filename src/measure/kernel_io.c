#include "measure/kernel_io.h"

#include "base/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 512 };

int kernel_io_open(void)
{
    int descriptor = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int kernel_io_read(int descriptor, struct kernel_io *reading)
{
    char text[TEXT_BYTES];
    uint64_t read_bytes;
    uint64_t written_bytes;
    ssize_t length = file_read_at(descriptor, text, sizeof text - 1, 0);
    if (length < 0)
        return -errno;
    text[length] = '\0';
    if (sscanf(text, "rchar: %" SCNu64 " wchar: %" SCNu64, &read_bytes, &written_bytes) != 2)
        return -EPROTO;
    *reading =
        (struct kernel_io){.bytes = read_bytes + written_bytes, .reading_bytes = (uint64_t)length};
    return 0;
}

uint64_t kernel_io_between(const struct kernel_io *before, const struct kernel_io *after)
{
    return after->bytes - before->bytes - before->reading_bytes;
}
