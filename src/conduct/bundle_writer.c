#include "conduct/bundle_writer.h"

#include "base/file_io.h"

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

enum { SAME_SECOND_MOST = 99 };

static const char samples_name[] = "samples.tsv";
static const char latency_name[] = "latency.tsv";
static const char rounds_name[] = RAW_ROUNDS_FILE;
static const char errors_name[] = "errors.tsv";
static const char latency_header[] =
    "round\torder\tround_trip_lower_ns\tround_trip_upper_ns\tcount\n";
static const char errors_header[] =
    "round\torder\tmechanism\ttest\twait\tcopies\ttouch\t"
    "placement\tsource\tsink\textra_copies\tworking_set\tsize_bytes\t"
    "exit_code\tmessage\n";

void bundle_make_id(time_t now, const char *slug, char id[BUNDLE_ID_BYTES])
{
    struct tm utc;
    char stamp[32];
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    /* Room is left for the suffix of a second run in the same second. */
    snprintf(id, BUNDLE_ID_BYTES - 16, "%s%s%s", stamp, *slug != '\0' ? "-" : "", slug);
}

/* "<folder>/<name>" into `path`. */
static int join(char path[static PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* --- Writing rows ----------------------------------------------------------------------------- */

/* Appends all of `text` or nothing. */
static int append(int fd, const char *text, size_t bytes)
{
    off_t end = lseek(fd, 0, SEEK_END);
    size_t written = 0;
    while (written < bytes) {
        /* As a rule one write; a short one is repeated to learn what is in the way. */
        ssize_t step = write(fd, text + written, bytes - written);
        if (step < 0 && errno == EINTR)
            continue;
        if (step <= 0) {
            int error = step < 0 ? -errno : -EIO;
            if (written > 0 && file_truncate(fd, end) < 0)
                return -EIO;
            return error;
        }
        written += (size_t)step;
    }
    return 0;
}

static int open_rows(const char *folder, const char *name, const char *header, size_t header_bytes,
                     int *rows_fd)
{
    char path[PATH_MAX];
    int result = join(path, folder, name);
    if (result < 0)
        return result;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    result = append(fd, header, header_bytes);
    if (result < 0)
        close(fd);
    else
        *rows_fd = fd;
    return result;
}

/* Text in memory of any length; the caller frees it. */
struct text {
    char *bytes;
    size_t count;
    FILE *stream;
};

static int text_open(struct text *text)
{
    *text = (struct text){.bytes = NULL};
    text->stream = open_memstream(&text->bytes, &text->count);
    return text->stream != NULL ? 0 : -errno;
}

/* Ends the writing; on error there is nothing to free. */
static int text_close(struct text *text)
{
    bool failed = ferror(text->stream) != 0;
    if (fclose(text->stream) != 0 || failed) {
        free(text->bytes);
        return -ENOMEM;
    }
    return 0;
}

static int make_samples_header(struct text *text)
{
    int result = text_open(text);
    if (result < 0)
        return result;
    fputs("round\torder\tat_s\t", text->stream);
    sample_print_tsv_header(text->stream);
    return text_close(text);
}

static int make_sample_row(struct bundle_position position, const struct sample *sample,
                           struct text *text)
{
    int result = text_open(text);
    if (result < 0)
        return result;
    fprintf(text->stream, "%" PRIu64 "\t%" PRIu64 "\t%.3f\t", position.round, position.order,
            position.at_s);
    sample_print_tsv(sample, text->stream);
    return text_close(text);
}

static int make_latency_rows(struct bundle_position position, const struct histogram *histogram,
                             struct text *text)
{
    int result = text_open(text);
    if (result < 0)
        return result;
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        if (histogram->counts[bucket] != 0)
            fprintf(text->stream,
                    "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
                    position.round, position.order, histogram_bucket_lower(bucket),
                    histogram_bucket_upper(bucket), histogram->counts[bucket]);
    }
    return text_close(text);
}

static int name_file(struct failure *failure, int error, const struct bundle *bundle,
                     const char *name)
{
    return failure_set(failure, error, "%.120s/%s: cannot be written", bundle->folder, name);
}

static int append_text(const struct bundle *bundle, int fd, const char *name,
                       const struct text *text, struct failure *failure)
{
    int result = append(fd, text->bytes, text->count);
    return result < 0 ? name_file(failure, result, bundle, name) : 0;
}

static int append_latency(const struct bundle *bundle, struct bundle_position position,
                          const struct histogram *histogram, struct failure *failure)
{
    struct text rows;
    int result = make_latency_rows(position, histogram, &rows);
    if (result < 0)
        return name_file(failure, result, bundle, latency_name);
    result = append_text(bundle, bundle->latency_fd, latency_name, &rows, failure);
    free(rows.bytes);
    return result;
}

int bundle_append_sample(struct bundle *bundle, struct bundle_position position,
                         const struct sample *sample, const struct histogram *histogram,
                         struct failure *failure)
{
    struct text row;
    off_t latency_end = lseek(bundle->latency_fd, 0, SEEK_END);
    int result = make_sample_row(position, sample, &row);
    if (result < 0)
        return name_file(failure, result, bundle, samples_name);
    /* The histogram first: a sample that is there is there whole. */
    if (histogram != NULL && histogram->count > 0)
        result = append_latency(bundle, position, histogram, failure);
    if (result == 0) {
        result = append_text(bundle, bundle->samples_fd, samples_name, &row, failure);
        if (result < 0 && file_truncate(bundle->latency_fd, latency_end) < 0)
            result = -EIO;
    }
    free(row.bytes);
    return result;
}

static int make_error_row(struct bundle_position position, const struct cell *cell, int exit_code,
                          const char *message, struct text *text)
{
    int result = text_open(text);
    if (result < 0)
        return result;
    fprintf(text->stream,
            "%" PRIu64 "\t%" PRIu64 "\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%" PRIu64 "\t%s\t%" PRIu64
            "\t%d\t",
            position.round, position.order, cell->mechanism, cell->test, cell->wait, cell->copies,
            cell->touch, cell->placement, cell->source, cell->sink, cell->extra_copies,
            cell->working_set, cell->size_bytes, exit_code);
    for (; *message != '\0'; message++)
        fputc(*message == '\t' || *message == '\n' || *message == '\r' ? ' ' : *message,
              text->stream);
    fputc('\n', text->stream);
    return text_close(text);
}

int bundle_append_error(struct bundle *bundle, struct bundle_position position,
                        const struct cell *cell, int exit_code, const char *message,
                        struct failure *failure)
{
    struct text row = {.bytes = NULL};
    int result = 0;
    if (bundle->errors_fd < 0)
        result = open_rows(bundle->folder, errors_name, errors_header, sizeof errors_header - 1,
                           &bundle->errors_fd);
    if (result == 0)
        result = make_error_row(position, cell, exit_code, message, &row);
    if (result < 0)
        return name_file(failure, result, bundle, errors_name);
    result = append_text(bundle, bundle->errors_fd, errors_name, &row, failure);
    free(row.bytes);
    return result;
}

static int make_round_row(const struct raw_round *round, struct text *text)
{
    int result = text_open(text);
    if (result < 0)
        return result;
    raw_rounds_print(round, text->stream);
    return text_close(text);
}

int bundle_append_round(struct bundle *bundle, const struct raw_round *round,
                        struct failure *failure)
{
    struct text row;
    int result = make_round_row(round, &row);
    if (result < 0)
        return name_file(failure, result, bundle, rounds_name);
    result = append_text(bundle, bundle->rounds_fd, rounds_name, &row, failure);
    free(row.bytes);
    return result;
}

int bundle_write_text(const struct bundle *bundle, const char *name, const char *text,
                      struct failure *failure)
{
    int fd = -1;
    int result = open_rows(bundle->folder, name, text, strlen(text), &fd);
    if (result < 0)
        return name_file(failure, result, bundle, name);
    close(fd);
    return 0;
}

/* --- Making the folder ------------------------------------------------------------------------ */

/* As mkdir -p; *made tells whether the last folder is a new one. */
static int make_folders(const char *path, bool *made)
{
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
        return -ENAMETOOLONG;
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            return -errno;
        *slash = '/';
    }
    *made = mkdir(part, 0755) == 0;
    if (!*made && errno != EEXIST)
        return -errno;
    struct stat info;
    if (stat(part, &info) < 0)
        return -errno;
    return S_ISDIR(info.st_mode) ? 0 : -ENOTDIR;
}

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* Makes the folder of bundle->id. -EEXIST: a run has this name, finished or not. */
static int make_partial(struct bundle *bundle)
{
    char name[BUNDLE_ID_BYTES + sizeof PARTIAL_SUFFIX];
    char final[PATH_MAX];
    snprintf(name, sizeof name, "%s%s", bundle->id, PARTIAL_SUFFIX);
    if (join(final, bundle->out, bundle->id) < 0 || join(bundle->folder, bundle->out, name) < 0)
        return -ENAMETOOLONG;
    if (exists(final))
        return -EEXIST;
    return mkdir(bundle->folder, 0755) < 0 ? -errno : 0;
}

