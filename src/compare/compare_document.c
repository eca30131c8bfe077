#include "compare/compare_document.h"

#include "compare/compare_document_parts.h"
#include "compare/compare_notes.h"
#include "compare/compare_sentences.h"

#include <errno.h>
#include <stdlib.h>

void compare_document_say_title(const struct compare_story *story, struct sentence *title)
{
    sentence_add(title, "Runs compared: %.100s against ", story->bundles[0].name);
    if (story->bundle_count == 2)
        sentence_add(title, "%.100s", story->bundles[1].name);
    else
        sentence_add(title, "%zu others", story->bundle_count - 1);
}

/* --- The answer ---------------------------------------------------------------------------------
 */

static void write_verdict(const struct compare_outcome *outcome, struct document *document)
{
    const struct compare_verdict *verdict = &outcome->verdict;
    document_say(document, "**%s against %s: %s**: ", outcome->after, outcome->before,
                 !outcome->comparable   ? "not comparable"
                 : verdict->differ == 0 ? "the same"
                                        : "they differ");
    if (!outcome->comparable) {
        document_cite(document, outcome->why.text);
        return;
    }
    document_say(document, "%zu of %zu %s differ", verdict->differ, verdict->cells,
                 compare_kind_plural(verdict->kind));
    for (size_t index = 0; index < verdict->mechanism_count; index++) {
        struct sentence sentence = sentence_in(LANGUAGE_ENGLISH);
        if (verdict->mechanisms[index].differ == 0)
            break;
        compare_say_mechanism(outcome, &verdict->mechanisms[index], &sentence);
        document_say(document, index == 0 ? ": " : "; and ");
        document_cite(document, sentence.text);
    }
}

static void write_answer(const struct compare_story *story, struct document *document)
{
    document_begin(document, DOCUMENT_NUMBERS);
    for (size_t index = 0; index < story->outcome_count; index++) {
        document_begin(document, DOCUMENT_ITEM);
        write_verdict(&story->outcomes[index], document);
        document_end(document, DOCUMENT_ITEM);
    }
    document_end(document, DOCUMENT_NUMBERS);
    document_begin(document, DOCUMENT_BULLETS);
    for (size_t index = 0; index < story->bundle_count; index++) {
        struct sentence sentence = sentence_in(LANGUAGE_ENGLISH);
        compare_say_bundle(&story->bundles[index], &sentence);
        document_begin(document, DOCUMENT_ITEM);
        document_say(document, "**%c**: ", (char)('A' + index));
        document_cite(document, sentence.text);
        document_end(document, DOCUMENT_ITEM);
    }
    document_end(document, DOCUMENT_BULLETS);
}

/* --- One comparison -----------------------------------------------------------------------------
 */

static int write_other_kinds(const struct compare_outcome *outcome, struct document *document)
{
    int result = 0;
    document_begin(document, DOCUMENT_BULLETS);
    for (int place = 1; place < COMPARE_KINDS && result == 0; place++) {
        struct sentence line = sentence_in(LANGUAGE_ENGLISH);
        result = compare_say_kind(outcome, compare_kind_at(outcome, place), &line);
        if (*line.text != '\0')
            document_write(document, DOCUMENT_ITEM, "%s", line.text);
    }
    document_end(document, DOCUMENT_BULLETS);
    return result;
}

static int write_notes(const struct compare_outcome *outcome, struct document *document)
{
    struct compare_notes *notes = malloc(sizeof *notes);
    if (notes == NULL)
        return -ENOMEM;
    compare_notes_collect(&outcome->comparison, outcome->before, outcome->after, notes);
    if (notes->count > 0) {
        document_heading(document, DOCUMENT_SUBSECTION, "Notes");
        document_begin(document, DOCUMENT_BULLETS);
        for (size_t index = 0; index < notes->count; index++) {
            document_begin(document, DOCUMENT_ITEM);
            document_cite(document, notes->notes[index].text);
            document_end(document, DOCUMENT_ITEM);
        }
        document_end(document, DOCUMENT_BULLETS);
    }
    free(notes);
    return 0;
}

static int write_comparison(const struct compare_outcome *outcome, bool all,
                            const struct compare_drawer *drawer, struct document *document)
{
    document_heading(document, DOCUMENT_SECTION, "%s against %s", outcome->after, outcome->before);
    if (!outcome->comparable) {
        document_write(document, DOCUMENT_PARAGRAPH, "Not comparable: see above.");
        return 0;
    }
    int result = write_other_kinds(outcome, document);
    if (result == 0)
        result = write_notes(outcome, document);
    if (result == 0 && drawer != NULL)
        result = compare_write_effects(outcome, drawer, document);
    if (result == 0)
        compare_write_cells(outcome, all, document);
    return result == 0 ? compare_write_machines(outcome, document) : result;
}

/* --- All of it ----------------------------------------------------------------------------------
 */

static void write_title(const struct compare_story *story, struct document *document)
{
    struct sentence title = sentence_in(LANGUAGE_ENGLISH);
    compare_document_say_title(story, &title);
    document_begin(document, DOCUMENT_TITLE);
    document_cite(document, title.text);
    document_end(document, DOCUMENT_TITLE);
}

static void write_method(struct document *document)
{
    document_heading(document, DOCUMENT_SECTION, "Method");
    document_write(
        document, DOCUMENT_PARAGRAPH,
        "Cells are matched by all their words and their payload size, and compared by their raw "
        "rows. A factor says how many times faster a cell is than in A: the median of all "
        "quotients of rounds, with the interval and p-value of the rank-sum test. Of all cells, "
        "those differ that pass the correction for their number, at one in twenty. Ratios are to "
        "the pipe of the same run and round; normalised figures are over what the machine can do "
        "at best, memcpy or the bounce of a cache line; absolute ones are plain speeds. What "
        "changes from run to run but not from round to round is a difference here, too: "
        "[docs/METHOD.md](../../docs/METHOD.md#comparing-bundles).");
}

int compare_document_write(const struct compare_story *story, const struct compare_drawer *drawer,
                           struct document *document)
{
    int result = 0;
    document_begin(document, DOCUMENT_WHOLE);
    write_title(story, document);
    write_answer(story, document);
    for (size_t index = 0; index < story->outcome_count && result == 0; index++)
        result = write_comparison(&story->outcomes[index], story->all, drawer, document);
    if (result == 0 && drawer != NULL)
        result = compare_write_charts(story, drawer, document);
    write_method(document);
    document_end(document, DOCUMENT_WHOLE);
    return result;
}
