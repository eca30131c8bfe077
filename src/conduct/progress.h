/*
 * Shows a person how far a run has come: on a terminal one line that is redrawn, in a log a plain
 * line every ten seconds. Draws between samples only, never while one runs. Knows numbers and
 * text, not what they are about.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *stream;
    bool redraws; /* the stream is a terminal that can */
    bool drawn;   /* a line stands there without its newline */
    uint64_t started_ns;
    uint64_t last_ns; /* when something was shown last; 0: never */
};

struct progress_state {
    uint64_t done;
    uint64_t total;
    double seconds_left_most; /* what the budget leaves; 0: no limit */
    uint64_t least;           /* how much is done in any case, even beyond the budget */
    const char *text;         /* what runs now */
};

struct progress progress_begin(FILE *stream);

/* Shows the state if it is time for it. */
void progress_update(struct progress *progress, const struct progress_state *state);

/* Prints a line of its own, and the next update draws anew. */
__attribute__((format(printf, 2, 3))) void progress_say(struct progress *progress,
                                                        const char *format, ...);

/* Removes the redrawn line. */
void progress_end(struct progress *progress);

/* The seconds that the rest will take at the pace so far: until all is done or, where that is
 * sooner, until the budget is used and the least is done. */
double progress_seconds_left(const struct progress_state *state, double elapsed_seconds);

#endif
