#include "measure/source.h"

#include "base/file_io.h"
#include "base/units.h"
#include "transfer/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t source_generated_slots(size_t message_bytes)
{
    uint64_t slots = (SOURCE_GENERATED_BYTES + message_bytes - 1) / message_bytes;
    return slots < 2 ? 2 : slots;
}

/* A file without a name: it lies in the page cache as any file that was read before, and nothing
 * of it can be left behind. */
static int generate_file(struct source *source, struct failure *failure)
{
    source->slots = source_generated_slots(source->message_bytes);
    size_t bytes = (size_t)source->slots * source->message_bytes;
    source->descriptor = memfd_create("source", MFD_CLOEXEC);
    if (source->descriptor < 0)
        return failure_set(failure, -errno, "generating the source file");
    /* Written, not mapped: only the kernel has to know of these pages. */
    unsigned char *chunk = channel_allocate(SOURCE_CHUNK_BYTES, failure);
    int result = chunk != NULL ? 0 : -ENOMEM;
    for (size_t done = 0; done < bytes && result == 0; done += SOURCE_CHUNK_BYTES) {
        size_t size = bytes - done < SOURCE_CHUNK_BYTES ? bytes - done : SOURCE_CHUNK_BYTES;
        struct payload_digest unused = {0};
        payload_fill(chunk, size, source->seed, done / SOURCE_CHUNK_BYTES, &unused);
        ssize_t written = file_write_at(source->descriptor, chunk, size, (off_t)done);
        if (written != (ssize_t)size)
            result =
                failure_set(failure, written < 0 ? -errno : -ENOSPC, "filling the source file");
    }
    channel_free(chunk, SOURCE_CHUNK_BYTES);
    return result;
}

static int open_file(struct source *source, const struct source_setup *setup,
                     struct failure *failure)
{
    struct stat status;
    char size[UNITS_TEXT_BYTES];
    source->descriptor = open(setup->path, O_RDONLY | O_CLOEXEC);
    if (source->descriptor < 0 || fstat(source->descriptor, &status) != 0)
        return failure_say(failure, errno == ENOENT || errno == ENOTDIR ? -EINVAL : -errno,
                           "--input %.120s: cannot be read: %s", setup->path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return failure_say(failure, -EINVAL, "--input %.120s: is a folder, not a file",
                           setup->path);
    if (!setup->circular)
        return 0;
    if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size < setup->message_bytes)
        return failure_say(
            failure, -EINVAL,
            "--input %.120s: reading it again and again (--seconds, --count) needs a "
            "regular file of at least one message (--size %s)",
            setup->path, units_format_bytes(setup->message_bytes, size));
    source->slots = (uint64_t)status.st_size / setup->message_bytes;
    return 0;
}

int source_open(const struct source_setup *setup, struct source *source, struct failure *failure)
{
    struct source opened = {.kind = setup->kind,
                            .path = setup->path,
                            .descriptor = -1,
                            .message_bytes = setup->message_bytes,
                            .seed = setup->seed};
    int result = 0;
    switch (setup->kind) {
    case SOURCE_FILE:
        result = setup->path != NULL ? open_file(&opened, setup, failure)
                                     : generate_file(&opened, failure);
        if (!setup->circular)
            opened.slots = 0;
        break;
    case SOURCE_STDIN:
        /* A copy, so that closing the source leaves standard input alone. */
        opened.descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (opened.descriptor < 0)
            result = failure_set(failure, -errno, "standard input");
        break;
    case SOURCE_ZERO:
        opened.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
        if (opened.descriptor < 0)
            result = failure_set(failure, -errno, "opening /dev/zero");
        break;
    case SOURCE_MEMORY:
    case SOURCE_KIND_COUNT:
        break;
    }
    if (result < 0) {
        source_close(&opened);
        return result;
    }
    *source = opened;
    return 0;
}

void source_close(struct source *source)
{
    if (source->descriptor >= 0)
        close(source->descriptor);
    source->descriptor = -1;
}

