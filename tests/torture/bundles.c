#include "bundles.h"

#include "base/clock.h"
#include "conduct/runner.h"
#include "files.h"
#include "scenario.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOOL_SECONDS_MOST 120.0
#define PARTIAL           ".partial"

enum { ROWS_BEFORE_INTERRUPTION = 3, INTERRUPTION_TURNS = 4000, PATHS_BYTES = PATH_MAX + 64 };

static int run_tool(const char *const *arguments, char **output, struct failure *failure)
{
    int exit_code;
    return runner_capture(arguments, TOOL_SECONDS_MOST, RUNNER_NO_STOP, output, &exit_code,
                          failure);
}

/* ---- the folder of results ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* Calls nothing for `latest`, dots and the earlier bundle. */
static bool is_of_run(const struct bundles *bundles, const char *name)
{
    return name[0] != '.' && strcmp(name, "latest") != 0 && strcmp(name, bundles->earlier) != 0;
}

void bundles_find(const struct bundles *bundles, struct bundles_found *found)
{
    struct dirent *entry;
    DIR *folder = opendir(bundles->results);
    *found = (struct bundles_found){.finished = false};
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (!is_of_run(bundles, entry->d_name))
            continue;
        found->partial = ends_with(entry->d_name, PARTIAL);
        found->finished = !found->partial;
        snprintf(found->path, sizeof found->path, "%.2000s/%.255s", bundles->results,
                 entry->d_name);
    }
    if (folder != NULL)
        closedir(folder);
}

void bundles_sweep(const struct bundles *bundles)
{
    struct dirent *entry;
    char path[PATHS_BYTES];
    DIR *folder = opendir(bundles->results);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            strcmp(entry->d_name, bundles->earlier) == 0)
            continue;
        snprintf(path, sizeof path, "%.2000s/%.255s", bundles->results, entry->d_name);
        if (entry->d_type == DT_DIR)
            files_remove_tree(path);
        else
            unlink(path);
    }
    if (folder != NULL)
        closedir(folder);
}

/* ---- rows ---- */

static size_t count_fields(const char *line, const char *end)
{
    size_t fields = 1;
    for (const char *byte = line; byte < end; byte++)
        fields += *byte == '\t';
    return fields;
}

static int check_table(const char *path, const char *name, struct failure *failure)
{
    char *bytes;
    size_t count;
    int result = files_read(path, &bytes, &count);
    if (result < 0)
        return failure_set(failure, result, "reading %s", name);
    size_t fields = 0;
    size_t row = 0;
    for (const char *line = bytes; result == 0 && line < bytes + count; row++) {
        const char *end = memchr(line, '\n', (size_t)(bytes + count - line));
        if (end == NULL) {
            result = failure_say(failure, -EBADMSG, "%s: row %zu has no end", name, row);
            break;
        }
        if (row == 0)
            fields = count_fields(line, end);
        else if (count_fields(line, end) != fields)
            result = failure_say(failure, -EBADMSG, "%s: row %zu has %zu fields, the header %zu",
                                 name, row, count_fields(line, end), fields);
        line = end + 1;
    }
    free(bytes);
    return result;
}

int bundles_check_rows(const char *folder, struct failure *failure)
{
    static const char *const tables[] = {"samples.tsv", "latency.tsv", "rounds.tsv",
                                         "errors.tsv",  "copies.tsv",  NULL};
    char path[PATHS_BYTES];
    int result = 0;
    for (const char *const *table = tables; result == 0 && *table != NULL; table++) {
        snprintf(path, sizeof path, "%s/%s", folder, *table);
        if (access(path, F_OK) == 0)
            result = check_table(path, *table, failure);
    }
    return result;
}

/* ---- verifying and going on ---- */

int bundles_verify(const struct bundles *bundles, const char *folder, struct failure *failure)
{
    char program[PATHS_BYTES];
    char *output = NULL;
    const char *const arguments[] = {program, folder, NULL};
    snprintf(program, sizeof program, "%s/verify", bundles->programs);
    int result = run_tool(arguments, &output, failure);
    free(output);
    return result;
}

/* Whether verify finds nothing but the samples that failed, which the run has told of. */
int bundles_check_interrupted(const struct bundles *bundles, const char *folder,
                              struct failure *failure)
{
    char path[PATHS_BYTES];
    char *output = NULL;
    const char *const arguments[] = {path, "--resume", folder, NULL};
    int exit_code;
    int result = bundles_check_rows(folder, failure);
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    if (result < 0 || access(path, F_OK) != 0)
        return result;
    snprintf(path, sizeof path, "%s/suite", bundles->programs);
    /* 1: it is done, and rows of the interrupted run say that a sample failed. */
    result = runner_capture_verdict(arguments, TOOL_SECONDS_MOST, RUNNER_NO_STOP, &output,
                                    &exit_code, failure);
    if (result < 0)
        return result;
    output[strcspn(output, "\n")] = '\0';
    result = bundles_verify(bundles, output, failure);
    free(output);
    return result;
}

