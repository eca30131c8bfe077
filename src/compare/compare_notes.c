#include "compare/compare_notes.h"

#include "base/units.h"
#include "compare/machine_facts.h"
#include "results/bundle_reader.h"
#include "results/statistics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many words of a list are told before "...". */
enum { SHOWN_WORDS = 6 };

struct note_taker {
    const struct comparison *comparison;
    const char *before; /* what the bundles are called */
    const char *after;
    struct compare_notes *notes;
};

static struct sentence *new_note(const struct note_taker *taker)
{
    struct compare_notes *notes = taker->notes;
    /* There are fewer kinds of notes than room; the last one would be written over. */
    size_t place = notes->count < COMPARE_MOST_NOTES ? notes->count++ : COMPARE_MOST_NOTES - 1;
    notes->notes[place] = sentence_in(LANGUAGE_ENGLISH);
    return &notes->notes[place];
}

/* --- Facts of the plan and the build ------------------------------------------------------------
 */

static const json_t *fact(const struct compare_bundle *bundle, const char *path)
{
    /* bundle_fact knows the manifest only. */
    struct bundle_data data = {.manifest = bundle->manifest};
    return bundle_fact(&data, path);
}

static void note_fact(const struct note_taker *taker, const char *path)
{
    const json_t *before = fact(taker->comparison->before, path);
    const json_t *after = fact(taker->comparison->after, path);
    /* What an older schema does not record is no difference. */
    if (before == NULL || after == NULL || json_equal(before, after))
        return;
    char *one = machine_fact_text(before);
    char *other = machine_fact_text(after);
    const char *dot = strrchr(path, '.');
    sentence_add(new_note(taker), "%s differs: %.120s in %s, %.120s in %s",
                 dot != NULL ? dot + 1 : path, one != NULL ? one : "?", taker->before,
                 other != NULL ? other : "?", taker->after);
    free(one);
    free(other);
}

/* Samples of other states of the machine, which count in no figure of the comparison. */
static void note_states(const struct note_taker *taker)
{
    const struct comparison *comparison = taker->comparison;
    size_t before = comparison->elsewhere_before;
    size_t after = comparison->elsewhere_after;
    if (comparison->states_apart > 0)
        sentence_add(
            new_note(taker),
            "the machine was in different states: how far apart the CPUs were, or how fast "
            "they computed, differs in all samples of %zu placement%s",
            comparison->states_apart, comparison->states_apart == 1 ? "" : "s");
    else if (before + after > 0)
        sentence_add(
            new_note(taker),
            "compared are samples of the state of the machine that both had: without %zu of "
            "%zu samples of %s, %zu of %zu of %s",
            before, comparison->before->raw.sample_count, taker->before, after,
            comparison->after->raw.sample_count, taker->after);
}

static void note_dirty(const struct note_taker *taker, const struct compare_bundle *bundle,
                       const char *name)
{
    if (json_is_true(fact(bundle, "machine.build_dirty")))
        sentence_add(new_note(taker),
                     "build_dirty: the programs of %s were built from files that differ from their "
                     "commit",
                     name);
}

/* The programs that measured what is compared, if they are not the same to the byte. */
static void note_programs(const struct note_taker *taker)
{
    const struct comparison *comparison = taker->comparison;
    const json_t *before = fact(comparison->before, "machine.program_sha256");
    const json_t *after = fact(comparison->after, "machine.program_sha256");
    const char *last = "";
    struct sentence names = sentence_in(LANGUAGE_ENGLISH);
    size_t count = 0;
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const char *name = compared_cell_key(&comparison->cells[index])->mechanism;
        if (strcmp(name, last) == 0)
            continue;
        last = name;
        const json_t *one = json_object_get(before, name);
        const json_t *other = json_object_get(after, name);
        if (one == NULL || other == NULL || json_equal(one, other))
            continue;
        if (count < SHOWN_WORDS)
            sentence_add(&names, "%s%s", count > 0 ? ", " : "", name);
        count++;
    }
    if (count > 0)
        sentence_add(new_note(taker), "program_sha256 differs: other programs measured %s%s",
                     names.text, count > SHOWN_WORDS ? ", ..." : "");
}

