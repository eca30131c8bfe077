#include "conduct/runner.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/exit_code.h"
#include "measure/sample_json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EXIT_NOT_STARTED = 127,
    CHUNK_BYTES = 64 << 10,
    CHECK_INTERVAL_MS = 50,
    REAP_PAUSE_LEAST_US = 50,
    REAP_PAUSE_MOST_US = 5000,
    END_GRACE_MS = 200
};

/* What a program prints, as far as it is kept. */
struct capture {
    int fd; /* -1 once the other end is closed */
    char *text;
    size_t bytes;
    size_t room;
    size_t bytes_most;
    bool overflowed;
};

/* A program while it runs. */
struct child {
    pid_t pid; /* also its process group */
    struct capture output;
    struct capture errors;
    uint64_t deadline_ns;
    int stop_fd;
};

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* See runner.h. The variable itself, its name included, is part of what is filled up. */
static void pad_environment(size_t bytes)
{
    char padding[RUNNER_ENVIRONMENT_STEP + RUNNER_PADDING_MOST + 1];
    const size_t name_bytes = sizeof RUNNER_PADDING "=";
    unsetenv(RUNNER_PADDING);
    if (bytes == 0)
        return;
    bytes = bytes > RUNNER_PADDING_MOST ? RUNNER_PADDING_MOST : bytes;
    size_t least = environment_bytes() + name_bytes;
    size_t steps = least > bytes ? (least - bytes - 1) / RUNNER_ENVIRONMENT_STEP + 1 : 0;
    size_t fill = steps * RUNNER_ENVIRONMENT_STEP + bytes - least;
    memset(padding, 'x', fill);
    padding[fill] = '\0';
    setenv(RUNNER_PADDING, padding, 1);
}

/* Runs in the child: only async-signal-safe calls until the program takes over, except those on the
 * environment, which are safe because the caller has no other thread. */
__attribute__((noreturn)) static void become_program(const struct runner_start *how, int output_fd,
                                                     int errors_fd, int start_fd, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    /* Not SIGKILL: whoever called us may have been killed in the middle of a sample, and the
     * program shall still remove what it has made. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int input_fd = open("/dev/null", O_RDONLY);
    if (getppid() == parent && input_fd >= 0 && dup2(input_fd, STDIN_FILENO) >= 0 &&
        dup2(output_fd, STDOUT_FILENO) >= 0 && dup2(errors_fd, STDERR_FILENO) >= 0) {
        if (input_fd > STDERR_FILENO)
            close(input_fd);
        /* An ignored signal and a blocked one would be inherited. */
        signal(SIGPIPE, SIG_DFL);
        sigprocmask(SIG_SETMASK, &none, NULL);
        setenv("LC_ALL", "C", 1);
        pad_environment(how->padding_bytes);
        execv(how->arguments[0], (char *const *)(uintptr_t)how->arguments);
    }
    int error = errno;
    /* Should this fail, the exit code still says it. */
    (void)!write(start_fd, &error, sizeof error);
    _exit(EXIT_NOT_STARTED);
}

struct pipe_ends {
    int read;
    int write;
};

/* The pipes of a child: its output, its errors, and one that says why exec failed. */
struct child_pipes {
    struct pipe_ends output;
    struct pipe_ends errors;
    struct pipe_ends start;
};

static int open_pipe(struct pipe_ends *ends)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    *ends = (struct pipe_ends){.read = fds[0], .write = fds[1]};
    return 0;
}

static void close_pipes(struct child_pipes *pipes)
{
    close_if_open(&pipes->output.read);
    close_if_open(&pipes->output.write);
    close_if_open(&pipes->errors.read);
    close_if_open(&pipes->errors.write);
    close_if_open(&pipes->start.read);
    close_if_open(&pipes->start.write);
}

