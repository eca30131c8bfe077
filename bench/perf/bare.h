/*
 * What a bare loop is: the least that a person would write by hand to move the same payload, in two
 * processes (or one), without a contract, a check or a time-out. It is what our mechanisms are held
 * against. Knows nothing of them, of goals or of rounds; bare_pair.h runs it.
 */
#ifndef PERF_BARE_H
#define PERF_BARE_H

#include "base/failure.h"
#include "base/terms.h"
#include "machine/cpu.h"
#include "transfer/payload.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a loop does it where that is what is compared. */
enum bare_use {
    BARE_PIPE_VMSPLICE = 1 << 0,    /* the writer lends its pages */
    BARE_PIPE_SPLICE_AWAY = 1 << 1, /* the reader splices to /dev/null: the payload is not read */
    BARE_PIPE_HUGE_PAGES = 1 << 2,  /* of the writer's buffers, where the kernel grants them */
    BARE_PIPE_SPIN = 1 << 3,        /* calls that do not block, tried again at once */
    BARE_LINES_PAUSE = 1 << 4,      /* a pause instruction between two looks */
    BARE_LINES_ONE = 1 << 5,        /* the payload lies in the line of the position */
    BARE_LINES_FIXED = 1 << 6,      /* the payload lies in the same place every time */
    BARE_PIPE_NAMED = 1 << 7,       /* a FIFO, whose name is gone once both ends are open */
    BARE_PIPE_NO_ATIME = 1 << 8,    /* its reader leaves its time of access alone */
    BARE_PIPE_TIMED = 1 << 9        /* the clock is read before and after each round trip */
};

struct bare_setup {
    struct cpu_pair cpus;
    uint64_t size_bytes;     /* of a message */
    uint64_t capacity_bytes; /* in flight */
    enum touch touch;
    unsigned use;   /* enum bare_use */
    double seconds; /* of the measured batches, about */
    uint64_t seed;
};

/* One process's part. Made before the fork, so that both have the same shared memory and
 * descriptors; what is written to it afterwards is each process's own. */
struct bare {
    const struct bare_setup *setup;
    void *shared; /* mapped by both; NULL where a loop needs none */
    size_t shared_bytes;
    int pipes[2][2];       /* read and write end, there and back; -1 where there is none */
    int file;              /* to read from, or /dev/null; -1 where there is none */
    unsigned char *buffer; /* this process's private one; NULL where a loop needs none */
    size_t buffer_bytes;
    uint64_t message; /* number of the next one */
    uint64_t position;
    uint64_t peer_position; /* as last seen */
    struct payload_digest sent;
    struct payload_digest received;
};

struct bare_loop {
    const char *name;
    bool alone;       /* the writer does everything, there is no reader */
    bool round_trips; /* what is counted are round trips */
    bool verifiable;  /* `received` of the reader must equal `sent` of the writer */
    /* Before the fork: sets what both processes share. Returns 0 or -errno with a description. */
    int (*prepare)(struct bare *bare, struct failure *failure);
    /* In each process, pinned: its private memory. NULL where there is nothing to do. */
    int (*begin)(struct bare *bare, bool writer, struct failure *failure);
    /* `count` messages. Blocks, or spins, until they are through. Returns 0 or -errno. */
    int (*write)(struct bare *bare, uint64_t count);
    int (*read)(struct bare *bare, uint64_t count);
};

extern const struct bare_loop bare_ring;         /* messages produced and consumed in a ring */
extern const struct bare_loop bare_word_ring;    /* 8-byte slots, their payload work in the loop */
extern const struct bare_loop bare_copies;       /* memcpy into and out of a ring, overlapping */
extern const struct bare_loop bare_pipe;         /* write() and read() */
extern const struct bare_loop bare_spliced_pipe; /* the same with what use says */
extern const struct bare_loop bare_ping_pong;    /* write() and read() on two pipes */
extern const struct bare_loop bare_lines;        /* ping-pong through shared lines, spinning */
extern const struct bare_loop bare_file;         /* read() of a file and its consumption, alone */
extern const struct bare_loop bare_payload;      /* producing alone */

/* Frees what `prepare` and `begin` made. */
void bare_free(struct bare *bare);

/* For `prepare` and `begin`: mapped and touched memory, shared or private. 0 or -ENOMEM. */
int bare_share(struct bare *bare, size_t bytes, struct failure *failure);
int bare_allocate(struct bare *bare, size_t bytes, struct failure *failure);
/* A pipe of the setup's capacity into pipes[index]; a FIFO where the setup's use says so, made in
 * TMPDIR and removed again before this returns. */
int bare_open_pipe(struct bare *bare, int index, struct failure *failure);

static inline const struct payload_touch *bare_touch(const struct bare *bare)
{
    return &payload_touches[bare->setup->touch];
}

#endif
