#include "measure/named.h"

#include "base/clock.h"
#include "base/leftover.h"
#include "base/units.h"
#include "machine/memory.h"
#include "measure/loop.h"
#include "measure/session.h"
#include "transfer/meeting.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    NOTE_LAYOUT = 0x6e616d31, /* "nam1"; the last digit counts layouts */
    LOOK_PAUSE_NS = 5000000,  /* between two looks for the other side */
    RECEIPT_PAUSE_MOST_MS = 20,
    ENDING_MS = 200,
    PLACE_NAME_BYTES = 80
};

/* The sender's note. */
struct offer_note {
    uint32_t layout;
    int32_t sender; /* pid */
    uint64_t offer; /* never 0, and no two offers have the same; written after the rest */
    int32_t wait;
    int32_t copies;
    uint64_t size_bytes;
    uint64_t capacity_bytes;
    uint32_t as_it_comes;
    uint32_t finished; /* 1 once `digest` stands; written last */
    struct running_digest digest;
};

/* The receiver's note. */
struct receipt_note {
    int32_t receiver;  /* pid */
    uint32_t verified; /* 1 once all has arrived */
    uint64_t offer;    /* which was taken */
};

struct named {
    const struct named_setup *setup;
    struct failure *failure;
    enum channel_role side;
    char place[PLACE_NAME_BYTES]; /* mechanism.name: a dot is in no name, so nothing else has it */
    struct meeting own;
    struct meeting other;
    struct offer_note offer;
    struct receipt_note receipt;
    struct channel *channel;
    struct peer peer;
    struct source source;
    struct sink sink;
    struct loop loop;
    _Atomic uint64_t progress;       /* nobody looks at it; the loop wants one */
    struct failure ends_failure;     /* of source and sink */
    struct failure transfer_failure; /* of the channel */
};

static const char *side_name(enum channel_role side)
{
    return side == CHANNEL_WRITER ? "sender" : "receiver";
}

static enum channel_role other_side(enum channel_role side)
{
    return side == CHANNEL_WRITER ? CHANNEL_READER : CHANNEL_WRITER;
}

static struct meeting_role role_of(const struct named *named, enum channel_role side)
{
    return (struct meeting_role){.folder = named->place,
                                 .file = side == CHANNEL_WRITER ? "writer" : "reader"};
}

/* ---- meeting ---- */

static void initialise(struct named *named, const struct named_setup *setup, enum channel_role side,
                       struct failure *failure)
{
    *named = (struct named){.setup = setup,
                            .failure = failure,
                            .side = side,
                            .own = MEETING_NONE,
                            .other = MEETING_NONE,
                            .peer = {.pid = 0, .descriptor = -1},
                            .source = {.descriptor = -1},
                            .sink = {.descriptor = -1}};
    snprintf(named->place, sizeof named->place, "%s.%s", setup->operations->name, setup->name);
}

static int take_role(struct named *named)
{
    char last[1]; /* what the last holder left is cleared by the mechanism */
    struct meeting_role role = role_of(named, named->side);
    int result = meeting_take(&role, false, &named->own, last, sizeof last, named->failure);
    if (result == -EBUSY)
        return failure_say(named->failure, result,
                           "a %s of the name '%s' runs already (process %ld): wait for its end, or "
                           "choose another --name",
                           side_name(named->side), named->setup->name, (long)named->own.holder);
    return result;
}

/* Watches the other side, which was found by its lock; the look afterwards shows that the pid was
 * not given to another process in between. */
static int watch_other(struct named *named)
{
    int result = peer_open(&named->peer, named->other.holder);
    if (result == 0 && meeting_is_held(&named->other))
        return 0;
    peer_close(&named->peer);
    return -ENOENT;
}

/* Not of an earlier, killed sender, and written already. */
static bool is_offered(const struct named *named)
{
    return named->offer.sender == named->other.holder && named->offer.offer != 0;
}

/* After a first look, which must have seen the number of the offer: that is written last. Looks
 * again, because a look is not one step, and what it took before the number may be older. */
static int read_offer(struct named *named)
{
    const struct offer_note *offer = &named->offer;
    if (!is_offered(named) ||
        meeting_read_note(&named->other, &named->offer, sizeof named->offer) != 0 ||
        !is_offered(named))
        return -ENOENT;
    bool known = offer->layout == NOTE_LAYOUT && offer->wait >= 0 &&
                 offer->wait < WAIT_KIND_COUNT && offer->copies >= 0 &&
                 offer->copies < COPIES_COUNT && offer->size_bytes >= 1 &&
                 offer->size_bytes <= SESSION_SIZE_MAXIMUM && offer->capacity_bytes >= 1 &&
                 offer->capacity_bytes <= SESSION_CAPACITY_MAXIMUM;
    if (!known)
        return failure_say(named->failure, -EBADMSG,
                           "the sender (process %ld) is of another version: use the same for both",
                           (long)named->other.holder);
    return 0;
}

