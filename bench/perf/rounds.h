/*
 * Measures goals: in every round each of them once, in random order, its two sides one right after
 * the other, in random order too; so that whatever drifts hits both. The figure is the median over
 * the rounds of what each round gave, with its interval (results/statistics.h).
 */
#ifndef PERF_ROUNDS_H
#define PERF_ROUNDS_H

#include "rows.h"
#include "trial.h"

#include "base/failure.h"

#include <stdint.h>

enum { ROUNDS_MOST = 1000 };

/* Measures the goals whose numbers are in `numbers` (bit 1 << number) and adds their rows. Blocks;
 * returns 0, or as trial_run does. */
int rounds_measure(const struct trial_setting *setting, uint64_t rounds, unsigned numbers,
                   struct rows *rows, struct failure *failure);

#endif
