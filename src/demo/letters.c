#include "demo/letters.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SLICE_NS = 50000000,        /* how often a pausing process asks whether its peer lives */
    JOIN_PAUSE_NS = 20000000,   /* between two looks for a server */
    START_GRACE_NS = 2000000000 /* how long a server may take from its lock to its segment */
};

static uint64_t nanoseconds(double seconds)
{
    return (uint64_t)(seconds * (double)NANOSECONDS_PER_SECOND);
}

static void sleep_ns(uint64_t duration_ns)
{
    struct timespec duration = {.tv_sec = (time_t)(duration_ns / NANOSECONDS_PER_SECOND),
                                .tv_nsec = (long)(duration_ns % NANOSECONDS_PER_SECOND)};
    nanosleep(&duration, NULL);
}

/* Errors are told in this room's words, so the waiter has no failure of its own. A letter may take
 * as long as it likes: the patience of `patience_ns` is for the first meeting only. */
static struct waiter waiter_of(const struct letters *letters, uint64_t patience_ns)
{
    return (struct waiter){.kind = WAIT_BLOCK,
                           .peer = letters->peer.pid != 0 ? &letters->peer : NULL,
                           .patience_ns = patience_ns};
}

static void watch_peer(struct letters *letters, pid_t pid)
{
    /* A pid that is gone already is watched by its number: the first check then says so. */
    if (peer_open(&letters->peer, pid) != 0)
        letters->peer = (struct peer){.pid = pid, .descriptor = -1};
}

static void initialise(struct letters *letters, const struct letters_setup *setup,
                       struct failure *failure)
{
    *letters = (struct letters){
        .setup = *setup,
        .meeting = MEETING_NONE,
        .segment = {.id = -1, .handle = -1},
        .peer = {.pid = 0, .descriptor = -1},
        .opened_ns = clock_now_ns(),
        .failure = failure,
    };
}

/* The server's role: the file of the name. */
static struct meeting_role server_of(const char *name)
{
    return (struct meeting_role){.file = name};
}

/* ---- the server's start ---- */

int letters_serve(const struct letters_setup *setup, struct letters *letters,
                  struct failure *failure)
{
    struct segment_note last = {0};
    initialise(letters, setup, failure);
    letters->serving = true;
    struct meeting_role role = server_of(setup->name);
    int result = meeting_take(&role, false, &letters->meeting, &last, sizeof last, failure);
    if (result == -EBUSY)
        return failure_say(failure, result,
                           "a server of this name runs already (process %ld): stop it, or choose "
                           "another --name",
                           (long)letters->meeting.holder);
    if (result < 0)
        return result;
    segment_remove_leftover(&letters->meeting, &last, LETTERS_SEGMENT_BYTES);
    result = segment_make(&letters->meeting, LETTERS_SEGMENT_BYTES, &letters->segment, failure);
    if (result < 0) {
        letters_close(letters);
        return result;
    }
    letters->shared = letters->segment.memory;
    letters->shared->synchronised = setup->synchronised;
    /* release: a client that sees `ready` sees what was laid out before. */
    atomic_store_explicit(&letters->shared->ready, LETTERS_READY, memory_order_release);
    return 0;
}

/* ---- the client's start ---- */

static int register_client(struct letters *letters, struct failure *failure)
{
    int32_t nobody = 0;
    /* acq_rel: whoever sees our pid sees that we attached, and we see what a client before us did.
     */
    if (!atomic_compare_exchange_strong_explicit(&letters->shared->client, &nobody, getpid(),
                                                 memory_order_acq_rel, memory_order_acquire))
        return failure_say(failure, -EBUSY,
                           "this server has a client already (process %ld): wait for its end, or "
                           "start a server and a client with another --name",
                           (long)nobody);
    struct waiter waiter = waiter_of(letters, 0);
    wait_publish(&waiter, &letters->shared->joined, 1);
    return 0;
}

static int agree_on_synchronisation(const struct letters *letters, struct failure *failure)
{
    bool server_is = letters->shared->synchronised != 0;
    if (server_is == letters->setup.synchronised)
        return 0;
    return failure_say(failure, -EINVAL,
                       "--sync: the server was started %s it and the client %s: start both with "
                       "it, or both without",
                       server_is ? "with" : "without", server_is ? "without" : "with");
}

