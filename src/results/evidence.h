/*
 * What a bundle holds about the article's sentence beside its summary: the counted copies
 * (copies.tsv), the price of one copy (price.tsv), the gap taken apart (gap.tsv), the verdicts
 * (claims.tsv) and how steady it was (stability.tsv), read for reports, charts and verdicts. A
 * bundle may come from a stranger, so everything is bounded and checked here once; texts are still
 * untrusted (see report_text.h). Reads only, and judges nothing.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "base/failure.h"
#include "results/bundle_reader.h"
#include "results/stability.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVIDENCE_COPIES_FILE "copies.tsv"
#define EVIDENCE_PRICE_FILE  "price.tsv"
#define EVIDENCE_GAP_FILE    "gap.tsv"
#define EVIDENCE_CLAIMS_FILE "claims.tsv"

#define EVIDENCE_MOST_ROWS  4096 /* of each file */
#define EVIDENCE_TEXT_BYTES 1024

/* The four places at which a path can copy, in the order of the bytes. */
enum evidence_stage {
    EVIDENCE_SOURCE,
    EVIDENCE_TRANSFER_IN,
    EVIDENCE_TRANSFER_OUT,
    EVIDENCE_SINK,
    EVIDENCE_STAGES
};

/* A value with its 95 % interval; NAN where it is not known. May be negative. */
struct evidence_value {
    double value;
    double ci95_lo;
    double ci95_hi;
};

/* One path: copies per payload byte, predicted and observed. */
struct evidence_copies {
    char mechanism[BUNDLE_WORD_BYTES];
    char source[BUNDLE_WORD_BYTES];
    char sink[BUNDLE_WORD_BYTES];
    char copies[BUNDLE_WORD_BYTES];                     /* the mode */
    char stages[EVIDENCE_STAGES][BUNDLE_WORD_BYTES];    /* predicted: kernel, user, none, ... */
    char mutations[EVIDENCE_STAGES][BUNDLE_WORD_BYTES]; /* observed: copied, shared, unseen, none */
    double predicted_copies;
    double kernel_io_copies; /* NAN: this witness was not available, as below */
    double expected_kernel_io_copies;
    double ledger_user_copies;
    double user_copies;
    double expected_user_copies;
    double mutation;
    double expected_mutation;
    bool agrees;
    char note[EVIDENCE_TEXT_BYTES];
};

/* The price of one copy: the slope over extra copies, in ns per KiB of payload. */
struct evidence_price {
    char wait[BUNDLE_WORD_BYTES];
    char working_set[BUNDLE_WORD_BYTES]; /* hot or cold */
    char placement[BUNDLE_WORD_BYTES];
    uint64_t size_bytes;
    char metric[BUNDLE_WORD_BYTES]; /* wall or cpu */
    struct evidence_value slope;
    struct evidence_value intercept;
    double r_squared;
    uint64_t points;
    uint64_t rounds;
};

/* One factor of the gap at one payload size, in ns per KiB of payload. */
struct evidence_gap {
    char placement[BUNDLE_WORD_BYTES];
    uint64_t size_bytes;
    char factor[BUNDLE_WORD_BYTES]; /* from, mechanism, copies, waiting, gap, to */
    struct evidence_value ns_per_kib;
    double least; /* over the orders */
    double most;
    struct evidence_value share;
    uint64_t orders;
    uint64_t rounds;
};

struct evidence_claim {
    char id[BUNDLE_WORD_BYTES];
    char claim[EVIDENCE_TEXT_BYTES]; /* untrusted text, as below */
    char verdict[BUNDLE_WORD_BYTES]; /* "holds", "holds in part", "does not hold", "unresolved" */
    char evidence[EVIDENCE_TEXT_BYTES]; /* what was seen */
    char done[EVIDENCE_TEXT_BYTES];     /* what was done */
    char
        evidence_zh[EVIDENCE_TEXT_BYTES]; /* in Chinese: UTF-8 that shows; empty in older bundles */
};

/* A count of 0 where the bundle has no such file. */
struct evidence {
    struct evidence_copies *copies;
    size_t copies_count;
    struct evidence_price *prices;
    size_t prices_count;
    struct evidence_gap *gaps;
    size_t gaps_count;
    struct evidence_claim *claims;
    size_t claims_count;
    struct stability_row *stability;
    size_t stability_count;
};

/*
 * Reads the files of the bundle in `folder`, in their order. Returns 0; -EINVAL when a file is
 * damaged, holds the same path, fit, factor or claim twice, or a word or number that does not
 * belong (`failure` names file, row and column); -ENOMEM; or another -errno of opening. *evidence
 * is set on success only and is then released by evidence_free.
 */
int evidence_read(const char *folder, struct evidence *evidence, struct failure *failure);
void evidence_free(struct evidence *evidence);

/* The row of a path, a fit or a factor; NULL where there is none. `evidence` owns it. */
const struct evidence_copies *evidence_find_copies(const struct evidence *evidence,
                                                   const char *mechanism, const char *source,
                                                   const char *sink, const char *copies);
const struct evidence_price *evidence_find_price(const struct evidence *evidence, const char *wait,
                                                 const char *working_set, const char *placement,
                                                 uint64_t size_bytes, const char *metric);
const struct evidence_gap *evidence_find_gap(const struct evidence *evidence, const char *placement,
                                             uint64_t size_bytes, const char *factor);

#endif
