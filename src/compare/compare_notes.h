/*
 * What somebody must know who reads a comparison: what of two bundles was not measured in the same
 * way, and what therefore is left out; and why two bundles cannot be compared at all. One line
 * each. Untrusted text stands in them (see report_text.h). Prints nothing.
 */
#ifndef COMPARE_NOTES_H
#define COMPARE_NOTES_H

#include "compare/comparison.h"
#include "document/sentence.h"

#include <stddef.h>

#define COMPARE_MOST_NOTES 24

struct compare_notes {
    struct sentence notes[COMPARE_MOST_NOTES];
    size_t count;
};

/* The notes of a comparison; `before` and `after` are what the bundles are called in them. */
void compare_notes_collect(const struct comparison *comparison, const char *before,
                           const char *after, struct compare_notes *notes);

/* Whether there is nothing to decide by: no cell in common, none with the same capacity, or none
 * measured in enough rounds. Then `why` says so. */
bool compare_notes_refuse(const struct comparison *comparison, const char *before,
                          const char *after, struct sentence *why);

#endif