/* The receiver looks for an offer, and says that it takes it. */
static int try_to_join(struct named *named)
{
    struct meeting_role role = role_of(named, CHANNEL_WRITER);
    int result =
        meeting_find(&role, &named->other, &named->offer, sizeof named->offer, named->failure);
    if (result == 0)
        result = read_offer(named);
    if (result == 0)
        result = watch_other(named);
    if (result < 0)
        return result;
    named->receipt = (struct receipt_note){.receiver = getpid(), .offer = named->offer.offer};
    return meeting_write_note(&named->own, &named->receipt, sizeof named->receipt, 0,
                              named->failure);
}

/* The sender looks for who has taken its offer. */
static int try_to_be_joined(struct named *named)
{
    struct meeting_role role = role_of(named, CHANNEL_READER);
    int result =
        meeting_find(&role, &named->other, &named->receipt, sizeof named->receipt, named->failure);
    if (result < 0)
        return result;
    bool ours = named->receipt.receiver == named->other.holder &&
                named->receipt.offer == named->offer.offer;
    return ours ? watch_other(named) : -ENOENT;
}

static int meet(struct named *named)
{
    static const struct timespec pause = {.tv_nsec = LOOK_PAUSE_NS};
    uint64_t started_ns = clock_now_ns();
    double patience_ns = named->setup->timeout_seconds * (double)NANOSECONDS_PER_SECOND;
    for (;;) {
        int result = named->side == CHANNEL_WRITER ? try_to_be_joined(named) : try_to_join(named);
        if (result != -ENOENT)
            return result;
        meeting_leave(&named->other);
        if ((double)(clock_now_ns() - started_ns) >= patience_ns)
            break;
        nanosleep(&pause, NULL);
    }
    const char *missing = side_name(other_side(named->side));
    return failure_say(named->failure, -ETIMEDOUT,
                       "no %s of the name '%s' came within %g s: start %s %s --name %s, or give "
                       "this side a longer --timeout",
                       missing, named->setup->name, named->setup->timeout_seconds,
                       named->setup->operations->name,
                       named->side == CHANNEL_WRITER ? "recv" : "send", named->setup->name);
}

/* ---- the channel and the loop ---- */

static bool lends(const struct named *named)
{
    enum copies copies = (enum copies)named->offer.copies;
    return loop_lends_outgoing(named->setup->operations, copies) ||
           loop_lends_incoming(named->setup->operations, copies);
}

/* Better refused in a line than ended by the kernel's out-of-memory killer. */
static int check_memory(const struct named *named)
{
    char needed[UNITS_TEXT_BYTES];
    char available[UNITS_TEXT_BYTES];
    uint64_t bytes = 2 * named->offer.size_bytes + named->offer.capacity_bytes;
    if (bytes <= memory_available_bytes())
        return 0;
    return failure_say(named->failure, -ENOMEM,
                       "send --size: this transfer needs about %s of memory and %s are available; "
                       "choose a smaller one",
                       units_format_bytes(bytes, needed),
                       units_format_bytes(memory_available_bytes(), available));
}

static int create_channel(struct named *named)
{
    struct channel_setup setup = {
        .wait = (enum wait_kind)named->offer.wait,
        .capacity_bytes = channel_round_capacity(named->offer.capacity_bytes),
        .loan_bytes = lends(named) ? (size_t)named->offer.size_bytes : 0,
        .patience_ns = (uint64_t)(named->setup->timeout_seconds * (double)NANOSECONDS_PER_SECOND),
        .meeting_folder = named->own.place,
        .meeting_role = named->side,
        .failure = named->failure};
    int result = check_memory(named);
    return result == 0 ? channel_create(named->setup->operations, &setup, &named->channel) : result;
}

static int open_channel(struct named *named)
{
    channel_watch(named->channel, &named->peer, &named->transfer_failure);
    int result = named->channel->operations->open(named->channel, named->side);
    /* The other side is there; how long its source or sink takes is not ours to say. */
    named->channel->waiter.patience_ns = UINT64_MAX;
    return result;
}

