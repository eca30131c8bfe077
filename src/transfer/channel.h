/*
 * THE contract: one direction of moving messages from a writer process to a reader process. A
 * mechanism is one table of nine operations (one file channel_<mechanism>.c); nothing outside that
 * file knows how it works.
 *
 * The loan interface makes copies explicit: the writer reserves space, produces its payload there
 * and commits it; the reader acquires a view, consumes the payload there and releases it. A
 * mechanism that can take a caller's buffer without an extra copy (a pipe) offers send and receive
 * as well; one that cannot (shared memory) leaves them out, and channel_send / channel_receive
 * then copy through the loan, counted.
 *
 * Life of two processes forked from one: create (once, before the fork) -> in each of the two
 * processes open -> transfers -> close; the process that created it closes it, too, right after the
 * fork, so that it holds no end. Two unrelated processes meet in a folder that both know
 * (meeting_folder): there each creates the channel for its own role, the writer first, which makes
 * what has a name; the reader only uses it. What outlives processes (names, semaphores) is noted in
 * base/leftover.h; whoever ends the run calls leftover_remove_all.
 *
 * Every operation returns 0 or -errno, sets its outputs on success only, prints nothing, and
 * describes what failed in channel->setup.failure. -EPIPE means that the peer is gone, -ETIMEDOUT
 * that it made no progress; no operation blocks longer than the patience of the waiter after its
 * peer died. SIGPIPE must be ignored by the process. Sizes are in bytes.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "base/failure.h"
#include "base/terms.h"
#include "transfer/peer.h"
#include "transfer/stages.h"
#include "transfer/wait.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum channel_role { CHANNEL_NO_ROLE, CHANNEL_WRITER, CHANNEL_READER };

/* What the caller wants; the same in all processes until the fork, and in unrelated ones but for
 * `failure` and the role. */
struct channel_setup {
    enum wait_kind wait;
    uint64_t capacity_bytes; /* in flight, wanted; see channel_round_capacity */
    size_t loan_bytes;       /* the largest loan that will be asked for; 0 when none will */
    uint64_t patience_ns;    /* of a single wait */
    /* NULL: both processes are forked after create. Else the private folder where they meet; for
     * mechanisms with `clear` only. */
    const char *meeting_folder;
    enum channel_role meeting_role; /* with meeting_folder: whose channel this is */
    struct failure *failure; /* where errors are described; a process sets its own after the fork */
};

/*
 * A message that goes through a loan in pieces is handed over a piece at a time, so that the
 * reader copies one piece out while the writer copies the next one in; and what keeps messages
 * apart takes none that is larger. Small enough that four fit into the default capacity and stay in
 * the first-level cache, large enough that the hand-over costs little beside the copy.
 */
enum { CHANNEL_PIECE_BYTES = 16384 };

struct channel;

struct channel_operations {
    const char *name; /* the mechanism: "pipe", "shm", ... */
    unsigned waits;   /* which ways of waiting it has: bit (1 << enum wait_kind) each */

    /* True when reserve lends private memory of the writer. The payload then starts in a private
     * buffer anyway, and mode `own` uses the loan where there is no send. */
    bool loan_is_private;
    /* True when acquire lends private memory of the reader, which then is the private buffer that
     * mode `own` ends in; there is no receive beside it. */
    bool view_is_private;
    /* False for the null mechanism: nothing arrives, so nothing can be verified. */
    bool transfers;
    /* True when the kernel's bookkeeping is counted in the capacity, so that less payload fits. */
    bool capacity_has_overhead;
    /* For the ledger: what happens to each byte between the two buffers, by copies mode. */
    struct transfer_stages stages[COPIES_COUNT];

    /* 1. Required. Makes the channel and what must be there before the fork. Does not block. On
     * success *channel is owned by the caller and freed by close, in every process by itself. */
    int (*create)(const struct channel_setup *setup, struct channel **channel);

    /* 2. Required. Opens this process's end. Blocks until the peer has opened its own, or has
     * died. Afterwards channel->capacity_bytes is what the mechanism really allows in flight (some
     * know it after create), and all memory that transfers will touch is mapped in this process. */
    int (*open)(struct channel *channel, enum channel_role role);

    /* 3. Required, writer only. Lends space for at least `least` and at most `most` bytes
     * (least <= loan_bytes of the setup); blocks until there is some. Valid until commit. */
    int (*reserve)(struct channel *channel, size_t least, size_t most, void **space, size_t *size);

    /* 4. Required, writer only. Hands the first `size` bytes of the loan to the reader; may block
     * until they fit. The space must not be touched afterwards. */
    int (*commit)(struct channel *channel, size_t size);

    /* 5. Required, reader only. Lends a view of at least `least` and at most `most` bytes; blocks
     * until they are there. The reader must ask for the same `least` as the writer did. Once the
     * writer has closed it lends what is left, which may be less than `least`, and then returns
     * -ENODATA, which describes no failure. */
    int (*acquire)(struct channel *channel, size_t least, size_t most, const void **view,
                   size_t *size);

    /* 6. Required, reader only. Gives back the view of the last acquire, all of it. Does not
     * block. */
    int (*release)(struct channel *channel, size_t size);

    /* 7. Optional, writer only. Sends `size` bytes of the caller's buffer; blocks until all of
     * them are accepted. The buffer is the caller's again on return. */
    int (*send)(struct channel *channel, const void *buffer, size_t size);

