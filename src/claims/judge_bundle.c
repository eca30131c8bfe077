#include "claims/judges.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

static void add_run_again(struct finding *finding)
{
    finding_add(finding, "run ./run_bench.sh with this version, then claims results/latest.");
}

static bool equals(double counted, double wanted)
{
    double tolerance = wanted > 1.0 ? wanted / 1000.0 : 0.001;
    return fabs(counted - wanted) <= tolerance;
}

/* ---- four against one ---- */

static const char *const path_names[PATH_COUNT] = {
    [PATH_PIPE_FILE_TO_FILE] = TEXT("pipe own file to file"),
    [PATH_SHM_FILE_TO_USE] = TEXT("shm inplace file to use"),
    [PATH_PIPE_FILE_TO_USE] = TEXT("pipe own file to use"),
    [PATH_SHM_FILE_TO_FILE] = TEXT("shm inplace file to file"),
    [PATH_PIPE_TRANSFER] = TEXT("pipe own memory to use"),
    [PATH_SHM_TRANSFER] = TEXT("shm inplace memory to use"),
};

/* What the witnesses saw; NAN when none could see all. */
static double witnessed(const struct counted_path *path)
{
    return !isnan(path->counted) ? path->counted : path->mutation;
}

/* Says what keeps a path from deciding anything; NULL when nothing does. */
static const char *obstacle(const struct counted_path *path)
{
    if (!path->present)
        return TEXT("is missing");
    if (!path->agrees)
        return TEXT("disagrees with its witnesses");
    if (isnan(witnessed(path)))
        return TEXT("has no witness that sees all of its copies");
    if (!isnan(path->counted) && !isnan(path->mutation) && !equals(path->counted, path->mutation))
        return TEXT("has two witnesses that contradict each other");
    return NULL;
}

void judge_four_against_one(const union observation *observation, struct finding *finding)
{
    const struct four_against_one_observation *seen = &observation->four_against_one;
    const struct counted_path *paths = seen->paths;
    if (seen->rows == 0) {
        finding_say(finding, VERDICT_UNRESOLVED, "The bundle has no copies.tsv: ");
        add_run_again(finding);
        return;
    }
    /* The last two only add to the evidence. */
    for (int index = 0; index < PATH_PIPE_TRANSFER; index++) {
        const char *problem = obstacle(&paths[index]);
        if (problem != NULL) {
            finding_say(finding, VERDICT_UNRESOLVED, "copies.tsv: ");
            finding_add_word(finding, path_names[index]);
            finding_add(finding, " ");
            finding_add_word(finding, problem);
            finding_add(finding, ".");
            return;
        }
    }
    double pipe = witnessed(&paths[PATH_PIPE_FILE_TO_FILE]);
    double shm = witnessed(&paths[PATH_SHM_FILE_TO_USE]);
    double pipe_use = witnessed(&paths[PATH_PIPE_FILE_TO_USE]);
    double shm_file = witnessed(&paths[PATH_SHM_FILE_TO_FILE]);
    bool counted = equals(pipe, 4.0) && equals(shm, 1.0);
    bool equal_ends = equals(pipe, 4.0 * shm_file) && equals(pipe_use, 4.0 * shm);
    finding_say(finding,
                !counted     ? VERDICT_DOES_NOT_HOLD
                : equal_ends ? VERDICT_HOLDS
                             : VERDICT_IN_PART,
                "Copies per byte in copies.tsv: as the article counts, pipe file to file %.4g "
                "against shm file to use %.4g. Between equal ends: file to file %.4g against %.4g, "
                "file to use %.4g against %.4g",
                pipe, shm, pipe, shm_file, pipe_use, shm);
    if (obstacle(&paths[PATH_PIPE_TRANSFER]) == NULL && obstacle(&paths[PATH_SHM_TRANSFER]) == NULL)
        finding_add(finding, "; the transfer alone %.4g against %.4g",
                    witnessed(&paths[PATH_PIPE_TRANSFER]), witnessed(&paths[PATH_SHM_TRANSFER]));
    finding_add(finding,
                counted && !equal_ends
                    ? TEXT(". The article counts the pipe's output, but not shared memory's.")
                    : TEXT("."));
}

/* ---- faster, and the fastest ---- */

