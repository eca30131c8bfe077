#include "compare/compare_output.h"

#include "compare/compare_notes.h"
#include "compare/compare_sentences.h"
#include "compare/machine_facts.h"
#include "document/report_text.h"

#include <errno.h>
#include <stdlib.h>

enum {
    LINE_BYTES = 2 * SENTENCE_BYTES,
    CELL_COLUMNS = 44,
    VALUE_BYTES = 300,  /* of a fact */
    FURTHER_FACTS = 12, /* of those not known to matter, without --all */
};

static void print_line(FILE *stream, const char *before, const char *text)
{
    char line[LINE_BYTES];
    fprintf(stream, "%s%s\n", before, report_text_plain(text, line, sizeof line));
}

static void write_verdict(const struct compare_outcome *outcome,
                          const struct compare_terminal *terminal)
{
    const struct compare_verdict *verdict = &outcome->verdict;
    struct sentence line = sentence_in(LANGUAGE_ENGLISH);
    if (terminal->named)
        sentence_add(&line, "%s against %s: ", outcome->after, outcome->before);
    if (verdict->differ == 0) {
        sentence_add(&line, "the same: 0 of %zu %s differ", verdict->cells,
                     compare_kind_plural(verdict->kind));
        print_line(terminal->stream, "", line.text);
        return;
    }
    sentence_add(&line, "%zu of %zu %s differ: ", verdict->differ, verdict->cells,
                 compare_kind_plural(verdict->kind));
    for (size_t index = 0; index < verdict->mechanism_count; index++) {
        if (verdict->mechanisms[index].differ == 0)
            break;
        compare_say_mechanism(outcome, &verdict->mechanisms[index], &line);
        print_line(terminal->stream, index > 0 ? "  and " : "", line.text);
        line = sentence_in(LANGUAGE_ENGLISH);
    }
}

static void write_bundle(FILE *stream, const char *name, const struct compare_bundle *bundle)
{
    struct sentence line = sentence_in(LANGUAGE_ENGLISH);
    sentence_add(&line, "%s: ", name);
    compare_say_bundle(bundle, &line);
    print_line(stream, "  ", line.text);
}

static int write_head(const struct compare_outcome *outcome,
                      const struct compare_terminal *terminal)
{
    const struct comparison *comparison = &outcome->comparison;
    struct compare_notes *notes = malloc(sizeof *notes);
    int result = notes != NULL ? 0 : -ENOMEM;
    for (int kind = 0; kind < COMPARE_KINDS && result == 0; kind++) {
        struct sentence line = sentence_in(LANGUAGE_ENGLISH);
        if ((enum compare_kind)kind != outcome->verdict.kind)
            result = compare_say_kind(outcome, (enum compare_kind)kind, &line);
        if (*line.text != '\0')
            print_line(terminal->stream, "", line.text);
    }
    write_bundle(terminal->stream, outcome->before, comparison->before);
    write_bundle(terminal->stream, outcome->after, comparison->after);
    if (result == 0) {
        compare_notes_collect(comparison, outcome->before, outcome->after, notes);
        for (size_t index = 0; index < notes->count; index++)
            print_line(terminal->stream, "note: ", notes->notes[index].text);
    }
    free(notes);
    return result;
}

/* The deciding kind first, with its interval; the others without. */
static void write_cell(const struct compare_outcome *outcome, size_t index, FILE *stream)
{
    struct sentence cell = sentence_in(LANGUAGE_ENGLISH);
    char line[LINE_BYTES];
    compare_say_cell(compared_cell_key(&outcome->comparison.cells[index]), &cell);
    fprintf(stream, "  %-*s", CELL_COLUMNS, report_text_plain(cell.text, line, sizeof line));
    for (int place = 0; place < COMPARE_KINDS; place++) {
        enum compare_kind kind = compare_kind_at(outcome, place);
        struct sentence value = sentence_in(LANGUAGE_ENGLISH);
        compare_say_difference(&outcome->comparison.differences[kind][index], place == 0, &value);
        fprintf(stream, " %-*s", place == 0 ? 20 : 10, value.text);
    }
    fputc('\n', stream);
}

static void write_cells(const struct compare_outcome *outcome,
                        const struct compare_terminal *terminal)
{
    const struct comparison *comparison = &outcome->comparison;
    if (!terminal->all && outcome->verdict.differ == 0)
        return;
    fprintf(terminal->stream,
            "\n%s, how many times faster %s is than %s [95 %% interval]; * differs\n",
            terminal->all ? "All cells" : "Cells that differ", outcome->after, outcome->before);
    fprintf(terminal->stream, "  %-*s %-20s %-10s %s\n", CELL_COLUMNS, "cell",
            compare_kind_names[compare_kind_at(outcome, 0)],
            compare_kind_names[compare_kind_at(outcome, 1)],
            compare_kind_names[compare_kind_at(outcome, 2)]);
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct compared_cell *cell = &comparison->cells[index];
        if (compare_is_ceiling(compared_cell_key(cell)) && !terminal->all)
            continue;
        if (terminal->all ? !cell->capacity_differs
                          : comparison->differences[outcome->verdict.kind][index].differs)
            write_cell(outcome, index, terminal->stream);
    }
}

static void write_value(FILE *stream, const char *name, const json_t *value)
{
    char *text = machine_fact_text(value);
    char line[VALUE_BYTES]; /* a list of a stranger may be megabytes long */
    fprintf(stream, "      %s  %s\n", name,
            report_text_plain(text != NULL ? text : "?", line, sizeof line));
    free(text);
}

static void write_fact(const struct compare_outcome *outcome, const struct machine_fact *fact,
                       FILE *stream)
{
    char name[4 * MACHINE_FACT_NAME_BYTES];
    const char *why = fact->why != NULL ? fact->why : "";
    report_text_plain(fact->name, name, sizeof name);
    fprintf(stream, "  %s%s%s\n", name, *why != '\0' ? ": " : "", why);
    write_value(stream, outcome->before, fact->before);
    write_value(stream, outcome->after, fact->after);
}

static int write_machines(const struct compare_outcome *outcome,
                          const struct compare_terminal *terminal)
{
    const struct comparison *comparison = &outcome->comparison;
    struct machine_facts facts;
    size_t further = 0;
    int result =
        machine_facts_compare(comparison->before->manifest, comparison->after->manifest, &facts);
    if (result < 0)
        return result;
    fprintf(terminal->stream, "\n%s\n",
            facts.count > 0 ? "In what the machines differ"
                            : "The machines differ in no recorded fact");
    for (size_t index = 0; index < facts.count; index++) {
        further += facts.facts[index].why == NULL;
        if (terminal->all || further <= FURTHER_FACTS)
            write_fact(outcome, &facts.facts[index], terminal->stream);
    }
    if (!terminal->all && further > FURTHER_FACTS)
        fprintf(terminal->stream, "  %zu more facts: --all\n", further - FURTHER_FACTS);
    machine_facts_free(&facts);
    return 0;
}

int compare_output_terminal(const struct compare_outcome *outcome,
                            const struct compare_terminal *terminal)
{
    write_verdict(outcome, terminal);
    int result = write_head(outcome, terminal);
    if (result < 0)
        return result;
    write_cells(outcome, terminal);
    return write_machines(outcome, terminal);
}
