/*
 * The article's demonstration: a client writes the letters a to z into a System V segment, one
 * every few seconds, and a server looks at the segment more often than that. Nothing makes the
 * server wait: it sees the same letters again and again. With `synchronised` on both sides it
 * gets each letter once, as a pipe's reader would.
 *
 * What synchronisation takes, and shared memory alone does not have: a counter that says how many
 * letters are there, published AFTER the letter; a way to sleep until it grows; and somebody who
 * says when the other process is dead. All three are those of the measured channels (wait.h with a
 * futex, peer.h): a futex lives in the segment and vanishes with it, while a set of System V
 * semaphores would be one more kernel object that a killed server leaves behind.
 *
 * Knows nothing of printing, options and signals. Functions return 0 or -errno with the reason in
 * the failure, and set outputs on success only. Call leftover_start() first.
 */
#ifndef LETTERS_H
#define LETTERS_H

#include "base/failure.h"
#include "demo/segment.h"
#include "transfer/meeting.h"
#include "transfer/peer.h"
#include "transfer/wait.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    LETTERS_COUNT = 26,
    LETTERS_SEGMENT_BYTES = 4096, /* as in the article: one page on most machines */
    LETTERS_READY = 0x6c657431    /* "let1"; the last digit counts layouts */
};

/*
 * What lies in the segment. The letters come first, as in the article: both programs use the
 * address that shmat returned as a string. Each is an atomic only so that looking while the other
 * writes is defined in C; relaxed, so that it orders nothing and costs nothing.
 */
struct letters_shared {
    _Atomic char letters[LETTERS_COUNT + 1]; /* the zero byte at the end is never written */
    _Atomic uint32_t ready;                  /* LETTERS_READY once the rest is laid out */
    uint32_t synchronised;                   /* 1 or 0; set by the server before `ready` */
    _Atomic int32_t client;                  /* pid of the one client; 0 before it came */
    _Atomic uint32_t finished;               /* 1 once the client has written all it had to */
    struct wait_place joined;                /* 1 once the client is there */
    struct wait_place written;               /* how many letters are there (synchronised only) */
};

_Static_assert(sizeof(struct letters_shared) <= LETTERS_SEGMENT_BYTES, "does not fit the segment");

struct letters_setup {
    const char *name; /* meeting_name_is_allowed; must live as long as the letters */
    bool synchronised;
    double timeout_seconds; /* how long to wait for the other program to appear */
};

/* One side. Its fields are the room's own, but for `meeting` and `segment`, which may be told. */
struct letters {
    struct letters_setup setup;
    struct meeting meeting;
    struct segment segment;
    struct letters_shared *shared; /* NULL while nothing is attached */
    bool serving;
    struct peer peer; /* pid 0 while the other side is not known */
    bool peer_ended;
    uint64_t opened_ns;
    uint32_t taken; /* letters that letters_take has returned */
    struct failure *failure;
};

/*
 * Starts serving: takes the name, clears up what a killed server of that name left, makes the
 * segment. `failure` must live as long as the letters. Returns 0, -EBUSY when a server of this name
 * runs, or another -errno; after an error nothing is left to close.
 */
int letters_serve(const struct letters_setup *setup, struct letters *letters,
                  struct failure *failure);

/*
 * Joins the server of that name as its only client; waits timeout_seconds for one to appear.
 * Returns 0, -ENOENT when there is none, -EINVAL when only one of the two sides is synchronised,
 * -EBUSY when another client is there, -EAGAIN when the server does not get ready or its segment is
 * not its own, or another -errno; after an error nothing is left to close.
 */
int letters_join(const struct letters_setup *setup, struct letters *letters,
                 struct failure *failure);

/*
 * Lets time pass while watching the other side: returns 0 after `seconds`, or early with *finished
 * (may be NULL) true when the client has written everything and detached. -EPIPE when the other
 * side ended before, -ETIMEDOUT when no client came in time.
 */
int letters_pause(struct letters *letters, double seconds, bool *finished);

/* The server's look: what stands in the segment at this moment, as a string. Never waits. */
void letters_look(const struct letters *letters, char seen[LETTERS_COUNT + 1]);

/* The synchronised server's wait for the next letter. Returns 0, -EPIPE when the client ended
 * before writing it, -ETIMEDOUT when no client came in time, or another -errno. */
int letters_take(struct letters *letters, char *letter);

/* The client writes letter number `index` (from 0). Does not wait for anybody to see it. */
void letters_write(struct letters *letters, uint32_t index);

/* The client says that all is written. It has still to close. */
void letters_finish(struct letters *letters);

/*
 * Detaches. The server removes segment, file and folder; a client whose server was killed does
 * the same in its place.
 */
void letters_close(struct letters *letters);

/* Removes what a killed server of that name left behind; returns false when there is none, or when
 * a server of that name lives. leftover_start() must have been called. */
bool letters_clear_up(const char *name);

#endif
