/*
 * A program while it runs as our child: started in a process group of its own, what it prints taken
 * in up to a bound, ended together with all that it started. For runner.c and standby_pool.c, whose
 * headers say how a program is started and what is promised.
 */
#ifndef CHILD_PROGRAM_H
#define CHILD_PROGRAM_H

#include "base/failure.h"
#include "conduct/runner.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CHILD_PROGRAM_NOT_STARTED = 127 };

/* What a program prints, as far as it is kept. */
struct capture {
    int fd;     /* -1 once the other end is closed */
    char *text; /* ended by a NUL byte; owned by the capture */
    size_t bytes;
    size_t room;
    size_t bytes_most;
    bool overflowed;
};

struct child_program {
    pid_t pid;    /* also its process group */
    int input_fd; /* a socket that its standard input reads from; -1: that is /dev/null */
    struct capture output;
    struct capture errors;
    uint64_t deadline_ns;
    int stop_fd;
};

/* Starts how->arguments, `with_input` or without; the deadline of `how` counts from now. Returns 0,
 * and *child is to be ended; or a negative errno, after which nothing is left of it. */
int child_program_start(const struct runner_start *how, bool with_input,
                        struct child_program *child);

/*
 * Takes in what the program prints until `is_answered` (NULL: never) says so, or it closes both
 * streams, or it ends. Blocks until its deadline at most. Returns 0, or why it must be ended:
 * -ETIMEDOUT, -EFBIG, -ECANCELED (see runner.h) or another negative errno.
 */
int child_program_follow(struct child_program *child,
                         bool (*is_answered)(const struct child_program *child));

/* Whether the program has ended; it stays a zombie, so that its group cannot be another's. */
bool child_program_has_ended(const struct child_program *child);

/* Waits for a program that has closed its streams. Returns as child_program_follow. */
int child_program_await_end(const struct child_program *child);

/* Ends what is left of the program and its group; where it shall not just end by itself
 * (`patiently` false) it is asked first, and has a moment to clean up. Returns its exit code, as a
 * shell tells it. The captures stay: child_program_free. */
int child_program_end(struct child_program *child, bool patiently);

/* Closes and frees what is left of one that has been ended. */
void child_program_free(struct child_program *child);

/* Puts into words how the program ended; `result` is why it was ended, or 0. Returns 0 when all is
 * well, else a negative errno as runner_capture does. */
int child_program_judge(const struct child_program *child, const char *program, int result,
                        int exit_code, struct failure *failure);

/* The last part of a path. */
const char *child_program_name(const char *path);

#endif
