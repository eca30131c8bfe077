/*
 * A System V segment under a key that two programs compute from the same file, with what the
 * article's programs leave out: mode 0600, a look at whose segment it is before it is attached or
 * removed, and no leftover. Knows where programs meet (meeting.h), not what lies in the segment.
 */
#ifndef DEMO_SEGMENT_H
#define DEMO_SEGMENT_H

#include "transfer/meeting.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/ipc.h>

/* What the server leaves in the file of the meeting BEFORE it makes a segment, so that whoever
 * finds a dead server's file knows which segment was its. All zero in a new file. */
struct segment_note {
    int32_t ftok_id;
    int32_t server; /* pid: the creator of the segment */
};

struct segment {
    void *memory; /* where it is attached; NULL while it is not */
    key_t key;
    int ftok_id;
    int id;
    int handle; /* of leftover.h when we made it, else -1 */
};

/* What the kernel says of it (IPC_STAT). */
struct segment_state {
    unsigned mode; /* permission bits */
    size_t bytes;
    unsigned long attached; /* nattch: how often it is attached at this moment */
};

/*
 * Makes a segment of `bytes` zeros and attaches it; for who took the meeting. A key that is taken
 * is no error: keys of different files can be equal, and the next ftok id gives another. The
 * segment under the taken key is not touched. Returns 0 or -errno (-EEXIST: all keys are taken).
 */
int segment_make(const struct meeting *meeting, size_t bytes, struct segment *segment,
                 struct failure *failure);

/*
 * Finds the server's segment by the note and attaches it, if it is our user's, private, of `bytes`
 * and made by the server. Returns 0, -EAGAIN when there is none (yet) or it is another's (which is
 * left alone), or another -errno.
 */
int segment_find(const struct meeting *meeting, const struct segment_note *note, size_t bytes,
                 struct segment *segment, struct failure *failure);

/* Asks the kernel. Works for a removed segment, too, as long as it is attached. */
int segment_look(const struct segment *segment, struct segment_state *state,
                 struct failure *failure);

/* Detaches the segment, and removes it when we made it. */
void segment_close(struct segment *segment);

/* Removes the segment that a killed server left, for who took the meeting after it; nothing when
 * there is none or when it is not that server's. */
void segment_remove_leftover(const struct meeting *meeting, const struct segment_note *note,
                             size_t bytes);

#endif
