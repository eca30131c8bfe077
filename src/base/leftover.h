/*
 * What must not be left behind: the kernel objects and files of a run that outlive their process.
 * They are noted in memory shared by all processes of the run, so that any survivor can remove
 * what a killed one made; and once there is anything on disk, in a file, so that a later run can
 * remove what nobody survived to remove (leftover_register.h). Everything that removes is
 * async-signal-safe.
 *
 * The one register of a program is global because signal handlers have no arguments.
 */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include "base/failure.h"

#include <signal.h>
#include <sys/types.h>

/*
 * Makes the register and catches SIGINT, SIGTERM, SIGHUP and SIGQUIT (see leftover_signals): their
 * handler removes everything noted and ends the process with exit code 130. Call before any fork; a
 * later call in the same process, without children, ends what was noted before. Returns 0 or
 * -errno.
 */
int leftover_start(struct failure *failure);

/* The signals that are caught: those four, less any that the parent of this program had told it to
 * ignore (as nohup does). */
void leftover_signals(sigset_t *signals);

/* Makes the calling process, just forked, catch those signals again after its parent masked or
 * replaced them. */
void leftover_catch_signals(void);

/*
 * Notes a thing BEFORE it is made, so that there is no moment at which it exists unnoted.
 * Returns a handle >= 0, or -ENOSPC when the register is full.
 *   segment:    a System V segment that process `creator` will make under `key`; only a segment
 *               with that creator and our user is ever removed.
 *   semaphores: a set that this process will make under `key` (never IPC_PRIVATE: nobody could find
 *               it again), as ipc_object.h says; leftover_made tells its id.
 *   queue:      a System V message queue, as semaphores.
 *   memory:     POSIX shared memory that this process will make under `name`, a name as
 *               posix_object.h draws them; `name` is copied.
 *   posix_queue: a POSIX message queue, likewise.
 *   file, folder: by path; `path` is copied.
 */
int leftover_note_segment(key_t key, pid_t creator);
int leftover_note_semaphores(key_t key);
int leftover_note_queue(key_t key);
int leftover_note_memory(const char *name);
int leftover_note_posix_queue(const char *name);
int leftover_note_file(const char *path);
int leftover_note_folder(const char *path);

/* The noted semaphores, or queue, are made, and have this id. */
void leftover_made(int handle, int id);

/* Forgets a note without removing anything: what was noted could not be made. */
void leftover_forget(int handle);

/* Removes one thing (or finds that it is gone) and forgets it; a negative handle is ignored. */
void leftover_remove(int handle);

/* Removes everything, the last noted first, so that files go before their folder. Only when no
 * other process of the run lives: it also takes what a killed process was busy with. */
void leftover_remove_all(void);

/*
 * Makes a private folder (0700) within a folder of the run, in TMPDIR or /tmp and of an
 * unpredictable name; notes it, and writes its path into `path`. The first one also moves the
 * register into a file there, so it is to be made before a fork, or when nothing is noted any more.
 * The run's folder goes as soon as nothing is noted. Returns its handle, or -errno.
 */
int leftover_make_folder(char *path, size_t path_bytes, struct failure *failure);

/* The folder that temporary folders are made in: TMPDIR, or /tmp. */
const char *leftover_temporary_folder(void);

#endif