static int prepare_loop(struct named *named)
{
    bool writer = named->side == CHANNEL_WRITER;
    enum copies copies = (enum copies)named->offer.copies;
    named->loop =
        (struct loop){.outgoing = writer ? named->channel : NULL,
                      .incoming = writer ? NULL : named->channel,
                      .touch = &payload_touches[TOUCH_FULL],
                      .size = (size_t)named->offer.size_bytes,
                      .lend_outgoing = loop_lends_outgoing(named->setup->operations, copies),
                      .lend_incoming = loop_lends_incoming(named->setup->operations, copies),
                      .source = writer ? &named->source : NULL,
                      .sink = !writer && named->sink.kind != SINK_USE ? &named->sink : NULL,
                      .until_end = true,
                      .as_it_comes = named->offer.as_it_comes != 0,
                      .failure = &named->ends_failure,
                      .progress = &named->progress};
    return loop_prepare(&named->loop, &named->ends_failure);
}

static int transfer(struct named *named)
{
    int result = open_channel(named);
    if (result == 0)
        result = prepare_loop(named);
    if (result < 0)
        return result;
    if (named->side == CHANNEL_READER)
        return loop_read_all(&named->loop);
    return named->setup->count > 0 ? loop_write(&named->loop, named->setup->count)
                                   : loop_write_all(&named->loop);
}

static void close_channel(struct named *named)
{
    if (named->channel != NULL)
        named->setup->operations->close(named->channel);
    named->channel = NULL;
}

/* ---- the end ---- */

static int tell_lost_other(const struct named *named)
{
    unsigned long long bytes = (unsigned long long)named->loop.bytes;
    if (named->side == CHANNEL_READER)
        return failure_say(named->failure, -EPIPE,
                           "the sender ended without finishing: %llu bytes arrived; start both "
                           "again",
                           bytes);
    return failure_say(named->failure, -EPIPE,
                       "the receiver ended before it had everything: %llu bytes were sent; start "
                       "both again",
                       bytes);
}

/* A process that is interrupted removes what both use (semaphores) a moment before it ends. */
static bool is_ending(const struct peer *peer)
{
    struct pollfd entry = {.fd = peer->descriptor, .events = POLLIN};
    if (peer->pid == 0)
        return false;
    (void)poll(&entry, 1, ENDING_MS);
    return peer_check(peer) != 0;
}

/* Why a transfer failed: our own end of the path, the other process, or the channel. */
static int tell_failed_transfer(struct named *named, int result)
{
    const struct failure *ends = &named->ends_failure;
    /* Reading from a source never gives EPIPE: that is the watched receiver. */
    bool lost_at_source = named->side == CHANNEL_WRITER && ends->error == -EPIPE;
    if (ends->error != 0 && !lost_at_source)
        return failure_say(named->failure, ends->error, "%s", ends->text);
    if (lost_at_source || result == -EPIPE || is_ending(&named->peer))
        return tell_lost_other(named);
    if (named->transfer_failure.error != 0)
        /* Both sides have checked their options: a limit of the machine, and no bad usage. */
        return failure_say(named->failure, result == -EINVAL ? -ERANGE : result, "%s",
                           named->transfer_failure.text);
    return failure_set(named->failure, result, "moving the bytes");
}

/* Before the channel is closed: whoever sees the end of the stream finds what it should have been.
 */
static int write_total(struct named *named)
{
    const uint32_t finished = 1;
    int result = meeting_write_note(&named->own, &named->loop.digest, sizeof named->loop.digest,
                                    offsetof(struct offer_note, digest), named->failure);
    return result == 0 ? meeting_write_note(&named->own, &finished, sizeof finished,
                                            offsetof(struct offer_note, finished), named->failure)
                       : result;
}

static bool is_verified(const struct named *named)
{
    struct receipt_note receipt;
    return meeting_read_note(&named->other, &receipt, sizeof receipt) == 0 &&
           receipt.offer == named->offer.offer && receipt.verified != 0;
}

/* The receiver may have a slow sink, so this may take any time. */
static int await_receipt(struct named *named)
{
    for (int pause_ms = 1;; pause_ms = pause_ms < RECEIPT_PAUSE_MOST_MS ? 2 * pause_ms : pause_ms) {
        /* The peer first: what it wrote before its end is then seen by the look. */
        bool lives = peer_check(&named->peer) == 0;
        if (is_verified(named))
            return 0;
        if (!lives)
            return tell_lost_other(named);
        struct pollfd entry = {.fd = named->peer.descriptor, .events = POLLIN};
        (void)poll(&entry, 1, pause_ms);
    }
}

static int verify(struct named *named)
{
    struct offer_note offer;
    const uint32_t verified = 1;
    if (meeting_read_note(&named->other, &offer, sizeof offer) != 0 || offer.finished == 0 ||
        offer.offer != named->offer.offer)
        return tell_lost_other(named);
    if (!running_digest_equal(&offer.digest, &named->loop.digest))
        return failure_say(named->failure, -EBADMSG,
                           "what arrived is not what was sent: %llu bytes arrived, %llu were sent",
                           (unsigned long long)named->loop.digest.bytes,
                           (unsigned long long)offer.digest.bytes);
    return meeting_write_note(&named->own, &verified, sizeof verified,
                              offsetof(struct receipt_note, verified), named->failure);
}

