/*
 * The second process of a try: it does what the first one asks, one request after the other, so
 * that the order of things is certain without any timing. Every wait has a limit, and the process
 * never outlives its asker. Knows no claim.
 */
#ifndef HELPER_H
#define HELPER_H

#include "base/failure.h"

#include <stdint.h>
#include <sys/types.h>

#define HELPER_LIMIT_MS 5000 /* for any single answer */

struct helper {
    pid_t pid; /* 0: there is none */
    int socket;
};

/* Does one request in the second process. Returns the answer, not negative, or a negative errno.
 * `socket` is for helper_announce. */
typedef int64_t (*helper_handler)(int request, int64_t argument, void *context, int socket);

/*
 * Forks. The second process has a copy of everything, `context` included, and ends when the first
 * does, at the latest. leftover_start must have been called. Returns 0 or -errno.
 */
int helper_start(struct helper *helper, helper_handler handler, void *context,
                 struct failure *failure);

/* Asks and waits for the answer. Returns 0; the handler's own negative errno; -ETIMEDOUT; or
 * -EPIPE when the process ended. *answer is set on success only. */
int helper_ask(const struct helper *helper, int request, int64_t argument, int64_t *answer,
               struct failure *failure);

/* The two halves of it. helper_await returns -EAGAIN, describing nothing, when there is no answer
 * within `limit_ms`; a negative answer is not an error here. */
int helper_send(const struct helper *helper, int request, int64_t argument,
                struct failure *failure);
int helper_await(const struct helper *helper, int limit_ms, int64_t *answer,
                 struct failure *failure);

/* Called by a handler: an answer before its last one. */
void helper_announce(int socket, int64_t answer);

/* Whether the process sleeps, as the kernel says. */
int helper_sleeps(const struct helper *helper);

/* Lets the process end by itself (killing it when it doesn't within a second) and reaps it. Does
 * nothing when there is none. */
void helper_end(struct helper *helper);

#endif
