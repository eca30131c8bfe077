#include "report/report.h"

#include "report/report_answer.h"
#include "report/report_machine.h"
#include "report/report_sections.h"

#include <errno.h>

static void write_head(const struct report_scope *scope)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    fputs("# Pipe against shared memory", scope->stream);
    if (*machine.label != '\0') {
        fputs(": ", scope->stream);
        report_write_escaped(machine.label, scope->stream);
    }
    fputs("\n\n", scope->stream);
}

/* The numbers of a finding, and the words of a bundle, are no markup; the machine's name may be. */
static void write_answer(const struct report_scope *scope)
{
    for (int answer = 0; answer < ANSWERS; answer++) {
        struct sentence sentence = {""};
        answer_say(scope, (enum answer)answer, &sentence);
        fprintf(scope->stream, "%d. **%s**: ", answer + 1, answer_names[answer]);
        if (answer == ANSWER_MACHINE)
            report_write_escaped(sentence.text, scope->stream);
        else
            fputs(sentence.text, scope->stream);
        fputc('\n', scope->stream);
    }
}

int report_write_markdown(const struct bundle_data *bundle, const struct evidence *evidence,
                          FILE *stream)
{
    struct report_scope scope = report_scope_of(bundle, evidence, stream);
    write_head(&scope);
    write_answer(&scope);
    report_write_warnings(&scope);
    report_write_claims(&scope);
    report_write_charts(&scope);
    report_write_copies(&scope);
    report_write_prices(&scope);
    report_write_gap(&scope);
    report_write_method(&scope);
    report_write_facts(&scope);
    report_write_speed(&scope);
    report_write_tables(&scope);
    report_write_places(&scope);
    report_write_references(&scope);
    report_write_precision(&scope);
    report_write_checks(&scope);
    report_write_noise(&scope);
    report_write_failures(&scope);
    return ferror(stream) ? -EIO : 0;
}
