/*
 * How far apart the two CPUs of a sample are at a given moment: half a round trip of one cache line
 * between both processes, spinning. A number for the record, not a result: a hypervisor may move
 * two virtual CPUs from two cores onto the two threads of one within a run, and then everything
 * that passes through the caches changes manifold. Knows no mechanism.
 */
#ifndef DISTANCE_H
#define DISTANCE_H

#include <stdatomic.h>
#include <stdint.h>

#define DISTANCE_LINE_BYTES 128 /* adjacent-line prefetchers move pairs of 64-byte lines */

/* In memory that both processes share, zeroed; used for one measurement. */
struct distance {
    _Alignas(DISTANCE_LINE_BYTES) _Atomic uint64_t turn;
};

/*
 * Both processes call these at about the same time, on different CPUs: one asks, the other answers.
 * About 0.1 ms; neither waits for the other for longer than some milliseconds, whatever became of
 * it. distance_ask returns the median over short batches in nanoseconds, or NAN when it was not
 * answered.
 */
double distance_ask(struct distance *distance);
void distance_answer(struct distance *distance);

#endif
