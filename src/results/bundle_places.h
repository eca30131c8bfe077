/*
 * The rows of a bundle that say where and how many: the latency between two CPUs (placement
 * pair-W-R) and the throughput of many pairs of processes at once (parallel-N). Reads their words,
 * and lists the rows of one mechanism and wait. Judges nothing.
 */
#ifndef BUNDLE_PLACES_H
#define BUNDLE_PLACES_H

#include "results/bundle_reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUNDLE_MOST_CPU 1048575

/* Whether a placement is one of these words, well formed or not. */
bool bundle_is_place(const char *placement);

/* Read "pair-W-R" and "parallel-N". Return false, and set nothing, for any other word. */
bool bundle_read_pair(const char *placement, int *writer, int *reader);
bool bundle_read_parallel(const char *placement, uint64_t *pairs);

/* The latency of one pair, or the throughput of so many pairs at once. */
struct bundle_place {
    int writer;
    int reader;
    uint64_t pairs;                  /* at once; 0 of a pair of CPUs */
    const struct estimate *estimate; /* the bundle owns it; its median is known and above 0 */
};

struct bundle_places {
    struct bundle_place *list;
    size_t count;
};

/*
 * The pairs of CPUs of one mechanism and wait (the ceiling's is "none"), by rising writer, then
 * reader: median latency, or of the ceiling the bounce. Nothing of `null`. Returns 0 or -ENOMEM;
 * places->list is the caller's to free.
 */
int bundle_list_pairs(const struct bundle_data *bundle, const char *mechanism, const char *wait,
                      struct bundle_places *places);

/* The pairs at once of one mechanism and wait, by rising number: bytes per second of all together.
 * Returns as bundle_list_pairs. */
int bundle_list_parallel(const struct bundle_data *bundle, const char *mechanism, const char *wait,
                         struct bundle_places *places);

/* Whether the bundle has any row of either. */
bool bundle_has_pairs(const struct bundle_data *bundle);
bool bundle_has_parallel(const struct bundle_data *bundle);

/* The place of two CPUs in a list of bundle_list_pairs; NULL where it is not. */
const struct bundle_place *bundle_find_pair(const struct bundle_places *places, int writer,
                                            int reader);

#endif
