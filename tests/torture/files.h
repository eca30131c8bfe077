/* Folders and files as the storm needs them: whole trees counted, copied, fingerprinted, removed.
 * Knows nothing of what the files mean. Functions return 0 or -errno. */
#ifndef TORTURE_FILES_H
#define TORTURE_FILES_H

#include "base/sha256.h"

#include <stddef.h>

/* What lies below a folder, itself not counted. */
struct files_count {
    size_t files;
    size_t fifos;
    size_t folders;
    char first[128]; /* the path of one of them, below the folder; empty when there is none */
};

int files_count_tree(const char *folder, struct files_count *count);

/* Removes a folder and all below it; links are removed, not followed. None is no error. */
int files_remove_tree(const char *folder);

/* Makes the folders in `folder`, not what is in them, look a day old. */
int files_age_folders(const char *folder);

/* Copies the regular files of `from` (not those of folders in it) into the new folder `to`. */
int files_copy_folder(const char *from, const char *to);
int files_copy(const char *from, const char *to, unsigned mode);

/* A hash of the names and contents of all regular files in the folder. */
int files_fingerprint(const char *folder, char text[SHA256_TEXT_BYTES]);

/* The whole file, ended by a NUL byte that is not counted; the caller frees it. */
int files_read(const char *path, char **bytes, size_t *count);

/* Writes `count` bytes into a new file. */
int files_write(const char *path, const char *bytes, size_t count);

#endif
