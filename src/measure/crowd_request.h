/* What --pairs-parallel asks for: which CPUs each pair gets, and whether there are enough. */
#ifndef CROWD_REQUEST_H
#define CROWD_REQUEST_H

#include "base/failure.h"
#include "measure/request.h"
#include "measure/sample.h"

/*
 * The CPUs of each of request->pairs_parallel pairs into cpus[]: those of --cpus, round and round;
 * else chosen (crowd_cpus.h). Returns 0; -EINVAL for options that contradict each other, and for
 * more spinning processes than CPUs unless these were given; -ENODEV for CPUs that are not there;
 * or another negative errno.
 */
int crowd_request_choose(const struct request *request, struct cpu_pair *cpus,
                         struct failure *failure);

/* Measures a request that was checked. Blocks and returns as crowd_run. */
int crowd_request_run(const struct request *request, const struct channel_operations *mechanism,
                      struct sample *sample, struct failure *failure);

#endif
