#include "judge.h"

#include "base/exit_code.h"
#include "result.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* From where on a second is none for each process. */
#define BUSY_LOAD 2.0

/* Of what starts other programs each may say a line, and a suite tells what it does. */
enum { LINES_MOST_OF_LAYERS = 60, COMPLAINT_BYTES = 160 };

__attribute__((format(printf, 2, 3))) static void complain(struct judgement *judgement,
                                                           const char *format, ...)
{
    size_t used = strlen(judgement->text);
    va_list arguments;
    judgement->failures++;
    if (used + 3 >= sizeof judgement->text)
        return;
    if (used > 0)
        used += (size_t)snprintf(judgement->text + used, sizeof judgement->text - used, "; ");
    va_start(arguments, format);
    vsnprintf(judgement->text + used, sizeof judgement->text - used, format, arguments);
    va_end(arguments);
}

/* ---- time ---- */

/* How many processes there are to run for each CPU; ours are two or three of them. */
static double load_per_cpu(void)
{
    double load = 0.0;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return getloadavg(&load, 1) == 1 && cpus > 0 ? load / (double)cpus : 0.0;
}

static void judge_time(const struct judge *judge, const struct play *play,
                       struct judgement *judgement)
{
    double load = judge->strict ? 0.0 : load_per_cpu();
    if (play->hung)
        complain(judgement, "%zu processes (%s ...) had to be ended %.1f s after the %s",
                 play->survivors, play->survivor,
                 play->must_end ? play->end_seconds : play->wall_seconds,
                 play->must_end ? "signal" : "start");
    else if (play->must_end && play->end_seconds > play->end_allowed_seconds && load > BUSY_LOAD &&
             play->end_seconds <= load * play->end_allowed_seconds)
        judgement->late = true;
    else if (play->must_end && play->end_seconds > play->end_allowed_seconds)
        complain(judgement, "the last process ended %.2f s after the signal (allowed: %.1f s)",
                 play->end_seconds, play->end_allowed_seconds);
}

/* ---- exit codes, results, lines ---- */

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    bool said = false;
    for (; *text != '\0'; text++) {
        /* A line of progress overwrites itself. */
        if (*text == '\n' || *text == '\r') {
            lines += said;
            said = false;
        } else {
            said = true;
        }
    }
    return lines + said;
}

static bool is_known_code(int code)
{
    return code == EXIT_CODE_DONE || code == EXIT_CODE_FAILED || code == EXIT_CODE_UNAVAILABLE ||
           code == EXIT_CODE_INTERRUPTED || code == 128 + SIGKILL || code == 128 + SIGTERM ||
           code == 128 + SIGHUP;
}

/* Whether a result beside a failure is what the program is meant to give. */
static bool may_have_both(const struct scenario *scenario, const struct part *part, int code)
{
    /* The samples that were had, those that failed, and the line that says so. */
    if (scenario->goes_on && code == EXIT_CODE_FAILED)
        return true;
    /* All was measured and told; what was interrupted came after it, and the line says so. */
    if ((scenario->kind == SCENARIO_SCRIPT || scenario->kind == SCENARIO_RESUME) &&
        code == EXIT_CODE_INTERRUPTED)
        return strstr(part->errors.bytes, "the data is complete") != NULL || scenario->on_terminal;
    /* Bytes pass as they come; the exit code says whether they are all. */
    return scenario->kind == SCENARIO_FILTER || scenario->kind == SCENARIO_NAMED;
}

static void judge_exited(const struct scenario *scenario, const struct play *play, size_t index,
                         enum result_state result, struct judgement *judgement)
{
    const struct part *part = &play->parts[index];
    const char *role = scenario->commands[index].role;
    int code = WEXITSTATUS(part->status);
    if (!is_known_code(code))
        complain(judgement, "%s: exit code %d", role, code);
    if (code == 0 && result != RESULT_WHOLE)
        complain(judgement, "%s: exit code 0 and %s", role,
                 result == RESULT_NONE ? "no result" : "not one whole, right result");
    if (code != 0 && result != RESULT_NONE && !may_have_both(scenario, part, code))
        complain(judgement, "%s: exit code %d and a result", role, code);
    if (code != 0 && !play->hit.landed)
        complain(judgement, "%s: exit code %d, and nothing had happened to it", role, code);
}

/* What was hit itself may be gone without a word; others say why they end. */
static void judge_lines(const struct scenario *scenario, const struct play *play, size_t index,
                        struct judgement *judgement)
{
    const struct part *part = &play->parts[index];
    size_t lines = count_lines(part->errors.bytes);
    size_t most = scenario->goes_on ? LINES_MOST_OF_LAYERS : 1;
    bool failed = !WIFEXITED(part->status) || WEXITSTATUS(part->status) != 0;
    /* What a terminal showed is lost when it closes. */
    if (scenario->on_terminal)
        return;
    if (lines > most || part->errors.overflowed)
        complain(judgement, "%s: %zu lines on standard error", scenario->commands[index].role,
                 lines);
    if (failed && !part->hit && lines == 0)
        complain(judgement, "%s: failed without a line", scenario->commands[index].role);
}

