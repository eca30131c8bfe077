/*
 * System V shared memory, the article's way: ftok on a private file, shmget(IPC_CREAT|IPC_EXCL)
 * by the writer, shmget(key, size, 0) by the reader, shmat, IPC_STAT, IPC_RMID as soon as both
 * are attached, shmdt. Mode 0600. The segment holds a ring (ring.h). Copies: none in place; with
 * private buffers one in and one out, both in user space and counted.
 *
 * The private file is where the two ends meet: before the writer makes the segment it writes there
 * which one, so that whoever finds the file of a killed writer knows what to remove; and once the
 * ring stands it says so, which the reader waits for. It lies in a folder of its own, or, where
 * unrelated processes meet, in the folder that both know.
 */
#include "base/file_io.h"
#include "base/ipc_object.h"
#include "base/leftover.h"
#include "base/units.h"
#include "transfer/mechanisms.h"
#include "transfer/ring_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PATH_BYTES = 512,
    FTOK_IDS = 255 /* ftok uses the low 8 bits of its id, and 0 is undefined */
};

#define KEY_FILE "key"

/* What the writer leaves in the private file, each part before the thing that it names is made. */
struct key_note {
    int32_t ftok_id;           /* of the segment's key; 0: no segment yet */
    int32_t semaphore_ftok_id; /* of the key of the semaphores; 0: none yet */
    int32_t creator;           /* pid */
    int32_t semaphores;        /* id of the set; -1: none (yet) */
    int64_t time_s;            /* of the note, by the real-time clock */
    uint64_t segment_bytes;
    int32_t ready; /* 1 once the ring stands; written last, and alone */
    int32_t unused;
};

struct shm_channel {
    struct ring_channel mapped;
    int folder_handle;
    int file_handle;
    int segment_handle;
    int semaphore_handle;
    struct key_note note;
    char folder[PATH_BYTES - 8];
    char path[PATH_BYTES];
};

static struct failure *failure_of(const struct shm_channel *shm)
{
    return shm->mapped.channel.setup.failure;
}

/* ---- before the fork ---- */

static bool meets_by_name(const struct shm_channel *shm)
{
    return shm->mapped.channel.setup.meeting_folder != NULL;
}

static int choose_path(struct shm_channel *shm)
{
    if (!meets_by_name(shm)) {
        shm->folder_handle = leftover_make_folder(shm->folder, sizeof shm->folder, failure_of(shm));
        if (shm->folder_handle < 0)
            return shm->folder_handle;
    }
    int length =
        snprintf(shm->path, sizeof shm->path, "%s/" KEY_FILE,
                 meets_by_name(shm) ? shm->mapped.channel.setup.meeting_folder : shm->folder);
    if (length < 0 || (size_t)length >= sizeof shm->path)
        return failure_set(failure_of(shm), -ENAMETOOLONG,
                           "choosing a path for the key file (set TMPDIR)");
    return 0;
}

