#include "compare/compare_document_parts.h"

#include "compare/machine_facts.h"

#include <stdlib.h>

static void write_value(const json_t *value, struct document *document)
{
    char *text = machine_fact_text(value);
    document_cite_cell(document, text != NULL ? text : "?");
    free(text);
}

/* The facts of which it is known why they matter, or the others. */
static void write_table(const struct compare_outcome *outcome, const struct machine_facts *facts,
                        bool known, struct document *document)
{
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "fact");
    document_column(document, DOCUMENT_SENTENCES, "%s", outcome->before);
    document_column(document, DOCUMENT_SENTENCES, "%s", outcome->after);
    if (known)
        document_column(document, DOCUMENT_SENTENCES, "why it matters");
    for (size_t index = 0; index < facts->count; index++) {
        const struct machine_fact *fact = &facts->facts[index];
        if ((fact->why != NULL) != known)
            continue;
        document_begin(document, DOCUMENT_ROW);
        document_cite_cell(document, fact->name);
        write_value(fact->before, document);
        write_value(fact->after, document);
        if (known)
            document_write(document, DOCUMENT_CELL, "%s", fact->why);
        document_end(document, DOCUMENT_ROW);
    }
    document_end(document, DOCUMENT_TABLE);
}

static void write_facts(const struct compare_outcome *outcome, const struct machine_facts *facts,
                        struct document *document)
{
    size_t further = 0;
    for (size_t index = 0; index < facts->count; index++)
        further += facts->facts[index].why == NULL;
    document_heading(document, DOCUMENT_SUBSECTION, "In what the machines differ");
    if (facts->count == 0)
        document_write(document, DOCUMENT_PARAGRAPH, "The machines differ in no recorded fact.");
    else if (further == facts->count)
        document_write(document, DOCUMENT_PARAGRAPH, "In no fact that is known to matter.");
    else
        write_table(outcome, facts, true, document);
    if (further == 0)
        return;
    document_begin_fold(document, DOCUMENT_FOLD, "Further facts: %zu", further);
    write_table(outcome, facts, false, document);
    document_end_fold(document, DOCUMENT_FOLD);
}

int compare_write_machines(const struct compare_outcome *outcome, struct document *document)
{
    struct machine_facts facts;
    int result = machine_facts_compare(outcome->comparison.before->manifest,
                                       outcome->comparison.after->manifest, &facts);
    if (result < 0)
        return result;
    write_facts(outcome, &facts, document);
    machine_facts_free(&facts);
    return 0;
}
