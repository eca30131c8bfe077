/*
 * One side of a transfer between two unrelated processes that meet by a name, as the article's
 * server and client do: a source goes through a mechanism into a sink, once, to its end. Knows the
 * contract (channel.h), not the mechanisms; neither options nor printing.
 *
 * In the folder of the name each side has its role's file (transfer/meeting.h). The sender's note
 * holds what both must agree on, and at the end how much it sent and with which digest; the
 * receiver's note says which offer it took, and at the end that all has arrived. A pipe cannot tell
 * a finished writer from a killed one; these notes can.
 */
#ifndef NAMED_H
#define NAMED_H

#include "base/failure.h"
#include "base/terms.h"
#include "transfer/channel.h"

#include <stdint.h>

struct named_setup {
    const struct channel_operations *operations; /* with `clear` */
    const char *name;                            /* meeting_name_is_allowed */
    double timeout_seconds; /* how long the other side may take to appear, not the transfer */
    /* The sender's; the receiver learns them from it. */
    enum wait_kind wait;
    enum copies copies;
    uint64_t size_bytes;     /* 1 to SESSION_SIZE_MAXIMUM */
    uint64_t capacity_bytes; /* 1 to SESSION_CAPACITY_MAXIMUM */
    enum source_kind source; /* not memory */
    const char *input;       /* of source file */
    uint64_t count;          /* messages of a source without end (zero); else 0 */
    /* The receiver's. */
    enum sink_kind sink;
    const char *output; /* of sink file */
};

/*
 * Run one side to its end; leftover_start() must have been called and SIGPIPE be ignored. Block.
 * Return 0 once the receiver has everything, verified by number and digest, and with a description:
 * -EBUSY when the name has such a side already; -ETIMEDOUT when the other side did not appear;
 * -EPIPE when it ended before all was done; -EBADMSG when what arrived is not what was sent; or
 * another -errno. In every case nothing is left behind.
 */
int named_send(const struct named_setup *setup, struct failure *failure);
int named_receive(const struct named_setup *setup, struct failure *failure);

/* Removes what killed sides of a name left behind; what belongs to a living one stays. Returns how
 * many sides were dead: 0 to 2. leftover_start() must have been called. */
unsigned named_clear_up(const struct channel_operations *operations, const char *name);

#endif
