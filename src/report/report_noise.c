#include "report/report_noise.h"

#include "base/units.h"
#include "report/report_machine.h"
#include "report/report_sections.h"
#include "text/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_RANGES = 8, MOST_ROWS = 40, TEXT_BYTES = 48, END_BYTES = 80 };

/* ---- which rounds ---- */

/* Finds the next run of rounds one after the other that have a mark of this kind, from *next on,
 * which it moves behind them. */
static bool find_range(const struct noise *noise, enum noise_kind kind, size_t *next,
                       uint64_t *first, uint64_t *last)
{
    bool found = false;
    for (; *next < noise->count; (*next)++) {
        const struct noise_mark *mark = &noise->marks[*next];
        if (mark->kind != kind)
            continue;
        if (found && mark->round != *last + 1)
            break;
        if (!found)
            *first = mark->round;
        *last = mark->round;
        found = true;
    }
    return found;
}

static size_t count_rounds(const struct noise *noise, enum noise_kind kind)
{
    size_t rounds = 0;
    for (size_t index = 0; index < noise->count; index++)
        rounds += noise->marks[index].kind == kind ? 1 : 0;
    return rounds;
}

char *noise_list_rounds(const struct noise *noise, enum noise_kind kind, enum language language,
                        char *text)
{
    size_t rounds = count_rounds(noise, kind);
    size_t next = 0;
    uint64_t named = 0;
    uint64_t first;
    uint64_t last;
    char list[NOISE_ROUNDS_BYTES] = "";
    int used = 0;
    *text = '\0';
    if (rounds == 0)
        return text;
    for (int range = 0; range < MOST_RANGES && find_range(noise, kind, &next, &first, &last);
         range++) {
        const char *separator = range > 0 ? text_in(language, ", ") : "";
        used += first == last ? snprintf(list + used, NOISE_ROUNDS_BYTES - (size_t)used,
                                         "%s%" PRIu64, separator, first)
                              : snprintf(list + used, NOISE_ROUNDS_BYTES - (size_t)used,
                                         "%s%" PRIu64 "-%" PRIu64, separator, first, last);
        named += last - first + 1;
        /* Room is left for one more range and the end. */
        if (used >= NOISE_ROUNDS_BYTES - END_BYTES)
            break;
    }
    if (rounds > named)
        snprintf(list + used, NOISE_ROUNDS_BYTES - (size_t)used,
                 text_in(language, " and %" PRIu64 " more"), (uint64_t)rounds - named);
    snprintf(text, NOISE_ROUNDS_BYTES,
             rounds == 1 ? text_in(language, "round %s") : text_in(language, "rounds %s"), list);
    return text;
}

/* ---- how much ---- */

/* 0.0312 -> "3.1 %", 0.34 -> "34 %". */
static const char *format_share(double share, char *text)
{
    snprintf(text, TEXT_BYTES, share < 0.0995 ? "%.1f %%" : "%.0f %%", 100.0 * share);
    return text;
}

static const char *format_frequency(double hertz, char *text)
{
    snprintf(text, TEXT_BYTES, "%.2f GHz", hertz / 1e9);
    return text;
}

/* How far a mark lies from what is usual; of those that have no usual, how large it is. */
static double severity_of(const struct noise_mark *mark)
{
    return isnan(mark->usual) ? mark->value : fabs(log(mark->value / mark->usual));
}

/* The worst mark of a kind; NULL where there is none. */
static const struct noise_mark *find_worst(const struct noise *noise, enum noise_kind kind)
{
    const struct noise_mark *worst = NULL;
    for (size_t index = 0; index < noise->count; index++) {
        const struct noise_mark *mark = &noise->marks[index];
        if (mark->kind == kind && (worst == NULL || severity_of(mark) > severity_of(worst)))
            worst = mark;
    }
    return worst;
}

/* The samples of all marks of a kind. */
static uint64_t count_affected(const struct noise *noise, enum noise_kind kind)
{
    uint64_t samples = 0;
    for (size_t index = 0; index < noise->count; index++)
        samples += noise->marks[index].kind == kind ? noise->marks[index].affected : 0;
    return samples;
}

/* What was seen at worst; `most` is "up to " where it was seen more than once. */
static void say_seen(const struct noise_mark *worst, const char *most, uint64_t affected,
                     struct sentence *sentence)
{
    char value[TEXT_BYTES];
    char usual[TEXT_BYTES];
    switch (worst->kind) {
    case NOISE_STEAL:
        sentence_add(sentence, "the hypervisor took %s%s of the CPUs' time", most,
                     format_share(worst->value, value));
        break;
    case NOISE_BUSY:
        sentence_add(sentence, "other processes used %s%s of a CPU", most,
                     format_share(worst->value, value));
        break;
    case NOISE_FREQUENCY:
        sentence_add(sentence, "the CPUs ran at %s instead of %s",
                     format_frequency(worst->value, value), format_frequency(worst->usual, usual));
        break;
    case NOISE_THROTTLED:
        sentence_add(sentence, "the CPUs were slowed down against heat");
        break;
    case NOISE_ELSEWHERE:
        sentence_add(
            sentence,
            "%" PRIu64 " samples were measured in another state of the machine than most "
            "(its CPUs had moved, or a stranger was on their cores) and count in no figure",
            affected);
        break;
    default:
        sentence_add(sentence,
                     "the two CPUs changed their distance around %" PRIu64
                     " samples (%s instead of %s)",
                     affected, units_format_nanoseconds(worst->value, value),
                     units_format_nanoseconds(worst->usual, usual));
    }
}

