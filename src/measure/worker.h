/*
 * What each of the two processes of a session does, from fork to exit: pin, open, map, warm up,
 * measure, report. The one-sided differences between writer and reader stand here side by side.
 */
#ifndef WORKER_H
#define WORKER_H

#include "measure/control.h"
#include "measure/session.h"
#include "measure/sink.h"
#include "measure/source.h"

/* The channels of a session: forward from writer to reader, backward (latency only) in return. */
struct link {
    struct channel *forward;
    struct channel *backward; /* NULL in a one-way test */
};

/* Where a relay's bytes come from and go to; opened before the fork. */
struct path_ends {
    struct source source;
    struct sink sink;
};

/* Runs one side to its end and leaves its report in control->reports[side]. To be called in a
 * process of its own, just forked. Returns 0 or -errno; the failure is in the report. */
int worker_run(const struct session_setup *setup, struct control *control, struct link *link,
               const struct path_ends *ends, enum side_index side);

#endif
