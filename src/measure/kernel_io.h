/*
 * The first witness of copies: what the kernel says that this process passed to system calls that
 * move bytes (/proc/self/io, rchar and wchar; Linux Documentation/filesystems/proc.rst). It counts
 * BYTES PASSED, not copies: +N for read, write and their kin; nothing for vmsplice,
 * process_vm_readv, message queues and memcpy; and N for a read of /dev/zero, which is a fill, and
 * for a write to /dev/null, which copies nothing. measure/ledger.h knows which stage it sees how.
 */
#ifndef KERNEL_IO_H
#define KERNEL_IO_H

#include <stdint.h>

/* One reading. */
struct kernel_io {
    uint64_t bytes;         /* rchar + wchar */
    uint64_t reading_bytes; /* what this reading itself adds to the next one */
};

/* Opens the account of the calling process: a descriptor, or -errno where the kernel keeps none or
 * hides it. */
int kernel_io_open(void);

/* Takes a reading. Returns 0 or -errno. */
int kernel_io_read(int descriptor, struct kernel_io *reading);

/* The bytes passed between two readings, one right after the other, without the first itself. */
uint64_t kernel_io_between(const struct kernel_io *before, const struct kernel_io *after);

#endif
