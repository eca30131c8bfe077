#include "report/report_answer.h"

#include "base/units.h"
#include "report/report_cause_findings.h"
#include "report/report_cause_sentences.h"
#include "report/report_machine.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

#define RATIO "ratio_to_pipe"

enum { TOLD_MODES = 2, LISTED_SIZES = 6, LISTED_CLAIMS = 4 };

const char *const answer_names[ANSWERS] = {TEXT("Count"), TEXT("Speed"), TEXT("Cause"),
                                           TEXT("Not so"), TEXT("Machine")};

static void say_size(uint64_t size_bytes, struct sentence *sentence)
{
    char size[UNITS_TEXT_BYTES];
    sentence_add(sentence, "%s", units_format_bytes(size_bytes, size));
}

/* "4 KiB, 64 KiB and 3 more". */
static void list_sizes(const struct bundle_sizes *sizes, size_t most, struct sentence *sentence)
{
    size_t shown = sizes->count <= most ? sizes->count : most;
    for (size_t index = 0; index < shown; index++) {
        sentence_add(sentence, "%s", index > 0 ? sentence_word(sentence, ", ") : "");
        say_size(sizes->bytes[index], sentence);
    }
    if (shown < sizes->count)
        sentence_add(sentence, " and %zu more", sizes->count - shown);
}

/* ---- count ---- */

enum { PAIR_BYTES = 3 * FINDING_TEXT_BYTES };

/* "4 against 1". */
static const char *format_pair(const struct finding_count *count, enum finding_path one,
                               enum finding_path other, const struct sentence *sentence,
                               char text[PAIR_BYTES])
{
    char left[FINDING_TEXT_BYTES];
    char right[FINDING_TEXT_BYTES];
    snprintf(text, PAIR_BYTES, sentence_word(sentence, "%s against %s"),
             finding_format_copies(count->paths[one]->predicted_copies, left),
             finding_format_copies(count->paths[other]->predicted_copies, right));
    return text;
}

static void say_witnesses(const struct finding_count *count, struct sentence *sentence)
{
    if (count->agreeing == count->rows)
        sentence_add(sentence, "; no witness contradicts any of the %zu paths.", count->rows);
    else
        sentence_add(sentence, "; witnesses CONTRADICT %zu of the %zu paths.",
                     count->rows - count->agreeing, count->rows);
}

static void say_copies(const struct report_scope *scope, struct sentence *sentence)
{
    struct finding_count count = finding_count_copies(scope->evidence);
    if (count.rows == 0) {
        sentence_add(sentence, "this bundle has no counted copies (copies.tsv).");
        return;
    }
    char text[PAIR_BYTES];
    char to_use[PAIR_BYTES];
    if (finding_has_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_USE))
        sentence_add(
            sentence,
            "copies per payload byte, pipe against shared memory: %s as the article counts "
            "(file to file against file to use)",
            format_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_USE, sentence,
                        text));
    else
        sentence_add(sentence, "the two paths that the article compares were not counted");
    if (finding_has_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_FILE) &&
        finding_has_pair(&count, FINDING_PIPE_FILE_TO_USE, FINDING_SHM_FILE_TO_USE))
        sentence_add(sentence, "; between equal ends %s (file to file) and %s (file to use)",
                     format_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_FILE,
                                 sentence, text),
                     format_pair(&count, FINDING_PIPE_FILE_TO_USE, FINDING_SHM_FILE_TO_USE,
                                 sentence, to_use));
    say_witnesses(&count, sentence);
}

