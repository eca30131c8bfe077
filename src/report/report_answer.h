/*
 * The answer in five lines: is it four copies against one, how much faster is shared memory, is it
 * so because of the copies, where is it not so, and on which machine. Each as a sentence, and as a
 * brief one for a line of a terminal. What a bundle does not hold is said, never made up. Judges no
 * claims and prints nothing.
 */
#ifndef REPORT_ANSWER_H
#define REPORT_ANSWER_H

#include "document/sentence.h"
#include "report/report_scope.h"

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

/* The pieces of that line, for whoever gives each an ink of its own: "holds 12", ... */
enum answer_verdict {
    ANSWER_HOLDS,
    ANSWER_IN_PART,
    ANSWER_DOES_NOT_HOLD,
    ANSWER_UNRESOLVED,
    ANSWER_VERDICTS
};
void answer_count_verdict(const struct evidence *evidence, enum answer_verdict verdict,
                          struct sentence *sentence);

#endif
