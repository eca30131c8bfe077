#include "compare/compare_sentences.h"

#include "base/units.h"
#include "report/report_findings.h"
#include "results/statistics.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *compare_kind_plural(enum compare_kind kind)
{
    static const char *const names[] = {"ratios", "normalised figures", "absolute figures"};
    return names[kind];
}

/* "9 % slower", "2.10 times as fast". */
static void say_change(double factor, struct sentence *sentence)
{
    char text[FINDING_TEXT_BYTES];
    double percent = 100.0 * fabs(factor - 1.0);
    if (factor > 2.0 || factor < 0.5)
        sentence_add(sentence, "%s times as fast", finding_format_factor(factor, text));
    else
        sentence_add(sentence, "%.*f %% %s", percent < 2.0 ? 1 : 0, percent,
                     factor < 1.0 ? "slower" : "faster");
}

void compare_say_mechanism(const struct compare_outcome *outcome,
                           const struct mechanism_verdict *mechanism, struct sentence *sentence)
{
    char median[FINDING_TEXT_BYTES];
    char least[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    bool ratio = outcome->verdict.kind == COMPARE_RATIO;
    bool pipe = ratio && strcmp(mechanism->mechanism, "pipe") == 0;
    /* One in ten on the other side may be chance or one size; more is no common change. */
    size_t fewer = mechanism->slower < mechanism->differ - mechanism->slower
                       ? mechanism->slower
                       : mechanism->differ - mechanism->slower;
    bool both_ways = 10 * fewer > mechanism->differ;
    sentence_add(sentence, "%s is ", mechanism->mechanism);
    if (both_ways)
        sentence_add(sentence, "slower in some cells of %s and faster in others", outcome->after);
    else
        say_change(mechanism->median, sentence);
    sentence_add(sentence, "%s%s (%zu of %zu %s cells, %s [%s, %s]", both_ways ? "" : " in ",
                 both_ways ? "" : outcome->after, mechanism->differ, mechanism->cells,
                 pipe ? "pipe" : compare_kind_names[outcome->verdict.kind],
                 finding_format_factor(mechanism->median, median),
                 finding_format_factor(mechanism->least, least),
                 finding_format_factor(mechanism->most, most));
    if (fewer > 0)
        sentence_add(sentence, ", %zu slower and %zu faster", mechanism->slower,
                     mechanism->differ - mechanism->slower);
    sentence_add(sentence, ")%s", pipe ? ": the ratios of all others to it moved alike" : "");
    if (!isnan(mechanism->own_absolute) && !isnan(mechanism->pipe_absolute))
        sentence_add(sentence, "; in absolute figures %s %s, pipe %s", mechanism->mechanism,
                     finding_format_factor(mechanism->own_absolute, median),
                     finding_format_factor(mechanism->pipe_absolute, least));
}

static const char *text_of(const json_t *object, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && *text != '\0' ? text : otherwise;
}

void compare_say_bundle(const struct compare_bundle *bundle, struct sentence *sentence)
{
    const json_t *machine = json_object_get(bundle->manifest, "machine");
    const char *label = text_of(bundle->manifest, "label", "");
    const json_t *rounds = json_object_get(bundle->manifest, "rounds_done");
    sentence_add(sentence, "%.100s", bundle->name);
    if (*label != '\0')
        sentence_add(sentence, " (%.80s)", label);
    sentence_add(sentence, ", %.80s, Linux %.60s", text_of(machine, "cpu_model", "unknown CPU"),
                 text_of(machine, "kernel_release", "unknown"));
    if (json_is_integer(rounds))
        sentence_add(sentence, ", %lld rounds", (long long)json_integer_value(rounds));
}

int compare_say_kind(const struct compare_outcome *outcome, enum compare_kind kind,
                     struct sentence *sentence)
{
    const struct comparison *comparison = &outcome->comparison;
    double *factors = calloc(comparison->cell_count + 1, sizeof *factors);
    size_t count = 0;
    size_t differ = 0;
    char text[FINDING_TEXT_BYTES];
    if (factors == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct difference *difference = &comparison->differences[kind][index];
        if (isnan(difference->factor) ||
            compare_is_ceiling(compared_cell_key(&comparison->cells[index])))
            continue;
        factors[count++] = difference->factor;
        differ += difference->differs;
    }
    statistics_sort(factors, count);
    if (count > 0)
        sentence_add(sentence, "%s: %zu of %zu differ, the median cell is %s times as fast",
                     compare_kind_plural(kind), differ, count,
                     finding_format_factor(statistics_median(factors, count), text));
    free(factors);
    return 0;
}

void compare_say_rest_of_cell(const struct cell_key *key, struct sentence *sentence)
{
    if (strcmp(key->source, "memory") != 0 || strcmp(key->sink, "use") != 0)
        sentence_add(sentence, " %s-%s", key->source, key->sink);
    if (key->extra_copies > 0)
        sentence_add(sentence, " +%" PRIu64 " %s", key->extra_copies, key->working_set);
    if (strcmp(key->touch, "full") != 0 && !compare_is_ceiling(key))
        sentence_add(sentence, " touch=%s", key->touch);
    if (strcmp(key->placement, "cache") != 0)
        sentence_add(sentence, " placement=%s", key->placement);
}

void compare_say_cell(const struct cell_key *key, struct sentence *sentence)
{
    char size[UNITS_TEXT_BYTES];
    sentence_add(sentence, "%s %s", key->mechanism, key->test);
    if (!compare_is_ceiling(key))
        sentence_add(sentence, " %s %s", key->wait, key->copies);
    sentence_add(sentence, " %s", units_format_bytes(key->size_bytes, size));
    compare_say_rest_of_cell(key, sentence);
}

void compare_say_difference(const struct difference *difference, bool interval,
                            struct sentence *sentence)
{
    char factor[FINDING_TEXT_BYTES];
    char lo[FINDING_TEXT_BYTES];
    char hi[FINDING_TEXT_BYTES];
    sentence_add(sentence, "%s", finding_format_factor(difference->factor, factor));
    if (interval && !isnan(difference->ci95_lo))
        sentence_add(sentence, " [%s, %s]", finding_format_factor(difference->ci95_lo, lo),
                     finding_format_factor(difference->ci95_hi, hi));
    sentence_add(sentence, "%s", difference->differs ? " *" : "");
}

enum compare_kind compare_kind_at(const struct compare_outcome *outcome, int place)
{
    return (enum compare_kind)((place + (int)outcome->verdict.kind) % COMPARE_KINDS);
}
