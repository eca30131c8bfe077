/*
 * Names of POSIX shared memory and message queues that nobody can guess, and their removal when
 * they are surely ours. Such a name is seen by all users of the machine, so a note of one proves
 * nothing by itself. Silent; knows nothing of notes or of why.
 */
#ifndef POSIX_OBJECT_H
#define POSIX_OBJECT_H

#include <stdbool.h>

/* What all objects of this project are made with: only our user may use them. */
#define POSIX_OBJECT_MODE 0600

/* "/pipe-vs-shm-" and 16 hexadecimal digits. */
enum { POSIX_OBJECT_NAME_BYTES = 32 };

/* Draws a name from the kernel's random numbers. Returns 0 or -errno. */
int posix_object_choose_name(char name[POSIX_OBJECT_NAME_BYTES]);

/* Whether shared memory, or a message queue, of this name is there and ours: named as above, by our
 * user and for our user alone. All of these are async-signal-safe. */
bool posix_object_find_memory(const char *name);
bool posix_object_find_queue(const char *name);

/* Remove what was found; who has it mapped, or open, keeps it. Return false when there is none. */
bool posix_object_remove_memory(const char *name);
bool posix_object_remove_queue(const char *name);

#endif
