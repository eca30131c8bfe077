/*
 * What went wrong, in one line. Library code returns -errno and is silent; the function that
 * first decides that something failed also describes it here, and main prints the line once.
 * A failure is plain memory without pointers, so it can lie in memory shared by processes.
 */
#ifndef FAILURE_H
#define FAILURE_H

#define FAILURE_TEXT_BYTES 256

struct failure {
    int error;                     /* the negative errno that was returned, 0 when nothing failed */
    char text[FAILURE_TEXT_BYTES]; /* what was being done, on what, and what to do; no newline */
};

/*
 * Describes a failure and returns `error` (a negative errno), so that callers can write
 * `return failure_set(...)`. The first description stays: a later call on the same failure
 * changes nothing, because the innermost caller knows best. The text of the errno itself is
 * appended. `failure` may be NULL: then nothing is written.
 */
__attribute__((format(printf, 3, 4))) int failure_set(struct failure *failure, int error,
                                                      const char *format, ...);

/* As failure_set, for errors whose own text says it all: no errno text is appended. */
__attribute__((format(printf, 3, 4))) int failure_say(struct failure *failure, int error,
                                                      const char *format, ...);

#endif