static void say_copies_briefly(const struct report_scope *scope, struct sentence *sentence)
{
    struct finding_count count = finding_count_copies(scope->evidence);
    if (count.rows == 0) {
        sentence_add(sentence, "no counted copies in this bundle");
        return;
    }
    char text[PAIR_BYTES];
    if (finding_has_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_USE))
        sentence_add(sentence, "%s copies as the article counts",
                     format_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_USE,
                                 sentence, text));
    else
        sentence_add(sentence, "the article's paths were not counted");
    if (finding_has_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_FILE))
        sentence_add(sentence, ", %s file to file",
                     format_pair(&count, FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_FILE,
                                 sentence, text));
    if (count.agreeing < count.rows)
        sentence_add(sentence, "; %zu of %zu CONTRADICTED", count.rows - count.agreeing,
                     count.rows);
}

/* ---- speed ---- */

/* The ratio of a mode at its size nearest to 64 KiB; NULL where there is none. */
static const struct estimate *ratio_of_mode(const struct report_scope *scope, const char *test,
                                            const struct finding_mode *mode, uint64_t *size_bytes)
{
    struct bundle_cell cell = bundle_cell_of(scope->subject, test, mode->wait, mode->copies,
                                             scope->touch, scope->placement);
    struct bundle_sizes sizes = bundle_sizes_of(scope->bundle, &cell, RATIO);
    *size_bytes = finding_reference_size(&sizes);
    return bundle_find(scope->bundle, &cell, *size_bytes, RATIO);
}

/* "throughput at 64 KiB 2.10x [1.90, 2.30] (own, block), 3.00x [2.80, 3.10] (inplace, spin)", the
 * size again where it is another. Returns whether there is anything. */
static bool say_ratios(const struct report_scope *scope, const char *test,
                       struct sentence *sentence)
{
    struct finding_mode modes[TOLD_MODES];
    size_t count =
        finding_choose_modes(scope->bundle, scope->touch, scope->placement, modes, TOLD_MODES);
    uint64_t last = 0;
    for (size_t index = 0; index < count; index++) {
        uint64_t size_bytes;
        char text[FINDING_TEXT_BYTES];
        char size[UNITS_TEXT_BYTES];
        const struct estimate *ratio = ratio_of_mode(scope, test, &modes[index], &size_bytes);
        if (ratio == NULL)
            continue;
        const char *doubt = finding_of_ratio(ratio) == FINDING_UNRESOLVED
                                ? sentence_word(sentence, "; not resolved")
                                : "";
        finding_format_ratio(ratio, sentence->language, text);
        units_format_bytes(size_bytes, size);
        if (last == 0)
            sentence_add(sentence, "%s at %s %s (%s, %s%s)", sentence_word(sentence, test), size,
                         text, modes[index].copies, modes[index].wait, doubt);
        else if (size_bytes != last)
            sentence_add(sentence, ", at %s %s (%s, %s%s)", size, text, modes[index].copies,
                         modes[index].wait, doubt);
        else
            sentence_add(sentence, ", %s (%s, %s%s)", text, modes[index].copies, modes[index].wait,
                         doubt);
        last = size_bytes;
    }
    return last != 0;
}

static void say_speed(const struct report_scope *scope, struct sentence *sentence)
{
    struct finding_speed speed = finding_survey_speed(scope->bundle, scope->touch);
    struct sentence latency = sentence_in(sentence->language);
    if (speed.cells == 0) {
        sentence_add(sentence, "nothing was measured beside the pipe in the same rounds.");
        return;
    }
    sentence_add(sentence, "%s is so many times as fast as the pipe: ", scope->subject);
    bool throughput = say_ratios(scope, TEXT("throughput"), sentence);
    if (say_ratios(scope, TEXT("latency"), &latency))
        sentence_add(sentence, throughput ? TEXT("; %s") : "%s", latency.text);
    sentence_add(sentence, "; faster in %zu of all %zu cells (test, wait, mode, placement, size).",
                 speed.faster, speed.cells);
}

