#include "measure/sink.h"

#include "base/file_io.h"

#include "transfer/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t slots_for(const struct source *source)
{
    uint64_t slots =
        source->slots > 0 ? source->slots : source_generated_slots(source->message_bytes);
    return slots > 1 ? slots - 1 : 1;
}

static bool is_same_file(int descriptor, int other)
{
    struct stat one;
    struct stat two;
    return other >= 0 && fstat(descriptor, &one) == 0 && fstat(other, &two) == 0 &&
           S_ISREG(one.st_mode) && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* A regular file, or one that will be made, is opened to be read back, too. A FIFO must not be: it
 * would never tell that its reader has gone. */
static int open_path(const char *path, bool regular)
{
    if (!regular)
        return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    /* What we may not read can still be written on. */
    return descriptor < 0 && errno == EACCES ? open(path, O_WRONLY | O_CLOEXEC) : descriptor;
}

static const char *shown_path(const struct sink_setup *setup)
{
    return setup->path != NULL ? setup->path : "(in memory)";
}

static int open_file(struct sink *sink, const struct sink_setup *setup, const struct source *source,
                     struct failure *failure)
{
    struct stat status;
    bool regular =
        setup->path == NULL || stat(setup->path, &status) != 0 || S_ISREG(status.st_mode);
    if (setup->circular && !regular)
        return failure_say(failure, -EINVAL,
                           "--output %.120s: overwriting in place (--seconds, --count) needs a "
                           "regular file",
                           setup->path);
    sink->descriptor =
        setup->path != NULL ? open_path(setup->path, regular) : memfd_create("sink", MFD_CLOEXEC);
    if (sink->descriptor < 0)
        return failure_say(
            failure, errno == ENOENT || errno == EISDIR || errno == ENOTDIR ? -EINVAL : -errno,
            "--output %.120s: cannot be written: %s", shown_path(setup), strerror(errno));
    /* Looked at before anything is cut off. */
    if (is_same_file(sink->descriptor, source->descriptor))
        return failure_say(failure, -EINVAL, "--output %.120s: is the input itself", setup->path);
    if (regular && file_truncate(sink->descriptor, 0) != 0)
        return failure_set(failure, -errno, "--output %.120s: emptying it", shown_path(setup));
    if (!setup->circular)
        return 0;
    sink->slots = slots_for(source);
    /* So that no first write to a page is timed; a file system that cannot do it learns its pages
     * in the warm-up. */
    int result = file_allocate(sink->descriptor, (off_t)(sink->slots * sink->message_bytes));
    if (result != 0 && errno == ENOSPC)
        return failure_set(failure, -errno, "--output %.120s: making room", shown_path(setup));
    return 0;
}

int sink_open(const struct sink_setup *setup, const struct source *source, struct sink *sink,
              struct failure *failure)
{
    struct sink opened = {.kind = setup->kind,
                          .path = setup->path,
                          .descriptor = -1,
                          .message_bytes = setup->message_bytes};
    int result = 0;
    switch (setup->kind) {
    case SINK_FILE:
        result = open_file(&opened, setup, source, failure);
        break;
    case SINK_STDOUT:
        opened.descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (opened.descriptor < 0)
            result = failure_set(failure, -errno, "standard output");
        else if (is_same_file(opened.descriptor, source->descriptor))
            result = failure_say(failure, -EINVAL,
                                 "standard output is the input itself, which would never end; "
                                 "write to another file");
        break;
    case SINK_NULL:
        opened.descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (opened.descriptor < 0)
            result = failure_set(failure, -errno, "opening /dev/null");
        break;
    case SINK_USE:
    case SINK_KIND_COUNT:
        break;
    }
    if (result < 0) {
        sink_close(&opened);
        return result;
    }
    *sink = opened;
    return 0;
}

void sink_close(struct sink *sink)
{
    if (sink->descriptor >= 0)
        close(sink->descriptor);
    sink->descriptor = -1;
}

int sink_write(const struct sink *sink, uint64_t message, const void *view, size_t size,
               struct failure *failure)
{
    const unsigned char *next = view;
    off_t offset = sink->slots > 0 ? (off_t)(message % sink->slots * sink->message_bytes) : 0;
    while (size > 0) {
        ssize_t written = sink->slots > 0 ? pwrite(sink->descriptor, next, size, offset)
                                          : write(sink->descriptor, next, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EPIPE)
            return failure_say(failure, -ESHUTDOWN,
                               "whoever reads what we write (%s) has closed it before the end",
                               sink_names[sink->kind]);
        if (written < 0 && sink->path != NULL)
            return failure_set(failure, -errno, "writing to --output %.120s", sink->path);
        if (written < 0)
            return failure_set(failure, -errno, "writing to the sink (%s)", sink_names[sink->kind]);
        next += written;
        offset += written;
        size -= (size_t)written;
    }
    return 0;
}

/* Compares `count` messages one by one, for the line that names the first wrong one. */
static int compare_messages(const unsigned char *expected, const unsigned char *found,
                            size_t message_bytes, uint64_t first, size_t count,
                            struct failure *failure)
{
    if (memcmp(expected, found, count * message_bytes) == 0)
        return 0;
    size_t index = 0;
    while (memcmp(expected + index * message_bytes, found + index * message_bytes, message_bytes) ==
           0)
        index++;
    return failure_say(failure, -EBADMSG, "message %llu is not in the file as it was sent",
                       (unsigned long long)(first + index));
}

/* Checks the messages from `message` on that lie next to each other in source and sink: `most` at
 * most. Returns how many, or a negative errno. */
static int64_t check_run(const struct sink *sink, const struct source *source, uint64_t message,
                         size_t most, unsigned char *buffers[2], struct failure *failure)
{
    uint64_t slot = message % sink->slots;
    size_t together = sink->slots - slot < most ? (size_t)(sink->slots - slot) : most;
    int64_t run = source_repeat_run(source, message, together, buffers[0], failure);
    if (run < 0)
        return run;
    size_t bytes = (size_t)run * sink->message_bytes;
    if (file_read_at(sink->descriptor, buffers[1], bytes, (off_t)(slot * sink->message_bytes)) !=
        (ssize_t)bytes)
        return failure_set(failure, -EIO, "reading the sink back");
    int result = compare_messages(buffers[0], buffers[1], sink->message_bytes, message, (size_t)run,
                                  failure);
    return result < 0 ? result : run;
}

int sink_check(const struct sink *sink, const struct source *source, uint64_t count,
               _Atomic uint64_t *progress, struct failure *failure)
{
    if (sink->kind != SINK_FILE || sink->slots == 0 || source->kind == SOURCE_STDIN)
        return 0;
    size_t most = source_chunk_messages(sink->message_bytes);
    size_t bytes = most * sink->message_bytes;
    unsigned char *buffers[] = {channel_allocate(bytes, failure), channel_allocate(bytes, failure)};
    int64_t run = buffers[0] != NULL && buffers[1] != NULL ? 0 : -ENOMEM;
    uint64_t first = count > sink->slots ? count - sink->slots : 0;
    for (uint64_t message = first; message < count && run >= 0; message += (uint64_t)run) {
        size_t left = count - message < most ? (size_t)(count - message) : most;
        run = check_run(sink, source, message, left, buffers, failure);
        /* relaxed: only to be seen growing. */
        if (run > 0)
            atomic_fetch_add_explicit(progress, (uint64_t)run, memory_order_relaxed);
    }
    channel_free(buffers[0], bytes);
    channel_free(buffers[1], bytes);
    return run < 0 ? (int)run : 0;
}
