/*
 * What a person asked `send` or `recv` of a matched program for: options, what is allowed together,
 * and the transfer that follows from it. Runs nothing; prints only help.
 */
#ifndef NAMED_REQUEST_H
#define NAMED_REQUEST_H

#include "measure/named.h"
#include "measure/request.h"

#include <stdio.h>

/* Which side a subcommand is: send, recv; CHANNEL_NO_ROLE for any other word. */
enum channel_role named_side(const char *command);

/* Parses the arguments behind the subcommand. Returns 0, or -EINVAL naming the option and what is
 * allowed, or a mechanism that has no name. With request->help nothing else is checked. */
int named_request_parse(const struct channel_operations *mechanism, enum channel_role side,
                        int count, char **arguments, struct request *request,
                        struct failure *failure);

/* The transfer of a request that was parsed. */
struct named_setup named_request_setup(const struct request *request,
                                       const struct channel_operations *mechanism);

/* For --help; all empty where the mechanism has no name. */
void named_print_usage(const struct channel_operations *mechanism, FILE *stream);
void named_print_commands(const struct channel_operations *mechanism, FILE *stream);
void named_print_options(const struct channel_operations *mechanism, FILE *stream);

#endif
