#include "base/standby.h"

#include "base/exit_code.h"
#include "base/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 64 };

struct command_line {
    char *words[WORDS_MOST + 1];
    int count;
};

static void free_words(struct command_line *line)
{
    for (int index = 0; index < line->count; index++)
        free(line->words[index]);
    line->count = 0;
}

/* Reads the next request. Returns 1, 0 at the end of the input, or a negative errno. */
static int read_request(struct command_line *line)
{
    line->count = 0;
    for (;;) {
        char *word = NULL;
        size_t room = 0;
        ssize_t length = getdelim(&word, &room, '\0', stdin);
        if (length <= 0) {
            free(word);
            return line->count == 0 ? 0 : -EPROTO;
        }
        if (length == 1) {
            free(word);
            line->words[line->count] = NULL;
            return line->count > 0 ? 1 : -EPROTO;
        }
        if (line->count == WORDS_MOST) {
            free(word);
            return -E2BIG;
        }
        line->words[line->count++] = word;
    }
}

/* What ends a program that measures, and what the end of a child brings. */
static sigset_t watched_signals(void)
{
    static const int signals[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    sigset_t watched;
    sigemptyset(&watched);
    for (size_t index = 0; index < sizeof signals / sizeof *signals; index++)
        sigaddset(&watched, signals[index]);
    return watched;
}

/* In the forked process: it goes when we go, and is asked to, so that it removes what it made. */
static void become_program(pid_t server, const sigset_t *signals_before)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != server)
        _exit(EXIT_CODE_FAILED);
    sigprocmask(SIG_SETMASK, signals_before, NULL);
    int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (empty < 0 || dup2(empty, STDIN_FILENO) < 0)
        _exit(EXIT_CODE_FAILED);
    close(empty);
}

/* Waits for the process, passing on what shall end it. Returns the last such signal, 0 for none;
 * or a negative errno. */
static int await_end(pid_t pid, const sigset_t *watched, int *status)
{
    int ending = 0;
    for (;;) {
        pid_t ended = waitpid(pid, status, WNOHANG);
        if (ended == pid)
            return ending;
        if (ended < 0 && errno != EINTR)
            return -errno;
        int number = sigwaitinfo(watched, NULL);
        if (number > 0 && number != SIGCHLD) {
            ending = number;
            kill(pid, number);
        }
    }
}

static int tell_end(int status)
{
    putchar('\0');
    printf("%d\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    return fflush(stdout) == 0 ? 0 : -errno;
}

/* One request, in a process of its own. Returns 0 or a negative errno; not at all when a signal
 * came that ends programs: then this one ends by it, after that process. */
static int answer_apart(const char *program,
                        int (*answer)(const void *context, int count, char **words),
                        const void *context, struct command_line *line)
{
    const sigset_t watched = watched_signals();
    sigset_t before;
    int status = 0;
    pid_t server = getpid();
    sigprocmask(SIG_BLOCK, &watched, &before);
    pid_t pid = fork();
    if (pid == 0) {
        become_program(server, &before);
        int exit_code = standard_streams_end(program, answer(context, line->count, line->words));
        /* Not exit: the handlers of libraries that end with the program take a third of a
         * millisecond, after every sample. */
        fflush(stderr);
        _exit(exit_code);
    }
    int result = pid > 0 ? await_end(pid, &watched, &status) : -errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (result > 0)
        raise(result);
    return result < 0 ? result : tell_end(status);
}

static int complain(const char *program, int error)
{
    fprintf(stderr, "%s: " STANDBY_COMMAND ": %s\n", program, strerror(-error));
    return EXIT_CODE_FAILED;
}

int standby_serve(const char *program, int (*answer)(const void *context, int count, char **words),
                  const void *context)
{
    struct command_line line;
    int result;
    /* Ignored, as some parents leave it, children would vanish without a status. */
    signal(SIGCHLD, SIG_DFL);
    while ((result = read_request(&line)) == 1) {
        result = answer_apart(program, answer, context, &line);
        free_words(&line);
        if (result < 0)
            break;
    }
    free_words(&line);
    return result < 0 ? complain(program, result) : EXIT_CODE_DONE;
}