/* "64 KiB: 2.10x [1.90, 2.30] own block, 1.00x [0.90, 1.10]~ inplace spin" of one test. */
static bool say_ratios_briefly(const struct report_scope *scope, const char *test,
                               struct sentence *sentence)
{
    struct finding_mode modes[TOLD_MODES];
    size_t count =
        finding_choose_modes(scope->bundle, scope->touch, scope->placement, modes, TOLD_MODES);
    uint64_t last = 0;
    for (size_t index = 0; index < count; index++) {
        uint64_t size_bytes;
        char text[FINDING_TEXT_BYTES];
        char size[UNITS_TEXT_BYTES];
        const struct estimate *ratio = ratio_of_mode(scope, test, &modes[index], &size_bytes);
        if (ratio == NULL)
            continue;
        sentence_add(sentence, "%s", last != 0 ? sentence_word(sentence, ", ") : "");
        if (size_bytes != last)
            sentence_add(sentence, "%s: ", units_format_bytes(size_bytes, size));
        sentence_add(sentence, "%s%s %s %s", finding_format_ratio(ratio, sentence->language, text),
                     finding_of_ratio(ratio) == FINDING_UNRESOLVED ? "~" : "", modes[index].copies,
                     modes[index].wait);
        last = size_bytes;
    }
    return last != 0;
}

static void say_speed_briefly(const struct report_scope *scope, struct sentence *sentence)
{
    struct finding_speed speed = finding_survey_speed(scope->bundle, scope->touch);
    if (speed.cells == 0)
        sentence_add(sentence, "nothing was measured beside the pipe: no ratios");
    else if (!say_ratios_briefly(scope, "throughput", sentence))
        say_ratios_briefly(scope, "latency", sentence);
}

/* ---- cause ---- */

/* The line of the wait that has one, the blocking one first: the article's pipe blocks. */
static struct finding_line choose_line(const struct report_scope *scope, const char **wait)
{
    const struct bundle_words *waits = &scope->bundle->words[BUNDLE_WAIT];
    uint64_t size_bytes =
        finding_copies_size(scope->bundle, scope->evidence, scope->touch, scope->placement);
    struct finding_line line = {.price = NULL};
    for (size_t index = 0; index < waits->count && line.price == NULL; index++) {
        *wait = waits->words[index];
        line = finding_line_at(scope->bundle, scope->evidence, *wait, scope->touch,
                               scope->placement, size_bytes);
    }
    return line;
}

static void say_cause(const struct report_scope *scope, struct sentence *sentence)
{
    const char *wait = "";
    struct finding_line line = choose_line(scope, &wait);
    struct sentence others = sentence_in(sentence->language);
    struct sentence range = sentence_in(sentence->language);
    if (scope->evidence->gaps_count == 0) {
        sentence_add(sentence, "this bundle does not take the gap apart (gap.tsv)");
    } else {
        cause_say_share(scope->evidence, scope->placement, true, sentence);
        cause_say_other_shares(scope->evidence, scope->placement, &others);
        cause_say_share_range(scope->evidence, scope->placement, &range);
    }
    if (*others.text != '\0')
        sentence_add(sentence, ", the %s", others.text);
    if (*range.text != '\0')
        sentence_add(sentence, "; %s", range.text);
    if (line.price != NULL) {
        struct sentence told = sentence_in(sentence->language);
        char size[UNITS_TEXT_BYTES];
        cause_say_line(&line, true, &told);
        sentence_add(sentence, ". With %s at %s %s", wait,
                     units_format_bytes(line.price->size_bytes, size), told.text);
    }
    sentence_add(sentence, ".");
}

