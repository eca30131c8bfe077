#include "gallery/gallery_folder.h"

#include "base/regular_file.h"
#include "document/page_frame.h"
#include "document/report_text.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_BYTES = 256 };

bool gallery_folder_is_gallery(const char *folder)
{
    char path[PATH_MAX];
    char mark[PAGE_MARK_BYTES];
    char line[LINE_BYTES];
    FILE *stream;
    bool found = false;
    if (snprintf(path, sizeof path, "%s/" GALLERY_PAGE, folder) >= (int)sizeof path ||
        regular_file_open(path, path, &stream, NULL) < 0)
        return false;
    page_frame_mark(GALLERY_MARK, mark);
    for (int count = 0; count < PAGE_MARK_LINES && !found; count++) {
        if (fgets(line, sizeof line, stream) == NULL)
            break;
        found = strcmp(line, mark) == 0;
    }
    fclose(stream);
    return found;
}

/* Returns 1, 0, or the negative errno of reading it. */
static int is_empty(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    int result = 1;
    if (entries == NULL)
        return -errno;
    while (result == 1 && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = 0;
    }
    closedir(entries);
    return result;
}

int gallery_folder_prepare(const char *folder, bool *made, struct failure *failure)
{
    struct stat status;
    *made = mkdir(folder, 0777) == 0;
    if (*made)
        return 0;
    if (errno != EEXIST)
        return failure_set(failure, -errno, "can't make the folder '%.160s'", folder);
    if (stat(folder, &status) < 0 || !S_ISDIR(status.st_mode))
        return failure_say(failure, -EEXIST, "'%.160s' is not a folder: name another with --out",
                           folder);
    if (gallery_folder_is_gallery(folder))
        return 0;
    int empty = is_empty(folder);
    if (empty < 0)
        return failure_set(failure, empty, "%.160s", folder);
    if (empty == 0)
        return failure_say(
            failure, -EEXIST,
            "'%.160s' is neither empty nor a gallery: name another folder with --out", folder);
    return 0;
}

/* Appends "/segment", encoded, or without the slash at the beginning. Returns whether it fits. */
static bool add_segment(const char *segment, size_t length, char *link, size_t link_bytes)
{
    char name[NAME_MAX + 1];
    char safe[3 * NAME_MAX + 1];
    size_t used = strlen(link);
    if (length == 0 || length >= sizeof name)
        return length == 0;
    memcpy(name, segment, length);
    name[length] = '\0';
    report_text_link(name, safe, sizeof safe);
    int added = snprintf(link + used, link_bytes - used, "%s%s", used > 0 ? "/" : "", safe);
    return added < (int)(link_bytes - used);
}

/* How far both paths are the same, up to a slash or an end. */
static size_t shared_length(const char *one, const char *other)
{
    size_t shared = 0;
    for (size_t index = 0;; index++) {
        bool ends = (one[index] == '/' || one[index] == '\0') &&
                    (other[index] == '/' || other[index] == '\0');
        if (ends)
            shared = index;
        if (one[index] != other[index] || one[index] == '\0')
            return shared;
    }
}

int gallery_folder_link(const char *from, const char *to, const char *page, char *link,
                        size_t link_bytes)
{
    size_t shared = shared_length(from, to);
    bool fits = true;
    *link = '\0';
    for (const char *rest = from + shared; *rest != '\0' && fits; rest++) {
        if (*rest == '/' && rest[1] != '\0')
            fits = add_segment("..", 2, link, link_bytes);
    }
    for (const char *rest = to + shared; *rest != '\0' && fits;) {
        rest += strspn(rest, "/");
        size_t length = strcspn(rest, "/");
        fits = add_segment(rest, length, link, link_bytes);
        rest += length;
    }
    if (*link == '\0')
        fits = fits && add_segment(".", 1, link, link_bytes);
    fits = fits && add_segment(page, strlen(page), link, link_bytes);
    return fits ? 0 : -ENAMETOOLONG;
}
