#include "results/seal.h"

#include "base/replace_file.h"
#include "base/sha256.h"
#include "results/bundle_reader.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The names of a folder's files. */
struct names {
    char *names[SEAL_MOST_FILES];
    size_t count;
};

static void free_names(struct names *names)
{
    for (size_t index = 0; index < names->count; index++)
        free(names->names[index]);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Links do not count: what they point to is no part of the bundle. */
static bool is_sealed(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat status;
    if (*name == '.' || strcmp(name, SEAL_MANIFEST) == 0 || ends_with(name, ".partial") ||
        ends_with(name, ".new"))
        return false;
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           lstat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static int add_name(struct names *names, const char *name, struct failure *failure)
{
    if (names->count == SEAL_MOST_FILES)
        return failure_say(failure, -EINVAL, "more than %d files lie in the bundle",
                           SEAL_MOST_FILES);
    char *copy = strdup(name);
    if (copy == NULL)
        return failure_set(failure, -ENOMEM, "listing files");
    names->names[names->count++] = copy;
    return 0;
}

static int list_names(const char *folder, struct names *names, struct failure *failure)
{
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return failure_set(failure, -errno, "%.120s", folder);
    int result = 0;
    errno = 0;
    for (struct dirent *entry = readdir(directory); entry != NULL && result == 0;
         entry = readdir(directory)) {
        if (is_sealed(folder, entry->d_name))
            result = add_name(names, entry->d_name, failure);
        errno = 0;
    }
    if (result == 0 && errno != 0)
        result = failure_set(failure, -errno, "%.120s", folder);
    closedir(directory);
    if (names->count > 1)
        qsort(names->names, names->count, sizeof *names->names, compare_names);
    return result;
}

static int add_checksum(const char *folder, const char *name, json_t *files,
                        struct failure *failure)
{
    char path[PATH_MAX];
    char text[SHA256_TEXT_BYTES];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return failure_set(failure, -ENAMETOOLONG, "%.80s", folder);
    int result = sha256_of_file(path, text);
    if (result < 0)
        return failure_set(failure, result, "%.160s", path);
    if (json_object_set_new(files, name, json_string(text)) < 0)
        return failure_say(failure, -EINVAL, "%.120s: the name of a file in it is no text", folder);
    return 0;
}

/* A file of holes is quickly made, and takes for ever to read. */
static int check_size(const char *folder, const struct names *names, struct failure *failure)
{
    char path[PATH_MAX];
    struct stat status;
    uint64_t bytes = 0;
    for (size_t index = 0; index < names->count; index++) {
        if (snprintf(path, sizeof path, "%s/%s", folder, names->names[index]) < (int)sizeof path &&
            lstat(path, &status) == 0 && status.st_size > 0)
            bytes += (uint64_t)status.st_size;
        if (bytes > SEAL_MOST_BYTES)
            return failure_say(failure, -EINVAL,
                               "%.120s: with %.40s its files have more than 4 GiB", folder,
                               names->names[index]);
    }
    return 0;
}

int seal_compute(const char *folder, json_t **files, struct failure *failure)
{
    struct names names = {.count = 0};
    json_t *computed = json_object();
    int result = computed != NULL ? list_names(folder, &names, failure)
                                  : failure_set(failure, -ENOMEM, "listing files");
    if (result == 0)
        result = check_size(folder, &names, failure);
    for (size_t index = 0; index < names.count && result == 0; index++)
        result = add_checksum(folder, names.names[index], computed, failure);
    free_names(&names);
    if (result < 0) {
        json_decref(computed);
        return result;
    }
    *files = computed;
    return 0;
}

/* In the format in which the suite writes it. */
static int print_manifest(const void *content, FILE *stream)
{
    if (json_dumpf(content, stream, JSON_INDENT(2) | JSON_PRESERVE_ORDER) < 0)
        return ferror(stream) ? -EIO : -ENOMEM;
    fputc('\n', stream);
    return 0;
}

/* Takes the reference to `files`. */
static int replace_files(const char *folder, json_t *manifest, json_t *files,
                         struct failure *failure)
{
    if (json_object_set_new(manifest, SEAL_KEY, files) < 0)
        return failure_set(failure, -ENOMEM, "%.120s/" SEAL_MANIFEST, folder);
    return replace_file(folder, SEAL_MANIFEST, print_manifest, manifest, failure);
}

int seal_write(const char *folder, struct failure *failure)
{
    json_t *manifest;
    json_t *files;
    int result = bundle_read_json(folder, SEAL_MANIFEST, &manifest, failure);
    if (result < 0)
        return result;
    result = seal_compute(folder, &files, failure);
    if (result == 0)
        result = replace_files(folder, manifest, files, failure);
    json_decref(manifest);
    return result;
}

/* The entry as it must be now: a checksum, or none for a file that is not there. */
static int renew_entry(const char *folder, const char *name, json_t *files, struct failure *failure)
{
    if (is_sealed(folder, name))
        return add_checksum(folder, name, files, failure);
    json_object_del(files, name);
    return 0;
}

int seal_renew(const char *folder, const char *const *names, struct failure *failure)
{
    json_t *manifest;
    int result = bundle_read_json(folder, SEAL_MANIFEST, &manifest, failure);
    if (result < 0)
        return result;
    json_t *files = json_object_get(manifest, SEAL_KEY);
    if (json_is_object(files)) {
        for (; *names != NULL && result == 0; names++)
            result = renew_entry(folder, *names, files, failure);
        if (result == 0)
            result = replace_file(folder, SEAL_MANIFEST, print_manifest, manifest, failure);
    }
    json_decref(manifest);
    return result;
}
