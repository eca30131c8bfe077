/*
 * The three standard streams of a program, at its start and at its end: a closed one must not be
 * taken by a file of ours, and what could not be written must not pass as written. Knows nothing of
 * what is printed.
 */
#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

#include "base/exit_code.h"

/*
 * First thing in main: takes the place of each standard stream that the caller closed, so that no
 * file that is opened later gets its number, and text for the user with it. Using such a stream is
 * an error as before (EBADF). Writing beyond the limit of a file's size becomes an error, too,
 * instead of the end of the process (SIGXFSZ).
 */
void standard_streams_keep(void);

/*
 * Last thing in main: sees to it that what was printed has arrived. Returns `exit_code`, or
 * EXIT_CODE_FAILED after a line of `program` on standard error when it was EXIT_CODE_DONE and
 * standard output could not be written.
 */
int standard_streams_end(const char *program, int exit_code);

#endif
