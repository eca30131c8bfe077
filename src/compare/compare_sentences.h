/*
 * What is told of a comparison, in sentences and cells that are the same in every form of output.
 * Untrusted text stands in them (see report_text.h). Decides and prints nothing.
 */
#ifndef COMPARE_SENTENCES_H
#define COMPARE_SENTENCES_H

#include "compare/compare_outcome.h"

/* "ratios", "normalised figures", "absolute figures". */
const char *compare_kind_plural(enum compare_kind kind);

/* The sentence that names one mechanism, such as "shm is 9 % slower in B (31 of 32 ratio cells,
 * 0.91 [0.90, 0.92])"; the interval is the range over its cells. */
void compare_say_mechanism(const struct compare_outcome *outcome,
                           const struct mechanism_verdict *mechanism, struct sentence *sentence);

/* "2026-... (a label), CPU, Linux 6.1, 11 rounds" */
void compare_say_bundle(const struct compare_bundle *bundle, struct sentence *sentence);

/* "normalised figures: 3 of 84 differ, the median cell is 0.99 times as fast"; nothing where no
 * cell has such figures. Returns 0 or -ENOMEM. */
int compare_say_kind(const struct compare_outcome *outcome, enum compare_kind kind,
                     struct sentence *sentence);

/* The words in which cells usually differ, and those others that are not the usual ones, each after
 * a space. */
void compare_say_cell(const struct cell_key *key, struct sentence *sentence);
void compare_say_rest_of_cell(const struct cell_key *key, struct sentence *sentence);

/* "0.91 [0.90, 0.92] *", "-" where there is none; the interval where it is wanted. */
void compare_say_difference(const struct difference *difference, bool interval,
                            struct sentence *sentence);

/* The kinds in the order in which they are told: the deciding one is at place 0. */
enum compare_kind compare_kind_at(const struct compare_outcome *outcome, int place);

#endif