static void judge_part(const struct judge *judge, const struct scenario *scenario,
                       const struct strike *strike, const struct play *play, size_t index,
                       struct judgement *judgement)
{
    const struct part *part = &play->parts[index];
    enum result_state result = result_of(judge->stage, scenario, play, index);
    bool harmless = !play->hit.landed || strike_is_harmless(strike);
    bool failed = !WIFEXITED(part->status) || WEXITSTATUS(part->status) != 0;
    if (part->pid != 0 || play->hung)
        return; /* had to be ended: told by judge_time */
    if (WIFEXITED(part->status))
        judge_exited(scenario, play, index, result, judgement);
    else if (!part->hit)
        complain(judgement, "%s: ended by signal %d that was not meant for it",
                 scenario->commands[index].role, WTERMSIG(part->status));
    if (harmless && failed && play->hit.landed)
        complain(judgement, "%s: failed (status 0x%x) though it was only held up: %.*s",
                 scenario->commands[index].role, (unsigned)part->status, COMPLAINT_BYTES,
                 part->errors.bytes);
    judge_lines(scenario, play, index, judgement);
}

/* ---- what is left ---- */

/* A killed process can have made something that nobody else of its program knows of. */
static bool may_leave(const struct strike *strike, const struct play *play)
{
    if (!play->hit.landed || !strike_kills(strike) || play->hit.others_know)
        return false;
    for (size_t index = 0; index < play->hit.count; index++) {
        if (play->hit.targets[index].kin > 0)
            return false;
    }
    return true;
}

/* Asks `clean`, and once more where it left alone what a process that has just begun may still
 * need.
 */
static void clean_up(const struct judge *judge, struct judgement *judgement)
{
    struct remains remains;
    char text[REMAINS_TEXT_BYTES];
    for (int turn = 0; turn < 2; turn++) {
        judgement->cleaned_later = turn > 0;
        if (turn > 0)
            files_age_folders(judge->stage->temporary);
        judgement->cleaning = remains_clean(judge->clean, text);
        if (judgement->cleaning == CLEANING_FAILED)
            complain(judgement, "%s", text);
        if (judgement->cleaning != CLEANING_DONE)
            return;
        remains_look(judge->stage, &remains);
        if (!remains_any(&remains))
            return;
    }
    complain(judgement, "clean did not remove: %s", remains_describe(&remains, text));
    judgement->cleaning = CLEANING_FAILED;
}

static void judge_remains(const struct judge *judge, const struct strike *strike,
                          const struct play *play, struct judgement *judgement)
{
    struct remains remains;
    remains_look(judge->stage, &remains);
    judgement->left = remains_any(&remains);
    if (!judgement->left)
        return;
    remains_describe(&remains, judgement->remains);
    if (!may_leave(strike, play))
        complain(judgement, "left behind: %s", judgement->remains);
    clean_up(judge, judgement);
}

/* ---- bundles ---- */

static bool makes_bundles(const struct scenario *scenario)
{
    return scenario->kind == SCENARIO_SUITE || scenario->kind == SCENARIO_SCRIPT ||
           scenario->kind == SCENARIO_RESUME;
}

static void judge_bundles(const struct judge *judge, const struct scenario *scenario,
                          const struct play *play, struct judgement *judgement)
{
    struct failure failure = {0};
    struct bundles_found found;
    if (judge->bundles == NULL)
        return;
    if (!bundles_earlier_is_unchanged(judge->bundles))
        complain(judgement, "the earlier bundle was changed");
    if (!makes_bundles(scenario))
        return;
    bundles_find(judge->bundles, &found);
    bool done = WIFEXITED(play->parts[0].status) && WEXITSTATUS(play->parts[0].status) == 0;
    if (done && !found.finished)
        complain(judgement, "exit code 0, and no finished bundle");
    if (found.partial && bundles_check_interrupted(judge->bundles, found.path, &failure) < 0)
        complain(judgement, "the interrupted bundle: %s", failure.text);
    if (found.finished && bundles_check_rows(found.path, &failure) < 0)
        complain(judgement, "the finished bundle: %s", failure.text);
    else if (found.finished && done && bundles_verify(judge->bundles, found.path, &failure) < 0)
        complain(judgement, "the finished bundle: %s", failure.text);
}

void judge_run(const struct judge *judge, const struct scenario *scenario,
               const struct strike *strike, const struct play *play, struct judgement *judgement)
{
    *judgement = (struct judgement){.failures = 0};
    judge_time(judge, play, judgement);
    for (size_t index = 0; index < play->count; index++)
        judge_part(judge, scenario, strike, play, index, judgement);
    judge_remains(judge, strike, play, judgement);
    judge_bundles(judge, scenario, play, judgement);
}
