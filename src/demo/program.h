/*
 * What the two programs of the letters demo have in common: options, help, exit codes, the one
 * line on an error, clean-up, and how they print. The mains keep what the article shows: the loop.
 */
#ifndef DEMO_PROGRAM_H
#define DEMO_PROGRAM_H

#include "base/failure.h"
#include "demo/letters.h"

#include <stdbool.h>

/* Given in every field's own unit: intervals and timeouts in seconds. */
struct demo_request {
    const char *name;
    double interval_seconds; /* between two looks of the server; a fifth of the client's pause */
    double timeout_seconds;
    bool synchronised;
    bool help;
    bool version;
};

struct demo_program {
    const char *name;
    const char *summary; /* what it does, a few lines for --help */
    double default_timeout_seconds;
    /* Does the work with a request whose values are allowed. Returns 0 or -errno with `failure`
     * described; prints with demo_say. */
    int (*run)(const struct demo_request *request, struct failure *failure);
};

/* Parses, runs, cleans up, reports. Returns the exit code. */
int demo_program_main(const struct demo_program *program, int argument_count, char **arguments);

struct letters_setup demo_letters_setup(const struct demo_request *request);

/* Prints one line at once, so that an interruption loses none. Returns 0, or -errno when nobody
 * reads any more: then the demo is to end and clean up. */
__attribute__((format(printf, 2, 3))) int demo_say(struct failure *failure, const char *format,
                                                   ...);

/* Says what the segment is, in the words and figures of `ipcs -m`. Returns 0 or -errno. */
int demo_say_segment(const struct letters *letters, struct failure *failure);

#endif