static int make_free_partial(struct bundle *bundle, const char *id)
{
    snprintf(bundle->id, sizeof bundle->id, "%s", id);
    int result = make_partial(bundle);
    for (int number = 2; result == -EEXIST && number <= SAME_SECOND_MOST; number++) {
        snprintf(bundle->id, sizeof bundle->id, "%.*s-%d", BUNDLE_ID_BYTES - 16, id, number);
        result = make_partial(bundle);
    }
    return result;
}

static int open_rounds(struct bundle *bundle)
{
    struct text header;
    int result = text_open(&header);
    if (result < 0)
        return result;
    raw_rounds_print_header(header.stream);
    result = text_close(&header);
    if (result < 0)
        return result;
    result = open_rows(bundle->folder, rounds_name, header.bytes, header.count, &bundle->rounds_fd);
    free(header.bytes);
    return result;
}

static int open_tables(struct bundle *bundle)
{
    struct text header;
    int result = make_samples_header(&header);
    if (result < 0)
        return result;
    result =
        open_rows(bundle->folder, samples_name, header.bytes, header.count, &bundle->samples_fd);
    free(header.bytes);
    /* Held until the run ends: see bundle_reopen. */
    if (result == 0 && flock(bundle->samples_fd, LOCK_EX | LOCK_NB) < 0)
        result = -errno;
    if (result == 0)
        result = open_rows(bundle->folder, latency_name, latency_header, sizeof latency_header - 1,
                           &bundle->latency_fd);
    if (result == 0)
        result = open_rounds(bundle);
    return result;
}

