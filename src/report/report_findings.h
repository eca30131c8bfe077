/*
 * What a bundle says, in numbers: over payload sizes, where a mechanism is faster than the pipe,
 * where slower, and where the samples don't tell. One place, so that charts, terminal and Markdown
 * never tell different stories. Draws and prints nothing.
 */
#ifndef REPORT_FINDINGS_H
#define REPORT_FINDINGS_H

#include "results/bundle_reader.h"
#include "text/language.h"

#include <stdbool.h>

/* What an interval of a ratio to the pipe tells. */
enum finding {
    FINDING_FASTER,     /* the whole interval is above 1 */
    FINDING_SLOWER,     /* the whole interval is below 1 */
    FINDING_UNRESOLVED, /* the interval contains 1: no difference is resolved */
    FINDING_NO_INTERVAL /* too few rounds for an interval: nothing is resolved */
};

enum finding finding_of_ratio(const struct estimate *ratio);

/* An interval wider than half its median: which side of 1 may be certain, how far is not. */
#define FINDING_WIDE_WIDTH 0.5
bool finding_is_wide(const struct estimate *estimate);

/* The ratio_to_pipe of one cell over its payload sizes. */
struct finding_survey {
    struct bundle_sizes faster; /* with sizes.count 0 where there are none */
    struct bundle_sizes slower;
    struct bundle_sizes unresolved; /* interval contains 1, or there is none */
    size_t sizes;
    size_t wide;
    size_t without_interval;
    double least; /* medians; NAN when there are no sizes */
    double most;
    uint64_t least_size_bytes;
    uint64_t most_size_bytes;
};

struct finding_survey finding_survey_ratio(const struct bundle_data *bundle,
                                           const struct bundle_cell *cell);

/* How both sides wait and where the payload lies: what a table or a sentence is about. */
struct finding_mode {
    const char *wait; /* the bundle owns both */
    const char *copies;
};

/*
 * The modes to tell about first, at most `most`: block with own (matched), spin with inplace (each
 * at its best), then others, of those for which the bundle has cells of `touch` and `placement`;
 * relays are told of apart. Returns how many were written.
 */
size_t finding_choose_modes(const struct bundle_data *bundle, const char *touch,
                            const char *placement, struct finding_mode *modes, size_t most);

/* The payload sizes, rising, at which any measured mechanism has this mode, in either test. */
struct bundle_sizes finding_sizes_of_mode(const struct bundle_data *bundle,
                                          const struct finding_mode *mode, const char *touch,
                                          const char *placement);

/* Whether any measured mechanism has a ratio to the pipe; whether anything has an interval. */
bool finding_has_ratios(const struct bundle_data *bundle);
bool finding_has_intervals(const struct bundle_data *bundle);

/* The words of `column` that measured mechanisms (neither floor nor ceiling) have, in the order
 * of the bundle. */
struct bundle_words finding_measured_words(const struct bundle_data *bundle,
                                           enum bundle_column column);

/* The size to quote when only one can be: the nearest to 64 KiB, where one write fills a pipe of
 * the default capacity. 0 when there are no sizes. */
uint64_t finding_reference_size(const struct bundle_sizes *sizes);

/* The mechanism to tell about beside the pipe: shm, or else the first that was measured and is not
 * the pipe; "" when there is none. The bundle owns it. */
const char *finding_subject(const struct bundle_data *bundle);

#define FINDING_TEXT_BYTES 48

/* 1.0234 -> "1.02", 12.34 -> "12.3", 123.4 -> "123", NAN -> "-"; three digits, no unit. */
char *finding_format_factor(double factor, char text[FINDING_TEXT_BYTES]);

/* "2.10x [1.90, 2.30]"; "2.10x [no interval]" where there is none. */
char *finding_format_ratio(const struct estimate *ratio, enum language language,
                           char text[FINDING_TEXT_BYTES]);

/* Names of the reference, of the floor and the ceiling among the mechanisms, and of what a ceiling
 * leaves empty. */
#define FINDING_REFERENCE "pipe"
#define FINDING_FLOOR     "null"
#define FINDING_CEILING   "ceiling"
#define FINDING_NONE      "none"

#endif
