/*
 * The whole of a matched program: subcommands, options, one sample, output. The same for every
 * mechanism, so a program is one table entry and one call.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "transfer/channel.h"

struct program {
    const struct channel_operations *mechanism;
    const char *summary; /* one line for --help: how this mechanism moves a byte */
};

/* Runs the program and returns its exit code (base/exit_code.h). Prints the sample on standard
 * output, or one line on standard error. */
int program_main(const struct program *program, int argument_count, char **arguments);

#endif