/* --- Words of the cells -------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    size_t offset;
} word_columns[] = {
    {"mechanism", offsetof(struct cell_key, mechanism)},
    {"test", offsetof(struct cell_key, test)},
    {"wait", offsetof(struct cell_key, wait)},
    {"mode (copies)", offsetof(struct cell_key, copies)},
    {"touch", offsetof(struct cell_key, touch)},
    {"placement", offsetof(struct cell_key, placement)},
    {"source", offsetof(struct cell_key, source)},
    {"sink", offsetof(struct cell_key, sink)},
    {"working_set", offsetof(struct cell_key, working_set)},
};

enum { WORD_COLUMNS = sizeof word_columns / sizeof *word_columns, MOST_WORDS = 64 };

struct words {
    const char *words[MOST_WORDS];
    size_t count;
};

/* The different words of a column, ceilings left out: they have "none" in most. */
static struct words words_of(const struct compare_bundle *bundle, size_t column)
{
    struct words words = {.count = 0};
    for (size_t index = 0; index < bundle->cell_count; index++) {
        const struct cell_key *key = compare_cell_key(&bundle->cells[index]);
        const char *word = (const char *)key + word_columns[column].offset;
        size_t place = 0;
        while (place < words.count && strcmp(words.words[place], word) != 0)
            place++;
        if (place == words.count && words.count < MOST_WORDS && !compare_is_ceiling(key))
            words.words[words.count++] = word;
    }
    return words;
}

static bool have_common(const struct words *before, const struct words *after)
{
    for (size_t mine = 0; mine < before->count; mine++) {
        for (size_t its = 0; its < after->count; its++) {
            if (strcmp(before->words[mine], after->words[its]) == 0)
                return true;
        }
    }
    return false;
}

static void say_words(const struct words *words, struct sentence *sentence)
{
    for (size_t index = 0; index < words->count && index < SHOWN_WORDS; index++)
        sentence_add(sentence, "%s%s", index > 0 ? ", " : "", words->words[index]);
    if (words->count > SHOWN_WORDS)
        sentence_add(sentence, ", ...");
    if (words->count == 0)
        sentence_add(sentence, "none");
}

