#include "demo/segment.h"

#include "base/leftover.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/shm.h>
#include <unistd.h>

enum {
    SEGMENT_MODE = 0600,
    FTOK_IDS = 255,      /* ftok uses the low 8 bits of its id, and 0 is undefined */
    ARTICLE_FTOK_ID = 88 /* PROJ_ID of the article's programs: the first to be tried */
};

/* A key is no proof of identity: another file can have the same one. */
static bool is_of(const struct shmid_ds *status, pid_t creator, size_t bytes)
{
    return status->shm_perm.cuid == geteuid() && status->shm_perm.uid == geteuid() &&
           (status->shm_perm.mode & 0777) == SEGMENT_MODE && status->shm_segsz == bytes &&
           status->shm_cpid == creator;
}

static int attach(struct segment *segment, struct failure *failure)
{
    void *memory = shmat(segment->id, NULL, 0);
    if (memory == (void *)-1)
        return failure_set(failure, -errno, "attaching the segment");
    segment->memory = memory;
    return 0;
}

/* Returns 0, -EEXIST when the key is taken, or another -errno. */
static int make_under(const struct meeting *meeting, int ftok_id, size_t bytes,
                      struct segment *segment, struct failure *failure)
{
    struct segment_note note = {.ftok_id = ftok_id, .server = getpid()};
    key_t key = ftok(meeting->path, ftok_id);
    if (key == (key_t)-1)
        return failure_set(failure, -errno, "ftok on %.120s", meeting->path);
    int result = meeting_write_note(meeting, &note, sizeof note, 0, failure);
    if (result < 0)
        return result;
    int handle = leftover_note_segment(key, getpid());
    if (handle < 0)
        return failure_set(failure, handle, "noting the segment for clean-up");
    /* The article's flags; its mode 0666 would let every user of the machine in. */
    int id = shmget(key, bytes, IPC_CREAT | IPC_EXCL | SEGMENT_MODE);
    if (id < 0) {
        int error = errno;
        leftover_forget(handle);
        if (error == EEXIST)
            return -EEXIST;
        if (error == EINVAL)
            return failure_say(failure, -ENOSPC,
                               "making a segment of %zu bytes: this machine allows less "
                               "(/proc/sys/kernel/shmmax)",
                               bytes);
        return failure_set(failure, -error,
                           "making a segment of %zu bytes (ipcs -m -l shows the limits)", bytes);
    }
    *segment = (struct segment){.key = key, .ftok_id = ftok_id, .id = id, .handle = handle};
    return attach(segment, failure);
}

int segment_make(const struct meeting *meeting, size_t bytes, struct segment *segment,
                 struct failure *failure)
{
    *segment = (struct segment){.id = -1, .handle = -1};
    for (int attempt = 0; attempt < FTOK_IDS; attempt++) {
        int ftok_id = (ARTICLE_FTOK_ID - 1 + attempt) % FTOK_IDS + 1;
        int result = make_under(meeting, ftok_id, bytes, segment, failure);
        if (result != -EEXIST)
            return result;
    }
    return failure_say(failure, -EEXIST,
                       "all ftok keys of %.120s are taken by others: choose another --name",
                       meeting->path);
}

int segment_find(const struct meeting *meeting, const struct segment_note *note, size_t bytes,
                 struct segment *segment, struct failure *failure)
{
    struct shmid_ds status;
    *segment = (struct segment){.ftok_id = note->ftok_id, .id = -1, .handle = -1};
    segment->key = ftok(meeting->path, note->ftok_id);
    /* The article's client: size and flags 0 take what is there. */
    segment->id = shmget(segment->key, 0, 0);
    if (segment->id < 0 && errno != EACCES)
        return failure_say(failure, -EAGAIN,
                           "the server (process %ld) has no segment under its key 0x%08lx: start "
                           "it again",
                           (long)note->server, (unsigned long)(unsigned)segment->key);
    if (segment->id < 0 || shmctl(segment->id, IPC_STAT, &status) != 0 ||
        !is_of(&status, note->server, bytes))
        return failure_say(failure, -EAGAIN,
                           "the segment under the key 0x%08lx is not the server's (owner, mode, "
                           "size, creator), so it is left alone; start the server again",
                           (unsigned long)(unsigned)segment->key);
    return attach(segment, failure);
}

int segment_look(const struct segment *segment, struct segment_state *state,
                 struct failure *failure)
{
    struct shmid_ds status;
    if (shmctl(segment->id, IPC_STAT, &status) != 0)
        return failure_set(failure, -errno, "reading the state of the segment");
    *state = (struct segment_state){.mode = status.shm_perm.mode & 0777,
                                    .bytes = status.shm_segsz,
                                    .attached = (unsigned long)status.shm_nattch};
    return 0;
}

void segment_close(struct segment *segment)
{
    if (segment->memory != NULL)
        shmdt(segment->memory);
    segment->memory = NULL;
    leftover_remove(segment->handle);
    segment->handle = -1;
}

void segment_remove_leftover(const struct meeting *meeting, const struct segment_note *note,
                             size_t bytes)
{
    struct shmid_ds status;
    if (note->server <= 0)
        return;
    int id = shmget(ftok(meeting->path, note->ftok_id), 0, 0);
    if (id >= 0 && shmctl(id, IPC_STAT, &status) == 0 && is_of(&status, note->server, bytes))
        shmctl(id, IPC_RMID, NULL);
}
