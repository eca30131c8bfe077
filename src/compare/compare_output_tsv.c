#include "compare/compare_output.h"

#include "base/table.h"
#include "compare/compare_notes.h"
#include "document/report_text.h"

#include <inttypes.h>
#include <string.h>

void compare_output_tsv_header(FILE *stream)
{
    fputs("before\tafter\t", stream);
    cell_key_print_tsv_header(stream);
    fputs("\tkind\tfactor\tci95_lo\tci95_hi\tp_value\tbefore_rounds\tafter_rounds\tdiffers\t"
          "before_capacity_bytes\tafter_capacity_bytes\tnote\n",
          stream);
}

static void print_text(FILE *stream, const char *text)
{
    char line[4 * NAME_MAX];
    table_print_text(stream, report_text_plain(text, line, sizeof line));
    fputc('\t', stream);
}

/* The words of a stranger's cell, without what would garble a terminal. */
static struct cell_key safe_key(const struct cell_key *key)
{
    struct cell_key copy = *key;
    char *const words[] = {copy.mechanism, copy.test,   copy.wait, copy.copies,     copy.touch,
                           copy.placement, copy.source, copy.sink, copy.working_set};
    for (size_t index = 0; index < sizeof words / sizeof *words; index++) {
        char word[SAMPLE_WORD_BYTES];
        memcpy(word, words[index], sizeof word);
        report_text_plain(word, words[index], SAMPLE_WORD_BYTES);
    }
    return copy;
}

static void print_row(const struct comparison *comparison, size_t index, enum compare_kind kind,
                      FILE *stream)
{
    const struct compared_cell *cell = &comparison->cells[index];
    const struct difference *difference = &comparison->differences[kind][index];
    const struct cell_key key = safe_key(compared_cell_key(cell));
    const double numbers[] = {difference->factor, difference->ci95_lo, difference->ci95_hi,
                              difference->p_value};
    print_text(stream, comparison->before->name);
    print_text(stream, comparison->after->name);
    cell_key_print_tsv(&key, stream);
    fprintf(stream, "\t%s", compare_kind_names[kind]);
    for (size_t number = 0; number < sizeof numbers / sizeof *numbers; number++) {
        fputc('\t', stream);
        table_print_real(stream, numbers[number]);
    }
    fprintf(stream, "\t%zu\t%zu\t%s\t%" PRIu64 "\t%" PRIu64 "\t%s\n", difference->before_rounds,
            difference->after_rounds, difference->differs ? "yes" : "no",
            cell->before->capacity_most_bytes, cell->after->capacity_most_bytes,
            cell->capacity_differs ? "capacity_bytes differs" : "-");
}

void compare_output_tsv(const struct compare_outcome *outcome, FILE *stream, FILE *notes)
{
    const struct comparison *comparison = &outcome->comparison;
    static struct compare_notes collected; /* too large for a stack */
    compare_notes_collect(comparison, outcome->before, outcome->after, &collected);
    for (size_t index = 0; index < collected.count; index++) {
        char line[SENTENCE_BYTES];
        fprintf(notes, "note: %s\n",
                report_text_plain(collected.notes[index].text, line, sizeof line));
    }
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct compared_cell *cell = &comparison->cells[index];
        for (int kind = 0; kind < COMPARE_KINDS; kind++) {
            /* A cell that is left out has its row, which says why, in absolute figures. */
            if (cell->has[kind] || (cell->capacity_differs && kind == COMPARE_ABSOLUTE))
                print_row(comparison, index, (enum compare_kind)kind, stream);
        }
    }
}
