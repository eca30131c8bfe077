/*
 * The third witness of copies: mutation. One message goes through a path while both sides wait for
 * each other at every stage; what lies upstream is changed after it was handed over, and the bytes
 * downstream tell whether they are a copy (unchanged) or the same memory (changed, too). Needs no
 * privilege, and tells at run time whether this kernel's vmsplice copies. It proves a copy or its
 * absence, not how many there were: one stage, one answer.
 *
 * It breaks the contract of channel.h on purpose (a loan is changed after its commit), so nothing
 * that goes through the channel afterwards means anything.
 */
#ifndef PROBE_H
#define PROBE_H

#include "measure/control.h"
#include "measure/ledger.h"
#include "measure/loop.h"
#include "measure/source.h"

/* One side's part; the steps wait and tell as those of a batch. */
struct probe {
    struct loop *loop;
    struct control *control;
    const struct waiter *waiter;
    const struct source *source; /* of kind memory, too */
    enum mutation *found;        /* [LEDGER_STAGES]: each side fills what it sees */
};

/* Block until the other side has done its part. Return 0; -EBADMSG when what arrived is neither
 * what was sent nor what it was changed to; or what the channel returned. The source's file must
 * be our own: it is changed, and changed back. */
int probe_write(struct probe *probe);
int probe_read(struct probe *probe);

#endif
