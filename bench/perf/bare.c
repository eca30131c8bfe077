#include "bare.h"

#include "transfer/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 512 };

int bare_share(struct bare *bare, size_t bytes, struct failure *failure)
{
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        return failure_set(failure, -errno, "mapping %zu shared bytes for a bare loop", bytes);
    bare->shared = memory;
    bare->shared_bytes = bytes;
    return 0;
}

int bare_allocate(struct bare *bare, size_t bytes, struct failure *failure)
{
    bare->buffer = channel_allocate(bytes, failure);
    bare->buffer_bytes = bytes;
    return bare->buffer != NULL ? 0 : -ENOMEM;
}

static int open_fifo(const char *path, unsigned use, int ends[2])
{
    const int no_atime = (use & BARE_PIPE_NO_ATIME) != 0 ? O_NOATIME : 0;
    if (mkfifo(path, 0600) != 0)
        return -errno;
    /* Without O_NONBLOCK the first open would wait for the other one. */
    ends[0] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | no_atime);
    ends[1] = ends[0] >= 0 ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    int result = ends[1] >= 0 && fcntl(ends[0], F_SETFL, no_atime) == 0 ? 0 : -errno;
    unlink(path);
    return result;
}

static int make_fifo(unsigned use, int ends[2])
{
    const char *temporary = getenv("TMPDIR");
    char folder[PATH_BYTES];
    char path[PATH_BYTES];
    int length = snprintf(folder, sizeof folder, "%s/perf-bare.XXXXXX",
                          temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp");
    if (length < 0 || (size_t)length >= sizeof folder - sizeof "/fifo")
        return -ENAMETOOLONG;
    if (mkdtemp(folder) == NULL)
        return -errno;
    snprintf(path, sizeof path, "%.*s/fifo", length, folder);
    int result = open_fifo(path, use, ends);
    rmdir(folder);
    return result;
}

int bare_open_pipe(struct bare *bare, int index, struct failure *failure)
{
    int *ends = bare->pipes[index];
    const bool named = (bare->setup->use & BARE_PIPE_NAMED) != 0;
    int result = 0;
    if (named)
        result = make_fifo(bare->setup->use, ends);
    else if (pipe2(ends, O_CLOEXEC) != 0)
        result = -errno;
    if (result < 0)
        return failure_set(failure, result, "making a %s for a bare loop", named ? "FIFO" : "pipe");
    if (fcntl(bare->pipes[index][1], F_SETPIPE_SZ, (int)bare->setup->capacity_bytes) < 0)
        return failure_set(failure, -errno, "giving a bare pipe %" PRIu64 " bytes",
                           bare->setup->capacity_bytes);
    return 0;
}

static void close_if_open(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

void bare_free(struct bare *bare)
{
    if (bare->shared != NULL)
        munmap(bare->shared, bare->shared_bytes);
    channel_free(bare->buffer, bare->buffer_bytes);
    for (int index = 0; index < 2; index++) {
        close_if_open(&bare->pipes[index][0]);
        close_if_open(&bare->pipes[index][1]);
    }
    close_if_open(&bare->file);
    bare->shared = NULL;
    bare->buffer = NULL;
}
