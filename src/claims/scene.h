/*
 * What a try plays with: a private folder with a file for ftok, one segment under its key, a pipe,
 * and a second process that can do everything the first can. All of it is private (0600), noted for
 * clean-up before it is made, and gone after scene_end, however far a try got; a segment that
 * somebody else made is never touched. Knows no claim.
 */
#ifndef SCENE_H
#define SCENE_H

#include "base/failure.h"
#include "claims/helper.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/types.h>

#define SCENE_BYTES        4096 /* of a segment, where its size does not matter */
#define SCENE_MODE         0600
#define SCENE_WATCH_WRITES 256 /* at most */

/* Seen by both processes, beside the segment that is tried. */
struct scene_board {
    key_t key;
    int ftok_id;
    int segment_id; /* -1: none */
    int handle;     /* of its note, see leftover.h */
    int writer_cpu; /* for SCENE_WATCH_WRITES_COMING: stay away from this CPU; -1: unknown */
    uint64_t delays_ns[SCENE_WATCH_WRITES];
};

/* How SCENE_WATCH and scene_write_and_await use a segment. */
struct scene_bell {
    _Atomic uint64_t rung; /* number of the write */
    _Atomic uint64_t seen; /* number of the last write seen */
    _Atomic uint64_t rung_at_ns;
};

struct scene {
    char folder[256];
    char path[272]; /* of the file for ftok */
    int folder_handle;
    int file_handle;
    struct scene_board *board;
    char *memory; /* where this process has attached the segment; NULL while it has not */
    int pipe_read;
    int pipe_write;
    struct helper helper;
};

/* Makes folder, file and board. Returns 0 or -errno; scene_end is to be called in either case. */
int scene_begin(struct scene *scene, struct failure *failure);
void scene_end(struct scene *scene);

/* ftok of the scene's file; fails never while the file is there. */
int scene_key(const struct scene *scene, int ftok_id, uint32_t *key, struct failure *failure);

/* Makes the segment with IPC_CREAT|IPC_EXCL under the first key that is free, from `ftok_id` on.
 * Returns 0 or -errno. */
int scene_make_segment(struct scene *scene, int ftok_id, size_t bytes, unsigned mode,
                       struct failure *failure);

/* Removes it now. */
void scene_remove_segment(struct scene *scene);

int scene_attach(struct scene *scene, struct failure *failure);
int scene_make_pipe(struct scene *scene, struct failure *failure);

/* What the second process can be asked for. Start it before scene_attach: a fork inherits what is
 * attached. */
enum scene_request {
    SCENE_GET_KEY, /* argument: ftok id; the answer is the key */
    SCENE_FIND,    /* argument: size; shmget(key, size, 0), the answer is the id */
    SCENE_ATTACH,  /* argument: id */
    SCENE_DETACH,
    SCENE_PEEK,      /* argument: offset; the answer is the byte there */
    SCENE_POKE,      /* argument: offset * 256 + byte */
    SCENE_MAKE,      /* argument: byte; makes the segment and writes the byte into it */
    SCENE_FILL_FIFO, /* argument: byte; writes it into the FIFO beside the file, and keeps that
                        open; the answer is the number of bytes in it */
    SCENE_READ_PIPE, /* announces 0, reads one byte, answers it */
    SCENE_WATCH_WRITES_COMING /* argument: number of writes to see; notes the delays */
};

int scene_start_helper(struct scene *scene, struct failure *failure);
int scene_ask(struct scene *scene, enum scene_request request, int64_t argument, int64_t *answer,
              struct failure *failure);

/* The path of the FIFO of SCENE_FILL_FIFO. */
void scene_fifo_path(const struct scene *scene, char *path, size_t path_bytes);

#endif
