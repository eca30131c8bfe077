/*
 * The findings about the cause as sentences, for the answer, for charts' titles and for the text
 * beside charts and tables, so that all of them use the same words. Prints nothing.
 */
#ifndef REPORT_CAUSE_SENTENCES_H
#define REPORT_CAUSE_SENTENCES_H

#include "document/sentence.h"
#include "report/report_cause_findings.h"

/* "At 64 KiB copies explain 37.2 % [30.1, 44] of the gap between pipe and shared memory", with
 * `ends` also what its two ends cost; that it is not resolved where the interval is wide; or that
 * there is nothing to be explained. */
void cause_say_share(const struct evidence *evidence, const char *placement, bool ends,
                     struct sentence *sentence);

/* "mechanism 46.5 % [..], waiting 16.3 % [..]" at the same size; nothing where there are none. */
void cause_say_other_shares(const struct evidence *evidence, const char *placement,
                            struct sentence *sentence);

/* "over 5 sizes with a resolved gap copies explain 5.1 % (1 MiB) to 61 % (4 KiB)"; nothing with
 * less than two such sizes. */
void cause_say_share_range(const struct evidence *evidence, const char *placement,
                           struct sentence *sentence);

/* "one copy costs 12.3 [11.9, 12.8] ns/KiB; the pipe with 4 copies lies 152 [140, 164] ns/KiB above
 * that line", with or without the intervals; returns whether there is a line at all. */
bool cause_say_line(const struct finding_line *line, bool intervals, struct sentence *sentence);

#endif