/* ---- the earlier bundle ---- */

static int earlier_path(const struct bundles *bundles, char path[PATHS_BYTES])
{
    snprintf(path, PATHS_BYTES, "%s/%s", bundles->results, bundles->earlier);
    return 0;
}

bool bundles_earlier_is_unchanged(const struct bundles *bundles)
{
    char path[PATHS_BYTES];
    char fingerprint[SHA256_TEXT_BYTES];
    earlier_path(bundles, path);
    return files_fingerprint(path, fingerprint) == 0 &&
           strcmp(fingerprint, bundles->fingerprint) == 0;
}

bool bundles_earlier_verifies(const struct bundles *bundles, struct failure *failure)
{
    char path[PATHS_BYTES];
    earlier_path(bundles, path);
    return bundles_verify(bundles, path, failure) == 0;
}

static int make_earlier(struct bundles *bundles, struct failure *failure)
{
    char program[PATHS_BYTES];
    char path[PATHS_BYTES];
    char *output = NULL;
    const char *const arguments[] = {
        program,   "--mechanisms", "pipe,shm", "--tests", "throughput",     "--sizes", "64",
        "--waits", "block",        "--modes",  "own",     "--seconds",      "0.005",   "--rounds",
        "2",       "--seed",       "1",        "--out",   bundles->results, NULL};
    snprintf(program, sizeof program, "%s/suite", bundles->programs);
    int result = run_tool(arguments, &output, failure);
    if (result < 0)
        return result;
    output[strcspn(output, "\n")] = '\0';
    const char *slash = strrchr(output, '/');
    snprintf(bundles->earlier, sizeof bundles->earlier, "%.250s",
             slash != NULL ? slash + 1 : output);
    free(output);
    earlier_path(bundles, path);
    result = files_fingerprint(path, bundles->fingerprint);
    return result < 0 ? failure_set(failure, result, "reading %.150s", path) : 0;
}

/* ---- the interrupted bundle ---- */

static size_t count_rows(const char *folder)
{
    char path[PATHS_BYTES];
    char *bytes;
    size_t count;
    size_t rows = 0;
    snprintf(path, sizeof path, "%s/samples.tsv", folder);
    if (files_read(path, &bytes, &count) < 0)
        return 0;
    for (size_t at = 0; at < count; at++)
        rows += bytes[at] == '\n';
    free(bytes);
    return rows;
}

static pid_t start_suite(const char *program, const char *results)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char *null = "/dev/null";
    if (freopen(null, "w", stdout) != NULL && freopen(null, "w", stderr) != NULL)
        execl(program, program, "--mechanisms", "pipe,shm", "--tests", "throughput", "--sizes",
              "64", "--waits", "block", "--modes", "own", "--seconds", "0.02", "--rounds", "3",
              "--seed", "2", "--out", results, (char *)NULL);
    _exit(127);
}

/* Interrupted by SIGTERM after some rows. */
static int make_interrupted(struct bundles *bundles, const struct stage *stage,
                            struct failure *failure)
{
    static const struct timespec pause = {.tv_nsec = 10000000};
    char program[PATHS_BYTES];
    struct bundles_found found = {.partial = false};
    snprintf(program, sizeof program, "%s/suite", bundles->programs);
    pid_t pid = start_suite(program, bundles->results);
    if (pid < 0)
        return failure_set(failure, -errno, "starting %s", program);
    for (int turn = 0; turn < INTERRUPTION_TURNS; turn++) {
        bundles_find(bundles, &found);
        if (found.partial && count_rows(found.path) > ROWS_BEFORE_INTERRUPTION)
            break;
        nanosleep(&pause, NULL);
    }
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    bundles_find(bundles, &found);
    if (!found.partial)
        return failure_say(failure, -ENODATA, "no interrupted bundle could be made");
    snprintf(bundles->template, sizeof bundles->template, "%s/interrupted", stage->folder);
    int result = files_copy_folder(found.path, bundles->template);
    bundles_sweep(bundles);
    return result < 0 ? failure_set(failure, result, "copying the interrupted bundle") : 0;
}

int bundles_make(struct bundles *bundles, const struct stage *stage, const char *programs,
                 struct failure *failure)
{
    *bundles = (struct bundles){.programs = programs, .results = stage->results};
    int result = make_earlier(bundles, failure);
    return result == 0 ? make_interrupted(bundles, stage, failure) : result;
}

int bundles_place_interrupted(const struct bundles *bundles, struct failure *failure)
{
    char path[PATHS_BYTES];
    snprintf(path, sizeof path, "%s/" SCENARIO_INTERRUPTED, bundles->results);
    int result = files_copy_folder(bundles->template, path);
    return result < 0 ? failure_set(failure, result, "placing the interrupted bundle") : 0;
}
