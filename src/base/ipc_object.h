/*
 * Whose a System V segment, semaphore set or message queue is, and its removal when it is surely
 * ours. A key proves nothing: keys of ftok collide, and ids and pids are given away again. So
 * nothing is removed on the word of a key alone. Silent and async-signal-safe; knows nothing of
 * notes or of why.
 */
#ifndef IPC_OBJECT_H
#define IPC_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>
#include <time.h>

/* What all objects of this project are made with: only our user may use them. */
#define IPC_OBJECT_MODE 0600

/* The semaphores of a set: what the writer sleeps on, and what the reader sleeps on. */
#define IPC_OBJECT_SEMAPHORES 2

/* What is known of an object from BEFORE it was made. */
struct ipc_object_note {
    key_t key;
    pid_t creator;  /* the process that was about to make it */
    int64_t time_s; /* when that was, by the real-time clock */
    int32_t id;     /* of a semaphore set or queue, once it is made; -1 before */
};

/* The note of what this process is about to make under `key`. */
struct ipc_object_note ipc_object_note_now(key_t key);

/* Whether a segment was made by `creator` and our user, for our user alone. */
bool ipc_object_segment_is_of(const struct shmid_ds *status, pid_t creator);

/* The id of the noted segment, or -1 when there is none, or not that one. */
int ipc_object_find_segment(const struct ipc_object_note *note);

/*
 * The id of the noted semaphore set, or -1. The kernel does not tell who made a set, so one whose
 * id was not noted any more (its maker was killed in that moment) is ours only if it is as it was
 * made: used by nobody yet, and made right after the note.
 */
int ipc_object_find_semaphores(const struct ipc_object_note *note);

/* The same of a message queue, whose maker the kernel does not tell, either. */
int ipc_object_find_queue(const struct ipc_object_note *note);

/* Remove what was found. Return false when there is none. */
bool ipc_object_remove_segment(const struct ipc_object_note *note);
bool ipc_object_remove_semaphores(const struct ipc_object_note *note);
bool ipc_object_remove_queue(const struct ipc_object_note *note);

#endif
