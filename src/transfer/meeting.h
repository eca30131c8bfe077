/*
 * Where two programs of one user find each other by a name: a file in a private folder of that
 * user ($XDG_RUNTIME_DIR/pipe-vs-shm, else pipe-vs-shm-UID in $TMPDIR or /tmp; mode 0700), or in a
 * folder in there that several such files share. Each file stands for one role: who has the role
 * holds a lock on its file, and the kernel gives that lock back when the process ends, however it
 * ends. So a lock that can be had proves that the last holder is gone, which its pid alone would
 * not: pids are given away again. A held lock tells the pid of who holds it.
 *
 * In the file its holder leaves a note for others. Knows nothing of what notes mean, of channels or
 * of segments. Functions return 0 or -errno and set outputs on success only; -EBUSY, -ENOENT and
 * -EAGAIN are not described, because only the caller knows the role's name. leftover_start() must
 * have been called.
 */
#ifndef MEETING_H
#define MEETING_H

#include "base/failure.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    MEETING_FOLDER_BYTES = 400,
    MEETING_NAME_MOST = 32,                                              /* letters of a name */
    MEETING_PLACE_BYTES = MEETING_FOLDER_BYTES + MEETING_NAME_MOST + 26, /* room for a prefix */
    MEETING_PATH_BYTES = MEETING_PLACE_BYTES + MEETING_NAME_MOST + 2
};

#define MEETING_NAME_ALLOWED "1 to 32 of a-z A-Z 0-9 _ -"

/* Which file: `folder` is in the user's folder; NULL: the file lies in the user's folder itself. */
struct meeting_role {
    const char *folder;
    const char *file;
};

/* One role, taken or found. */
struct meeting {
    char folder[MEETING_FOLDER_BYTES]; /* the user's */
    char place[MEETING_PLACE_BYTES];   /* the folder that the file lies in */
    char path[MEETING_PATH_BYTES];     /* of the file */
    int descriptor;                    /* of the file; -1 while there is none */
    pid_t holder;                      /* who has the role; of -EBUSY, too */
    int folder_handle;                 /* of leftover.h; -1 where the role was only found */
    int place_handle;
    int file_handle;
};

#define MEETING_NONE                                                                               \
    ((struct meeting){.descriptor = -1, .folder_handle = -1, .place_handle = -1, .file_handle = -1})

bool meeting_name_is_allowed(const char *name);

/* Writes the path of the user's folder, whether it is there or not. Returns 0 or -ENAMETOOLONG. */
int meeting_user_folder(char path[MEETING_FOLDER_BYTES], struct failure *failure);

/*
 * Takes a role as its only holder: makes folders and file when they are not there, checks that all
 * are ours and private, and locks the file. With `existing_only` nothing is made (for clearing up
 * after a dead holder). Takes up to 0.2 s when another process is about to let go of the role.
 * Returns 0 with the note of the last holder in the `note_bytes` at `note` (zeros where there is
 * none), -EBUSY when another process (meeting->holder) has the role, -EPERM when a folder or the
 * file is not ours alone, -ENOENT (only with `existing_only`) or another -errno.
 */
int meeting_take(const struct meeting_role *role, bool existing_only, struct meeting *meeting,
                 void *note, size_t note_bytes, struct failure *failure);

/*
 * Finds the holder of a role. Does not wait. Returns 0 with meeting->holder and the note, which may
 * still be that of an earlier, killed holder: so a note says whose it is. -ENOENT when nobody has
 * the role, -EPERM when a folder or the file is not ours alone, or another -errno.
 */
int meeting_find(const struct meeting_role *role, struct meeting *meeting, void *note,
                 size_t note_bytes, struct failure *failure);

/* Whether the role that was found has the same holder still. */
bool meeting_is_held(const struct meeting *meeting);

/* Writes `bytes` of the note, from its byte `offset` on; for who took the role. What was written
 * before is there before. Returns 0 or -errno. */
int meeting_write_note(const struct meeting *meeting, const void *bytes, size_t size, size_t offset,
                       struct failure *failure);

/* Reads the note again. Works after its writer removed the file. -EAGAIN when it is not whole. */
int meeting_read_note(const struct meeting *meeting, void *note, size_t note_bytes);

/* Ends what take or find began; whoever took the role removes the file, and the folders when
 * nothing else is in them. */
void meeting_leave(struct meeting *meeting);

#endif
