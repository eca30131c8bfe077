/*
 * Programs that stand by (base/standby.h): each is started at its first sample and answers the next
 * ones too, so that a sample does not pay for starting a program. Every sample still has fresh
 * workers. A program is started anew when the layout asked for is another one,
 * and after any sample that failed, so that nothing outlives a failure.
 */
#ifndef STANDBY_POOL_H
#define STANDBY_POOL_H

#include "base/failure.h"
#include "conduct/runner.h"

#include <stdbool.h>

struct standby_pool;

/* Makes a pool without programs. Returns 0 or -ENOMEM. Ended by standby_pool_end. */
int standby_pool_make(struct standby_pool **pool);

/* Ends the programs that run, and waits for them: their CPU time is now that of children waited
 * for. Each is started again at its next sample. Blocks for some milliseconds. */
void standby_pool_rest(struct standby_pool *pool);

/* Ends all programs, and the pool; NULL is allowed. Blocks for some milliseconds. */
void standby_pool_end(struct standby_pool *pool);

/* Says that the program of this name (the last part of its path) can stand by. 0 or -ENOMEM. */
int standby_pool_allow(struct standby_pool *pool, const char *name);
bool standby_pool_allows(const struct standby_pool *pool, const char *name);

/* As runner_measure, by a program that stands by. */
int standby_pool_measure(struct standby_pool *pool, const struct runner_start *how,
                         struct sample *sample, struct histogram *histogram, int *exit_code,
                         struct failure *failure);

#endif
