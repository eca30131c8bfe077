#include "remains.h"

#include "conduct/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLEAN_SECONDS_MOST 20.0

void remains_look(const struct stage *stage, struct remains *remains)
{
    struct stage_objects objects;
    *remains = (struct remains){0};
    stage_list_ipc(stage, &objects);
    remains->segments = objects.segments.count;
    remains->sets = objects.sets.count;
    remains->queues = objects.queues.count;
    remains->names = stage_count_names(stage);
    files_count_tree(stage->temporary, &remains->temporary);
    files_count_tree(stage->runtime, &remains->runtime);
    files_count_tree(stage->work, &remains->work);
}

static size_t things(const struct files_count *count)
{
    return count->files + count->fifos + count->folders;
}

static size_t objects_of(const struct remains *remains)
{
    return remains->segments + remains->sets + remains->queues + remains->names;
}

bool remains_any(const struct remains *remains)
{
    return objects_of(remains) + things(&remains->temporary) + things(&remains->runtime) +
               things(&remains->work) >
           0;
}

const char *remains_describe(const struct remains *remains, char text[REMAINS_TEXT_BYTES])
{
    const struct {
        const char *where;
        const struct files_count *count;
    } places[] = {{"TMPDIR", &remains->temporary},
                  {"XDG_RUNTIME_DIR", &remains->runtime},
                  {"the working folder", &remains->work}};
    int used = 0;
    text[0] = '\0';
    if (objects_of(remains) > 0)
        used = snprintf(text, REMAINS_TEXT_BYTES,
                        "%zu segments, %zu semaphore sets, %zu message queues, %zu POSIX names",
                        remains->segments, remains->sets, remains->queues, remains->names);
    for (size_t index = 0; index < sizeof places / sizeof *places; index++) {
        const struct files_count *count = places[index].count;
        if (things(count) == 0 || used >= REMAINS_TEXT_BYTES)
            continue;
        used +=
            snprintf(text + used, REMAINS_TEXT_BYTES - (size_t)used,
                     "%s%zu files, %zu FIFOs, %zu folders in %s (%.60s)", used > 0 ? "; " : "",
                     count->files, count->fifos, count->folders, places[index].where, count->first);
    }
    return text;
}

enum cleaning remains_clean(const char *program, char complaint[REMAINS_TEXT_BYTES])
{
    const char *const arguments[] = {program, NULL};
    struct failure failure = {0};
    char *output = NULL;
    int exit_code;
    if (access(program, X_OK) != 0)
        return CLEANING_MISSING;
    if (runner_capture(arguments, CLEAN_SECONDS_MOST, RUNNER_NO_STOP, &output, &exit_code,
                       &failure) < 0) {
        snprintf(complaint, REMAINS_TEXT_BYTES, "clean: exit code %d: %.200s", exit_code,
                 failure.text);
        return CLEANING_FAILED;
    }
    bool silent = output[0] == '\0';
    free(output);
    if (!silent)
        return CLEANING_DONE;
    snprintf(complaint, REMAINS_TEXT_BYTES, "clean: named nothing that it removed");
    return CLEANING_FAILED;
}
