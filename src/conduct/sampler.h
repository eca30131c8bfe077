/*
 * Measures one cell once: makes the command line of its program, runs it, and checks that the
 * answer is about this cell. The only place that knows the matched programs' options. Knows
 * neither plan nor bundle.
 */
#ifndef SAMPLER_H
#define SAMPLER_H

#include "base/failure.h"
#include "conduct/layout.h"
#include "conduct/plan.h"
#include "conduct/standby_pool.h"
#include "measure/histogram.h"
#include "measure/sample.h"

/* What all samples of a round share. */
struct sampler {
    const char *programs; /* the folder with the matched programs */
    uint64_t capacity_bytes;
    const char *input;            /* what relays read; NULL: a generated file */
    int stop_fd;                  /* readable: end the sample; see runner.h */
    struct standby_pool *standby; /* runs those programs that it allows; NULL: none */
    struct layout layout;
};

/*
 * Runs the cell's program for about `sample_seconds` with the payload of `seed`. The sample
 * carries the cell's placement word, which its program cannot know. Returns 0, or a negative errno
 * as runner_measure does, or -EPROTO when the answer is about another cell, -EBADMSG when what
 * arrived is not what was sent. Outputs other than *exit_code are set on success only.
 */
int sampler_measure(const struct sampler *sampler, const struct cell *cell, double sample_seconds,
                    uint64_t seed, struct sample *sample, struct histogram *histogram,
                    int *exit_code, struct failure *failure);

#endif
