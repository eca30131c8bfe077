/* Facts of the programs: what they were built from and by, and which they are. */
#include "base/sha256.h"
#include "base/version.h"
#include "machine/manifest_fact.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

static json_t *read_version(const struct fact_scene *scene, const struct fact *fact,
                            struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    return fact_text(PROJECT_VERSION, reason);
}

/* A word of the build; "" when the build did not know it. */
static json_t *word_of_build(const char *word, struct fact_reason *reason)
{
    return *word != '\0' ? fact_text(word, reason)
                         : fact_unreadable(reason, "the build did not record it");
}

static json_t *read_compiler(const struct fact_scene *scene, const struct fact *fact,
                             struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
#ifdef __VERSION__
    if (*BUILD_COMPILER == '\0')
        return fact_text(__VERSION__, reason);
#endif
    return word_of_build(BUILD_COMPILER, reason);
}

static json_t *read_flags(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    return word_of_build(BUILD_FLAGS, reason);
}

static json_t *read_commit(const struct fact_scene *scene, const struct fact *fact,
                           struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    return word_of_build(BUILD_COMMIT, reason);
}

static json_t *read_dirty(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    const int dirty = BUILD_DIRTY;
    return dirty >= 0 ? json_boolean(dirty != 0)
                      : fact_unreadable(reason, "the build did not know");
}

static json_t *read_c_library(const struct fact_scene *scene, const struct fact *fact,
                              struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
#ifdef __GLIBC__
    char text[64];
    snprintf(text, sizeof text, "glibc %s", gnu_get_libc_version());
    return fact_text(text, reason);
#else
    return fact_unreadable(reason, "this C library does not tell its name and version");
#endif
}

static int is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* {"pipe": "e3b0...", ...}: by name, so that the order is the same everywhere. */
static json_t *read_programs(const struct fact_scene *scene, const struct fact *fact,
                             struct fact_reason *reason)
{
    (void)fact;
    const char *folder = scene->program_folder != NULL ? scene->program_folder : "";
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return fact_unreadable(reason, "the programs' folder: %s", strerror(errno));
    json_t *all = json_object();
    for (int index = 0; index < count; index++) {
        char path[FACT_PATH_BYTES];
        char text[SHA256_TEXT_BYTES];
        const char *name = entries[index]->d_name;
        int length = snprintf(path, sizeof path, "%s/%s", folder, name);
        if (length < FACT_PATH_BYTES && is_program(path) && sha256_of_file(path, text) == 0)
            json_object_set_new(all, name, json_string(text));
        free(entries[index]);
    }
    free(entries);
    if (json_object_size(all) > 0)
        return all;
    json_decref(all);
    return fact_unreadable(reason, "there is no program in the programs' folder");
}

const struct fact manifest_build_facts[] = {
    {.name = "suite_version", .read = read_version},
    {.name = "build_compiler", .read = read_compiler},
    {.name = "build_flags", .read = read_flags},
    {.name = "build_commit", .read = read_commit},
    {.name = "build_dirty", .read = read_dirty},
    {.name = "c_library", .read = read_c_library},
    {.name = "program_sha256", .read = read_programs},
    {0},
};
