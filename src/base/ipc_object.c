#include "base/ipc_object.h"

#include <sys/msg.h>
#include <sys/sem.h>
#include <unistd.h>

/* Kernel times are whole seconds of a coarse clock that may lag behind, and the real-time clock can
 * be set: a second of slack before, and two for the making after. */
enum { SLACK_BEFORE_S = 1, MAKING_S = 2 };

struct ipc_object_note ipc_object_note_now(key_t key)
{
    return (struct ipc_object_note){
        .key = key, .creator = getpid(), .time_s = (int64_t)time(NULL), .id = -1};
}

bool ipc_object_segment_is_of(const struct shmid_ds *status, pid_t creator)
{
    return status->shm_cpid == creator && status->shm_perm.cuid == geteuid() &&
           status->shm_perm.uid == geteuid();
}

int ipc_object_find_segment(const struct ipc_object_note *note)
{
    struct shmid_ds status;
    int id = note->key != IPC_PRIVATE ? shmget(note->key, 0, 0) : -1;
    /* shm_ctime: of the making, or of a later change by IPC_SET, which we never make. */
    if (id < 0 || shmctl(id, IPC_STAT, &status) != 0 ||
        !ipc_object_segment_is_of(&status, note->creator) ||
        status.shm_ctime < note->time_s - SLACK_BEFORE_S)
        return -1;
    return id;
}

bool ipc_object_remove_segment(const struct ipc_object_note *note)
{
    int id = ipc_object_find_segment(note);
    return id >= 0 && shmctl(id, IPC_RMID, NULL) == 0;
}

/* As made: no operation yet (`used` is the time of the last), and the second is the one of the
 * note. */
static bool is_fresh(time_t used, time_t made, const struct ipc_object_note *note)
{
    return used == 0 && made >= note->time_s - SLACK_BEFORE_S && made <= note->time_s + MAKING_S;
}

int ipc_object_find_semaphores(const struct ipc_object_note *note)
{
    struct semid_ds status = {0}; /* filled through a pointer that analysers lose */
    union {
        struct semid_ds *status;
    } argument = {.status = &status};
    int id = note->key != IPC_PRIVATE ? semget(note->key, 0, 0) : -1;
    if (id < 0 || (note->id >= 0 && note->id != id) || semctl(id, 0, IPC_STAT, argument) != 0 ||
        status.sem_perm.cuid != geteuid() || status.sem_perm.uid != geteuid() ||
        (status.sem_perm.mode & 0777) != IPC_OBJECT_MODE ||
        status.sem_nsems != IPC_OBJECT_SEMAPHORES ||
        (note->id < 0 && !is_fresh(status.sem_otime, status.sem_ctime, note)))
        return -1;
    return id;
}

bool ipc_object_remove_semaphores(const struct ipc_object_note *note)
{
    int id = ipc_object_find_semaphores(note);
    return id >= 0 && semctl(id, 0, IPC_RMID) == 0;
}

int ipc_object_find_queue(const struct ipc_object_note *note)
{
    struct msqid_ds status;
    int id = note->key != IPC_PRIVATE ? msgget(note->key, 0) : -1;
    if (id < 0 || (note->id >= 0 && note->id != id) || msgctl(id, IPC_STAT, &status) != 0 ||
        status.msg_perm.cuid != geteuid() || status.msg_perm.uid != geteuid() ||
        (status.msg_perm.mode & 0777) != IPC_OBJECT_MODE ||
        (note->id < 0 && !is_fresh(status.msg_stime | status.msg_rtime, status.msg_ctime, note)))
        return -1;
    return id;
}

bool ipc_object_remove_queue(const struct ipc_object_note *note)
{
    int id = ipc_object_find_queue(note);
    return id >= 0 && msgctl(id, IPC_RMID, NULL) == 0;
}