static int open_pipes(struct child_pipes *pipes)
{
    *pipes = (struct child_pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    int result = open_pipe(&pipes->output);
    if (result == 0)
        result = open_pipe(&pipes->errors);
    if (result == 0)
        result = open_pipe(&pipes->start);
    if (result < 0)
        close_pipes(pipes);
    return result;
}

/* Waits until the program has taken over (the pipe closes by itself) or says why it could not. */
static int await_start(int start_fd)
{
    int error = 0;
    ssize_t told;
    do
        told = read(start_fd, &error, sizeof error);
    while (told < 0 && errno == EINTR);
    return told == (ssize_t)sizeof error ? -error : 0;
}

/* Starts the program. Returns 0 or a negative errno; after an error nothing is left of it. */
static int start(const struct runner_start *how, struct child *child)
{
    struct child_pipes pipes;
    int result = open_pipes(&pipes);
    if (result < 0)
        return result;
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid == 0)
        become_program(how, pipes.output.write, pipes.errors.write, pipes.start.write, parent);
    result = child->pid < 0 ? -errno : 0;
    close_if_open(&pipes.output.write);
    close_if_open(&pipes.errors.write);
    close_if_open(&pipes.start.write);
    if (result == 0) {
        /* Also done by the child itself: whoever comes first, the group is there. */
        setpgid(child->pid, child->pid);
        result = await_start(pipes.start.read);
        while (result < 0 && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close_if_open(&pipes.start.read);
    if (result < 0) {
        close_pipes(&pipes);
        return result;
    }
    child->output.fd = pipes.output.read;
    child->errors.fd = pipes.errors.read;
    fcntl(child->output.fd, F_SETFL, O_NONBLOCK);
    fcntl(child->errors.fd, F_SETFL, O_NONBLOCK);
    return 0;
}

/* Makes room for `bytes` more and a NUL byte, as far as the bound allows. */
static int grow(struct capture *capture, size_t bytes)
{
    size_t needed = capture->bytes + bytes + 1;
    if (needed <= capture->room)
        return 0;
    size_t room = capture->room == 0 ? 4096 : capture->room;
    while (room < needed)
        room *= 2;
    char *text = realloc(capture->text, room);
    if (text == NULL)
        return -ENOMEM;
    capture->text = text;
    capture->room = room;
    return 0;
}

/* Takes over what is there to read; what goes beyond the bound is read and dropped. */
static int drain(struct capture *capture)
{
    char chunk[CHUNK_BYTES];
    while (capture->fd >= 0) {
        ssize_t got = read(capture->fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return 0;
        if (got <= 0) {
            close_if_open(&capture->fd);
            return 0;
        }
        size_t kept = (size_t)got;
        if (kept > capture->bytes_most - capture->bytes) {
            kept = capture->bytes_most - capture->bytes;
            capture->overflowed = true;
        }
        if (grow(capture, kept) < 0)
            return -ENOMEM;
        memcpy(capture->text + capture->bytes, chunk, kept);
        capture->bytes += kept;
        if (capture->overflowed)
            return 0;
    }
    return 0;
}

/* Whether the program has ended; it stays a zombie, so that its group cannot be another's. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

static void pause_us(long microseconds)
{
    struct timespec pause = {.tv_nsec = microseconds * 1000};
    nanosleep(&pause, NULL);
}

static int is_over(const struct child *child)
{
    if (child->output.overflowed)
        return -EFBIG;
    return clock_now_ns() >= child->deadline_ns ? -ETIMEDOUT : 0;
}

/* Reads until the program closes both streams or ends. Returns 0 then, or why it must be ended. */
static int follow(struct child *child)
{
    while (child->output.fd >= 0 || child->errors.fd >= 0) {
        /* A program may leave a child behind that keeps the streams open: look for its own end
         * from time to time. */
        struct pollfd watched[] = {{.fd = child->output.fd, .events = POLLIN},
                                   {.fd = child->errors.fd, .events = POLLIN},
                                   {.fd = child->stop_fd, .events = POLLIN}};
        int ready = poll(watched, 3, CHECK_INTERVAL_MS);
        if (ready < 0 && errno != EINTR)
            return -errno;
        if (ready > 0 && watched[2].revents != 0)
            return -ECANCELED;
        bool ended = ready == 0 && has_ended(child->pid);
        if (drain(&child->output) < 0 || drain(&child->errors) < 0)
            return -ENOMEM;
        int result = is_over(child);
        if (result < 0 || ended)
            return result;
    }
    return 0;
}

static int await_end(const struct child *child)
{
    long microseconds = REAP_PAUSE_LEAST_US;
    while (!has_ended(child->pid)) {
        struct pollfd stop = {.fd = child->stop_fd, .events = POLLIN};
        if (clock_now_ns() >= child->deadline_ns)
            return -ETIMEDOUT;
        if (poll(&stop, 1, 0) > 0)
            return -ECANCELED;
        pause_us(microseconds);
        if (microseconds < REAP_PAUSE_MOST_US)
            microseconds *= 2;
    }
    return 0;
}

/* Lets the program clean up, but not for long. */
static void ask_to_end(pid_t pid)
{
    kill(-pid, SIGTERM);
    for (int waited_ms = 0; waited_ms < END_GRACE_MS && !has_ended(pid); waited_ms++)
        pause_us(1000);
}

/* Ends what is left of the program's group and takes the exit statuses. */
static int reap(pid_t pid)
{
    int status = 0;
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    /* Grandchildren become this process's children where it is their subreaper. */
    while (waitpid(-pid, NULL, 0) > 0)
        ;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The first line that says something, as plain text that can stand in a table. */
static void first_line(const struct capture *errors, char *line, size_t line_bytes)
{
    size_t used = 0;
    for (size_t index = 0; index < errors->bytes && used + 1 < line_bytes; index++) {
        char byte = errors->text[index];
        if (byte == '\n' && used > 0)
            break;
        if (byte == '\n' || (used == 0 && (byte == ' ' || byte == '\t')))
            continue;
        line[used++] = byte;
        if ((unsigned char)byte < ' ' || byte == 0x7f)
            line[used - 1] = ' ';
    }
    line[used] = '\0';
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Puts into words how the program ended; `result` is why it was ended, or 0. */
static int judge(const char *program, int result, int exit_code, const struct child *child,
                 struct failure *failure)
{
    char line[FAILURE_TEXT_BYTES];
    if (result == -ETIMEDOUT)
        return failure_say(failure, result, "%s: no answer in time; ended it", program);
    if (result == -EFBIG)
        return failure_say(failure, result, "%s: printed more than %d bytes; ended it", program,
                           RUNNER_OUTPUT_BYTES_MOST);
    if (result == -ECANCELED)
        return failure_say(failure, result, "%s: interrupted", program);
    if (result < 0)
        return failure_set(failure, result, "%s: cannot follow it", program);
    if (exit_code == 0)
        return 0;
    first_line(&child->errors, line, sizeof line);
    if (line[0] != '\0')
        return failure_say(failure, -EIO, "%s", line);
    if (exit_code > 128)
        return failure_say(failure, -EIO, "%s: ended by signal %d (%s)", program, exit_code - 128,
                           strsignal(exit_code - 128));
    return failure_say(failure, -EIO, "%s: exit code %d without a word", program, exit_code);
}

/* `verdict`: exit code 1 with an output is an answer, too. */
static int capture(const struct runner_start *how, bool verdict, char **output, int *exit_code,
                   struct failure *failure)
{
    const char *program = name_of(how->arguments[0]);
    struct child child = {
        .output = {.fd = -1, .bytes_most = RUNNER_OUTPUT_BYTES_MOST},
        .errors = {.fd = -1, .bytes_most = FAILURE_TEXT_BYTES * 4},
        .deadline_ns = clock_now_ns() + (uint64_t)(how->seconds_most * 1e9),
        .stop_fd = how->stop_fd,
    };
    *exit_code = EXIT_NOT_STARTED;
    int result = grow(&child.output, 0);
    if (result == 0)
        result = start(how, &child);
    if (result < 0) {
        free(child.output.text);
        return failure_set(failure, result, "%s: cannot be run", how->arguments[0]);
    }
    result = follow(&child);
    if (result == 0)
        result = await_end(&child);
    if (result < 0)
        ask_to_end(child.pid);
    *exit_code = reap(child.pid);
    bool answered =
        verdict && result == 0 && *exit_code == EXIT_CODE_FAILED && child.output.bytes > 0;
    if (!answered)
        result = judge(program, result, *exit_code, &child, failure);
    close_if_open(&child.output.fd);
    close_if_open(&child.errors.fd);
    free(child.errors.text);
    if (result < 0) {
        free(child.output.text);
        return result;
    }
    child.output.text[child.output.bytes] = '\0';
    *output = child.output.text;
    return 0;
}

int runner_capture(const char *const *arguments, double seconds_most, int stop_fd, char **output,
                   int *exit_code, struct failure *failure)
{
    const struct runner_start how = {
        .arguments = arguments, .seconds_most = seconds_most, .stop_fd = stop_fd};
    return capture(&how, false, output, exit_code, failure);
}

int runner_capture_verdict(const char *const *arguments, double seconds_most, int stop_fd,
                           char **output, int *exit_code, struct failure *failure)
{
    const struct runner_start how = {
        .arguments = arguments, .seconds_most = seconds_most, .stop_fd = stop_fd};
    return capture(&how, true, output, exit_code, failure);
}

int runner_measure(const struct runner_start *how, struct sample *sample,
                   struct histogram *histogram, int *exit_code, struct failure *failure)
{
    char *output = NULL;
    int result = capture(how, false, &output, exit_code, failure);
    if (result < 0)
        return result;
    json_t *object = json_loads(output, 0, NULL);
    free(output);
    if (object == NULL)
        return failure_say(failure, -EPROTO, "%s: what it printed is not JSON",
                           name_of(how->arguments[0]));
    result = sample_from_json(object, sample, histogram, failure);
    json_decref(object);
    return result;
}