static void remove_out(const struct bundle *bundle)
{
    /* Where others have come meanwhile it is not empty, and stays. */
    if (bundle->made_out)
        rmdir(bundle->out);
}

int bundle_create(struct bundle *bundle, const char *out, const char *id, struct failure *failure)
{
    *bundle = (struct bundle){.samples_fd = -1, .latency_fd = -1, .rounds_fd = -1, .errors_fd = -1};
    int result = snprintf(bundle->out, sizeof bundle->out, "%s", out) < (int)sizeof bundle->out
                     ? make_folders(out, &bundle->made_out)
                     : -ENAMETOOLONG;
    if (result == 0)
        result = make_free_partial(bundle, id);
    if (result == 0) {
        result = open_tables(bundle);
        if (result < 0)
            bundle_discard(bundle);
    } else {
        remove_out(bundle);
    }
    if (result == 0)
        return 0;
    return failure_set(failure, result, "--out: cannot write into '%.120s'", out);
}

/* --- Whole files ------------------------------------------------------------------------------ */

/* Writes a new file and puts it on the disk. Whatever has its name goes: the folder of a run that
 * is gone on with may be a stranger's, and a link in it lead out of it. */
static int write_file(const char *path, const char *text)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return -errno;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    int result = append(fd, text, strlen(text));
    if (result == 0)
        result = append(fd, "\n", 1);
    if (result == 0 && fsync(fd) < 0)
        result = -errno;
    if (close(fd) < 0 && result == 0)
        result = -errno;
    return result;
}

