#include "base/units.h"
#include "claims/judges.h"
#include "text/text.h"

#include <math.h>

void judge_reader_waits(const union observation *observation, struct finding *finding)
{
    const struct reader_waits_observation *seen = &observation->reader_waits;
    bool pipe_waits =
        seen->pipe_slept && !seen->pipe_early && seen->pipe_byte == seen->pipe_byte_written;
    bool segment_waits = seen->segment_looks == 0 || seen->segment_answers < seen->segment_looks;
    finding_say(finding,
                pipe_waits && !segment_waits   ? VERDICT_HOLDS
                : pipe_waits || !segment_waits ? VERDICT_IN_PART
                                               : VERDICT_DOES_NOT_HOLD,
                "The reader of the empty pipe ");
    finding_add_word(finding, pipe_waits ? TEXT("slept until a byte was written, and got that byte")
                              : seen->pipe_early ? TEXT("returned before anything was written")
                                                 : TEXT("was not seen to sleep"));
    finding_add(
        finding,
        ". Of %u reads of the segment before anything was written %u returned, with the byte "
        "%d; after the write a read gave %d (written: %d).",
        seen->segment_looks, seen->segment_answers, seen->segment_byte_unwritten,
        seen->segment_byte, seen->pipe_byte_written);
    if (!segment_waits)
        finding_add(finding, " Nothing tells such a reader whether what it sees is new.");
}

void judge_exclusion(const union observation *observation, struct finding *finding)
{
    const struct exclusion_observation *seen = &observation->exclusion;
    bool lost = seen->end == seen->start + 1;
    finding_say(finding,
                !seen->let_in ? VERDICT_DOES_NOT_HOLD
                : lost        ? VERDICT_HOLDS
                              : VERDICT_IN_PART,
                "Between the first process's read of %d and its write the second ", seen->start);
    finding_add_word(finding,
                     seen->let_in ? TEXT("added one unhindered") : TEXT("could not add one"));
    finding_add(finding, "; then the number was %d", seen->end);
    finding_add(finding, seen->let_in && lost ? TEXT(": one addition was lost.") : TEXT("."));
}

void judge_seen_at_once(const union observation *observation, struct finding *finding)
{
    const struct seen_at_once_observation *seen = &observation->seen_at_once;
    char median[UNITS_TEXT_BYTES];
    char longest[UNITS_TEXT_BYTES];
    bool unbuffered = seen->segment_showed == seen->after;
    bool pipe_buffers = seen->pipe_showed == seen->before;
    enum verdict verdict = seen->seen < seen->writes || seen->writes == 0 ? VERDICT_DOES_NOT_HOLD
                           : unbuffered && pipe_buffers                   ? VERDICT_HOLDS
                                                                          : VERDICT_IN_PART;
    finding_say(finding, verdict, "%u of %u writes into the segment were seen", seen->seen,
                seen->writes);
    if (!isnan(seen->median_delay_ns))
        finding_add(finding, ", half of them within %s and the slowest after %s",
                    units_format_nanoseconds(seen->median_delay_ns, median),
                    units_format_nanoseconds(seen->longest_delay_ns, longest));
    finding_add(finding,
                ". A byte changed after it was handed over: the segment's reader saw the ");
    finding_add_word(finding, unbuffered ? TEXT("new value") : TEXT("old value"));
    finding_add(finding, ", the pipe's reader the ");
    finding_add(finding, pipe_buffers ? TEXT("old one (the pipe had a copy).") : TEXT("new one."));
}
