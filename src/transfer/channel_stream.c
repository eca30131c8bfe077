/*
 * The anonymous pipe and the FIFO: the same kernel code behind both, so the same code here. Only
 * opening differs. Copies: one in write(), one in read(), both in the kernel.
 */
#include "base/leftover.h"
#include "transfer/mechanisms.h"
#include "transfer/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIFO_FILE "fifo"

enum { PATH_BYTES = 512, STREAM_WAITS = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID };

static int pipe_create(const struct channel_setup *setup, struct channel **channel)
{
    return stream_create_pipe(&channel_pipe, setup, sizeof(struct stream), channel);
}

static int pipe_open(struct channel *channel, enum channel_role role)
{
    return stream_become((struct stream *)channel, role);
}

struct fifo {
    struct stream stream;
    int folder_handle;
    int file_handle;
    char folder[PATH_BYTES - 8];
    char path[PATH_BYTES];
};

static int choose_path(const char *folder, char path[PATH_BYTES])
{
    int length = snprintf(path, PATH_BYTES, "%s/" FIFO_FILE, folder);
    return length >= 0 && length < PATH_BYTES ? 0 : -ENAMETOOLONG;
}

static void fifo_clear(const char *meeting_folder)
{
    char path[PATH_BYTES];
    if (choose_path(meeting_folder, path) == 0)
        unlink(path);
}

static int make_fifo(struct fifo *fifo)
{
    const struct channel_setup *setup = &fifo->stream.channel.setup;
    struct failure *failure = setup->failure;
    if (setup->meeting_folder == NULL) {
        fifo->folder_handle = leftover_make_folder(fifo->folder, sizeof fifo->folder, failure);
        if (fifo->folder_handle < 0)
            return fifo->folder_handle;
    }
    if (choose_path(setup->meeting_folder != NULL ? setup->meeting_folder : fifo->folder,
                    fifo->path) < 0)
        return failure_set(failure, -ENAMETOOLONG, "choosing a path for the FIFO (set TMPDIR)");
    /* By a name: the reader only uses what the writer makes. */
    if (setup->meeting_folder != NULL && setup->meeting_role == CHANNEL_READER)
        return 0;
    if (setup->meeting_folder != NULL)
        fifo_clear(setup->meeting_folder);
    fifo->file_handle = leftover_note_file(fifo->path);
    if (fifo->file_handle < 0)
        return failure_set(failure, fifo->file_handle, "noting the FIFO for clean-up");
    if (mkfifo(fifo->path, 0600) != 0)
        return failure_set(failure, -errno, "making the FIFO %.100s", fifo->path);
    return 0;
}

static int fifo_create(const struct channel_setup *setup, struct channel **channel)
{
    struct stream *stream;
    int result = stream_allocate(&channel_fifo, setup, sizeof(struct fifo), &stream);
    if (result < 0)
        return result;
    struct fifo *fifo = (struct fifo *)stream;
    fifo->folder_handle = fifo->file_handle = -1;
    result = make_fifo(fifo);
    if (result < 0) {
        stream_close(&stream->channel);
        return result;
    }
    *channel = &stream->channel;
    return 0;
}

/*
 * Opening a FIFO for writing fails with ENXIO until a reader is there, which lets the writer wait
 * without hanging for a reader that died. The one byte it then sends tells the reader that the
 * writer has come: before that, read() would report end of file.
 */
static int open_fifo_to_write(struct fifo *fifo)
{
    struct stream *stream = &fifo->stream;
    struct failure *failure = stream->channel.setup.failure;
    struct wait_attempts attempts = {0};
    int descriptor;
    while ((descriptor = open(fifo->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0) {
        if (errno != ENXIO && errno != EINTR)
            return failure_set(failure, -errno, "opening the FIFO to write");
        int result = wait_a_moment(&stream->channel.waiter, &attempts, -1);
        if (result < 0)
            return result;
    }
    stream->write_descriptor = descriptor;
    /* Both ends are open: the name has done its work. */
    leftover_remove(fifo->file_handle);
    leftover_remove(fifo->folder_handle);
    int result = stream_set_capacity(stream, descriptor);
    while (result == 0 && write(descriptor, "!", 1) != 1) {
        if (errno != EINTR)
            result = failure_set(failure, -errno, "greeting the reader of the FIFO");
    }
    return result;
}

static int open_fifo_to_read(struct fifo *fifo)
{
    struct stream *stream = &fifo->stream;
    struct failure *failure = stream->channel.setup.failure;
    struct wait_attempts attempts = {0};
    int descriptor = open(fifo->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return failure_set(failure, -errno, "opening the FIFO to read");
    stream->read_descriptor = descriptor;
    char greeting;
    ssize_t count;
    while ((count = read(descriptor, &greeting, 1)) != 1) {
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            return failure_set(failure, -errno, "waiting for the writer of the FIFO");
        int result = wait_a_moment(&stream->channel.waiter, &attempts, descriptor);
        if (result < 0)
            return result;
    }
    int capacity = fcntl(descriptor, F_GETPIPE_SZ);
    if (capacity < 0)
        return failure_set(failure, -errno, "reading the FIFO's capacity");
    stream->channel.capacity_bytes = (uint64_t)capacity;
    return 0;
}

static int fifo_open(struct channel *channel, enum channel_role role)
{
    struct fifo *fifo = (struct fifo *)channel;
    /* The way of waiting is that of the setup only once the FIFO is open. */
    int result = role == CHANNEL_WRITER ? open_fifo_to_write(fifo) : open_fifo_to_read(fifo);
    return result < 0 ? result : stream_become(&fifo->stream, role);
}

const struct channel_operations channel_pipe = {
    .name = "pipe",
    .waits = STREAM_WAITS,
    .loan_is_private = true,
    .transfers = true,
    /* write() copies in and read() copies out, whatever the mode. */
    .stages = {[COPIES_OWN] = {STAGE_KERNEL, STAGE_KERNEL},
               [COPIES_INPLACE] = {STAGE_KERNEL, STAGE_KERNEL}},
    .create = pipe_create,
    .open = pipe_open,
    .reserve = stream_reserve,
    .commit = stream_commit,
    .acquire = stream_acquire,
    .release = stream_release,
    .send = stream_send,
    .receive = stream_receive,
    .close = stream_close,
    .probe_receive = stream_probe_receive,
};

const struct channel_operations channel_fifo = {
    .name = "fifo",
    .waits = STREAM_WAITS,
    .loan_is_private = true,
    .transfers = true,
    /* write() copies in and read() copies out, whatever the mode. */
    .stages = {[COPIES_OWN] = {STAGE_KERNEL, STAGE_KERNEL},
               [COPIES_INPLACE] = {STAGE_KERNEL, STAGE_KERNEL}},
    .create = fifo_create,
    .open = fifo_open,
    .reserve = stream_reserve,
    .commit = stream_commit,
    .acquire = stream_acquire,
    .release = stream_release,
    .send = stream_send,
    .receive = stream_receive,
    .close = stream_close,
    .probe_receive = stream_probe_receive,
    .clear = fifo_clear,
};
