/*
 * What happens to a run of the storm, and when: drawn before it starts, delivered to processes that
 * carry its mark.
 */
#ifndef TORTURE_STRIKE_H
#define TORTURE_STRIKE_H

#include "base/random.h"
#include "marked.h"
#include "scenario.h"

#include <stdbool.h>
#include <stdint.h>

enum strike_aim {
    STRIKE_NOTHING, /* a rehearsal */
    STRIKE_ONE,
    STRIKE_TWO,
    STRIKE_GROUP,         /* the process group of a program, as a terminal does */
    STRIKE_ALL,           /* SIGKILL of all at once: nobody is left to clean up */
    STRIKE_STOP,          /* SIGSTOP, and SIGCONT after a pause */
    STRIKE_STOP_FOR_EVER, /* of a worker: the run must end by its --timeout */
    STRIKE_TERMINAL       /* is closed */
};

enum { STRIKE_NAME_BYTES = 32, STRIKE_ROLE_BYTES = 24, STRIKE_TARGETS_MOST = 2 };

struct strike {
    enum strike_aim aim;
    int signal_number;   /* of ONE, TWO and GROUP */
    double fraction;     /* of the scenario's usual time (can be more than 1), or: */
    double soon_seconds; /* after the start; < 0: by the fraction */
    double pause_seconds;
    struct random random; /* chooses the processes when the moment has come */
};

/* What was hit. */
struct hit {
    bool landed;
    struct {
        pid_t pid;
        char role[STRIKE_ROLE_BYTES];
        size_t kin; /* other processes of the same program, which know what it has made */
    } targets[STRIKE_TARGETS_MOST];
    size_t count;     /* of targets; 0 for groups, all and terminals */
    bool others_know; /* of a group: another program of the run lives, and knows what it shared */
};

void strike_draw(struct random *random, const struct scenario *scenario, struct strike *strike);

/* The name under which a report counts it. */
const char *strike_name(const struct strike *strike, char name[STRIKE_NAME_BYTES]);

/* Whether a run that was hit so goes on as if nothing had been. */
bool strike_is_harmless(const struct strike *strike);

/* Whether a process can have been ended without a chance to clean up. */
bool strike_kills(const struct strike *strike);

/* Delivers ONE, TWO, ALL and both STOPs. `pids` are the first processes of the scenario's commands;
 * 0 for one that has ended. A STOP_FOR_EVER that finds no worker becomes a STOP. */
void strike_deliver(struct strike *strike, const struct scenario *scenario, const pid_t *pids,
                    const char *mark, struct hit *hit);

/* Lets what was stopped go on. */
void strike_continue(const struct hit *hit, const char *mark);

#endif
