/*
 * The processes of one run of the storm: found by the mark in their environment, which every
 * process that the run starts inherits, wherever it went (other groups, other sessions, other
 * parents). Only what carries the mark is ever signalled.
 */
#ifndef TORTURE_MARKED_H
#define TORTURE_MARKED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MARK_VARIABLE "PIPE_VS_SHM_TORTURE"

enum { MARK_BYTES = 64, MARKED_MOST = 128, MARKED_NAME_BYTES = 20 };

struct marked {
    pid_t pid;
    pid_t parent;
    char name[MARKED_NAME_BYTES]; /* as the kernel calls it: at most 15 letters */
};

/* Fills `found` with the living processes that carry `mark` (zombies have ended), by pid; returns
 * their number, at most MARKED_MOST. */
size_t marked_find(const char *mark, struct marked found[MARKED_MOST]);

/* Whether any lives. */
bool marked_any(const char *mark);

/* Signals a process that carries the mark, and no other that got its pid meanwhile. Returns whether
 * it was sent. */
bool marked_signal(const char *mark, pid_t pid, int signal_number);

/* Kills all, those too that are started meanwhile. Returns how many were signalled. */
size_t marked_kill_all(const char *mark);

#endif