static void say_cause_briefly(const struct report_scope *scope, struct sentence *sentence)
{
    const char *wait = "";
    uint64_t size_bytes = finding_gap_size(scope->evidence, scope->placement);
    struct finding_gap gap = finding_gap_at(scope->evidence, scope->placement, size_bytes);
    struct finding_line line = choose_line(scope, &wait);
    char text[FINDING_VALUE_BYTES];
    char size[UNITS_TEXT_BYTES];
    units_format_bytes(size_bytes, size);
    if (scope->evidence->gaps_count == 0) {
        sentence_add(sentence, "no gap taken apart in this bundle");
    } else if (!finding_is_taken_apart(&gap)) {
        sentence_add(sentence, "the gap was not taken apart at any size");
    } else if (!finding_has_shares(&gap)) {
        sentence_add(sentence, "no gap is resolved at %s", size);
    } else {
        sentence_add(sentence, "%s: %s%s of the gap is copies", size,
                     finding_format_share(&gap.copies->share, sentence->language, text),
                     finding_is_wide_share(&gap.copies->share) ? "?" : "");
    }
    if (line.price != NULL) {
        char slope[FINDING_TEXT_BYTES];
        sentence_add(sentence, "; %s%s ns/KiB a copy",
                     finding_format_number(line.price->slope.value, slope),
                     line.price->slope.ci95_lo <= 0.0 ? "?" : "");
    }
}

/* ---- where it does not hold ---- */

/* "latency, own, block at 64 B, 128 B; ..." of the main placement and touch. */
static void say_slower_sizes(const struct report_scope *scope, struct sentence *sentence)
{
    static const char *const tests[] = {TEXT("throughput"), TEXT("latency")};
    struct finding_mode modes[BUNDLE_MOST_WORDS];
    size_t count = finding_choose_modes(scope->bundle, scope->touch, scope->placement, modes,
                                        BUNDLE_MOST_WORDS);
    bool begun = false;
    for (size_t index = 0; index < 2 * count; index++) {
        const struct finding_mode *mode = &modes[index / 2];
        struct bundle_cell cell = bundle_cell_of(scope->subject, tests[index % 2], mode->wait,
                                                 mode->copies, scope->touch, scope->placement);
        struct finding_survey survey = finding_survey_ratio(scope->bundle, &cell);
        if (survey.slower.count == 0)
            continue;
        struct sentence sizes = sentence_in(sentence->language);
        list_sizes(&survey.slower, LISTED_SIZES, &sizes);
        sentence_add(sentence, "%s", begun ? sentence_word(sentence, "; ") : "");
        sentence_add(sentence, "%s, %s, %s at %s", sentence_word(sentence, tests[index % 2]),
                     mode->copies, mode->wait, sizes.text);
        begun = true;
    }
}

static void say_failed_claims(const struct evidence *evidence, struct sentence *sentence)
{
    struct finding_verdicts verdicts = finding_count_verdicts(evidence);
    size_t listed = 0;
    if (verdicts.claims == 0) {
        sentence_add(sentence, "the claims were not tried (claims.tsv)");
        return;
    }
    sentence_add(sentence, "%zu of %zu claims do not hold", verdicts.fail, verdicts.claims);
    for (size_t index = 0; index < evidence->claims_count && listed < LISTED_CLAIMS; index++) {
        if (strcmp(evidence->claims[index].verdict, "does not hold") == 0)
            sentence_add(sentence, "%s%s",
                         listed++ == 0 ? sentence_word(sentence, ": ")
                                       : sentence_word(sentence, ", "),
                         evidence->claims[index].id);
    }
    if (listed < verdicts.fail)
        sentence_add(sentence, " and %zu more", verdicts.fail - listed);
}

static void say_limits(const struct report_scope *scope, struct sentence *sentence)
{
    struct finding_speed speed = finding_survey_speed(scope->bundle, scope->touch);
    struct finding_shares shares = finding_survey_shares(scope->evidence, scope->placement);
    struct sentence slower = sentence_in(sentence->language);
    say_slower_sizes(scope, &slower);
    sentence_add(sentence, "%s is slower than the pipe in %zu of %zu cells",
                 *scope->subject != '\0' ? scope->subject
                                         : sentence_word(sentence, "another mechanism"),
                 speed.slower, speed.cells);
    if (*slower.text != '\0')
        sentence_add(sentence, " (%s)", slower.text);
    sentence_add(sentence, ", and not told apart from it in %zu", speed.unresolved);
    if (shares.resolved > 0) {
        sentence_add(sentence, "; copies explain less than half of the gap at %zu of %zu sizes",
                     shares.less.count, shares.resolved);
        sentence_add(sentence, "%s", shares.less.count > 0 ? sentence_word(sentence, ": ") : "");
        list_sizes(&shares.less, LISTED_SIZES, sentence);
    }
    sentence_add(sentence, "; ");
    say_failed_claims(scope->evidence, sentence);
    sentence_add(sentence, ".");
}

