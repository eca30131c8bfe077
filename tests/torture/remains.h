/* What a run has left behind on the stage, and its removal by the program that is made for it. */
#ifndef TORTURE_REMAINS_H
#define TORTURE_REMAINS_H

#include "files.h"
#include "stage.h"

#include <stdbool.h>
#include <stddef.h>

enum { REMAINS_TEXT_BYTES = 320 };

struct remains {
    size_t segments;
    size_t sets;
    size_t queues;
    size_t names; /* of POSIX shared memory and message queues */
    struct files_count temporary;
    struct files_count runtime;
    struct files_count work;
};

void remains_look(const struct stage *stage, struct remains *remains);
bool remains_any(const struct remains *remains);

/* In words: "1 segment, 2 files (tmp/pipe-vs-shm-x/key)". Returns `text`. */
const char *remains_describe(const struct remains *remains, char text[REMAINS_TEXT_BYTES]);

enum cleaning {
    CLEANING_MISSING, /* there is no such program */
    CLEANING_DONE,
    CLEANING_FAILED /* `complaint` says why */
};

/* Runs `program` (clean), which must end with 0 and say a line about each thing that it removes. */
enum cleaning remains_clean(const char *program, char complaint[REMAINS_TEXT_BYTES]);

#endif
