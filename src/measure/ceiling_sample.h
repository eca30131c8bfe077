/*
 * What both ceilings do alike: pin, take the CPU time, fill the fields of a sample that follow
 * from others. Only for ceiling.c and ceiling_bounce.c.
 */
#ifndef CEILING_SAMPLE_H
#define CEILING_SAMPLE_H

#include "measure/ceiling.h"

#include <sys/resource.h>

enum ceiling_side { CEILING_WRITER, CEILING_READER };

/* A sample of mechanism "ceiling" with every count 0, every result NAN and no CPUs (-1). */
struct sample ceiling_empty_sample(const struct ceiling_request *request, const char *test);

/* Checks both CPUs of the pair, then pins the calling thread to `cpu`. Returns 0 or -errno. */
int ceiling_pin(const struct cpu_pair *cpus, int cpu, struct failure *failure);

struct rusage ceiling_usage_now(void);

/* Adds what the calling process used between two moments to one side of the sample. */
void ceiling_add_usage(struct sample *sample, enum ceiling_side side, const struct rusage *before,
                       const struct rusage *after);

/* Fills throughput, message rate and CPU time per KiB from messages, bytes, wall and CPU times. */
void ceiling_add_rates(struct sample *sample);

#endif