static void say_limits_briefly(const struct report_scope *scope, struct sentence *sentence)
{
    struct finding_speed speed = finding_survey_speed(scope->bundle, scope->touch);
    struct finding_shares shares = finding_survey_shares(scope->evidence, scope->placement);
    sentence_add(sentence, "slower in %zu of %zu cells, %zu not resolved", speed.slower,
                 speed.cells, speed.unresolved);
    if (shares.resolved > 0)
        sentence_add(sentence, "; copies < half at %zu of %zu sizes", shares.less.count,
                     shares.resolved);
}

/* ---- machine ---- */

static void say_machine(const struct report_scope *scope, struct sentence *sentence)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    char text[REPORT_MACHINE_TEXT_BYTES];
    sentence_add(sentence, "%s", report_machine_describe(&machine, sentence->language, text));
    sentence_add(sentence, "; %s",
                 report_machine_describe_placement(scope->bundle, scope->placement,
                                                   sentence->language, text));
    if (!isnan(machine.rounds))
        sentence_add(sentence, "; %.0f rounds", machine.rounds);
    if (!isnan(machine.seconds))
        sentence_add(sentence, " in %.0f s", machine.seconds);
    sentence_add(sentence, "; touch %s.", scope->touch);
}

static void say_machine_briefly(const struct report_scope *scope, struct sentence *sentence)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    char text[REPORT_MACHINE_TEXT_BYTES];
    sentence_add(sentence, "%s", report_machine_describe(&machine, sentence->language, text));
}

void answer_say(const struct report_scope *scope, enum answer answer, struct sentence *sentence)
{
    static void (*const say[ANSWERS])(const struct report_scope *scope,
                                      struct sentence *sentence) = {
        say_copies, say_speed, say_cause, say_limits, say_machine};
    say[answer](scope, sentence);
}

void answer_say_briefly(const struct report_scope *scope, enum answer answer,
                        struct sentence *sentence)
{
    static void (*const say[ANSWERS])(const struct report_scope *scope,
                                      struct sentence *sentence) = {
        say_copies_briefly, say_speed_briefly, say_cause_briefly, say_limits_briefly,
        say_machine_briefly};
    say[answer](scope, sentence);
}

void answer_count_verdict(const struct evidence *evidence, enum answer_verdict verdict,
                          struct sentence *sentence)
{
    static const char *const names[ANSWER_VERDICTS] = {TEXT("holds"), TEXT("holds in part"),
                                                       TEXT("does not hold"), TEXT("unresolved")};
    struct finding_verdicts verdicts = finding_count_verdicts(evidence);
    const size_t counts[ANSWER_VERDICTS] = {verdicts.hold, verdicts.in_part, verdicts.fail,
                                            verdicts.unresolved};
    sentence_add(sentence, "%s %zu", sentence_word(sentence, names[verdict]), counts[verdict]);
}

void answer_count_verdicts(const struct evidence *evidence, struct sentence *sentence)
{
    if (evidence->claims_count == 0) {
        sentence_add(sentence, "not tried in this bundle (no claims.tsv)");
        return;
    }
    sentence_add(sentence, "of %zu: ", evidence->claims_count);
    for (int verdict = 0; verdict < ANSWER_VERDICTS; verdict++) {
        sentence_add(sentence, "%s", verdict > 0 ? sentence_word(sentence, ", ") : "");
        answer_count_verdict(evidence, (enum answer_verdict)verdict, sentence);
    }
}
