#include "gallery/gallery_collection.h"

#include "base/array.h"
#include "gallery/gallery_folder.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int warn(struct gallery_collection *collection, const struct failure *warning)
{
    void *grown = array_grow(collection->warnings, collection->warnings_count,
                             &collection->warnings_room, sizeof *collection->warnings);
    if (grown == NULL)
        return -ENOMEM;
    collection->warnings = grown;
    collection->warnings[collection->warnings_count++] = *warning;
    return 0;
}

static bool is_unfinished(const char *folder)
{
    static const char ending[] = ".partial";
    size_t length = strlen(folder);
    while (length > 0 && folder[length - 1] == '/')
        length--;
    return length >= strlen(ending) &&
           strncmp(folder + length - strlen(ending), ending, strlen(ending)) == 0;
}

static bool has_manifest(const char *folder)
{
    char path[PATH_MAX];
    struct stat status;
    return snprintf(path, sizeof path, "%s/manifest.json", folder) < (int)sizeof path &&
           lstat(path, &status) == 0;
}

static int add_bundle(struct gallery_collection *collection, const char *folder)
{
    struct failure warning = {0};
    void *grown = array_grow(collection->entries, collection->count, &collection->entries_room,
                             sizeof *collection->entries);
    if (grown == NULL)
        return -ENOMEM;
    collection->entries = grown;
    int result = gallery_entry_read(folder, &collection->entries[collection->count], &warning);
    if (result == 0)
        collection->count++;
    if (result == 0 || result == -ENOMEM)
        return result;
    return warn(collection, &warning);
}

/* A folder within one that was named. */
static int add_within(struct gallery_collection *collection, const char *folder)
{
    struct failure warning = {0};
    if (is_unfinished(folder)) {
        collection->unfinished++;
        return 0;
    }
    if (has_manifest(folder))
        return add_bundle(collection, folder);
    if (gallery_folder_is_gallery(folder))
        return 0;
    failure_say(&warning, -EINVAL, "'%.160s' is not a bundle: it has no manifest.json", folder);
    return warn(collection, &warning);
}

/* Links could lead out of what was named, and results/latest would be a second one. */
static int is_folder(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

static bool is_really_folder(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int add_folders(struct gallery_collection *collection, const char *folder)
{
    struct dirent **names = NULL;
    struct failure warning = {0};
    size_t length = strlen(folder);
    int count = scandir(folder, &names, is_folder, alphasort);
    int result = 0;
    if (count < 0) {
        if (errno == ENOMEM)
            return -ENOMEM;
        failure_set(&warning, -errno, "%.160s", folder);
        return warn(collection, &warning);
    }
    for (int index = 0; index < count; index++) {
        char path[PATH_MAX];
        int used =
            snprintf(path, sizeof path, "%s%s%s", folder,
                     length > 0 && folder[length - 1] == '/' ? "" : "/", names[index]->d_name);
        if (result == 0 && used < (int)sizeof path && is_really_folder(path))
            result = add_within(collection, path);
        free(names[index]);
    }
    free(names);
    return result;
}

int gallery_collect(struct gallery_collection *collection, const char *folder,
                    struct failure *failure)
{
    int result = 0;
    if (is_unfinished(folder))
        collection->unfinished++;
    else if (has_manifest(folder))
        result = add_bundle(collection, folder);
    else
        result = add_folders(collection, folder);
    return result < 0 ? failure_set(failure, result, "reading %.160s", folder) : 0;
}

/* Falling by id; of the same id the one that was found first comes first. */
static int compare(const void *left, const void *right)
{
    const struct gallery_entry *const *one = left;
    const struct gallery_entry *const *other = right;
    int order = strcmp((*other)->id, (*one)->id);
    return order != 0 ? order : (*one > *other) - (*one < *other);
}

int gallery_settle(struct gallery_collection *collection, struct failure *failure)
{
    if (collection->count == 0)
        return 0;
    const struct gallery_entry **order = calloc(collection->count, sizeof *order);
    struct gallery_entry *sorted = calloc(collection->count, sizeof *sorted);
    if (order == NULL || sorted == NULL) {
        free(order);
        free(sorted);
        return failure_set(failure, -ENOMEM, "sorting the bundles");
    }
    for (size_t index = 0; index < collection->count; index++)
        order[index] = &collection->entries[index];
    qsort(order, collection->count, sizeof *order, compare);
    size_t kept = 0;
    for (size_t index = 0; index < collection->count; index++) {
        if (kept > 0 && strcmp(sorted[kept - 1].id, order[index]->id) == 0) {
            gallery_entry_free(&collection->entries[order[index] - collection->entries]);
            collection->duplicates++;
        } else {
            sorted[kept++] = *order[index];
        }
    }
    free(order);
    free(collection->entries);
    collection->entries = sorted;
    collection->entries_room = collection->count;
    collection->count = kept;
    return 0;
}

void gallery_collection_free(struct gallery_collection *collection)
{
    for (size_t index = 0; index < collection->count; index++)
        gallery_entry_free(&collection->entries[index]);
    free(collection->entries);
    free(collection->warnings);
    *collection = (struct gallery_collection){.count = 0};
}
