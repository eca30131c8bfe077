/*
 * Writing a file of a folder so that a reader sees the old file or the new one, never half of one.
 * Knows nothing of what stands in it.
 */
#ifndef REPLACE_FILE_H
#define REPLACE_FILE_H

#include "base/failure.h"

#include <stdio.h>

/* Writes the file's text. Returns 0 or a negative errno; what writing met stays in the stream for
 * ferror. */
typedef int replace_file_print(const void *content, FILE *stream);

/*
 * Writes folder/name: what `print` makes of `content` goes into folder/name.partial, is forced to
 * the disk and renamed. Blocks until the disk has it. Returns 0 or a negative errno with the path
 * in `failure`; then folder/name is as it was and the partial file is gone.
 */
int replace_file(const char *folder, const char *name, replace_file_print *print,
                 const void *content, struct failure *failure);

/* Removes folder/name where it is there. Returns 0 or a negative errno with the path. */
int replace_file_by_none(const char *folder, const char *name, struct failure *failure);

#endif
