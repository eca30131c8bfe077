/*
 * System calls on files that begin again when a signal interrupted them (EINTR); otherwise as the
 * calls they are named after: return and errno are theirs. Knows no format.
 */
#ifndef FILE_IO_H
#define FILE_IO_H

#include <sys/types.h>

ssize_t file_read_at(int descriptor, void *bytes, size_t size, off_t offset);
ssize_t file_write_at(int descriptor, const void *bytes, size_t size, off_t offset);
int file_truncate(int descriptor, off_t size);
int file_allocate(int descriptor, off_t size);

#endif
