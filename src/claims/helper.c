#include "claims/helper.h"

#include "base/leftover.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAREWELL_MS = 1000, FAREWELL_STEP_US = 1000 };

/* A request of our own: the asker is done. Those of callers are not negative. */
enum { GOODBYE = -1 };

struct request {
    int request;
    int64_t argument;
};

void helper_announce(int socket, int64_t answer)
{
    /* An asker that is gone is seen at the next request. */
    (void)!send(socket, &answer, sizeof answer, MSG_NOSIGNAL);
}

/* The asker was killed: nobody else is left to remove what it made. */
__attribute__((noreturn)) static void end_for_asker(void)
{
    leftover_remove_all();
    _exit(1);
}

/* A signal that reaches only the asker must end this process, too, and let it clean up: as SIGTERM
 * does (see leftover.h) where it is not ignored. */
static void end_with(pid_t asker)
{
    struct sigaction term;
    leftover_catch_signals();
    sigaction(SIGTERM, NULL, &term);
    prctl(PR_SET_PDEATHSIG, term.sa_handler == SIG_IGN ? SIGKILL : SIGTERM);
    if (getppid() != asker)
        end_for_asker();
}

__attribute__((noreturn)) static void serve(helper_handler handler, void *context, int socket)
{
    struct request request;
    while (recv(socket, &request, sizeof request, 0) == (ssize_t)sizeof request) {
        if (request.request == GOODBYE)
            _exit(0);
        helper_announce(socket, handler(request.request, request.argument, context, socket));
    }
    /* The end of the stream without a word: a killed asker's files are closed before its death
     * is signalled. */
    end_for_asker();
}

int helper_start(struct helper *helper, helper_handler handler, void *context,
                 struct failure *failure)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return failure_set(failure, -errno, "making a socket to a second process");
    pid_t asker = getpid();
    /* Nothing that is still in a buffer may be printed twice. */
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(sockets[0]);
        end_with(asker);
        serve(handler, context, sockets[1]);
    }
    int error = errno;
    close(sockets[1]);
    if (pid < 0) {
        close(sockets[0]);
        return failure_set(failure, -error, "starting a second process");
    }
    *helper = (struct helper){.pid = pid, .socket = sockets[0]};
    return 0;
}

int helper_send(const struct helper *helper, int request, int64_t argument, struct failure *failure)
{
    struct request whole;
    memset(&whole, 0, sizeof whole);
    whole.request = request;
    whole.argument = argument;
    if (send(helper->socket, &whole, sizeof whole, MSG_NOSIGNAL) < 0)
        return failure_set(failure, -errno, "asking the second process");
    return 0;
}

int helper_await(const struct helper *helper, int limit_ms, int64_t *answer,
                 struct failure *failure)
{
    struct pollfd ready = {.fd = helper->socket, .events = POLLIN};
    int count;
    do
        count = poll(&ready, 1, limit_ms);
    while (count < 0 && errno == EINTR);
    if (count == 0)
        return -EAGAIN;
    if (count < 0)
        return failure_set(failure, -errno, "waiting for the second process");
    int64_t received;
    ssize_t bytes = recv(helper->socket, &received, sizeof received, 0);
    if (bytes != (ssize_t)sizeof received)
        return failure_say(failure, -EPIPE, "the second process ended early");
    *answer = received;
    return 0;
}

int helper_ask(const struct helper *helper, int request, int64_t argument, int64_t *answer,
               struct failure *failure)
{
    int64_t received = 0;
    int result = helper_send(helper, request, argument, failure);
    if (result == 0)
        result = helper_await(helper, HELPER_LIMIT_MS, &received, failure);
    if (result == -EAGAIN)
        return failure_say(failure, -ETIMEDOUT, "the second process did not answer within %d s",
                           HELPER_LIMIT_MS / 1000);
    if (result < 0)
        return result;
    if (received < 0)
        return failure_set(failure, (int)received, "in the second process");
    *answer = received;
    return 0;
}

int helper_sleeps(const struct helper *helper)
{
    char path[64];
    char text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)helper->pid);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return 0;
    size_t length = fread(text, 1, sizeof text - 1, stream);
    fclose(stream);
    text[length] = '\0';
    /* The state stands behind the program's name in parentheses, which can hold anything. */
    const char *end = strrchr(text, ')');
    return end != NULL && strncmp(end, ") S", 3) == 0;
}

void helper_end(struct helper *helper)
{
    if (helper->pid <= 0)
        return;
    /* When it cannot be told, it is gone. */
    helper_send(helper, GOODBYE, 0, NULL);
    close(helper->socket);
    pid_t ended = 0;
    for (int waited_ms = 0; waited_ms < FAREWELL_MS && ended == 0; waited_ms++) {
        ended = waitpid(helper->pid, NULL, WNOHANG);
        if (ended == 0)
            usleep(FAREWELL_STEP_US);
    }
    if (ended == 0) {
        kill(helper->pid, SIGKILL);
        while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    helper->pid = 0;
    helper->socket = -1;
}
