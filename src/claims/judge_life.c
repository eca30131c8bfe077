#include "claims/judges.h"
#include "text/text.h"

#include <errno.h>

void judge_outlives(const union observation *observation, struct finding *finding)
{
    const struct outlives_observation *seen = &observation->outlives;
    bool segment_outlives = seen->segment_there && seen->segment_data_kept;
    bool pipe_ends = seen->pipe_bytes_after == 0;
    enum verdict verdict = segment_outlives && pipe_ends   ? VERDICT_HOLDS
                           : segment_outlives || pipe_ends ? VERDICT_IN_PART
                                                           : VERDICT_DOES_NOT_HOLD;
    if (seen->pipe_bytes_before <= 0)
        verdict = VERDICT_UNRESOLVED;
    finding_say(finding, verdict, "After its maker ended the segment was ");
    finding_add_word(finding, !seen->segment_there      ? TEXT("gone")
                              : seen->segment_data_kept ? TEXT("there with its data")
                                                        : TEXT("there without its data"));
    finding_add(finding,
                ". The FIFO held %ld byte(s) while its process lived, and %ld after it ended.",
                seen->pipe_bytes_before, seen->pipe_bytes_after);
    if (!seen->segment_there && seen->remove_forced > 0)
        finding_add(finding,
                    " This kernel is told to remove what nobody is attached to: "
                    "/proc/sys/kernel/shm_rmid_forced is %ld.",
                    seen->remove_forced);
}

static const char *lists(bool listed)
{
    return listed ? TEXT("lists") : TEXT("does not list");
}

void judge_ipcs(const union observation *observation, struct finding *finding)
{
    const struct ipcs_observation *seen = &observation->ipcs;
    const char *listed = lists(seen->listed_by_kernel);
    if (!seen->have_ipcs || !seen->have_ipcrm) {
        finding_say(finding, VERDICT_UNRESOLVED,
                    "%s is not installed here (package util-linux). /proc/sysvipc/shm, which ipcs "
                    "prints, ",
                    !seen->have_ipcs ? "ipcs" : "ipcrm");
        finding_add_word(finding, listed);
        finding_add(finding, " the segment.");
        return;
    }
    bool removed = seen->ipcrm_exit_code == 0 && seen->gone;
    finding_say(finding,
                seen->listed_by_ipcs && removed   ? VERDICT_HOLDS
                : seen->listed_by_ipcs || removed ? VERDICT_IN_PART
                                                  : VERDICT_DOES_NOT_HOLD,
                "ipcs -m ");
    finding_add_word(finding, lists(seen->listed_by_ipcs));
    finding_add(finding, " the segment, /proc/sysvipc/shm ");
    finding_add_word(finding, listed);
    finding_add(finding, " it; ipcrm -m exited with %d, and then the segment was ",
                seen->ipcrm_exit_code);
    finding_add_word(finding, seen->gone ? TEXT("gone") : TEXT("still there"));
    finding_add(finding, ".");
}

void judge_attach_count(const union observation *observation, struct finding *finding)
{
    static const long wanted[OBSERVATION_ATTACHES] = {0, 1, 2, 1, 0};
    static const char *const moments[OBSERVATION_ATTACHES] = {
        TEXT("made"), TEXT("one attached"), TEXT("both attached"), TEXT("one detached"),
        TEXT("both detached")};
    const long *counts = observation->attach_count.counts;
    enum verdict verdict = VERDICT_HOLDS;
    for (size_t index = 0; index < OBSERVATION_ATTACHES; index++) {
        bool gone_at_last = index == OBSERVATION_ATTACHES - 1 && counts[index] < 0;
        if (counts[index] == wanted[index])
            continue;
        verdict =
            gone_at_last && verdict == VERDICT_HOLDS ? VERDICT_IN_PART : VERDICT_DOES_NOT_HOLD;
    }
    finding_say(finding, verdict, "shm_nattch:");
    for (size_t index = 0; index < OBSERVATION_ATTACHES; index++) {
        if (index > 0)
            finding_add(finding, ",");
        if (counts[index] < 0)
            finding_add(finding, " gone (");
        else
            finding_add(finding, " %ld (", counts[index]);
        finding_add_word(finding, moments[index]);
        finding_add(finding, ")");
    }
    finding_add(finding, verdict == VERDICT_IN_PART
                             ? TEXT(". The kernel removed it with the last detach, see "
                                    "/proc/sys/kernel/shm_rmid_forced.")
                             : TEXT("."));
}

static const char *found(int error)
{
    return error == ENOENT ? TEXT("failed with ENOENT")
           : error == 0    ? TEXT("still found it")
                           : TEXT("failed");
}

/* What becomes of those who come after the removal. */
static void add_newcomers(const struct removed_observation *seen, struct finding *finding)
{
    finding_add(finding, " shmget with its key ");
    finding_add_word(finding, found(seen->key_error));
    finding_add(finding, " while both were attached, and ");
    finding_add_word(finding, found(seen->key_error_after));
    finding_add(finding, " afterwards.");
}

void judge_removed(const union observation *observation, struct finding *finding)
{
    const struct removed_observation *seen = &observation->removed;
    bool gone = !seen->there_with_none && seen->key_error_after != 0;
    finding_say(finding,
                !seen->works_with_two ? VERDICT_DOES_NOT_HOLD
                : gone                ? VERDICT_HOLDS
                                      : VERDICT_IN_PART,
                "After IPC_RMID each of two attached processes ");
    finding_add_word(finding, seen->works_with_two ? TEXT("saw") : TEXT("did not see"));
    finding_add(finding, " what the other wrote; after the last detach the segment was ");
    finding_add_word(finding, gone ? TEXT("gone") : TEXT("still there"));
    finding_add(finding, ".");
    add_newcomers(seen, finding);
}

static const char *yes_or_no(bool yes)
{
    return yes ? TEXT("yes") : TEXT("no");
}

void judge_removal_waits(const union observation *observation, struct finding *finding)
{
    const struct removed_observation *seen = &observation->removed;
    bool as_said = seen->there_with_two && seen->there_with_one && !seen->there_with_none;
    finding_say(finding,
                as_said                ? VERDICT_HOLDS
                : seen->there_with_two ? VERDICT_IN_PART
                                       : VERDICT_DOES_NOT_HOLD,
                "After IPC_RMID IPC_STAT found the segment: with 2 attached ");
    finding_add_word(finding, yes_or_no(seen->there_with_two));
    if (seen->marked)
        finding_add(finding, " (marked for destruction)");
    finding_add(finding, ", with 1 ");
    finding_add_word(finding, yes_or_no(seen->there_with_one));
    finding_add(finding, ", with 0 ");
    finding_add_word(finding, yes_or_no(seen->there_with_none));
    finding_add(finding, ".");
    add_newcomers(seen, finding);
}
