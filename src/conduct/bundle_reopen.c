/* Going on with a bundle that was left under its .partial name: files are repaired and opened. */
#include "conduct/bundle_writer.h"

#include "base/file_io.h"

#include "results/raw_samples.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTIAL_SUFFIX ".partial"

static int name_file(struct failure *failure, int error, const char *folder, const char *name)
{
    return failure_set(failure, error, "%.120s/%s: cannot be gone on with", folder, name);
}

/* ---- the name ---- */

/* Splits "<out>/<id>.partial", links resolved, into the bundle's names. */
static int read_names(struct bundle *bundle, const char *folder, struct failure *failure)
{
    char resolved[PATH_MAX];
    if (realpath(folder, resolved) == NULL)
        return failure_set(failure, -errno, "--resume: '%.120s'", folder);
    char *slash = strrchr(resolved, '/');
    size_t length = strlen(slash + 1);
    size_t suffix = strlen(PARTIAL_SUFFIX);
    if (length <= suffix || strcmp(slash + 1 + length - suffix, PARTIAL_SUFFIX) != 0)
        return failure_say(failure, -EINVAL,
                           "--resume: '%.120s' is not an interrupted run: its name does not end "
                           "in " PARTIAL_SUFFIX,
                           folder);
    if (length - suffix >= sizeof bundle->id)
        return failure_set(failure, -ENAMETOOLONG, "--resume: '%.120s'", folder);
    snprintf(bundle->folder, sizeof bundle->folder, "%s", resolved);
    snprintf(bundle->id, sizeof bundle->id, "%.*s", (int)(length - suffix), slash + 1);
    *slash = '\0';
    snprintf(bundle->out, sizeof bundle->out, "%s", resolved[0] != '\0' ? resolved : "/");
    return 0;
}

/* ---- torn rows ---- */

/* Opens a table for appending, and takes back a last row without its newline. With `lock`, only
 * when nobody else writes it: the lock is held until the run ends. */
static int open_repaired(const char *folder, const char *name, bool lock, int *rows_fd,
                         struct failure *failure)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return name_file(failure, -ENAMETOOLONG, folder, name);
    struct stat status;
    int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return name_file(failure, -errno, folder, name);
    /* A FIFO that is opened for both has no end either. */
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return failure_say(failure, -EINVAL, "%.120s/%s: not a regular file", folder, name);
    }
    if (lock && flock(fd, LOCK_EX | LOCK_NB) < 0) {
        close(fd);
        return failure_say(failure, -EBUSY,
                           "--resume: '%.150s' is still being written by another run", folder);
    }
    off_t end = lseek(fd, 0, SEEK_END);
    char byte = '\n';
    off_t whole = end;
    while (whole > 0 && file_read_at(fd, &byte, 1, whole - 1) == 1 && byte != '\n')
        whole--;
    if (whole < end && file_truncate(fd, whole) < 0) {
        int error = -errno;
        close(fd);
        return name_file(failure, error, folder, name);
    }
    *rows_fd = fd;
    return 0;
}

/* A histogram is written before its sample, so one whose sample is missing is the last. Takes its
 * rows back: they will be measured again. `last` is where the last sample stands. */
static int drop_orphans(int latency_fd, const char *folder, struct bundle_position last,
                        struct failure *failure)
{
    int copy = dup(latency_fd);
    FILE *stream = copy >= 0 ? fdopen(copy, "r") : NULL;
    char *line = NULL;
    size_t room = 0;
    if (stream == NULL) {
        if (copy >= 0)
            close(copy);
        return name_file(failure, -errno, folder, RAW_LATENCIES_FILE);
    }
    rewind(stream);
    off_t kept = 0;
    off_t at = 0;
    for (ssize_t bytes; (bytes = getline(&line, &room, stream)) > 0;) {
        uint64_t round = 0;
        uint64_t order = 0;
        bool header = at == 0;
        at += bytes;
        bool known = sscanf(line, "%" SCNu64 "\t%" SCNu64 "\t", &round, &order) == 2 &&
                     (round < last.round || (round == last.round && order <= last.order));
        if (header || known)
            kept = at;
        else
            break;
    }
    free(line);
    int result = fclose(stream) == 0 ? 0 : -errno;
    if (result == 0 && file_truncate(latency_fd, kept) < 0)
        result = -errno;
    return result < 0 ? name_file(failure, result, folder, RAW_LATENCIES_FILE) : 0;
}

/* Where the last row of samples.tsv stands; round 0 when there is none. */
static struct bundle_position last_position(int samples_fd)
{
    char tail[65536 + 1];
    struct bundle_position last = {.round = 0};
    off_t end = lseek(samples_fd, 0, SEEK_END);
    off_t from = end > 65536 ? end - 65536 : 0;
    ssize_t bytes = file_read_at(samples_fd, tail, (size_t)(end - from), from);
    if (bytes <= 1)
        return last;
    tail[bytes - 1] = '\0'; /* the last newline */
    const char *row = strrchr(tail, '\n');
    /* The header alone is no row. */
    if (row == NULL || sscanf(row + 1, "%" SCNu64 "\t%" SCNu64 "\t", &last.round, &last.order) != 2)
        last.round = 0;
    return last;
}

/* ---- opening ---- */

static int open_tables(struct bundle *bundle, struct failure *failure)
{
    int result =
        open_repaired(bundle->folder, RAW_SAMPLES_FILE, true, &bundle->samples_fd, failure);
    if (result == 0)
        result =
            open_repaired(bundle->folder, RAW_LATENCIES_FILE, false, &bundle->latency_fd, failure);
    if (result == 0)
        result = drop_orphans(bundle->latency_fd, bundle->folder, last_position(bundle->samples_fd),
                              failure);
    if (result == 0)
        result = open_repaired(bundle->folder, RAW_ROUNDS_FILE, false, &bundle->rounds_fd, failure);
    if (result == 0 && bundle_has(bundle, "errors.tsv"))
        result = open_repaired(bundle->folder, "errors.tsv", false, &bundle->errors_fd, failure);
    return result;
}

int bundle_reopen(struct bundle *bundle, const char *folder, struct failure *failure)
{
    *bundle = (struct bundle){.samples_fd = -1, .latency_fd = -1, .rounds_fd = -1, .errors_fd = -1};
    int result = read_names(bundle, folder, failure);
    if (result == 0)
        result = open_tables(bundle, failure);
    if (result < 0)
        bundle_keep(bundle);
    return result;
}

bool bundle_has(const struct bundle *bundle, const char *name)
{
    char path[PATH_MAX];
    struct stat info;
    return snprintf(path, sizeof path, "%s/%s", bundle->folder, name) < (int)sizeof path &&
           lstat(path, &info) == 0;
}
