#include "bare.h"

#include "transfer/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

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

int bare_open_pipe(struct bare *bare, int index, struct failure *failure)
{
    if (pipe2(bare->pipes[index], O_CLOEXEC) != 0)
        return failure_set(failure, -errno, "making a pipe for a bare loop");
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
