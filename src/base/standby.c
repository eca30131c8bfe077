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
#include <unistd.h>

enum { WORDS_MOST = 64 };

struct command_line {
    char *words[WORDS_MOST + 1];
    int count;
};

/* Takes standard input for the requests, and leaves an empty one. NULL, with errno set, when that
 * fails. */
static FILE *take_input(void)
{
    int requests = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (requests < 0 || empty < 0 || dup2(empty, STDIN_FILENO) < 0)
        return NULL;
    close(empty);
    return fdopen(requests, "r");
}

/* Reads the next request into an empty line. Returns 1, 0 at the end of the input, or a negative
 * errno. */
static int read_request(FILE *requests, struct command_line *line)
{
    for (;;) {
        char *word = NULL;
        size_t room = 0;
        ssize_t length = getdelim(&word, &room, '\0', requests);
        /* Without a NUL byte it is what an input that was cut off ends with. */
        bool whole = length > 0 && word[length - 1] == '\0';
        if (whole && length > 1 && line->count < WORDS_MOST) {
            line->words[line->count++] = word;
            continue;
        }
        free(word);
        if (length <= 0)
            return line->count == 0 ? 0 : -EPROTO;
        if (!whole || line->count == 0)
            return -EPROTO;
        line->words[line->count] = NULL;
        return length == 1 ? 1 : -E2BIG;
    }
}

static void free_words(struct command_line *line)
{
    for (int index = 0; index < line->count; index++)
        free(line->words[index]);
    line->count = 0;
}

static int tell_end(int exit_code)
{
    putchar('\0');
    printf("%d\n", exit_code);
    return fflush(stdout) == 0 ? 0 : -errno;
}

static int complain(const char *program, int error)
{
    fprintf(stderr, "%s: " STANDBY_COMMAND ": %s\n", program, strerror(-error));
    return EXIT_CODE_FAILED;
}

int standby_serve(const char *program, int (*answer)(const void *context, int count, char **words),
                  const void *context)
{
    struct command_line line = {.count = 0};
    sigset_t signals;
    int exit_code = EXIT_CODE_DONE;
    FILE *requests = take_input();
    if (requests == NULL)
        return complain(program, -errno);
    sigprocmask(SIG_SETMASK, NULL, &signals);
    int result = read_request(requests, &line);
    while (result == 1) {
        char *words[WORDS_MOST + 1];
        memcpy(words, line.words, sizeof words); /* its to permute; ours to free */
        exit_code = standard_streams_end(program, answer(context, line.count, words));
        free_words(&line);
        result = tell_end(exit_code);
        /* An answer may end with signals blocked, as a program may. */
        sigprocmask(SIG_SETMASK, &signals, NULL);
        if (result == 0 && exit_code == EXIT_CODE_INTERRUPTED)
            break;
        if (result == 0)
            result = read_request(requests, &line);
    }
    free_words(&line);
    fclose(requests);
    if (result < 0)
        return complain(program, result);
    return exit_code == EXIT_CODE_INTERRUPTED ? EXIT_CODE_INTERRUPTED : EXIT_CODE_DONE;
}