static int make_private_file(struct shm_channel *shm)
{
    shm->file_handle = leftover_note_file(shm->path);
    if (shm->file_handle < 0)
        return failure_set(failure_of(shm), shm->file_handle, "noting the key file for clean-up");
    int descriptor = open(shm->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return failure_set(failure_of(shm), -errno, "making the file %.100s", shm->path);
    close(descriptor);
    return 0;
}

/* Writes the note but for its `ready`, or that alone. */
static int write_note(struct shm_channel *shm, bool ready)
{
    int descriptor = open(shm->path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return failure_set(failure_of(shm), -errno, "opening %.100s", shm->path);
    shm->note.ready = ready;
    size_t offset = ready ? offsetof(struct key_note, ready) : 0;
    size_t bytes = ready ? sizeof shm->note.ready : sizeof shm->note;
    ssize_t written =
        file_write_at(descriptor, (const char *)&shm->note + offset, bytes, (off_t)offset);
    int error = written < 0 ? errno : ENOSPC;
    close(descriptor);
    return written == (ssize_t)bytes
               ? 0
               : failure_set(failure_of(shm), -error, "writing %.100s (set TMPDIR)", shm->path);
}

/* ---- after a killed writer ---- */

/* The note of one of the two things, for ipc_object.h. */
static struct ipc_object_note object_of(const char *path, const struct key_note *note, int ftok_id)
{
    key_t key = ftok_id > 0 ? ftok(path, ftok_id) : (key_t)-1;
    return (struct ipc_object_note){.key = key != (key_t)-1 ? key : IPC_PRIVATE,
                                    .creator = note->creator,
                                    .time_s = note->time_s,
                                    .id = note->semaphores};
}

static void shm_clear(const char *meeting_folder)
{
    char path[PATH_BYTES];
    struct key_note note;
    int length = snprintf(path, sizeof path, "%s/" KEY_FILE, meeting_folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return;
    if (file_read_at(descriptor, &note, sizeof note, 0) == (ssize_t)sizeof note) {
        const struct ipc_object_note segment = object_of(path, &note, note.ftok_id);
        const struct ipc_object_note semaphores = object_of(path, &note, note.semaphore_ftok_id);
        ipc_object_remove_segment(&segment);
        ipc_object_remove_semaphores(&semaphores);
    }
    close(descriptor);
    unlink(path);
}

/* ---- before the fork, or for the one role ---- */

/* Under a key of the private file, as the segment: what has no key cannot be found again by those
 * who clear up after us. Returns 0, -EEXIST when the key is taken, or another -errno. */
static int make_semaphores_under(struct shm_channel *shm, int32_t ftok_id)
{
    key_t key = ftok(shm->path, ftok_id);
    if (key == (key_t)-1)
        return failure_set(failure_of(shm), -errno, "ftok on %.100s", shm->path);
    shm->note.semaphore_ftok_id = ftok_id;
    int result = write_note(shm, false);
    if (result < 0)
        return result;
    shm->semaphore_handle = leftover_note_semaphores(key);
    if (shm->semaphore_handle < 0)
        return failure_set(failure_of(shm), shm->semaphore_handle,
                           "noting semaphores for clean-up");
    int id = semget(key, IPC_OBJECT_SEMAPHORES, IPC_CREAT | IPC_EXCL | IPC_OBJECT_MODE);
    if (id < 0) {
        int error = errno;
        leftover_forget(shm->semaphore_handle);
        if (error == EEXIST)
            return -EEXIST;
        if (error == EINVAL)
            return failure_say(failure_of(shm), -ENOSPC,
                               "making a set of %d semaphores: this machine allows fewer "
                               "(/proc/sys/kernel/sem)",
                               IPC_OBJECT_SEMAPHORES);
        return failure_set(failure_of(shm), -error,
                           "making semaphores (ipcs -s -l shows the limits)");
    }
    leftover_made(shm->semaphore_handle, id);
    shm->note.semaphores = id;
    return write_note(shm, false);
}

/* Linux makes new semaphores 0, which POSIX leaves open; a set has no "remove at the last detach".
 */
static int make_semaphores(struct shm_channel *shm)
{
    int result = -EEXIST;
    shm->note.creator = getpid();
    shm->note.time_s = (int64_t)time(NULL);
    for (int32_t ftok_id = 1; ftok_id <= FTOK_IDS && result == -EEXIST; ftok_id++)
        result = make_semaphores_under(shm, ftok_id);
    for (int index = 0; result == 0 && index < IPC_OBJECT_SEMAPHORES; index++) {
        if (semctl(shm->note.semaphores, index, SETVAL, 0) < 0)
            result = failure_set(failure_of(shm), -errno, "setting semaphores to 0");
    }
    if (result == -EEXIST)
        return failure_say(failure_of(shm), -EEXIST, "all ftok keys of %.100s are taken by others",
                           shm->path);
    return result;
}

static void shm_close(struct channel *channel)
{
    struct shm_channel *shm = (struct shm_channel *)channel;
    if (shm == NULL)
        return;
    ring_channel_finish(&shm->mapped);
    if (shm->mapped.memory != NULL)
        shmdt(shm->mapped.memory);
    free(shm);
}

static int shm_create(const struct channel_setup *setup, struct channel **channel)
{
    struct shm_channel *shm = calloc(1, sizeof *shm);
    if (shm == NULL)
        return failure_set(setup->failure, -ENOMEM, "making a shm channel");
    channel_initialise(&shm->mapped.channel, &channel_shm, setup);
    shm->folder_handle = shm->file_handle = shm->segment_handle = shm->semaphore_handle = -1;
    shm->note.semaphores = -1;
    int result = choose_path(shm);
    /* By a name: the reader only uses what the writer makes. */
    bool makes = !meets_by_name(shm) || setup->meeting_role == CHANNEL_WRITER;
    if (result == 0 && meets_by_name(shm) && makes)
        shm_clear(setup->meeting_folder);
    if (result == 0 && makes)
        result = make_private_file(shm);
    if (result == 0 && makes && setup->wait == WAIT_SEMOP)
        result = make_semaphores(shm);
    if (result < 0) {
        shm_close(&shm->mapped.channel);
        return result;
    }
    *channel = &shm->mapped.channel;
    return 0;
}

/* ---- opening ---- */

static int attach(struct shm_channel *shm, int id, size_t bytes)
{
    void *memory = shmat(id, NULL, 0);
    if (memory == (void *)-1)
        return failure_set(failure_of(shm), -errno, "attaching the segment");
    shm->mapped.memory = memory;
    return ring_channel_prefault(&shm->mapped, bytes);
}

static int make_segment(struct shm_channel *shm, size_t bytes)
{
    char size[UNITS_TEXT_BYTES];
    /* Different files can have the same key, so a taken key is no error: take the next id. */
    for (int32_t ftok_id = 1; ftok_id <= FTOK_IDS; ftok_id++) {
        key_t key = ftok(shm->path, ftok_id);
        if (key == (key_t)-1)
            return failure_set(failure_of(shm), -errno, "ftok on %.100s", shm->path);
        shm->note.ftok_id = ftok_id;
        shm->note.creator = getpid();
        shm->note.time_s = (int64_t)time(NULL);
        shm->note.segment_bytes = bytes;
        int result = write_note(shm, false);
        if (result < 0)
            return result;
        shm->segment_handle = leftover_note_segment(key, getpid());
        if (shm->segment_handle < 0)
            return failure_set(failure_of(shm), shm->segment_handle,
                               "noting the segment for clean-up");
        int id = shmget(key, bytes, IPC_CREAT | IPC_EXCL | IPC_OBJECT_MODE);
        if (id >= 0)
            return attach(shm, id, bytes);
        int error = errno;
        leftover_forget(shm->segment_handle);
        if (error == EINVAL)
            return failure_say(failure_of(shm), -ENOSPC,
                               "making a segment of %s: this machine allows less "
                               "(/proc/sys/kernel/shmmax)",
                               units_format_bytes(bytes, size));
        if (error != EEXIST)
            return failure_set(failure_of(shm), -error,
                               "making a segment of %s (ipcs -m -l shows the limits)",
                               units_format_bytes(bytes, size));
    }
    return failure_say(failure_of(shm), -EEXIST, "all ftok keys of %.100s are taken by others",
                       shm->path);
}

static bool read_note(int descriptor, struct key_note *note)
{
    return file_read_at(descriptor, note, sizeof *note, 0) == (ssize_t)sizeof *note &&
           note->ready != 0;
}

static int wait_for_note(struct shm_channel *shm)
{
    struct wait_attempts attempts = {0};
    int descriptor = open(shm->path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return failure_set(failure_of(shm), -errno, "opening %.100s", shm->path);
    int result = 0;
    /* Read again once it says `ready`, which is written last: a read is not one step, and what it
     * took before that word may be older. */
    /* NOLINTNEXTLINE(misc-redundant-expression): read twice on purpose */
    while (!read_note(descriptor, &shm->note) || !read_note(descriptor, &shm->note)) {
        result = wait_a_moment(&shm->mapped.channel.waiter, &attempts, -1);
        if (result < 0)
            break;
    }
    close(descriptor);
    return result;
}

static int open_as_writer(struct shm_channel *shm)
{
    size_t bytes = ring_channel_bytes(&shm->mapped.channel.setup);
    int result = make_segment(shm, bytes);
    if (result < 0)
        return result;
    ring_channel_make(&shm->mapped, bytes);
    result = write_note(shm, true);
    if (result == 0)
        result = ring_channel_await_reader(&shm->mapped);
    /* The key has done its work; but semaphores outlive a killed writer, and the note tells whose
     * they are. */
    if (result == 0 && meets_by_name(shm) && shm->note.semaphores < 0)
        leftover_remove(shm->file_handle);
    return result;
}

/* A key is no proof of identity: whoever made a segment under it must be we, and only we may have
 * access to it. */
static int check_segment(struct shm_channel *shm, int id, size_t bytes, struct shmid_ds *status)
{
    if (shmctl(id, IPC_STAT, status) != 0)
        return failure_set(failure_of(shm), -errno, "reading the state of the segment");
    if (status->shm_perm.cuid != geteuid() || (status->shm_perm.mode & 0777) != IPC_OBJECT_MODE ||
        status->shm_segsz != bytes ||
        (shm->mapped.channel.peer.pid != 0 && status->shm_cpid != shm->mapped.channel.peer.pid))
        return failure_say(failure_of(shm), -EPERM,
                           "the segment under our key is not ours: left alone");
    return 0;
}

static int open_as_reader(struct shm_channel *shm)
{
    struct shmid_ds status;
    int result = wait_for_note(shm);
    if (result < 0)
        return result;
    size_t bytes = (size_t)shm->note.segment_bytes;
    key_t key = ftok(shm->path, shm->note.ftok_id);
    int id = shmget(key, bytes, 0);
    if (id < 0)
        return failure_set(failure_of(shm), -errno, "finding the segment by its key");
    result = check_segment(shm, id, bytes, &status);
    if (result == 0)
        result = attach(shm, id, bytes);
    if (result < 0)
        return result;
    /* Both are attached: from here on the kernel removes the segment at the last detach, however
     * the processes end. */
    if (shmctl(id, IPC_STAT, &status) != 0)
        return failure_set(failure_of(shm), -errno, "reading the state of the segment");
    if (status.shm_nattch != 2)
        return failure_say(failure_of(shm), -EPROTO,
                           "%lu processes are attached to our segment, not 2",
                           (unsigned long)status.shm_nattch);
    if (shmctl(id, IPC_RMID, NULL) != 0)
        return failure_set(failure_of(shm), -errno, "marking the segment for removal");
    /* By a name it is the writer that removes the file. */
    leftover_remove(shm->file_handle);
    leftover_remove(shm->folder_handle);
    return ring_channel_attach(&shm->mapped, bytes);
}

static int shm_open_end(struct channel *channel, enum channel_role role)
{
    struct shm_channel *shm = (struct shm_channel *)channel;
    bool writer = role == CHANNEL_WRITER;
    channel->role = role;
    channel->waiter.semaphore_wait = writer ? 0 : 1;
    channel->waiter.semaphore_post = writer ? 1 : 0;
    channel->waiter.semaphores = shm->note.semaphores;
    int result = writer ? open_as_writer(shm) : open_as_reader(shm);
    /* Of unrelated processes the reader has learned it only now. */
    channel->waiter.semaphores = shm->note.semaphores;
    if (writer) /* removed by the reader, or not needed any more */
        leftover_remove(shm->segment_handle);
    return result;
}

const struct channel_operations channel_shm = {
    .name = "shm",
    .waits = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID | 1U << WAIT_SEMOP,
    .loan_is_private = false,
    .transfers = true,
    .stages = RING_CHANNEL_STAGES,
    .create = shm_create,
    .open = shm_open_end,
    .reserve = ring_channel_reserve,
    .commit = ring_channel_commit,
    .acquire = ring_channel_acquire,
    .release = ring_channel_release,
    .close = shm_close,
    .clear = shm_clear,
};
