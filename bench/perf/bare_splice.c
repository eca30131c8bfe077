/*
 * A bare pipe with what the kernel offers to make it faster, one step at a time (bare_use):
 * the writer lends its pages, the reader throws them away unread, the pages are huge, nobody
 * sleeps. The writer changes between two buffers of the pipe's capacity each: when the second has
 * been taken in, the first has been taken out.
 */
#include "bare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define HUGE_PAGE_BYTES ((size_t)2 << 20)

static bool uses(const struct bare *bare, unsigned use)
{
    return (bare->setup->use & use) != 0;
}

static int splice_prepare(struct bare *bare, struct failure *failure)
{
    int result = bare_open_pipe(bare, 0, failure);
    if (result < 0)
        return result;
    bare->file = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (bare->file < 0)
        return failure_set(failure, -errno, "opening /dev/null");
    if (!uses(bare, BARE_PIPE_SPIN))
        return 0;
    if (fcntl(bare->pipes[0][0], F_SETFL, O_NONBLOCK) < 0 ||
        fcntl(bare->pipes[0][1], F_SETFL, O_NONBLOCK) < 0)
        return failure_set(failure, -errno, "choosing how a bare pipe waits");
    return 0;
}

/* On a huge page where the kernel grants one. Huge pages must not be touched before they are asked
 * for, so this is not bare_allocate. */
static int allocate_huge(struct bare *bare, size_t bytes, struct failure *failure)
{
    size_t rounded = (bytes + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
    unsigned char *memory = mmap(NULL, rounded + HUGE_PAGE_BYTES, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return failure_set(failure, -errno, "allocating huge pages for a bare loop");
    size_t lead = HUGE_PAGE_BYTES - (uintptr_t)memory % HUGE_PAGE_BYTES;
    (void)madvise(memory + lead, rounded, MADV_HUGEPAGE);
    for (size_t offset = 0; offset < rounded; offset += 4096)
        memory[lead + offset] = 1;
    bare->buffer = memory + lead;
    bare->buffer_bytes = rounded;
    return 0;
}

static int splice_begin(struct bare *bare, bool writer, struct failure *failure)
{
    size_t bytes = 2 * (size_t)bare->setup->size_bytes;
    if (writer && uses(bare, BARE_PIPE_HUGE_PAGES))
        return allocate_huge(bare, bytes, failure);
    return bare_allocate(bare, bytes, failure);
}

static ssize_t give(const struct bare *bare, unsigned char *place, size_t size)
{
    struct iovec part = {.iov_base = place, .iov_len = size};
    return uses(bare, BARE_PIPE_VMSPLICE)
               ? vmsplice(bare->pipes[0][1], &part, 1,
                          uses(bare, BARE_PIPE_SPIN) ? SPLICE_F_NONBLOCK : 0)
               : write(bare->pipes[0][1], place, size);
}

static int splice_write(struct bare *bare, uint64_t count)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    for (uint64_t done = 0; done < count; done++) {
        unsigned char *place = bare->buffer + (bare->message % 2) * size;
        bare_touch(bare)->produce(place, size, bare->setup->seed, bare->message++, &bare->sent);
        for (size_t given = 0; given < size;) {
            ssize_t taken = give(bare, place + given, size - given);
            if (taken < 0 && errno != EAGAIN)
                return -errno;
            given += taken > 0 ? (size_t)taken : 0;
        }
    }
    return 0;
}

static ssize_t take(const struct bare *bare, unsigned char *place, size_t size)
{
    return uses(bare, BARE_PIPE_SPLICE_AWAY)
               ? splice(bare->pipes[0][0], NULL, bare->file, NULL, size,
                        SPLICE_F_MOVE | (uses(bare, BARE_PIPE_SPIN) ? SPLICE_F_NONBLOCK : 0))
               : read(bare->pipes[0][0], place, size);
}

static int splice_read(struct bare *bare, uint64_t count)
{
    const size_t size = (size_t)bare->setup->size_bytes;
    for (uint64_t done = 0; done < count; done++) {
        for (size_t got = 0; got < size;) {
            ssize_t taken = take(bare, bare->buffer + got, size - got);
            if (taken == 0 || (taken < 0 && errno != EAGAIN))
                return taken < 0 ? -errno : -EPIPE;
            got += taken > 0 ? (size_t)taken : 0;
        }
        if (!uses(bare, BARE_PIPE_SPLICE_AWAY))
            bare_touch(bare)->consume(bare->buffer, size, &bare->received);
    }
    return 0;
}

const struct bare_loop bare_spliced_pipe = {
    .name = "pipe with vmsplice and splice",
    .verifiable = true,
    .prepare = splice_prepare,
    .begin = splice_begin,
    .write = splice_write,
    .read = splice_read,
};
