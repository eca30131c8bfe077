/* Bare loops of one process: the payload's production alone, and a file that is read and used. */
#include "bare.h"

#include "measure/source.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static int nothing_to_share(struct bare *bare, struct failure *failure)
{
    (void)bare;
    (void)failure;
    return 0;
}

static int alone_begin(struct bare *bare, bool writer, struct failure *failure)
{
    (void)writer;
    return bare_allocate(bare, (size_t)bare->setup->size_bytes, failure);
}

static int payload_write(struct bare *bare, uint64_t count)
{
    for (uint64_t done = 0; done < count; done++)
        bare_touch(bare)->produce(bare->buffer, (size_t)bare->setup->size_bytes, bare->setup->seed,
                                  bare->message++, &bare->sent);
    return 0;
}

const struct bare_loop bare_payload = {
    .name = "producing alone",
    .alone = true,
    .prepare = nothing_to_share,
    .begin = alone_begin,
    .write = payload_write,
};

/* ---- a file ---- */

/* A file in memory of the same length as the one that a session generates (measure/source.c). */
static int file_prepare(struct bare *bare, struct failure *failure)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    const size_t bytes = (size_t)source_generated_slots(size) * size;
    struct payload_digest unused = {0};
    bare->file = memfd_create("bare", MFD_CLOEXEC);
    if (bare->file < 0 || ftruncate(bare->file, (off_t)bytes) != 0)
        return failure_set(failure, -errno, "making a file for a bare loop");
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bare->file, 0);
    if (memory == MAP_FAILED)
        return failure_set(failure, -errno, "filling the file of a bare loop");
    payload_fill(memory, bytes, bare->setup->seed, 0, &unused);
    munmap(memory, bytes);
    return 0;
}

static int file_use(struct bare *bare, uint64_t count)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    for (uint64_t done = 0; done < count; done++) {
        ssize_t got = read(bare->file, bare->buffer, size);
        if (got == 0) {
            if (lseek(bare->file, 0, SEEK_SET) < 0)
                return -errno;
            got = read(bare->file, bare->buffer, size);
        }
        if (got != (ssize_t)size)
            return got < 0 ? -errno : -EIO;
        bare_touch(bare)->consume(bare->buffer, size, &bare->received);
    }
    return 0;
}

const struct bare_loop bare_file = {
    .name = "reading a file alone",
    .alone = true,
    .prepare = file_prepare,
    .begin = alone_begin,
    .write = file_use,
};