static int compare_sizes(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* The payload sizes of all mechanisms, rising, repeated; NULL without memory. */
static uint64_t *sizes_of(const struct compare_bundle *bundle, size_t *count)
{
    uint64_t *sizes = calloc(bundle->cell_count + 1, sizeof *sizes);
    *count = 0;
    for (size_t index = 0; index < bundle->cell_count && sizes != NULL; index++) {
        const struct cell_key *key = compare_cell_key(&bundle->cells[index]);
        if (!compare_is_ceiling(key))
            sizes[(*count)++] = key->size_bytes;
    }
    if (sizes != NULL)
        qsort(sizes, *count, sizeof *sizes, compare_sizes);
    return sizes;
}

static void say_range(const uint64_t *sizes, size_t count, struct sentence *sentence)
{
    char least[UNITS_TEXT_BYTES];
    char most[UNITS_TEXT_BYTES];
    if (count == 0)
        sentence_add(sentence, "none");
    else if (sizes[0] == sizes[count - 1])
        sentence_add(sentence, "%s", units_format_bytes(sizes[0], least));
    else
        sentence_add(sentence, "%s to %s", units_format_bytes(sizes[0], least),
                     units_format_bytes(sizes[count - 1], most));
}

/* Appends "size 64 B against 1 KiB" when no payload size is in both; returns whether. */
static bool say_sizes(const struct comparison *comparison, const char *before_it,
                      struct sentence *why)
{
    size_t mine;
    size_t its;
    uint64_t *before = sizes_of(comparison->before, &mine);
    uint64_t *after = sizes_of(comparison->after, &its);
    bool common = before == NULL || after == NULL;
    for (size_t one = 0, other = 0; !common && one < mine && other < its;) {
        common = before[one] == after[other];
        bool behind = before[one] < after[other];
        one += behind;
        other += !behind;
    }
    if (!common) {
        sentence_add(why, "%ssize ", before_it);
        say_range(before, mine, why);
        sentence_add(why, " against ");
        say_range(after, its, why);
    }
    free(before);
    free(after);
    return !common;
}

static void say_no_common_cell(const struct comparison *comparison, struct sentence *why)
{
    bool said = false;
    sentence_add(why, "no cell in common: ");
    for (size_t column = 0; column < WORD_COLUMNS; column++) {
        struct words before = words_of(comparison->before, column);
        struct words after = words_of(comparison->after, column);
        if (have_common(&before, &after))
            continue;
        sentence_add(why, "%s%s ", said ? "; " : "", word_columns[column].name);
        say_words(&before, why);
        sentence_add(why, " against ");
        say_words(&after, why);
        said = true;
    }
    said |= say_sizes(comparison, said ? "; " : "", why);
    if (!said)
        sentence_add(why, "each word and size is in both, but no two of them together");
}

/* --- Cells that are not compared ----------------------------------------------------------------
 */

static void say_cell(const struct cell_key *key, struct sentence *sentence)
{
    char size[UNITS_TEXT_BYTES];
    sentence_add(sentence, "%s %s %s %s %s", key->mechanism, key->test, key->wait, key->copies,
                 units_format_bytes(key->size_bytes, size));
}

static void say_capacities(const struct comparison *comparison, struct sentence *sentence)
{
    size_t told = 0;
    for (size_t index = 0; index < comparison->cell_count && told < SHOWN_WORDS; index++) {
        const struct compared_cell *cell = &comparison->cells[index];
        if (!cell->capacity_differs)
            continue;
        sentence_add(sentence, "%s", told++ > 0 ? "; " : "");
        say_cell(compared_cell_key(cell), sentence);
        sentence_add(sentence, " (%" PRIu64 " against %" PRIu64 " bytes)",
                     cell->before->capacity_most_bytes, cell->after->capacity_most_bytes);
    }
    if (comparison->capacity_count > told)
        sentence_add(sentence, "; ...");
}

static void note_capacity(const struct note_taker *taker)
{
    if (taker->comparison->capacity_count == 0)
        return;
    struct sentence *note = new_note(taker);
    sentence_add(note, "capacity_bytes differs, left out: %zu of %zu cells: ",
                 taker->comparison->capacity_count, taker->comparison->cell_count);
    say_capacities(taker->comparison, note);
}

/* Appends what is in one list and not in the other; returns how many words that are. */
static size_t say_surplus(const struct words *mine, const struct words *its, const char *name,
                          struct sentence *sentence)
{
    size_t told = 0;
    for (size_t index = 0; index < mine->count; index++) {
        size_t place = 0;
        while (place < its->count && strcmp(its->words[place], mine->words[index]) != 0)
            place++;
        if (place < its->count || told == SHOWN_WORDS)
            continue;
        if (told == 0)
            sentence_add(sentence, "; %s ", name);
        sentence_add(sentence, "%s%s", told++ > 0 ? ", " : "", mine->words[index]);
    }
    return told;
}

static void note_only(const struct note_taker *taker, size_t count, const char *where,
                      const struct compare_bundle *mine, const struct compare_bundle *its)
{
    if (count == 0)
        return;
    struct sentence *note = new_note(taker);
    size_t said = 0;
    sentence_add(note, "%zu cells are only in %s", count, where);
    for (size_t column = 0; column < WORD_COLUMNS; column++) {
        struct words have = words_of(mine, column);
        struct words lack = words_of(its, column);
        said += say_surplus(&have, &lack, word_columns[column].name, note);
    }
    if (said == 0)
        sentence_add(note, ": their words are in both, in other combinations or sizes");
}

static void note_rounds(const struct note_taker *taker)
{
    const struct comparison *comparison = taker->comparison;
    enum compare_kind kind = comparison_deciding_kind(comparison);
    const struct comparison_count *count = &comparison->counts[kind];
    size_t before = 0;
    size_t after = 0;
    if (count->undecided > 0)
        sentence_add(new_note(taker),
                     "%zu of %zu %s cells were measured in fewer than %d rounds and decide nothing",
                     count->undecided, count->cells, compare_kind_names[kind],
                     STATISTICS_LEAST_SAMPLES);
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct difference *difference = &comparison->differences[kind][index];
        if (isnan(difference->p_value))
            continue;
        before = difference->before_rounds > before ? difference->before_rounds : before;
        after = difference->after_rounds > after ? difference->after_rounds : after;
    }
    size_t tested = count->cells - count->undecided;
    size_t least = difference_least_number(tested, difference_least_p_value(before, after));
    if (tested > 0 && least > 1)
        sentence_add(new_note(taker),
                     "with %zu and %zu rounds, fewer than %zu of %zu cells that differ cannot be "
                     "told from chance: more --rounds can",
                     before, after, least, tested);
}

