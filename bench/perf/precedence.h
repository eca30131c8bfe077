/*
 * Precedence over the other programs of a machine that others use, too. Changes how this process,
 * and those that it forks, are scheduled; both sides of every pair alike.
 */
#ifndef PERF_PRECEDENCE_H
#define PERF_PRECEDENCE_H

#include "base/failure.h"

/* Returns 0, or -EPERM or another negative errno with a description: it takes privileges. */
int precedence_take(struct failure *failure);

#endif
