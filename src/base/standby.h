/*
 * A program that stands by: started once, it answers command line after command line, each in a
 * process forked for it, as if it had been started anew. What starting a program costs (exec,
 * dynamic linking) is paid once; all answers share the layout of memory that this one start drew.
 *
 * A request comes on standard input: the words of the command line, the program's name first, each
 * ended by a NUL byte, and an empty word behind the last. The answer is what the forked process
 * prints; behind it stands on standard output a NUL byte, the exit code in digits as a shell tells
 * it, and a newline. The end of the input ends the program.
 */
#ifndef STANDBY_H
#define STANDBY_H

/* The word that makes a program stand by, alone on its command line. */
#define STANDBY_COMMAND "standby"

/*
 * Serves until the input ends. `answer` gets `context` and the words of a request (ended by NULL
 * behind `count`; its to permute, as main may), in a process of its own whose standard input is
 * empty, and returns the exit code. Blocks. Returns the program's own exit code: EXIT_CODE_DONE, or
 * EXIT_CODE_FAILED with a line on standard error. `program` is the name that such lines begin with.
 */
int standby_serve(const char *program, int (*answer)(const void *context, int count, char **words),
                  const void *context);

#endif