/* Reads until `size` bytes are there or the source has ended. */
static int read_all(const struct source *source, unsigned char *space, size_t size, off_t offset,
                    bool once, size_t *got, struct failure *failure)
{
    size_t done = 0;
    while (done < size) {
        int result =
            source->watched != NULL ? peer_await_input(source->watched, source->descriptor) : 0;
        if (result < 0)
            return failure_set(failure, result, "waiting for the source (%s)",
                               source_names[source->kind]);
        ssize_t count = source->slots > 0 ? pread(source->descriptor, space + done, size - done,
                                                  offset + (off_t)done)
                                          : read(source->descriptor, space + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && source->path != NULL)
            return failure_set(failure, -errno, "reading --input %.120s", source->path);
        if (count < 0)
            return failure_set(failure, -errno, "reading the source (%s)",
                               source_names[source->kind]);
        done += (size_t)count;
        if (count == 0 || once)
            break;
    }
    *got = done;
    return 0;
}

int source_read(const struct source *source, uint64_t message, void *space, bool as_it_comes,
                size_t *got, struct failure *failure)
{
    uint64_t slot = source->slots > 0 ? message % source->slots : 0;
    size_t done = 0;
    int result = read_all(source, space, source->message_bytes,
                          (off_t)(slot * source->message_bytes), as_it_comes, &done, failure);
    if (result < 0)
        return result;
    if (source->slots > 0 && done < source->message_bytes)
        return failure_say(failure, -EIO, "--input: the file became shorter while it was read");
    *got = done;
    return 0;
}

size_t source_chunk_messages(size_t message_bytes)
{
    return message_bytes < SOURCE_CHUNK_BYTES ? SOURCE_CHUNK_BYTES / message_bytes : 1;
}

/* Messages again, without moving the place up to which the source has been read. */
static int64_t reread(const struct source *source, uint64_t message, size_t most, void *space,
                      struct failure *failure)
{
    uint64_t slot = source->slots > 0 ? message % source->slots : message;
    /* Where the circle begins anew the next message lies elsewhere. */
    size_t count =
        source->slots > 0 && source->slots - slot < most ? (size_t)(source->slots - slot) : most;
    size_t bytes = count * source->message_bytes;
    ssize_t got =
        file_read_at(source->descriptor, space, bytes, (off_t)(slot * source->message_bytes));
    if (got == (ssize_t)bytes)
        return (int64_t)count;
    return failure_set(failure, got < 0 ? -errno : -EIO, "reading the source (%s) again",
                       source_names[source->kind]);
}

int64_t source_repeat_run(const struct source *source, uint64_t message, size_t most, void *space,
                          struct failure *failure)
{
    unsigned char *place = space;
    switch (source->kind) {
    case SOURCE_MEMORY:
        for (size_t index = 0; index < most; index++) {
            struct payload_digest unused = {0};
            payload_fill(place + index * source->message_bytes, source->message_bytes, source->seed,
                         message + index, &unused);
        }
        return (int64_t)most;
    case SOURCE_ZERO:
        memset(space, 0, most * source->message_bytes);
        return (int64_t)most;
    case SOURCE_FILE:
    case SOURCE_STDIN:
        return reread(source, message, most, space, failure);
    case SOURCE_KIND_COUNT:
        break;
    }
    return -EINVAL;
}

int source_repeat(const struct source *source, uint64_t message, void *space,
                  struct failure *failure)
{
    int64_t count = source_repeat_run(source, message, 1, space, failure);
    return count < 0 ? (int)count : 0;
}

int source_digest(const struct source *source, uint64_t count, const struct payload_touch *touch,
                  struct payload_digest *digest, _Atomic uint64_t *progress,
                  struct failure *failure)
{
    size_t most = source_chunk_messages(source->message_bytes);
    unsigned char *messages = channel_allocate(most * source->message_bytes, failure);
    int64_t run = messages != NULL ? 0 : -ENOMEM;
    for (uint64_t message = 0; message < count && run >= 0; message += (uint64_t)run) {
        size_t left = count - message < most ? (size_t)(count - message) : most;
        run = source_repeat_run(source, message, left, messages, failure);
        for (int64_t index = 0; index < run; index++)
            touch->consume(messages + (size_t)index * source->message_bytes, source->message_bytes,
                           digest);
        /* relaxed: only to be seen growing. */
        if (run > 0)
            atomic_fetch_add_explicit(progress, (uint64_t)run, memory_order_relaxed);
    }
    channel_free(messages, most * source->message_bytes);
    return run < 0 ? (int)run : 0;
}