/* A side that was killed cannot: the lock that can be had proves that it is gone. Returns whether
 * it was. */
static bool clear_up_for_dead_side(const struct named *named, enum channel_role side)
{
    char last[1];
    struct meeting meeting;
    struct meeting_role role = role_of(named, side);
    if (meeting_take(&role, true, &meeting, last, sizeof last, NULL) != 0)
        return false;
    if (side == CHANNEL_WRITER)
        named->setup->operations->clear(meeting.place);
    meeting_leave(&meeting);
    return true;
}

unsigned named_clear_up(const struct channel_operations *operations, const char *name)
{
    struct named named;
    const struct named_setup setup = {.operations = operations, .name = name};
    initialise(&named, &setup, CHANNEL_NO_ROLE, NULL);
    return (unsigned)clear_up_for_dead_side(&named, CHANNEL_WRITER) +
           (unsigned)clear_up_for_dead_side(&named, CHANNEL_READER);
}

static void finish(struct named *named)
{
    close_channel(named);
    loop_finish(&named->loop);
    source_close(&named->source);
    sink_close(&named->sink);
    peer_close(&named->peer);
    meeting_leave(&named->other);
    /* All that was noted lies in the folder of the name, which is ours only while the lock is held.
     */
    leftover_remove_all();
    meeting_leave(&named->own);
    clear_up_for_dead_side(named, other_side(named->side));
}

/* ---- the two sides ---- */

/* All but its number first: see read_offer. */
static int write_offer(struct named *named)
{
    struct offer_note rest = named->offer;
    rest.offer = 0;
    int result = meeting_write_note(&named->own, &rest, sizeof rest, 0, named->failure);
    return result == 0
               ? meeting_write_note(&named->own, &named->offer.offer, sizeof named->offer.offer,
                                    offsetof(struct offer_note, offer), named->failure)
               : result;
}

static int offer(struct named *named)
{
    const struct named_setup *setup = named->setup;
    named->offer = (struct offer_note){.layout = NOTE_LAYOUT,
                                       .sender = getpid(),
                                       .offer = clock_now_ns() | 1,
                                       .wait = (int32_t)setup->wait,
                                       .copies = (int32_t)setup->copies,
                                       .size_bytes = setup->size_bytes,
                                       .capacity_bytes = setup->capacity_bytes};
    /* Only a stream of bytes, without loans, can be cut anywhere. */
    named->offer.as_it_comes = setup->source == SOURCE_STDIN && !lends(named);
    int result = create_channel(named);
    return result == 0 ? write_offer(named) : result;
}

static int open_source(struct named *named)
{
    const struct source_setup setup = {.kind = named->setup->source,
                                       .path = named->setup->input,
                                       .message_bytes = (size_t)named->setup->size_bytes};
    int result = source_open(&setup, &named->source, named->failure);
    named->source.watched = &named->peer;
    return result;
}

static int send_all(struct named *named)
{
    int result = transfer(named);
    if (result < 0)
        return tell_failed_transfer(named, result);
    result = write_total(named);
    close_channel(named);
    return result == 0 ? await_receipt(named) : result;
}

int named_send(const struct named_setup *setup, struct failure *failure)
{
    struct named named;
    initialise(&named, setup, CHANNEL_WRITER, failure);
    int result = open_source(&named);
    if (result == 0)
        result = take_role(&named);
    if (result == 0)
        result = offer(&named);
    if (result == 0)
        result = meet(&named);
    if (result == 0)
        result = send_all(&named);
    finish(&named);
    return result;
}

static int open_sink(struct named *named)
{
    const struct source none = {.descriptor = -1};
    const struct sink_setup setup = {.kind = named->setup->sink, .path = named->setup->output};
    return sink_open(&setup, &none, &named->sink, named->failure);
}

static int receive_all(struct named *named)
{
    int result = create_channel(named);
    if (result < 0)
        return result;
    result = transfer(named);
    return result == 0 ? verify(named) : tell_failed_transfer(named, result);
}

int named_receive(const struct named_setup *setup, struct failure *failure)
{
    struct named named;
    initialise(&named, setup, CHANNEL_READER, failure);
    int result = take_role(&named);
    /* Not before: a file that another receiver is writing must not be emptied. */
    if (result == 0)
        result = open_sink(&named);
    if (result == 0)
        result = meet(&named);
    if (result == 0)
        result = receive_all(&named);
    finish(&named);
    return result;
}
