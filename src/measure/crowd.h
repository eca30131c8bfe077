/*
 * Many pairs of processes at once, each a session of its own with its own channel, to see how a
 * mechanism scales. Every pair is under full load while any is measured: none begins its measured
 * batches before all are warm, and each goes on with uncounted ones after its own until the last
 * has finished. Knows neither options nor how the CPUs were chosen.
 */
#ifndef CROWD_H
#define CROWD_H

#include "base/failure.h"
#include "machine/cpu.h"
#include "measure/sample.h"
#include "measure/session.h"

#include <stdbool.h>
#include <stddef.h>

/* The placement word of a crowd's sample: parallel-N. */
#define CROWD_PLACEMENT_PREFIX "parallel-"

/*
 * Runs `pairs` sessions as `setup` says (a throughput test by seconds or count), pair i on cpus[i].
 * One sample comes of it: rates are the sums of the pairs' own rates, so are messages, bytes, CPU
 * times, switches, faults and copies; wall_ns is the longest; capacity_bytes the least; CPUs and
 * clock_read_ns are the first pair's; checksum_ok is that of all. Each pair has a payload of its
 * own.
 *
 * leftover_start must have been called, and the caller have no other children. Blocks until all
 * processes have ended. When one pair fails all are ended, and *failure says which it was and why;
 * signals, and what is returned, are as of session_run.
 */
int crowd_run(const struct session_setup *setup, const struct cpu_pair *cpus, size_t pairs,
              struct sample *sample, struct failure *failure);

/* The sample of `count` pairs that ran at once, at least one. */
struct sample crowd_sum(const struct sample *samples, size_t count);

/* For the writer of each session (worker.c): says that this pair is warm, or was measured, and
 * whether all pairs are. Do not block. */
void crowd_note_warm(struct crowd *crowd);
void crowd_note_measured(struct crowd *crowd);
bool crowd_all_are_warm(const struct crowd *crowd);
bool crowd_all_were_measured(const struct crowd *crowd);

#endif