static const char *const advice[NOISE_KINDS] = {
    [NOISE_STEAL] = TEXT("measure when its host is calmer, or on a machine of your own"),
    [NOISE_BUSY] = TEXT("close them and measure again"),
    [NOISE_FREQUENCY] = TEXT("hold the frequency (governor performance) and measure again"),
    [NOISE_THROTTLED] = TEXT("let them cool and measure again"),
    [NOISE_MOVED] = TEXT("believe ratios, paired within rounds, rather than absolute values"),
    [NOISE_ELSEWHERE] = TEXT("samples.tsv has them; measure longer for narrower intervals"),
};

void noise_say(const struct bundle_data *bundle, struct sentence *sentence)
{
    double rounds_done = report_machine_of(bundle).rounds;
    const char *separator = "";
    for (int kind = 0; kind < NOISE_KINDS; kind++) {
        const struct noise_mark *worst = find_worst(&bundle->noise, (enum noise_kind)kind);
        char rounds[NOISE_ROUNDS_BYTES];
        if (worst == NULL)
            continue;
        bool often = count_rounds(&bundle->noise, worst->kind) > 1;
        sentence_add(sentence, "%s", separator);
        say_seen(worst, often ? sentence_word(sentence, "up to ") : "",
                 count_affected(&bundle->noise, worst->kind), sentence);
        noise_list_rounds(&bundle->noise, worst->kind, sentence->language, rounds);
        if (isnan(rounds_done))
            sentence_add(sentence, " in %s: %s", rounds, sentence_word(sentence, advice[kind]));
        else
            sentence_add(sentence, " in %s of %.0f: %s", rounds, rounds_done,
                         sentence_word(sentence, advice[kind]));
        separator = sentence_word(sentence, "; ");
    }
}

/* ---- the section of the report ---- */

static void write_row(const struct noise_mark *mark, struct document *document)
{
    char value[TEXT_BYTES] = "";
    char usual[TEXT_BYTES] = "";
    char limit[TEXT_BYTES];
    snprintf(limit, sizeof limit, "%s", document_text(document, "any"));
    switch (mark->kind) {
    case NOISE_STEAL:
    case NOISE_BUSY:
        format_share(mark->value, value);
        snprintf(limit, sizeof limit, document_text(document, "above %.3g %%"),
                 100.0 * mark->limit);
        break;
    case NOISE_FREQUENCY:
        format_frequency(mark->value, value);
        format_frequency(mark->usual, usual);
        snprintf(limit, sizeof limit, document_text(document, "by %.3g %%"), 100.0 * mark->limit);
        break;
    case NOISE_ELSEWHERE:
        format_share(mark->value, value);
        break;
    case NOISE_THROTTLED:
        snprintf(value, sizeof value, document_text(document, "%.0f events"), mark->value);
        break;
    default:
        units_format_nanoseconds(mark->value, value);
        units_format_nanoseconds(mark->usual, usual);
        snprintf(limit, sizeof limit, document_text(document, "by a factor of %.3g"), mark->limit);
    }
    document_begin(document, DOCUMENT_ROW);
    document_write(document, DOCUMENT_CELL, "%" PRIu64, mark->round);
    document_write(document, DOCUMENT_CELL, "%s", noise_names[mark->kind]);
    document_write(document, DOCUMENT_CELL, "%s", value);
    document_write(document, DOCUMENT_CELL, "%s", usual);
    document_write(document, DOCUMENT_CELL, "%s", limit);
    document_write(document, DOCUMENT_CELL, "%" PRIu64, mark->affected);
    document_end(document, DOCUMENT_ROW);
}

static void write_marks(const struct noise *noise, struct document *document)
{
    size_t shown = noise->count < MOST_ROWS ? noise->count : MOST_ROWS;
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_FIGURES, "round");
    document_column(document, DOCUMENT_WORDS, "disturbance");
    document_column(document, DOCUMENT_FIGURES, "seen");
    document_column(document, DOCUMENT_FIGURES, "usual");
    document_column(document, DOCUMENT_FIGURES, "marked");
    document_column(document, DOCUMENT_FIGURES, "samples");
    for (size_t index = 0; index < shown; index++)
        write_row(&noise->marks[index], document);
    document_end(document, DOCUMENT_TABLE);
    if (shown < noise->count)
        document_write(document, DOCUMENT_PARAGRAPH, "The first %zu of %zu; all are in %s.", shown,
                       noise->count, NOISE_FILE);
}

void report_write_noise(const struct report_scope *scope, struct document *document)
{
    const struct noise *noise = &scope->bundle->noise;
    struct sentence sentence = sentence_in(document->language);
    if (!noise->watched)
        return;
    document_heading(document, DOCUMENT_SECTION, "Noise");
    if (noise->count == 0) {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "Nothing disturbed a round beyond the limits that "
                       "[docs/METHOD.md](../../docs/METHOD.md) names.");
        return;
    }
    noise_say(scope->bundle, &sentence);
    document_write(document, DOCUMENT_PARAGRAPH,
                   count_rounds(noise, NOISE_ELSEWHERE) > 0
                       ? TEXT("Disturbed: %s. Nothing else was left out because of it.")
                       : TEXT("Disturbed: %s. Nothing was left out because of it."),
                   sentence.text);
    write_marks(noise, document);
}
