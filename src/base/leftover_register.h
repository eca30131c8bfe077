/*
 * The register of leftovers as it lies in memory and, once a run has anything on disk, in the file
 * `register` of the run's private folder TMPDIR/pipe-vs-shm-XXXXXX: so that a later run can remove
 * what a run left whose processes were all killed at once. For leftover.c, which writes it, and for
 * whoever clears up (room clean), who must trust nothing of what it reads.
 *
 * Every process of the run holds a lock (flock) on the file, by the descriptor it inherited: a lock
 * that can be had proves that none of them lives, which no pid could prove.
 */
#ifndef LEFTOVER_REGISTER_H
#define LEFTOVER_REGISTER_H

#include "base/ipc_object.h"

#include <stdint.h>

#define LEFTOVER_FOLDER_PREFIX "pipe-vs-shm-"
#define LEFTOVER_FOLDER_RANDOM 6 /* letters and digits after it, as mkdtemp draws them */
#define LEFTOVER_REGISTER_FILE "register"
/* "pvsleft1": tells our register, and its layout, from anything else. */
#define LEFTOVER_MAGIC UINT64_C(0x317466656c737670)

enum { LEFTOVER_SLOTS = 64, LEFTOVER_PATH_BYTES = 512 };

enum leftover_kind {
    LEFTOVER_SEGMENT,
    LEFTOVER_SEMAPHORES,
    LEFTOVER_FILE,
    LEFTOVER_FOLDER,
    LEFTOVER_MEMORY,      /* POSIX shared memory, by its name in `path` */
    LEFTOVER_POSIX_QUEUE, /* POSIX message queue, likewise */
    LEFTOVER_QUEUE,       /* System V message queue */
    LEFTOVER_KINDS
};

enum leftover_state {
    LEFTOVER_FREE,
    LEFTOVER_FILLING, /* one process writes the slot, or removes what it notes */
    LEFTOVER_NOTED,
    LEFTOVER_STATES
};

struct leftover_slot {
    _Atomic int state;             /* enum leftover_state */
    int kind;                      /* enum leftover_kind */
    struct ipc_object_note object; /* of System V; of POSIX objects the creator alone */
    char path[LEFTOVER_PATH_BYTES];
};

struct leftover_register {
    uint64_t magic;                   /* written last */
    uint64_t ipc_namespace;           /* see leftover_ipc_namespace */
    int64_t started_s;                /* real-time clock */
    int32_t starter;                  /* pid of the process that made the run's folder */
    _Atomic int folders;              /* made within the run's folder so far */
    _Atomic int gone;                 /* 1 once the run's folder was removed */
    char folder[LEFTOVER_PATH_BYTES]; /* the run's; empty: the register is in memory only */
    struct leftover_slot slots[LEFTOVER_SLOTS];
};

/* Which IPC namespace this process is in, as a number: what was made in another can't be reached
 * from here. 0 when the system does not tell. */
uint64_t leftover_ipc_namespace(void);

#endif
