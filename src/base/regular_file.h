/*
 * Opening a file to read that may lie in a stranger's folder: only what is a regular file there
 * itself. A link could lead anywhere, a FIFO would wait for a writer, a device may never end. Knows
 * nothing of what stands in it.
 */
#ifndef REGULAR_FILE_H
#define REGULAR_FILE_H

#include "base/failure.h"

#include <stdio.h>

/*
 * Opens the file at `path`, which failures call `shown`; links among the folders of the path are
 * followed, one in its last place is not. Never blocks. Returns 0 or a negative errno: -ELOOP for a
 * link, -EINVAL for anything else that is no regular file. *stream is set on success only, and the
 * caller's to close.
 */
int regular_file_open(const char *path, const char *shown, FILE **stream, struct failure *failure);

#endif
