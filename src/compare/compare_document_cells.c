#include "compare/compare_document_parts.h"

#include "base/units.h"
#include "compare/compare_sentences.h"

static void begin_table(const struct compare_outcome *outcome, struct document *document)
{
    static const char *const words[] = {"mechanism", "test", "wait", "mode"};
    document_begin(document, DOCUMENT_TABLE);
    for (size_t index = 0; index < sizeof words / sizeof *words; index++)
        document_column(document, DOCUMENT_WORDS, "%s", words[index]);
    document_column(document, DOCUMENT_FIGURES, "payload size");
    for (int place = 0; place < COMPARE_KINDS; place++)
        document_column(document, DOCUMENT_FIGURES, "%s",
                        compare_kind_names[compare_kind_at(outcome, place)]);
    document_column(document, DOCUMENT_WORDS, "also");
}

static void write_row(const struct compare_outcome *outcome, size_t index,
                      struct document *document)
{
    const struct cell_key *key = compared_cell_key(&outcome->comparison.cells[index]);
    const char *const words[] = {key->mechanism, key->test, key->wait, key->copies};
    struct sentence rest = sentence_in(LANGUAGE_ENGLISH);
    char size[UNITS_TEXT_BYTES];
    document_begin(document, DOCUMENT_ROW);
    for (size_t word = 0; word < sizeof words / sizeof *words; word++)
        document_cite_cell(document, words[word]);
    document_write(document, DOCUMENT_CELL, "%s", units_format_bytes(key->size_bytes, size));
    for (int place = 0; place < COMPARE_KINDS; place++) {
        struct sentence value = sentence_in(LANGUAGE_ENGLISH);
        compare_say_difference(
            &outcome->comparison.differences[compare_kind_at(outcome, place)][index], true, &value);
        document_write(document, DOCUMENT_CELL, "%s", value.text);
    }
    compare_say_rest_of_cell(key, &rest);
    document_cite_cell(document, *rest.text == ' ' ? rest.text + 1 : rest.text);
    document_end(document, DOCUMENT_ROW);
}

static bool differs(const struct compare_outcome *outcome, size_t index)
{
    const struct compared_cell *cell = &outcome->comparison.cells[index];
    return !compare_is_ceiling(compared_cell_key(cell)) &&
           outcome->comparison.differences[outcome->verdict.kind][index].differs;
}

static void write_those_that_differ(const struct compare_outcome *outcome,
                                    struct document *document)
{
    document_heading(document, DOCUMENT_SUBSECTION, "Cells that differ");
    if (outcome->verdict.differ == 0) {
        document_write(document, DOCUMENT_PARAGRAPH, "None.");
        return;
    }
    document_write(document, DOCUMENT_PARAGRAPH,
                   "How many times faster %s is than %s, with the 95 %% interval of the cell; "
                   "a star: differs, after the correction for so many cells.",
                   outcome->after, outcome->before);
    begin_table(outcome, document);
    for (size_t index = 0; index < outcome->comparison.cell_count; index++) {
        if (differs(outcome, index))
            write_row(outcome, index, document);
    }
    document_end(document, DOCUMENT_TABLE);
}

static void write_all(const struct compare_outcome *outcome, struct document *document)
{
    const struct comparison *comparison = &outcome->comparison;
    document_begin_fold(document, DOCUMENT_FOLD, "All %zu cells that both have",
                        comparison->cell_count - comparison->capacity_count);
    begin_table(outcome, document);
    for (size_t index = 0; index < comparison->cell_count; index++) {
        if (!comparison->cells[index].capacity_differs)
            write_row(outcome, index, document);
    }
    document_end(document, DOCUMENT_TABLE);
    document_end_fold(document, DOCUMENT_FOLD);
}

void compare_write_cells(const struct compare_outcome *outcome, bool all, struct document *document)
{
    write_those_that_differ(outcome, document);
    if (all)
        write_all(outcome, document);
}
