/*
 * One bundle held against the first: the comparison with its verdict, or the reason why there is
 * none. All forms of output are made from these. Prints nothing.
 */
#ifndef COMPARE_OUTCOME_H
#define COMPARE_OUTCOME_H

#include "compare/compare_verdict.h"
#include "compare/comparison.h"
#include "document/sentence.h"

#include <stdbool.h>

struct compare_outcome {
    struct comparison comparison;
    char before[2]; /* what the bundles are called: "A", "B" */
    char after[2];
    bool comparable;
    struct compare_verdict verdict; /* where they are */
    struct sentence why;            /* else: untrusted text */
};

/* What decides: a kind of figures, or what comparison_deciding_kind says. */
struct compare_choice {
    bool given;
    enum compare_kind kind;
};

/* Compares the bundle called `after` with the one called `before`, which both must outlive it.
 * Returns 0 or -ENOMEM; *outcome is set on success only and is then released by
 * compare_outcome_free. */
int compare_outcome_make(struct compare_bundle *before_bundle, struct compare_bundle *after_bundle,
                         char before, char after, const struct compare_choice *choice,
                         struct compare_outcome *outcome);
void compare_outcome_free(struct compare_outcome *outcome);

#endif
