#include "claims/judges.h"

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
    finding_say(finding, verdict,
                "After its maker ended the segment was %s. The FIFO held %ld byte(s) while its "
                "process lived, and %ld after it ended.",
                !seen->segment_there      ? "gone"
                : seen->segment_data_kept ? "there with its data"
                                          : "there without its data",
                seen->pipe_bytes_before, seen->pipe_bytes_after);
    if (!seen->segment_there && seen->remove_forced > 0)
        finding_add(finding,
                    " This kernel is told to remove what nobody is attached to: "
                    "/proc/sys/kernel/shm_rmid_forced is %ld.",
                    seen->remove_forced);
}

void judge_ipcs(const union observation *observation, struct finding *finding)
{
    const struct ipcs_observation *seen = &observation->ipcs;
    const char *listed = seen->listed_by_kernel ? "lists" : "does not list";
    if (!seen->have_ipcs || !seen->have_ipcrm) {
        finding_say(finding, VERDICT_UNRESOLVED,
                    "%s is not installed here (package util-linux). /proc/sysvipc/shm, which ipcs "
                    "prints, %s the segment.",
                    !seen->have_ipcs ? "ipcs" : "ipcrm", listed);
        return;
    }
    bool removed = seen->ipcrm_exit_code == 0 && seen->gone;
    finding_say(finding,
                seen->listed_by_ipcs && removed   ? VERDICT_HOLDS
                : seen->listed_by_ipcs || removed ? VERDICT_IN_PART
                                                  : VERDICT_DOES_NOT_HOLD,
                "ipcs -m %s the segment, /proc/sysvipc/shm %s it; ipcrm -m exited with %d, and "
                "then the segment was %s.",
                seen->listed_by_ipcs ? "lists" : "does not list", listed, seen->ipcrm_exit_code,
                seen->gone ? "gone" : "still there");
}

void judge_attach_count(const union observation *observation, struct finding *finding)
{
    static const long wanted[OBSERVATION_ATTACHES] = {0, 1, 2, 1, 0};
    static const char *const moments[OBSERVATION_ATTACHES] = {
        "made", "one attached", "both attached", "one detached", "both detached"};
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
        const char *separator = index == 0 ? "" : ",";
        if (counts[index] < 0)
            finding_add(finding, "%s gone (%s)", separator, moments[index]);
        else
            finding_add(finding, "%s %ld (%s)", separator, counts[index], moments[index]);
    }
    finding_add(finding, verdict == VERDICT_IN_PART
                             ? ". The kernel removed it with the last detach, see "
                               "/proc/sys/kernel/shm_rmid_forced."
                             : ".");
}

/* What becomes of those who come after the removal. */
static void add_newcomers(const struct removed_observation *seen, struct finding *finding)
{
    finding_add(finding, " shmget with its key %s while both were attached, and %s afterwards.",
                seen->key_error == ENOENT ? "failed with ENOENT"
                : seen->key_error == 0    ? "still found it"
                                          : "failed",
                seen->key_error_after == ENOENT ? "failed with ENOENT"
                : seen->key_error_after == 0    ? "still found it"
                                                : "failed");
}

void judge_removed(const union observation *observation, struct finding *finding)
{
    const struct removed_observation *seen = &observation->removed;
    bool gone = !seen->there_with_none && seen->key_error_after != 0;
    finding_say(finding,
                !seen->works_with_two ? VERDICT_DOES_NOT_HOLD
                : gone                ? VERDICT_HOLDS
                                      : VERDICT_IN_PART,
                "After IPC_RMID each of two attached processes %s what the other wrote; after the "
                "last detach the segment was %s.",
                seen->works_with_two ? "saw" : "did not see", gone ? "gone" : "still there");
    add_newcomers(seen, finding);
}

void judge_removal_waits(const union observation *observation, struct finding *finding)
{
    const struct removed_observation *seen = &observation->removed;
    bool as_said = seen->there_with_two && seen->there_with_one && !seen->there_with_none;
    finding_say(finding,
                as_said                ? VERDICT_HOLDS
                : seen->there_with_two ? VERDICT_IN_PART
                                       : VERDICT_DOES_NOT_HOLD,
                "After IPC_RMID IPC_STAT found the segment: with 2 attached %s%s, with 1 %s, with "
                "0 %s.",
                seen->there_with_two ? "yes" : "no",
                seen->marked ? " (marked for destruction)" : "",
                seen->there_with_one ? "yes" : "no", seen->there_with_none ? "yes" : "no");
    add_newcomers(seen, finding);
}
