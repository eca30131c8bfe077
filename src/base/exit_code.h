/* Exit codes of every program here; the same table stands in the README. */
#ifndef EXIT_CODE_H
#define EXIT_CODE_H

enum exit_code {
    EXIT_CODE_DONE = 0,
    EXIT_CODE_FAILED = 1,       /* measured, but something asked for differs or failed */
    EXIT_CODE_USAGE = 2,        /* bad usage: the line names the option and the allowed range */
    EXIT_CODE_UNAVAILABLE = 69, /* something the machine lacks (EX_UNAVAILABLE of sysexits.h) */
    EXIT_CODE_INTERRUPTED = 130 /* a signal ended the run; what was measured is kept */
};

/*
 * The exit code after a file or folder that the user named could not be used, from the negative
 * errno: EXIT_CODE_UNAVAILABLE where the machine lacks something (room, memory, descriptors, a disk
 * that works), EXIT_CODE_USAGE where it was the wrong one.
 */
enum exit_code exit_code_for_path(int error);

#endif
