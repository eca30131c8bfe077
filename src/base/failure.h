/*
 * What went wrong, in one line. Library code returns -errno and is silent; the function that
 * first decides that something failed also describes it here, and main prints the line once.
 * Its text is one line that can be printed as it is (plain_text.h), whatever was quoted in it. A
 * failure is plain memory without pointers, so it can lie in memory shared by processes.
 */
#ifndef FAILURE_H
#define FAILURE_H

#include <errno.h>

#define FAILURE_TEXT_BYTES 256

struct failure {
    int error;                     /* the negative errno that was returned, 0 when nothing failed */
    char text[FAILURE_TEXT_BYTES]; /* what was being done, on what, and what to do */
};

/*
 * failure_set(failure, error, format, ...): describes a failure and returns `error` (a negative
 * errno), so that callers can write `return failure_set(...)`. The first description stays: a
 * later call on the same failure changes nothing, because the innermost caller knows best. The
 * text of the errno itself is appended. `failure` may be NULL: then nothing is written.
 *
 * failure_say: the same for errors whose own text says it all: no errno text is appended.
 *
 * Both are macros only to make it visible, to readers and to analysers, that they never return 0.
 */
#define failure_set(...) failure_negative(failure_describe_errno(__VA_ARGS__))
#define failure_say(...) failure_negative(failure_describe(__VA_ARGS__))

__attribute__((format(printf, 3, 4))) int failure_describe_errno(struct failure *failure, int error,
                                                                 const char *format, ...);
__attribute__((format(printf, 3, 4))) int failure_describe(struct failure *failure, int error,
                                                           const char *format, ...);

/* An errno that was 0 is a failure all the same. */
static inline int failure_negative(int error)
{
    return error < 0 ? error : -EIO;
}

#endif
