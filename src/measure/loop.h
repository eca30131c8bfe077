/*
 * The loops that are timed: ONE set for every mechanism, way of waiting, copies mode and touch, and
 * for every source and sink. A message is produced (or read from a source), sent, received and
 * consumed (or written to a sink) here and nowhere else. Knows the contract (channel.h), not the
 * mechanisms, and neither processes nor results.
 */
#ifndef LOOP_H
#define LOOP_H

#include "base/terms.h"
#include "measure/extra_copies.h"
#include "measure/histogram.h"
#include "measure/running_digest.h"
#include "measure/schedule.h"
#include "measure/sink.h"
#include "measure/slowdown.h"
#include "measure/source.h"
#include "transfer/channel.h"
#include "transfer/payload.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* One process's part in a transfer. Made by loop_prepare, freed by loop_finish. */
struct loop {
    struct channel *outgoing; /* may be NULL: the reader of a one-way stream sends nothing */
    struct channel *incoming;
    const struct payload_touch *touch;
    size_t size;
    uint64_t seed;
    bool lend_outgoing; /* produce in a loan, not in our buffer */
    bool lend_incoming;
    size_t buffer_offset_bytes; /* of both buffers from the start of a page */
    void *out_buffer;           /* private; NULL where loans are used */
    void *in_buffer;
    /* The ends of a path; NULL where the payload is produced, or used, by `touch` alone. */
    const struct source *source;
    const struct sink *sink;
    /* To the end of the source: both sides keep a running digest, whatever the pieces are. Else
     * the writer leaves the digest of what it reads to source_digest, afterwards. */
    bool until_end;
    bool as_it_comes; /* hand on at once what one read of the source gives */
    struct running_digest digest;
    struct extra_copies extra_copies;
    struct slowdown slowdown; /* of timed round trips */
    struct failure *failure;  /* of source and sink */
    uint64_t next_message;    /* numbers continue over batches: no two messages are equal */
    uint64_t bytes;           /* handed over, or taken, so far */
    struct payload_digest sent;
    struct payload_digest received;
    _Atomic uint64_t *progress; /* shared: how many messages are done, for the supervisor */
};

/* What a loop will be asked to do: which of `copies` uses loans in which direction. */
bool loop_lends_outgoing(const struct channel_operations *operations, enum copies copies);
bool loop_lends_incoming(const struct channel_operations *operations, enum copies copies);

/* Allocates the private buffers that `loop` (its other fields set) needs, mapped already. Returns
 * 0 or -ENOMEM with a description. */
int loop_prepare(struct loop *loop, struct failure *failure);
void loop_finish(struct loop *loop);

/* Stream out or in `count` messages. Block; return as the channel's operations do, or as source and
 * sink; -EPIPE when the stream ends before. */
int loop_write(struct loop *loop, uint64_t count);
int loop_read(struct loop *loop, uint64_t count);

/* Stream out until the source has ended, which sends a shorter last message where it must; stream
 * in until the writer has closed. */
int loop_write_all(struct loop *loop);
int loop_read_all(struct loop *loop);

/* The other half of a ping-pong: receives and answers `count` messages. */
int loop_pong(struct loop *loop, uint64_t count);

/* `count` round trips without a look at the clock. */
int loop_ping(struct loop *loop, uint64_t count);

/*
 * `count` round trips, each timed. A round trip is recorded in nanoseconds less `clock_read_ns`,
 * the cost of one reading of the clock: between the two readings that bound it lie the second
 * half of the first and the first half of the second. The sum of the raw
 * intervals, that cost included, is added to *intervals_ns.
 */
int loop_ping_timed(struct loop *loop, uint64_t count, double clock_read_ns,
                    struct histogram *round_trips, uint64_t *intervals_ns);

/*
 * `count` round trips, each begun when `schedule` says, or at once when the one before it was not
 * done by then. The same is recorded as above, but an interval begins when its ping was due: a ping
 * that waited for its turn is as late as it would be for whoever asked. The reading of the clock
 * that ends the waiting stands for the first.
 */
int loop_ping_at_rate(struct loop *loop, uint64_t count, double clock_read_ns,
                      struct schedule *schedule, struct histogram *round_trips,
                      uint64_t *intervals_ns);

#endif
