/*
 * Finds and removes what earlier runs of our user left behind because no process of theirs survived
 * to remove it: private folders in TMPDIR with what their registers note
 * (base/leftover_register.h), and what dead processes left under the names at which programs meet
 * (transfer/meeting.h). Whether a run is over is told by locks, never by pids. What belongs to a
 * living run, to another user or to another program stays; what cannot be judged or reached from
 * here stays, and is told.
 */
#ifndef CLEAN_H
#define CLEAN_H

#include "base/failure.h"

#include <stdbool.h>

/* What is done, and what came of it. Counters start at 0. */
struct clean_task {
    bool dry_run; /* only look */
    /* Told one line, without newline, of each thing that was removed (or would be), and of each
     * that stays although its run is over. */
    void (*tell)(void *context, const char *line);
    void *context;
    unsigned long removed;
    unsigned long kept;
};

/* A folder without a register is one that is being made, or whose maker was killed in that moment:
 * only after so many seconds it is the latter. */
enum { CLEAN_UNFINISHED_S = 60 };

/* The private folders of runs in TMPDIR or /tmp. Returns 0, or -errno when that cannot be read. */
int clean_run_folders(struct clean_task *task, struct failure *failure);

/* The names of send, recv and server. leftover_start() must have been called. Returns as
 * clean_run_folders. */
int clean_names(struct clean_task *task, struct failure *failure);

/* Tells a line about one more thing that is removed, or that stays. */
__attribute__((format(printf, 2, 3))) void clean_tell_removed(struct clean_task *task,
                                                              const char *format, ...);
__attribute__((format(printf, 2, 3))) void clean_tell_kept(struct clean_task *task,
                                                           const char *format, ...);

#endif
