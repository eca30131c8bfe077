/*
 * What this machine could do at best, as the line above every chart: how fast one CPU copies
 * memory, and how fast two CPUs hand one cache line back and forth. Knows no mechanism.
 */
#ifndef CEILING_H
#define CEILING_H

#include "base/failure.h"
#include "base/terms.h"
#include "machine/cpu.h"
#include "measure/sample.h"

#include <stdint.h>

#define CEILING_LEAST_BYTES  UINT64_C(1)
#define CEILING_MOST_BYTES   (UINT64_C(1) << 30)
#define CEILING_BOUNCE_BYTES UINT64_C(8)

struct ceiling_request {
    uint64_t size_bytes; /* CEILING_LEAST_BYTES to CEILING_MOST_BYTES; of memcpy only */
    struct cpu_pair cpus;
    enum placement placement; /* how `cpus` were chosen; recorded only */
    double seconds;           /* how long to measure, about */
    uint64_t seed;            /* of the bytes that are copied */
};

/*
 * Copies `size_bytes` between two private, prefaulted, warm buffers with the C library's memcpy
 * on the writer's CPU: a counted number of copies in one timed batch, no clock inside. A
 * throughput sample: bytes are counted once per copy (not read plus write). Small sizes pay the
 * call; sizes beyond the caches measure memory. At least one copy is timed, however long it takes.
 *
 * Pins the calling thread to the writer's CPU and leaves it there. Needs twice `size_bytes` of
 * memory. Returns 0 and sets *sample; -ENOMEM when this is more than the machine has available;
 * -ENODEV when the CPU is not there; -EINVAL for a size or time out of range.
 */
int ceiling_memcpy(const struct ceiling_request *request, struct sample *sample,
                   struct failure *failure);

/*
 * Two processes, each on its CPU, bounce one 8-byte counter on a cache line of its own by
 * spinning: no wait through shared memory can hand over faster. Latency is half a round trip.
 * The clock is read between batches of round trips only (each about 0.1 ms), so:
 *   latency_mean_ns  over all batches, the cost of reading the clock taken out
 *   latency_p50_ns   the median of the batches' means, which a preempted batch does not move
 *   others           NAN: single round trips were not timed
 *
 * Pins the calling thread (the writer) and leaves it there; forks the reader and has reaped it on
 * return, also after an error. Returns 0 and sets *sample; -ENODEV when the CPUs are one (two
 * spinning processes would burn a time slice per hand-over) or not there; -EPIPE when the reader
 * died; -ETIMEDOUT when it stood still for two seconds; another negative errno.
 */
int ceiling_bounce(const struct ceiling_request *request, struct sample *sample,
                   struct failure *failure);

#endif
