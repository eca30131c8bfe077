/*
 * What a bundle says about the three parts of the article's sentence, in numbers: how many copies,
 * how much faster, and how much of that the copies explain. Beside report_findings.h the one place
 * from which report, terminal and chart titles take them, so that they never tell different
 * stories. Pointers into evidence are owned by it. Draws and prints nothing.
 */
#ifndef REPORT_CAUSE_FINDINGS_H
#define REPORT_CAUSE_FINDINGS_H

#include "report/report_findings.h"
#include "results/bundle_reader.h"
#include "results/evidence.h"

#include <stdbool.h>

/* ---- numbers as text ---- */

#define FINDING_VALUE_BYTES (2 * FINDING_TEXT_BYTES)

/* Three digits: "12.3", "-4.05", "-" for NAN. */
char *finding_format_number(double number, char text[FINDING_TEXT_BYTES]);

/* "12.3 [11.9, 12.8]"; "12.3 [no interval]" where there is none. */
char *finding_format_interval(const struct evidence_value *value, enum language language,
                              char text[FINDING_VALUE_BYTES]);

/* The same of 100 times the value: "37.2 % [30.1, 44]". */
char *finding_format_share(const struct evidence_value *share, enum language language,
                           char text[FINDING_VALUE_BYTES]);

/* Copies per byte as they are counted: "4", "1", "3.998", "-" for NAN. */
char *finding_format_copies(double copies, char text[FINDING_TEXT_BYTES]);

/* ---- count ---- */

enum finding_path {
    FINDING_PIPE_FILE_TO_FILE, /* as the article counts: this one ... */
    FINDING_SHM_FILE_TO_USE,   /* ... against this one */
    FINDING_PIPE_FILE_TO_USE,
    FINDING_SHM_FILE_TO_FILE,
    FINDING_PIPE_TRANSFER, /* from memory to use: only what lies between two processes */
    FINDING_SHM_TRANSFER_OWN,
    FINDING_SHM_TRANSFER_INPLACE,
    FINDING_PATH_COUNT
};

struct finding_count {
    const struct evidence_copies *paths[FINDING_PATH_COUNT]; /* NULL where there is no row */
    size_t rows;
    size_t agreeing; /* rows that no witness contradicts */
};

struct finding_count finding_count_copies(const struct evidence *evidence);

/* Whether rows of both paths are there, so that they can be set against each other. */
bool finding_has_pair(const struct finding_count *count, enum finding_path one,
                      enum finding_path other);

/* ---- speed ---- */

/* Ratios of the subject to the pipe, of latency and throughput alone, over all placements, ways of
 * waiting, modes and sizes of one touch. */
struct finding_speed {
    size_t cells;
    size_t faster;
    size_t slower;
    size_t unresolved; /* the interval contains 1, or there is none */
};

struct finding_speed finding_survey_speed(const struct bundle_data *bundle, const char *touch);

/* ---- price of a copy ---- */

/* Wall time in ns per KiB of payload, with its interval, from a cell's throughput; all NAN where
 * the cell was not measured: 1e9 * 1024 / bytes per second, as in price.tsv and gap.tsv. */
struct evidence_value finding_wall_of(const struct bundle_data *bundle,
                                      const struct bundle_cell *cell, uint64_t size_bytes);

/* The cell of a path: a relay, or for memory to use the plain throughput. */
struct bundle_cell finding_cell_of_path(const struct evidence_copies *path, const char *wait,
                                        const char *touch, const char *placement);

/* The payload size to tell about: the nearest to 64 KiB at which the pipe's relay from file to file
 * was measured, or else any path of copies.tsv; 0 when none was. */
uint64_t finding_copies_size(const struct bundle_data *bundle, const struct evidence *evidence,
                             const char *touch, const char *placement);

/* The pipe's relay from file to file beside the line of the padded control, at one size and wait.
 */
struct finding_line {
    const struct evidence_price *price; /* wall, hot; NULL where there is no known slope */
    const struct evidence_price *cold;  /* the same through memory that does not fit the caches */
    double pipe_copies;                 /* NAN where the pipe was not counted or not measured */
    struct evidence_value pipe;         /* ns per KiB */
    /* How far the pipe lies above the line at its number of copies. The interval is on the safe
     * side: from the pipe's lower end to the line's upper, and from its upper to the line's lower.
     */
    struct evidence_value above;
};

struct finding_line finding_line_at(const struct bundle_data *bundle,
                                    const struct evidence *evidence, const char *wait,
                                    const char *touch, const char *placement, uint64_t size_bytes);

/* ---- gap ---- */

/* One size of gap.tsv; each NULL where the row is missing or its number is not known. */
struct finding_gap {
    const struct evidence_gap *from;
    const struct evidence_gap *mechanism;
    const struct evidence_gap *copies;
    const struct evidence_gap *waiting;
    const struct evidence_gap *gap;
    const struct evidence_gap *to;
};

struct finding_gap finding_gap_at(const struct evidence *evidence, const char *placement,
                                  uint64_t size_bytes);

/* Whether both ends and all three contributions are known. */
bool finding_is_taken_apart(const struct finding_gap *gap);

/* Whether, in addition, each factor has a share; and whether also the gap's interval lies above 0,
 * so that there is something to explain. */
bool finding_has_shares(const struct finding_gap *gap);
bool finding_is_resolved_gap(const struct finding_gap *gap);

/* An interval of a share that is wider than half the gap leaves open whether it is next to nothing
 * or most of it: the share is not resolved. */
#define FINDING_WIDE_SHARE 0.5
bool finding_is_wide_share(const struct evidence_value *share);

/* The sizes, rising, that have rows in gap.tsv; and of these the nearest to 64 KiB that is taken
 * apart, one with shares before one without. 0 when there is none. */
struct bundle_sizes finding_gap_sizes(const struct evidence *evidence, const char *placement);
uint64_t finding_gap_size(const struct evidence *evidence, const char *placement);

/* The copies' share over the sizes with a resolved gap, set against a half: what explains less is
 * not the cause, but one among others. */
struct finding_shares {
    size_t sizes;             /* in gap.tsv */
    size_t resolved;          /* with a resolved gap, to which the following refer */
    struct bundle_sizes most; /* the interval lies above a half */
    struct bundle_sizes less; /* below */
    double least;             /* shares; NAN when none is resolved */
    double greatest;
    uint64_t least_size_bytes;
    uint64_t greatest_size_bytes;
};

struct finding_shares finding_survey_shares(const struct evidence *evidence, const char *placement);

/* ---- verdicts ---- */

struct finding_verdicts {
    size_t claims;
    size_t hold;
    size_t in_part;
    size_t fail; /* do not hold */
    size_t unresolved;
};

struct finding_verdicts finding_count_verdicts(const struct evidence *evidence);

#endif
