/*
 * Where two programs of one user find each other by a name: a file in a private folder of that
 * user ($XDG_RUNTIME_DIR/pipe-vs-shm, else pipe-vs-shm-UID in $TMPDIR or /tmp; mode 0700). The
 * file is what ftok makes keys from, and what says who serves: the server holds a lock on it, and
 * the kernel gives that lock back when the server ends, however it ends. So a lock that can be had
 * proves that the last server is gone, which its pid alone would not: pids are given away again.
 *
 * Knows nothing of segments but the note that tells which one is the server's.
 */
#ifndef MEETING_H
#define MEETING_H

#include "base/failure.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    MEETING_FOLDER_BYTES = 400,
    MEETING_NAME_MOST = 32, /* letters of a name */
    MEETING_PATH_BYTES = MEETING_FOLDER_BYTES + MEETING_NAME_MOST + 2
};

#define MEETING_NAME_ALLOWED "1 to 32 of a-z A-Z 0-9 _ -"

/* What the server leaves in the file BEFORE it makes a segment, so that whoever finds a dead
 * server's file knows which segment was its. All zero in a new file. */
struct meeting_note {
    int32_t ftok_id;
    int32_t server; /* pid: the creator of the segment */
};

struct meeting {
    char folder[MEETING_FOLDER_BYTES];
    char path[MEETING_PATH_BYTES]; /* of the file */
    int descriptor;                /* of the file; the server's one holds the lock */
    int folder_handle;             /* of leftover.h; -1 for a client */
    int file_handle;
};

bool meeting_name_is_allowed(const char *name);

/*
 * Takes the name as its only server, with leftover_start() called before: makes folder and file
 * when they are not there, checks that both are ours and private, and locks the file. With
 * `existing_only` nothing is made (for clearing up after a dead server). Takes up to 0.2 s when
 * another process is about to let go of the name. Returns 0 with the last server's note in *note,
 * -EBUSY when a server of this name runs, -EPERM when folder or file is not ours alone, -ENOENT
 * (only with `existing_only`) or another -errno.
 */
int meeting_take(const char *name, bool existing_only, struct meeting *meeting,
                 struct meeting_note *note, struct failure *failure);

/* Notes which segment is about to be made. Returns 0 or -errno. */
int meeting_write_note(const struct meeting *meeting, const struct meeting_note *note,
                       struct failure *failure);

/*
 * Finds the running server of that name, as its client. Does not wait. Returns 0 with its note in
 * *note, -ENOENT when no server runs, -EAGAIN when it runs but has not noted its segment yet,
 * -EPERM when folder or file is not ours alone, or another -errno.
 */
int meeting_find(const char *name, struct meeting *meeting, struct meeting_note *note,
                 struct failure *failure);

/* Ends what take or find began; whoever took the name removes the file, and the folder when no
 * other name uses it. */
void meeting_leave(struct meeting *meeting);

#endif
