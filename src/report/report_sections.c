#include "report/report_sections.h"

#include "report/report_answer.h"
#include "report/report_machine.h"

static void write_title(const struct report_scope *scope, struct document *document)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    document_begin(document, DOCUMENT_TITLE);
    document_say(document, "Pipe against shared memory");
    if (*machine.label != '\0') {
        document_say(document, ": ");
        document_cite(document, machine.label);
    }
    document_end(document, DOCUMENT_TITLE);
}

/* The numbers of a finding, and the words of a bundle, are no markup; the machine's name may be. */
static void write_answer(const struct report_scope *scope, struct document *document)
{
    document_begin(document, DOCUMENT_NUMBERS);
    for (int answer = 0; answer < ANSWERS; answer++) {
        struct sentence sentence = sentence_in(document->language);
        answer_say(scope, (enum answer)answer, &sentence);
        document_begin(document, DOCUMENT_ITEM);
        document_say(document, "**%s**: ", document_text(document, answer_names[answer]));
        if (answer == ANSWER_MACHINE)
            document_cite(document, sentence.text);
        else
            document_say(document, "%s", sentence.text);
        document_end(document, DOCUMENT_ITEM);
    }
    document_end(document, DOCUMENT_NUMBERS);
}

void report_write_sections(const struct report_scope *scope,
                           const struct report_chart_drawer *drawer, struct document *document)
{
    document_begin(document, DOCUMENT_WHOLE);
    write_title(scope, document);
    write_answer(scope, document);
    report_write_warnings(scope, document);
    report_write_claims(scope, document);
    report_write_charts(scope, drawer, document);
    report_write_copies(scope, document);
    report_write_prices(scope, document);
    report_write_gap(scope, document);
    report_write_method(document);
    report_write_facts(scope, document);
    report_write_speed(scope, document);
    report_write_tables(scope, document);
    report_write_places(scope, document);
    report_write_references(scope, document);
    report_write_precision(scope, document);
    report_write_checks(scope, document);
    report_write_noise(scope, document);
    report_write_failures(scope, document);
    document_end(document, DOCUMENT_WHOLE);
}
