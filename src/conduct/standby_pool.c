#include "conduct/standby_pool.h"

#include "base/clock.h"
#include "base/standby.h"
#include "conduct/child_program.h"
#include "measure/sample.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_BYTES_MOST = 2 * PATH_MAX };

struct standby_program {
    struct standby_program *next;
    char name[SAMPLE_WORD_BYTES];
    bool runs;
    size_t padding_bytes; /* that it was started with */
    struct child_program child;
};

struct standby_pool {
    struct standby_program *first;
};

int standby_pool_make(struct standby_pool **pool)
{
    *pool = calloc(1, sizeof **pool);
    return *pool != NULL ? 0 : -ENOMEM;
}

static struct standby_program *find(const struct standby_pool *pool, const char *name)
{
    struct standby_program *program = pool->first;
    while (program != NULL && strcmp(program->name, name) != 0)
        program = program->next;
    return program;
}

int standby_pool_allow(struct standby_pool *pool, const char *name)
{
    if (find(pool, name) != NULL)
        return 0;
    struct standby_program *program = calloc(1, sizeof *program);
    if (program == NULL)
        return -ENOMEM;
    snprintf(program->name, sizeof program->name, "%s", name);
    program->next = pool->first;
    pool->first = program;
    return 0;
}

bool standby_pool_allows(const struct standby_pool *pool, const char *name)
{
    return find(pool, name) != NULL;
}

/* Returns its exit code. One that only waits for requests has nothing to clean up. */
static int end_program(struct standby_program *program, bool patiently)
{
    int exit_code = child_program_end(&program->child, patiently);
    child_program_free(&program->child);
    program->runs = false;
    return exit_code;
}

void standby_pool_rest(struct standby_pool *pool)
{
    for (struct standby_program *program = pool->first; program != NULL; program = program->next)
        if (program->runs)
            end_program(program, true);
}

void standby_pool_end(struct standby_pool *pool)
{
    struct standby_program *next;
    if (pool == NULL)
        return;
    standby_pool_rest(pool);
    for (struct standby_program *program = pool->first; program != NULL; program = next) {
        next = program->next;
        free(program);
    }
    free(pool);
}

static int start_program(struct standby_program *program, const struct runner_start *how)
{
    const char *const arguments[] = {how->arguments[0], STANDBY_COMMAND, NULL};
    struct runner_start standby = *how;
    standby.arguments = arguments;
    standby.bind_now = true;
    int result = child_program_start(&standby, true, &program->child);
    program->runs = result == 0;
    program->padding_bytes = how->padding_bytes;
    return result;
}

/* Makes sure that the program runs, with the layout asked for. Somebody may have ended it while it
 * did nothing: that is no failure of the sample to come. */
static int be_ready(struct standby_program *program, const struct runner_start *how)
{
    if (program->runs &&
        (program->padding_bytes != how->padding_bytes || child_program_has_ended(&program->child)))
        end_program(program, true);
    int result = program->runs ? 0 : start_program(program, how);
    if (result < 0)
        return result;
    struct child_program *child = &program->child;
    child->deadline_ns = clock_now_ns() + (uint64_t)(how->seconds_most * 1e9);
    child->stop_fd = how->stop_fd;
    child->output.bytes = child->errors.bytes = 0;
    return 0;
}

/* Sends the words of the command line as base/standby.h has them. */
static int send_request(const struct child_program *child, const char *const *arguments)
{
    char request[REQUEST_BYTES_MOST];
    size_t used = 0;
    for (; *arguments != NULL; arguments++) {
        size_t bytes = strlen(*arguments) + 1;
        if (bytes > sizeof request - used - 1)
            return -ENAMETOOLONG;
        memcpy(request + used, *arguments, bytes);
        used += bytes;
    }
    request[used++] = '\0';
    for (size_t sent = 0; sent < used;) {
        ssize_t count = send(child->input_fd, request + sent, used - sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return -errno;
        sent += count > 0 ? (size_t)count : 0;
    }
    return 0;
}

/* Behind the answer: a NUL byte, the exit code, a newline, and nothing after it. */
static const char *find_end(const struct capture *output)
{
    const char *end = output->bytes > 0 ? memchr(output->text, '\0', output->bytes) : NULL;
    return end != NULL && output->text[output->bytes - 1] == '\n' ? end + 1 : NULL;
}

static bool is_answered(const struct child_program *child)
{
    return find_end(&child->output) != NULL;
}

/* The exit code that stands behind the answer; -EPROTO where there is none. */
static int read_exit_code(const struct capture *output)
{
    const char *text = find_end(output);
    char *rest;
    long code = text != NULL ? strtol(text, &rest, 10) : -1;
    return code >= 0 && code <= 255 && rest != text && strcmp(rest, "\n") == 0 ? (int)code
                                                                               : -EPROTO;
}

/* What a whole answer says. */
static int read_answer(const struct standby_program *program, struct sample *sample,
                       struct histogram *histogram, int *exit_code, struct failure *failure)
{
    const struct child_program *child = &program->child;
    int code = read_exit_code(&child->output);
    if (code < 0)
        return failure_say(failure, code, "%s: no exit code behind its answer", program->name);
    *exit_code = code;
    int result = child_program_judge(child, program->name, 0, code, failure);
    return result == 0
               ? runner_read_sample(program->name, child->output.text, sample, histogram, failure)
               : result;
}

/* Takes what the program answers. Afterwards it stands by again, or is ended. */
static int take_answer(struct standby_program *program, struct sample *sample,
                       struct histogram *histogram, int *exit_code, struct failure *failure)
{
    struct child_program *child = &program->child;
    int result = child_program_follow(child, is_answered);
    if (result == 0 && is_answered(child)) {
        result = read_answer(program, sample, histogram, exit_code, failure);
        if (result < 0)
            end_program(program, false);
        return result;
    }
    /* It ended in the middle of its answer, or has to be ended. */
    *exit_code = child_program_end(child, result == 0);
    result = child_program_judge(child, program->name, result, *exit_code, failure);
    if (result == 0)
        result = failure_say(failure, -EPROTO, "%s: ended without an answer", program->name);
    child_program_free(child);
    program->runs = false;
    return result;
}

int standby_pool_measure(struct standby_pool *pool, const struct runner_start *how,
                         struct sample *sample, struct histogram *histogram, int *exit_code,
                         struct failure *failure)
{
    struct standby_program *program = find(pool, child_program_name(how->arguments[0]));
    *exit_code = CHILD_PROGRAM_NOT_STARTED;
    if (program == NULL)
        return failure_say(failure, -EINVAL, "%s: cannot stand by", how->arguments[0]);
    int result = be_ready(program, how);
    if (result == 0)
        result = send_request(&program->child, how->arguments);
    if (result == 0)
        return take_answer(program, sample, histogram, exit_code, failure);
    if (program->runs)
        end_program(program, false);
    return failure_set(failure, result, "%s: cannot be run", how->arguments[0]);
}