int bundle_write_json(const struct bundle *bundle, const char *name, const json_t *json,
                      struct failure *failure)
{
    char path[PATH_MAX];
    char fresh[PATH_MAX];
    if (join(path, bundle->folder, name) < 0 ||
        snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return name_file(failure, -ENAMETOOLONG, bundle, name);
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    if (text == NULL)
        return name_file(failure, -ENOMEM, bundle, name);
    int result = write_file(fresh, text);
    free(text);
    if (result == 0 && rename(fresh, path) < 0)
        result = -errno;
    if (result == 0)
        return 0;
    unlink(fresh);
    return name_file(failure, result, bundle, name);
}

/* --- The end ---------------------------------------------------------------------------------- */

static int sync_and_close(int *fd)
{
    int result = 0;
    if (*fd < 0)
        return 0;
    /* Delayed errors of a full or broken disk come to light here. */
    if (fsync(*fd) < 0 && errno != EINVAL)
        result = -errno;
    if (close(*fd) < 0 && result == 0)
        result = -errno;
    *fd = -1;
    return result;
}

static int close_tables(struct bundle *bundle, struct failure *failure)
{
    const struct {
        const char *name;
        int *fd;
    } tables[] = {{samples_name, &bundle->samples_fd},
                  {latency_name, &bundle->latency_fd},
                  {rounds_name, &bundle->rounds_fd},
                  {errors_name, &bundle->errors_fd}};
    int result = 0;
    for (size_t index = 0; index < sizeof tables / sizeof *tables; index++) {
        int closed = sync_and_close(tables[index].fd);
        if (closed < 0 && result == 0)
            result = name_file(failure, closed, bundle, tables[index].name);
    }
    return result;
}

/* The link is made under another name and renamed, so that there is always one. */
static int point_latest(const struct bundle *bundle)
{
    char fresh_name[48];
    char fresh[PATH_MAX];
    char latest[PATH_MAX];
    snprintf(fresh_name, sizeof fresh_name, ".latest.%ld", (long)getpid());
    if (join(fresh, bundle->out, fresh_name) < 0 || join(latest, bundle->out, "latest") < 0)
        return -ENAMETOOLONG;
    unlink(fresh);
    if (symlink(bundle->id, fresh) < 0)
        return -errno;
    if (rename(fresh, latest) == 0)
        return 0;
    int error = -errno;
    unlink(fresh);
    return error;
}

int bundle_finish(struct bundle *bundle, struct failure *failure)
{
    char final[PATH_MAX];
    int result = close_tables(bundle, failure);
    if (result < 0)
        return result;
    result = join(final, bundle->out, bundle->id);
    if (result == 0 && rename(bundle->folder, final) < 0)
        result = -errno;
    if (result < 0)
        return failure_set(failure, result, "%.180s: cannot be renamed", bundle->folder);
    memcpy(bundle->folder, final, sizeof final);
    result = point_latest(bundle);
    if (result < 0)
        return failure_set(failure, result, "%.180s/latest: cannot be made", bundle->out);
    return 0;
}

void bundle_keep(struct bundle *bundle)
{
    close_tables(bundle, NULL);
}

void bundle_discard(struct bundle *bundle)
{
    static const char *const names[] = {samples_name, latency_name, rounds_name, errors_name,
                                        "manifest.json"};
    char path[PATH_MAX];
    close_tables(bundle, NULL);
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        if (join(path, bundle->folder, names[index]) == 0)
            unlink(path);
    }
    rmdir(bundle->folder);
    remove_out(bundle);
}
