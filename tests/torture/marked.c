#include "marked.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ENVIRONMENT_BYTES = 256 << 10, STATUS_BYTES = 512, SWEEPS_MOST = 50 };

/* Reads a file of /proc as far as it fits; returns the bytes, 0 when it cannot be read. */
static size_t read_small(const char *path, char *bytes, size_t most)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    size_t got = 0;
    while (descriptor >= 0 && got < most) {
        ssize_t step = read(descriptor, bytes + got, most - got);
        if (step <= 0)
            break;
        got += (size_t)step;
    }
    if (descriptor >= 0)
        close(descriptor);
    return got;
}

static bool carries(pid_t pid, const char *mark)
{
    static char environment[ENVIRONMENT_BYTES];
    char path[64];
    char wanted[sizeof MARK_VARIABLE + MARK_BYTES + 1];
    snprintf(path, sizeof path, "/proc/%ld/environ", (long)pid);
    size_t bytes = read_small(path, environment, sizeof environment);
    int length = snprintf(wanted, sizeof wanted, MARK_VARIABLE "=%s", mark);
    /* With its closing NUL byte: a mark is no beginning of another. */
    return bytes > 0 && memmem(environment, bytes, wanted, (size_t)length + 1) != NULL;
}

/* Name and parent; false for a zombie and for what is gone. */
static bool read_status(struct marked *process)
{
    char path[64];
    char text[STATUS_BYTES];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process->pid);
    size_t bytes = read_small(path, text, sizeof text - 1);
    text[bytes] = '\0';
    /* The name stands in parentheses and may hold any byte. */
    const char *name = strchr(text, '(');
    char *end = strrchr(text, ')');
    if (name == NULL || end == NULL || strlen(end) < 5)
        return false;
    char state = end[2];
    *end = '\0';
    snprintf(process->name, sizeof process->name, "%.*s", (int)sizeof process->name - 1, name + 1);
    process->parent = (pid_t)strtol(end + 4, NULL, 10);
    return state != 'Z' && state != 'X';
}

static int by_pid(const void *left, const void *right)
{
    const struct marked *one = left;
    const struct marked *other = right;
    return (one->pid > other->pid) - (one->pid < other->pid);
}

size_t marked_find(const char *mark, struct marked found[MARKED_MOST])
{
    size_t count = 0;
    struct dirent *entry;
    DIR *folder = opendir("/proc");
    while (folder != NULL && count < MARKED_MOST && (entry = readdir(folder)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        struct marked process = {.pid = (pid_t)strtol(entry->d_name, NULL, 10)};
        if (process.pid != getpid() && carries(process.pid, mark) && read_status(&process))
            found[count++] = process;
    }
    if (folder != NULL)
        closedir(folder);
    qsort(found, count, sizeof *found, by_pid);
    return count;
}

bool marked_any(const char *mark)
{
    struct marked found[MARKED_MOST];
    return marked_find(mark, found) > 0;
}

bool marked_signal(const char *mark, pid_t pid, int signal_number)
{
    /* The system calls themselves: older C libraries do not wrap them. */
    int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
    if (descriptor < 0)
        return false;
    /* Looked at after the descriptor holds on to it: a pid may be given away again. */
    bool sent = carries(pid, mark) &&
                syscall(SYS_pidfd_send_signal, descriptor, signal_number, NULL, 0) == 0;
    close(descriptor);
    return sent;
}

size_t marked_kill_all(const char *mark)
{
    static const struct timespec pause = {.tv_nsec = 1000000};
    struct marked found[MARKED_MOST];
    size_t killed = 0;
    for (int sweep = 0; sweep < SWEEPS_MOST; sweep++) {
        size_t count = marked_find(mark, found);
        for (size_t index = 0; index < count; index++)
            killed += marked_signal(mark, found[index].pid, SIGKILL);
        if (count == 0)
            break;
        nanosleep(&pause, NULL);
    }
    return killed;
}