static int find_server(struct letters *letters, struct segment_note *note, struct failure *failure)
{
    struct meeting_role role = server_of(letters->setup.name);
    int result = meeting_find(&role, &letters->meeting, note, sizeof *note, failure);
    if (result == -ENOENT)
        return failure_say(failure, result,
                           "no server runs at %.120s: start build/bin/server first, with the same "
                           "--name, or wait for it with --timeout",
                           letters->meeting.path);
    /* The note of an earlier, killed server may still stand there. */
    if (result == 0 && note->server != letters->meeting.holder)
        return failure_say(failure, -EAGAIN, "the server (process %ld) does not get ready",
                           (long)letters->meeting.holder);
    return result;
}

static int try_to_join(struct letters *letters, struct failure *failure)
{
    struct segment_note note;
    int result = find_server(letters, &note, failure);
    if (result == 0)
        result = segment_find(&letters->meeting, &note, LETTERS_SEGMENT_BYTES, &letters->segment,
                              failure);
    if (result < 0)
        return result;
    letters->shared = letters->segment.memory;
    watch_peer(letters, note.server);
    /* acquire: pairs with the release in letters_serve. */
    if (atomic_load_explicit(&letters->shared->ready, memory_order_acquire) != LETTERS_READY)
        return failure_say(failure, -EAGAIN, "the server (process %ld) does not get ready",
                           (long)note.server);
    result = agree_on_synchronisation(letters, failure);
    return result == 0 ? register_client(letters, failure) : result;
}

int letters_join(const struct letters_setup *setup, struct letters *letters,
                 struct failure *failure)
{
    uint64_t server_seen_ns = 0;
    initialise(letters, setup, failure);
    for (;;) {
        struct failure latest = {0};
        int result = try_to_join(letters, &latest);
        if (result == 0)
            return 0;
        uint64_t now = clock_now_ns();
        if (result == -EAGAIN && server_seen_ns == 0)
            server_seen_ns = now;
        /* A server that is starting gets a moment, whatever the timeout. */
        bool go_on =
            (result == -ENOENT && now - letters->opened_ns < nanoseconds(setup->timeout_seconds)) ||
            (result == -EAGAIN && now - server_seen_ns < START_GRACE_NS);
        letters_close(letters);
        if (!go_on)
            return failure_say(failure, result, "%s", latest.text);
        sleep_ns(JOIN_PAUSE_NS);
    }
}

/* ---- watching the other side ---- */

/* How many letters stand in the segment. */
static size_t count_letters(const struct letters *letters)
{
    char seen[LETTERS_COUNT + 1];
    letters_look(letters, seen);
    return strlen(seen);
}

static int tell_end(struct letters *letters)
{
    letters->peer_ended = true;
    return failure_say(letters->failure, -EPIPE,
                       "the %s (process %ld) ended after %zu of %d letters, before it was done: "
                       "start both again",
                       letters->serving ? "client" : "server", (long)letters->peer.pid,
                       count_letters(letters), LETTERS_COUNT);
}

static int tell_nobody_came(const struct letters *letters)
{
    return failure_say(letters->failure, -ETIMEDOUT,
                       "no client came within %g s: start build/bin/client in another terminal, or "
                       "give the server a longer --timeout",
                       letters->setup.timeout_seconds);
}

/* The server learns from the segment who its client is. */
static int meet_client(struct letters *letters)
{
    if (letters->peer.pid != 0)
        return 0;
    /* acquire: pairs with the exchange in register_client. */
    pid_t client = atomic_load_explicit(&letters->shared->client, memory_order_acquire);
    if (client > 0)
        watch_peer(letters, client);
    else if (clock_now_ns() - letters->opened_ns >= nanoseconds(letters->setup.timeout_seconds))
        return tell_nobody_came(letters);
    return 0;
}

/* Finished, and detached: the kernel counts no attachment but the server's own (or somebody else
 * looks on, too, and the client is gone). */
static int check_finished(struct letters *letters, bool client_lives, bool *finished)
{
    struct segment_state state;
    /* acquire: all letters were written before, and a look after this one sees them. */
    if (atomic_load_explicit(&letters->shared->finished, memory_order_acquire) == 0)
        return 0;
    int result = segment_look(&letters->segment, &state, letters->failure);
    if (result == 0 && (state.attached <= 1 || !client_lives))
        *finished = true;
    return result;
}