static bool say_without_intervals(const struct speed_observation *seen, struct finding *finding)
{
    if (seen->cells == 0)
        finding_say(finding, VERDICT_UNRESOLVED,
                    "summary.tsv has no cell of shm beside the pipe with every byte touched: run "
                    "./run_bench.sh with both, then claims results/latest.");
    else if (seen->without_interval == seen->cells)
        finding_say(finding, VERDICT_UNRESOLVED,
                    "None of the %zu cells in summary.tsv has an interval: run ./run_bench.sh with "
                    "more rounds, then claims results/latest.",
                    seen->cells);
    else
        return false;
    return true;
}

void judge_speed(const union observation *observation, struct finding *finding)
{
    const struct speed_observation *seen = &observation->speed;
    if (say_without_intervals(seen, finding))
        return;
    enum verdict verdict = VERDICT_IN_PART;
    if (seen->faster == seen->cells)
        verdict = VERDICT_HOLDS;
    else if (seen->faster == 0)
        verdict = seen->slower > 0 ? VERDICT_DOES_NOT_HOLD : VERDICT_UNRESOLVED;
    finding_say(
        finding, verdict,
        "Of %zu cells (test, wait, copies, placement, size) in summary.tsv shm is faster in "
        "%zu, slower in %zu, and not told apart in %zu; ratios to the pipe from %.3g to "
        "%.3g.",
        seen->cells, seen->faster, seen->slower, seen->undecided + seen->without_interval,
        seen->least, seen->most);
    if (seen->slower > 0)
        finding_add(finding, " The pipe won at %s.", seen->slower_at);
}

void judge_fastest(const union observation *observation, struct finding *finding)
{
    const struct speed_observation *seen = &observation->speed;
    if (say_without_intervals(seen, finding))
        return;
    size_t decided = seen->cells - seen->without_interval;
    enum verdict verdict = VERDICT_IN_PART;
    if (seen->slower > 1 && 40 * seen->slower > decided)
        verdict = VERDICT_DOES_NOT_HOLD;
    else if (seen->faster == 0)
        verdict = VERDICT_UNRESOLVED;
    finding_say(finding, verdict,
                "Compared with %s only, in summary.tsv: of %zu cells shm is the fastest in %zu, "
                "another is faster in %zu, and %zu are not told apart.",
                seen->compared, seen->cells, seen->faster, seen->slower,
                seen->undecided + seen->without_interval);
    if (seen->slower > 0)
        finding_add(finding, " Faster than shm: %s.", seen->slower_at);
    bool sockets = strstr(seen->compared, "unix_") != NULL || strstr(seen->compared, "tcp") != NULL;
    bool queues = strstr(seen->compared, "_mq") != NULL;
    finding_add(finding, sockets && queues ? TEXT(" Others were not measured.")
                         : sockets         ? TEXT(" Message queues and others were not measured.")
                         : queues          ? TEXT(" Sockets and others were not measured.")
                                  : TEXT(" Sockets, message queues and others were not measured."));
}

/* ---- because of the copies ---- */

void judge_cause(const union observation *observation, struct finding *finding)
{
    const struct cause_observation *seen = &observation->cause;
    if (seen->sizes == 0) {
        finding_say(finding, VERDICT_UNRESOLVED,
                    "The bundle has no gap.tsv with the factor copies: ");
        add_run_again(finding);
        return;
    }
    if (seen->resolved == 0) {
        finding_say(finding, VERDICT_UNRESOLVED,
                    "At none of %zu sizes in gap.tsv does the interval of the gap lie above 0: "
                    "there is no difference to explain.",
                    seen->sizes);
        return;
    }
    enum verdict verdict = VERDICT_IN_PART;
    if (seen->above == seen->resolved)
        verdict = VERDICT_HOLDS;
    else if (seen->above == 0)
        verdict = seen->below > 0 ? VERDICT_DOES_NOT_HOLD : VERDICT_UNRESOLVED;
    finding_say(finding, verdict,
                "The copies' share of the gap (gap.tsv) is more than half at %zu size(s), less at "
                "%zu, and not decided at %zu.",
                seen->above, seen->below, seen->undecided);
    if (!isnan(seen->least))
        finding_add(finding, " It runs from %.3g %% to %.3g %%.", 100.0 * seen->least,
                    100.0 * seen->most);
    finding_add(finding, " %s.", seen->shares);
    if (seen->sizes > seen->resolved)
        finding_add(finding, " At %zu more no gap above 0 is resolved.",
                    seen->sizes - seen->resolved);
}
