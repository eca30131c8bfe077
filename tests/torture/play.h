/*
 * One run: starts the programs of a scenario, takes what they print, strikes at the moment, and
 * waits until not one process of it lives, or the patience is over. Judges nothing.
 */
#ifndef TORTURE_PLAY_H
#define TORTURE_PLAY_H

#include "base/failure.h"
#include "scenario.h"
#include "strike.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What comes out of one end; ended by a NUL byte that is not counted. */
struct stream_text {
    int descriptor; /* -1 once it is closed */
    char *bytes;
    size_t count;
    size_t room;
    bool overflowed;
};

/* One program, started by a command. */
struct part {
    pid_t pid; /* 0 once it was reaped */
    pid_t first_pid;
    int status; /* of waitpid */
    struct stream_text output;
    struct stream_text errors; /* on a terminal, its screen */
    bool hit;                  /* itself, by whatever signal */
};

/* Where and how long. */
struct play_setting {
    const char *folder;                /* where the programs are started */
    const char *mark;                  /* of their processes */
    const volatile sig_atomic_t *stop; /* ends the run at once when it becomes true */
    double calm_seconds;               /* from the start, for a run that goes on as always */
    double end_seconds;  /* from the strike, for one that must end (--timeout comes on top) */
    double hang_seconds; /* how much longer is waited to learn when it would have ended */
};

struct play {
    struct part parts[SCENARIO_COMMANDS_MOST];
    size_t count;
    struct hit hit;
    bool must_end;        /* soon after the strike */
    double after_seconds; /* from the start to the strike */
    double wall_seconds;  /* from the start to the end of the last process */
    double end_seconds;   /* from the strike to it */
    double end_allowed_seconds;
    bool hung;        /* was ended by us */
    size_t survivors; /* processes that we had to end */
    char survivor[MARKED_NAME_BYTES];
};

/*
 * Plays `scenario`, strikes after `after_seconds` (< 0: never). Returns 0, -EINTR when stopped, or
 * another -errno when it could not be started. What is in `play` must be freed by play_free in
 * every case.
 */
int play_run(const struct scenario *scenario, struct strike *strike, double after_seconds,
             const struct play_setting *setting, struct play *play, struct failure *failure);

void play_free(struct play *play);

#endif
