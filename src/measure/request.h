/*
 * What a person asked a matched program for: its options, what is allowed together, and the session
 * that follows from it. Runs nothing and prints nothing.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include "base/options.h"
#include "base/terms.h"
#include "machine/cpu.h"
#include "machine/crowd_cpus.h"
#include "measure/session.h"

#include <stdbool.h>
#include <stdint.h>

#define REQUEST_TIMEOUT_MOST_SECONDS 86400.0

/* What the options set. Choices are int, as the option table writes them. */
struct request {
    uint64_t size_bytes;
    int source;
    bool source_given;
    int sink;
    bool sink_given;
    const char *input; /* NULL when not given */
    const char *output;
    uint64_t extra_copies;
    int working_set;
    uint64_t buffer_offset_bytes;
    int wait;
    int copies;
    int touch;
    int placement;
    bool placement_given;
    struct cpu_pair cpus;
    struct cpu_pairs cpu_list; /* of --cpus; `cpus` is the first of them */
    bool cpus_given;
    uint64_t pairs_parallel; /* 0 when not given: one pair, as a session of its own */
    double seconds;
    bool seconds_given;
    uint64_t count;    /* 0 when not given */
    double rate_per_s; /* 0 when not given */
    uint64_t capacity_bytes;
    uint64_t seed;
    double timeout_seconds;
    bool timeout_given;
    int format;
    bool format_given;
    const char *name; /* of send and recv, see named_request.h */
    bool help;
    bool version;
};

/* The option table of all matched programs, and the defaults that --help shows. */
extern const struct option_row request_rows[];
extern const struct request request_default;

/* Checks what the table cannot, and fills in what follows from other options: the ends of a relay,
 * the working set, the timeout. Returns 0, or -EINVAL naming the option and what is allowed. */
int request_check(struct request *request, const struct channel_operations *mechanism,
                  enum test test, struct failure *failure);

/* Whether a relay reads its source once, to its end. */
bool request_is_until_end(const struct request *request);

/* The session of a request that was checked, and whose CPUs were chosen. */
struct session_setup request_session_setup(const struct request *request,
                                           const struct channel_operations *mechanism,
                                           enum test test);

#endif
