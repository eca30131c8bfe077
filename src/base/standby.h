/*
 * A program that stands by: started once, it answers command line after command line, as if it were
 * started anew for each. What starting a program costs (exec, dynamic linking, the first touch of
 * its pages) is paid once; all answers share the layout of memory that this one start drew.
 *
 * A request comes on standard input: the words of the command line, the program's name first, each
 * ended by a NUL byte, and an empty word behind the last. Behind what the program prints for it
 * stands on standard output a NUL byte, the exit code in digits, and a newline. The end of the
 * input ends the program; so does an answer that a signal interrupted.
 */
#ifndef STANDBY_H
#define STANDBY_H

/* The word that makes a program stand by, alone on its command line. */
#define STANDBY_COMMAND "standby"

/*
 * Serves until the input ends. `answer` gets `context` and the words of a request (ended by NULL
 * behind `count`; its to permute, as main may), finds its standard input empty, and returns the
 * exit code; it must not keep anything for the next. Blocks. Returns the program's own exit code:
 * EXIT_CODE_DONE, EXIT_CODE_INTERRUPTED after an answer with that code, or EXIT_CODE_FAILED with a
 * line on standard error. `program` is the name that such lines begin with.
 */
int standby_serve(const char *program, int (*answer)(const void *context, int count, char **words),
                  const void *context);

#endif
