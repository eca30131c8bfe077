/*
 * Runs one program to its end and takes what it printed: bounded output, a deadline, a way to stop
 * early, and nothing left behind: neither a process nor a zombie, however the program behaves. It
 * knows nothing of cells and plans.
 *
 * The program gets a process group of its own, so that its children end with it and a Ctrl-C at
 * the terminal reaches the caller only; it gets SIGTERM when the caller dies, so that it still
 * removes what it has made; its standard input is /dev/null; its environment is the caller's, but
 * with LC_ALL=C, and padded where that is asked for.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include "base/failure.h"
#include "measure/histogram.h"
#include "measure/sample.h"

#include <stdbool.h>
#include <stddef.h>

enum { RUNNER_OUTPUT_BYTES_MOST = 4 << 20, RUNNER_NO_STOP = -1 };

/*
 * Runs arguments[0] (a path) with `arguments` (ended by NULL) and waits for it. Blocks for
 * `seconds_most` plus a quarter of a second at most.
 *
 * Returns 0 when it exited with 0: *output is what it printed, ended by a NUL byte, and the caller
 * frees it. Else a negative errno, with the reason in `failure`:
 *   -ENOENT, -EACCES, ...  the program could not be started (*exit_code is 127)
 *   -EIO         it exited with another code or a signal ended it; its own first line on standard
 *                error is the reason where it wrote one
 *   -ETIMEDOUT   it ran for longer than `seconds_most` and was killed
 *   -EFBIG       it printed more than RUNNER_OUTPUT_BYTES_MOST and was killed
 *   -ECANCELED   `stop_fd` (RUNNER_NO_STOP for none) became readable, and it was killed; the
 *                descriptor is not read
 * *exit_code is set in all cases; as in a shell it is 128 + N when signal N ended the program.
 */
int runner_capture(const char *const *arguments, double seconds_most, int stop_fd, char **output,
                   int *exit_code, struct failure *failure);

/* As runner_capture, of a program whose exit code 1 says no to what it was asked to check: an
 * output with it is an answer, and 0 is returned. */
int runner_capture_verdict(const char *const *arguments, double seconds_most, int stop_fd,
                           char **output, int *exit_code, struct failure *failure);

/* How a sample's program is started. */
struct runner_start {
    const char *const *arguments;
    double seconds_most;
    int stop_fd;
    /* Every symbol is looked up at the start (LD_BIND_NOW), none at its first use: for a program
     * that forks many times, where each child would look again. */
    bool bind_now;
    /* The program's environment is filled up, by a variable of no meaning, RUNNER_PADDING, to a
     * multiple of RUNNER_ENVIRONMENT_STEP and this much more, whatever the caller's holds: it moves
     * the stack. At most RUNNER_PADDING_MOST; 0: no such variable. */
    size_t padding_bytes;
};

#define RUNNER_PADDING          "PIPE_VS_SHM_PADDING"
#define RUNNER_ENVIRONMENT_STEP 16384
#define RUNNER_PADDING_MOST     8192

/* As runner_capture, of a program that prints one sample as JSON; -EPROTO when it printed
 * something else. `sample` and `histogram` (NULL for none) are set on success only. */
int runner_measure(const struct runner_start *how, struct sample *sample,
                   struct histogram *histogram, int *exit_code, struct failure *failure);

/* Reads the one sample that `program` printed as JSON. Returns 0 or -EPROTO; as runner_measure. */
int runner_read_sample(const char *program, const char *text, struct sample *sample,
                       struct histogram *histogram, struct failure *failure);

#endif
