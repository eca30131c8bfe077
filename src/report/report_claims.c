#include "report/report_answer.h"
#include "report/report_sections.h"

#include <string.h>

/* A verdict that does not simply hold stands out. */
static const char *mark_of(const char *verdict)
{
    return strcmp(verdict, "holds") == 0 ? "" : "**";
}

void report_write_claims(const struct report_scope *scope)
{
    const struct evidence *evidence = scope->evidence;
    struct sentence counts = {""};
    fputs("\n## The claims\n\n", scope->stream);
    if (evidence->claims_count == 0) {
        fputs("The article's claims were not tried in this bundle: it has no " EVIDENCE_CLAIMS_FILE
              " (build/bin/claims writes it).\n",
              scope->stream);
        return;
    }
    answer_count_verdicts(evidence, &counts);
    fprintf(scope->stream,
            "What the article says, and what this machine says to it; %s. Unresolved means that "
            "the data does not carry an answer.\n\n"
            "| claim | verdict | evidence | id |\n|---|---|---|---|\n",
            counts.text);
    for (size_t index = 0; index < evidence->claims_count; index++) {
        const struct evidence_claim *claim = &evidence->claims[index];
        fputs("| ", scope->stream);
        report_write_escaped(claim->claim, scope->stream);
        fprintf(scope->stream, " | %s%s%s | ", mark_of(claim->verdict), claim->verdict,
                mark_of(claim->verdict));
        report_write_escaped(claim->evidence, scope->stream);
        fprintf(scope->stream, " | %s |\n", claim->id);
    }
}