static int watch(struct letters *letters, bool *finished)
{
    int result = letters->serving ? meet_client(letters) : 0;
    if (result < 0 || letters->peer.pid == 0)
        return result;
    /* The peer first: what it did before its end is then seen by the second look. */
    bool lives = peer_check(&letters->peer) == 0;
    if (letters->serving)
        result = check_finished(letters, lives, finished);
    if (result < 0 || *finished || lives)
        return result;
    return tell_end(letters);
}

int letters_pause(struct letters *letters, double seconds, bool *finished)
{
    uint64_t end_ns = clock_now_ns() + nanoseconds(seconds);
    bool done = false;
    for (;;) {
        int result = watch(letters, &done);
        if (result < 0)
            return result;
        uint64_t now = clock_now_ns();
        if (done || now >= end_ns)
            break;
        sleep_ns(end_ns - now < SLICE_NS ? end_ns - now : SLICE_NS);
    }
    if (finished != NULL)
        *finished = done;
    return 0;
}

/* ---- the letters ---- */

void letters_look(const struct letters *letters, char seen[LETTERS_COUNT + 1])
{
    for (int index = 0; index <= LETTERS_COUNT; index++) {
        /* relaxed: the unsynchronised demo is about the lack of order, and whoever needs order
         * has acquired a counter or a flag before it looks. */
        seen[index] = atomic_load_explicit(&letters->shared->letters[index], memory_order_relaxed);
    }
    seen[LETTERS_COUNT] = '\0'; /* the other side could have written there */
}

int letters_take(struct letters *letters, char *letter)
{
    struct letters_shared *shared = letters->shared;
    uint64_t seen;
    if (letters->peer.pid == 0) {
        struct waiter waiter = waiter_of(letters, nanoseconds(letters->setup.timeout_seconds));
        int result = wait_for_position(&waiter, &shared->joined, 1, 1, &seen);
        if (result == 0)
            result = meet_client(letters);
        if (result < 0)
            return result == -ETIMEDOUT ? tell_nobody_came(letters) : result;
    }
    struct waiter waiter = waiter_of(letters, UINT64_MAX);
    uint32_t wanted = letters->taken + 1;
    int result = wait_for_position(&waiter, &shared->written, wanted, wanted, &seen);
    if (result == -EPIPE)
        return tell_end(letters);
    if (result < 0)
        return failure_set(letters->failure, result, "waiting for the next letter");
    /* relaxed: the counter was acquired. */
    *letter = atomic_load_explicit(&shared->letters[letters->taken], memory_order_relaxed);
    letters->taken = wanted;
    return 0;
}

void letters_write(struct letters *letters, uint32_t index)
{
    /* relaxed: without --sync nothing shall be ordered; with it the counter below does so. */
    atomic_store_explicit(&letters->shared->letters[index], (char)('a' + index),
                          memory_order_relaxed);
    if (!letters->setup.synchronised)
        return;
    struct waiter waiter = waiter_of(letters, 0);
    wait_publish(&waiter, &letters->shared->written, index + 1);
}

void letters_finish(struct letters *letters)
{
    /* release: who sees the flag sees all letters. */
    atomic_store_explicit(&letters->shared->finished, 1, memory_order_release);
}

/* ---- the end ---- */

/* When it does not work a new server of this name is there, or the old one has cleared up itself.
 */
bool letters_clear_up(const char *name)
{
    struct meeting meeting;
    struct segment_note note;
    struct meeting_role role = server_of(name);
    if (meeting_take(&role, true, &meeting, &note, sizeof note, NULL) != 0)
        return false;
    segment_remove_leftover(&meeting, &note, LETTERS_SEGMENT_BYTES);
    meeting_leave(&meeting);
    return true;
}

void letters_close(struct letters *letters)
{
    letters->shared = NULL;
    segment_close(&letters->segment);
    meeting_leave(&letters->meeting);
    peer_close(&letters->peer);
    if (!letters->serving && letters->peer_ended)
        letters_clear_up(letters->setup.name);
}
