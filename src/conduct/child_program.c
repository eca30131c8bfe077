#include "conduct/child_program.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/exit_code.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHUNK_BYTES = 64 << 10,
    CHECK_INTERVAL_MS = 50,
    REAP_PAUSE_LEAST_US = 50,
    REAP_PAUSE_MOST_US = 5000,
    END_GRACE_MS = 200
};

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

struct pipe_ends {
    int read;
    int write;
};

/* The pipes of a child: its output, its errors, and one that says why exec failed; and, where it
 * has an input of its own, the socket for that. */
struct child_pipes {
    struct pipe_ends input; /* -1 both: none */
    struct pipe_ends output;
    struct pipe_ends errors;
    struct pipe_ends start;
};

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
__attribute__((noreturn)) static void become_program(const struct runner_start *how,
                                                     const struct child_pipes *pipes, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    /* Not SIGKILL: whoever called us may have been killed in the middle of a sample, and the
     * program shall still remove what it has made. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int input_fd = pipes->input.read >= 0 ? pipes->input.read : open("/dev/null", O_RDONLY);
    if (getppid() == parent && input_fd >= 0 && dup2(input_fd, STDIN_FILENO) >= 0 &&
        dup2(pipes->output.write, STDOUT_FILENO) >= 0 &&
        dup2(pipes->errors.write, STDERR_FILENO) >= 0) {
        if (input_fd > STDERR_FILENO)
            close(input_fd);
        /* An ignored signal and a blocked one would be inherited. */
        signal(SIGPIPE, SIG_DFL);
        sigprocmask(SIG_SETMASK, &none, NULL);
        setenv("LC_ALL", "C", 1);
        if (how->bind_now)
            setenv("LD_BIND_NOW", "1", 1);
        pad_environment(how->padding_bytes);
        execv(how->arguments[0], (char *const *)(uintptr_t)how->arguments);
    }
    int error = errno;
    /* Should this fail, the exit code still says it. */
    (void)!write(pipes->start.write, &error, sizeof error);
    _exit(CHILD_PROGRAM_NOT_STARTED);
}

static int open_pipe(struct pipe_ends *ends)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    *ends = (struct pipe_ends){.read = fds[0], .write = fds[1]};
    return 0;
}

/* A write to a pipe that nobody reads is a signal; of a socket it can be an error. */
static int open_socket(struct pipe_ends *ends)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
        return -errno;
    *ends = (struct pipe_ends){.read = fds[0], .write = fds[1]};
    return 0;
}

static void close_pipes(struct child_pipes *pipes)
{
    close_if_open(&pipes->input.read);
    close_if_open(&pipes->input.write);
    close_if_open(&pipes->output.read);
    close_if_open(&pipes->output.write);
    close_if_open(&pipes->errors.read);
    close_if_open(&pipes->errors.write);
    close_if_open(&pipes->start.read);
    close_if_open(&pipes->start.write);
}

static int open_pipes(bool with_input, struct child_pipes *pipes)
{
    *pipes = (struct child_pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    int result = with_input ? open_socket(&pipes->input) : 0;
    if (result == 0)
        result = open_pipe(&pipes->output);
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

/* Starts the program with these pipes. */
static int start(const struct runner_start *how, struct child_pipes *pipes,
                 struct child_program *child)
{
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid == 0)
        become_program(how, pipes, parent);
    int result = child->pid < 0 ? -errno : 0;
    close_if_open(&pipes->input.read);
    close_if_open(&pipes->output.write);
    close_if_open(&pipes->errors.write);
    close_if_open(&pipes->start.write);
    if (result == 0) {
        /* Also done by the child itself: whoever comes first, the group is there. */
        setpgid(child->pid, child->pid);
        result = await_start(pipes->start.read);
        while (result < 0 && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close_if_open(&pipes->start.read);
    return result;
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
    capture->text[capture->bytes] = '\0';
    return 0;
}

int child_program_start(const struct runner_start *how, bool with_input,
                        struct child_program *child)
{
    struct child_pipes pipes = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    *child = (struct child_program){
        .input_fd = -1,
        .output = {.fd = -1, .bytes_most = RUNNER_OUTPUT_BYTES_MOST},
        .errors = {.fd = -1, .bytes_most = FAILURE_TEXT_BYTES * 4},
        .deadline_ns = clock_now_ns() + (uint64_t)(how->seconds_most * 1e9),
        .stop_fd = how->stop_fd,
    };
    int result = grow(&child->output, 0);
    if (result == 0)
        result = open_pipes(with_input, &pipes);
    if (result == 0) {
        result = start(how, &pipes, child);
        if (result < 0)
            close_pipes(&pipes);
    }
    if (result < 0) {
        child_program_free(child);
        return result;
    }
    child->input_fd = pipes.input.write;
    child->output.fd = pipes.output.read;
    child->errors.fd = pipes.errors.read;
    fcntl(child->output.fd, F_SETFL, O_NONBLOCK);
    fcntl(child->errors.fd, F_SETFL, O_NONBLOCK);
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
        capture->text[capture->bytes] = '\0';
        if (capture->overflowed)
            return 0;
    }
    return 0;
}

bool child_program_has_ended(const struct child_program *child)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
           info.si_pid != 0;
}

static void pause_us(long microseconds)
{
    struct timespec pause = {.tv_nsec = microseconds * 1000};
    nanosleep(&pause, NULL);
}

static int is_over(const struct child_program *child)
{
    if (child->output.overflowed)
        return -EFBIG;
    return clock_now_ns() >= child->deadline_ns ? -ETIMEDOUT : 0;
}

int child_program_follow(struct child_program *child,
                         bool (*is_answered)(const struct child_program *child))
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
        bool ended = ready == 0 && child_program_has_ended(child);
        if (drain(&child->output) < 0 || drain(&child->errors) < 0)
            return -ENOMEM;
        int result = is_over(child);
        if (result < 0 || ended || (is_answered != NULL && is_answered(child)))
            return result;
    }
    return 0;
}

int child_program_await_end(const struct child_program *child)
{
    long microseconds = REAP_PAUSE_LEAST_US;
    while (!child_program_has_ended(child)) {
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
static void ask_to_end(const struct child_program *child)
{
    kill(-child->pid, SIGTERM);
    for (int waited_ms = 0; waited_ms < END_GRACE_MS && !child_program_has_ended(child);
         waited_ms++)
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

int child_program_end(struct child_program *child, bool patiently)
{
    if (!patiently)
        ask_to_end(child);
    return reap(child->pid);
}

void child_program_free(struct child_program *child)
{
    close_if_open(&child->input_fd);
    close_if_open(&child->output.fd);
    close_if_open(&child->errors.fd);
    free(child->output.text);
    free(child->errors.text);
    child->output.text = child->errors.text = NULL;
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

const char *child_program_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

int child_program_judge(const struct child_program *child, const char *program, int result,
                        int exit_code, struct failure *failure)
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
