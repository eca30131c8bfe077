/*
 * The project's words as types: which test, which way of waiting, where the payload lives, comes
 * from and goes to, what is done to it, and on which CPUs. Every option, column, chart and message
 * takes its spelling from the name tables here, so that one word never has two spellings. Knows
 * nothing of how any of them is done.
 */
#ifndef TERMS_H
#define TERMS_H

#include <stdbool.h>
#include <stddef.h>

enum test { TEST_LATENCY, TEST_THROUGHPUT, TEST_RELAY, TEST_COUNT };
enum wait_kind { WAIT_BLOCK, WAIT_SPIN, WAIT_HYBRID, WAIT_SEMOP, WAIT_KIND_COUNT };
enum copies { COPIES_OWN, COPIES_INPLACE, COPIES_COUNT };
enum touch { TOUCH_FULL, TOUCH_WRITE, TOUCH_EDGES, TOUCH_COUNT };
enum placement {
    PLACEMENT_CACHE,
    PLACEMENT_SAME,
    PLACEMENT_SIBLING,
    PLACEMENT_FAR,
    PLACEMENT_EXPLICIT, /* --cpus W,R: never chosen by name */
    PLACEMENT_COUNT
};
/* Where the bytes of a path come from, and where they go. `memory`: the payload is produced in the
 * writer's memory; `use`: the reader reads every byte where it lies. */
enum source_kind { SOURCE_MEMORY, SOURCE_FILE, SOURCE_STDIN, SOURCE_ZERO, SOURCE_KIND_COUNT };
enum sink_kind { SINK_USE, SINK_FILE, SINK_STDOUT, SINK_NULL, SINK_KIND_COUNT };
/* Where extra copies go: nowhere, for there are none; into memory that stays in the caches; or
 * through a region that does not fit into them. */
enum working_set { WORKING_SET_NONE, WORKING_SET_HOT, WORKING_SET_COLD, WORKING_SET_COUNT };

/* Name tables, indexed by the enums above and ended by NULL. */
extern const char *const test_names[TEST_COUNT + 1];
extern const char *const wait_names[WAIT_KIND_COUNT + 1];
extern const char *const copies_names[COPIES_COUNT + 1];
extern const char *const touch_names[TOUCH_COUNT + 1];
extern const char *const placement_names[PLACEMENT_COUNT + 1];
extern const char *const source_names[SOURCE_KIND_COUNT + 1];
extern const char *const sink_names[SINK_KIND_COUNT + 1];
extern const char *const working_set_names[WORKING_SET_COUNT + 1];

/* The index of `name` in a name table, or -1 when it is not there. */
int term_find(const char *const *names, const char *name);

#endif
