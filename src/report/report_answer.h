/*
 * The answer in five lines: is it four copies against one, how much faster is shared memory, is it
 * so because of the copies, where is it not so, and on which machine. Each as a sentence, and as a
 * brief one for a line of a terminal. What a bundle does not hold is said, never made up. Judges no
 * claims and prints nothing.
 */
#ifndef REPORT_ANSWER_H
#define REPORT_ANSWER_H

#include "report/report_cause_findings.h"
#include "report/report_scope.h"
#include "report/sentence.h"

enum answer {
    ANSWER_COPIES,  /* count */
    ANSWER_SPEED,   /* speed */
    ANSWER_CAUSE,   /* cause */
    ANSWER_LIMITS,  /* where it does not hold */
    ANSWER_MACHINE, /* machine */
    ANSWERS
};

/* "Count", "Speed", ...: what stands before each. */
extern const char *const answer_names[ANSWERS];

/* Append to *sentence. The machine's may hold untrusted text. */
void answer_say(const struct report_scope *scope, enum answer answer, struct sentence *sentence);
void answer_say_briefly(const struct report_scope *scope, enum answer answer,
                        struct sentence *sentence);

/* "of 21: holds 12, holds in part 4, does not hold 3, unresolved 2", or that none was tried. */
void answer_count_verdicts(const struct evidence *evidence, struct sentence *sentence);

/* The pieces that charts take, too. */

/* "At 64 KiB copies explain 37.2 % [30.1, 44] of the gap between pipe and shared memory", with
 * `ends` also what its two ends cost; that it is not resolved where the interval is wide; or that
 * there is nothing to be explained. */
void answer_say_share(const struct evidence *evidence, const char *placement, bool ends,
                      struct sentence *sentence);

/* "mechanism 46.5 % [..], waiting 16.3 % [..]" at the same size; nothing where there are none. */
void answer_say_other_shares(const struct evidence *evidence, const char *placement,
                             struct sentence *sentence);

/* "over 5 sizes with a resolved gap copies explain 5.1 % (1 MiB) to 61 % (4 KiB)"; nothing with
 * less than two such sizes. */
void answer_say_share_range(const struct evidence *evidence, const char *placement,
                            struct sentence *sentence);

/* "one copy costs 12.3 [11.9, 12.8] ns/KiB; the pipe with 4 copies lies 152 [140, 164] ns/KiB above
 * that line", with or without the intervals; returns whether there is a line at all. */
bool answer_say_line(const struct finding_line *line, bool intervals, struct sentence *sentence);

/* "4 KiB, 64 KiB and 3 more". */
void answer_list_sizes(const struct bundle_sizes *sizes, size_t most, struct sentence *sentence);

#endif