void compare_notes_collect(const struct comparison *comparison, const char *before,
                           const char *after, struct compare_notes *notes)
{
    static const char *const facts[] = {"schema",
                                        "plan.sample_seconds",
                                        "plan.relay_input",
                                        "machine.suite_version",
                                        "machine.build_commit",
                                        "machine.build_compiler",
                                        "machine.build_flags",
                                        "plan.placements",
                                        NULL};
    const struct note_taker taker = {
        .comparison = comparison, .before = before, .after = after, .notes = notes};
    notes->count = 0;
    note_capacity(&taker);
    note_states(&taker);
    note_rounds(&taker);
    note_only(&taker, comparison->only_before, before, comparison->before, comparison->after);
    note_only(&taker, comparison->only_after, after, comparison->after, comparison->before);
    note_dirty(&taker, comparison->before, before);
    note_dirty(&taker, comparison->after, after);
    for (size_t index = 0; facts[index] != NULL; index++)
        note_fact(&taker, facts[index]);
    note_programs(&taker);
}

/* How many cells of mechanisms both bundles have: two ceilings alone are no comparison. */
static size_t count_common(const struct comparison *comparison)
{
    size_t common = 0;
    for (size_t index = 0; index < comparison->cell_count; index++)
        common += !compare_is_ceiling(compared_cell_key(&comparison->cells[index]));
    return common;
}

bool compare_notes_refuse(const struct comparison *comparison, const char *before,
                          const char *after, struct sentence *why)
{
    const struct comparison_count *absolute = &comparison->counts[COMPARE_ABSOLUTE];
    struct sentence reason = sentence_in(LANGUAGE_ENGLISH);
    size_t common = count_common(comparison);
    size_t decided = 0;
    for (size_t index = 0; index < comparison->cell_count; index++)
        decided += !compare_is_ceiling(compared_cell_key(&comparison->cells[index])) &&
                   !isnan(comparison->differences[COMPARE_ABSOLUTE][index].p_value);
    const struct comparison_count *deciding =
        &comparison->counts[comparison_deciding_kind(comparison)];
    size_t told = deciding->cells - deciding->undecided;
    /* That none of a few cells differs says nothing of the many. */
    bool too_few = deciding->differ == 0 && 2 * told < deciding->cells;
    if (decided > 0 && !too_few)
        return false;
    if (common == 0) {
        say_no_common_cell(comparison, &reason);
    } else if (comparison->capacity_count == common) {
        sentence_add(&reason, "capacity_bytes differs in all %zu cells in common: ", common);
        say_capacities(comparison, &reason);
    } else if (decided > 0) {
        sentence_add(&reason, "only %zu of %zu %s figures were measured in %d rounds of both%s",
                     told, deciding->cells,
                     compare_kind_names[comparison_deciding_kind(comparison)],
                     STATISTICS_LEAST_SAMPLES,
                     comparison->elsewhere_before + comparison->elsewhere_after > 0
                         ? " with the machine in the same state (distance and pace of its CPUs)"
                         : "");
    } else {
        sentence_add(&reason, "none of %zu cells in common was measured in %d rounds of both%s",
                     absolute->cells, STATISTICS_LEAST_SAMPLES,
                     comparison->elsewhere_before + comparison->elsewhere_after > 0
                         ? " with the machine in the same state (distance and pace of its CPUs)"
                         : "");
    }
    *why = sentence_in(LANGUAGE_ENGLISH);
    sentence_add(why, "%s and %s are not comparable: %s", before, after, reason.text);
    return true;
}