    /* 8. Optional, reader only. Receives at least `least` and at most `most` bytes into the
     * caller's buffer; blocks, and ends, as acquire does. */
    int (*receive)(struct channel *channel, void *buffer, size_t least, size_t most, size_t *size);

    /* 9. Required. Gives up whatever this process holds and frees the channel; what was committed
     * before stays readable for the peer, whose reads find the end behind it. A pipe cannot tell a
     * writer that closed from one that was killed, so the end is no proof that all has arrived.
     * Never fails, NULL is allowed, does not block; except where what was committed lies in memory
     * of the writer alone: then the writer waits until the reader has taken it, has closed its own
     * end or has died, as patiently as any wait. And except where the end is a message like others:
     * then it waits until that fits. */
    void (*close)(struct channel *channel);

    /* No operation of a transfer, but for a witness of copies, measure/probe.h. Optional, reader
     * only; for a mechanism whose bytes in flight nobody else can reach. Receives `size` bytes that
     * are there into `buffer` (NULL: into a loan) as receive (acquire) does; *view is where. Then
     * changes what was received, looks whether what was in flight changed with it (*shared), and
     * changes it back; or, where nothing is in flight any more, looks whether pages were given to
     * this process instead of bytes copied into its own. */
    int (*probe_receive)(struct channel *channel, void *buffer, size_t size, const void **view,
                         bool *shared);

    /* No operation of a transfer, either. Optional: the mechanisms have it that two unrelated
     * processes can open by a name. Removes from a meeting folder what a killed writer left there,
     * the kernel's objects included; only for who has the writer's role now. `setup->failure` is
     * not used, nothing to remove is no failure. */
    void (*clear)(const char *meeting_folder);
};

/* The part of every channel that is not the mechanism's own; mechanisms embed it first. */
struct channel {
    const struct channel_operations *operations;
    struct channel_setup setup;
    enum channel_role role;
    struct peer peer;     /* whom to watch; set by the process after the fork, see channel_watch */
    struct waiter waiter; /* made from setup and peer; mechanisms wait with it */
    uint64_t spin_limit_ns;   /* of the waiter */
    uint64_t capacity_bytes;  /* real; known after open, 0 before it is known */
    uint64_t user_copy_bytes; /* copied by user-space copies in this process */
};

/* Checks a mechanism's table: 0, or -EINVAL with the missing operation in `failure`. To be called
 * once, at start-up. */
int channel_check(const struct channel_operations *operations, struct failure *failure);

static inline bool channel_can_wait(const struct channel_operations *operations,
                                    enum wait_kind wait)
{
    return (operations->waits & (1U << wait)) != 0;
}

/* Fills the common part; for `create` of a mechanism. */
void channel_initialise(struct channel *channel, const struct channel_operations *operations,
                        const struct channel_setup *setup);

/* Makes a channel by a mechanism's table, which stays the channel's table even where its `create`
 * is another mechanism's (a table with one operation replaced). Returns as `create`. */
int channel_create(const struct channel_operations *operations, const struct channel_setup *setup,
                   struct channel **channel);

/* Says, after the fork and before open, who the peer is and where this process describes its
 * failures. `peer` is copied; its descriptor stays the caller's. */
void channel_watch(struct channel *channel, const struct peer *peer, struct failure *failure);

/* How the two ends wait for each other in open, where they meet through a position: asleep, because
 * that can be long. Both must use it. */
struct waiter channel_meeting_waiter(const struct channel *channel);

/* The capacity that pipes would really have: `bytes` rounded up to a power of two of at least a
 * page (F_SETPIPE_SZ does the same). All mechanisms use it, so that the bytes in flight match. */
uint64_t channel_round_capacity(uint64_t bytes);

/* Sends or receives all of a caller's buffer, of any size: through the mechanism's own operation,
 * or in pieces through the loan with one counted copy. Blocks; returns as the operations do. An end
 * of the stream before `size` bytes is a failure of channel_receive (-EPIPE). */
int channel_send(struct channel *channel, const void *buffer, size_t size);
int channel_receive(struct channel *channel, void *buffer, size_t size);

/* As channel_receive, of at least `least` and at most `most` bytes; fewer only at the end of the
 * stream, and -ENODATA behind it. */
int channel_receive_some(struct channel *channel, void *buffer, size_t least, size_t most,
                         size_t *size);

/* Describes, and returns, that the stream ended where it must not (-EPIPE). */
int channel_ended_early(const struct channel *channel);

/*
 * Writes to every page of `memory` through this process's own mapping, and changes nothing. Pages
 * that the kernel has mapped beforehand can still cost a fault at their first touch: where a
 * hypervisor keeps page tables of its own, it learns of a mapping by the touch only. Others may use
 * the memory meanwhile, which begins at a page.
 */
void channel_touch_pages(void *memory, size_t size);

/* Private memory for payload, page aligned and already mapped (no first-touch fault later).
 * Returns NULL with the reason in `failure` when there is not enough. */
void *channel_allocate(size_t size, struct failure *failure);

/* The same in huge pages where the machine gives them: for memory beyond all caches whose pages are
 * no part of what is measured, and which would take seconds to map one by one. */
void *channel_allocate_huge(size_t size, struct failure *failure);
void channel_free(void *memory, size_t size);

#endif
