#include "report/report_answer.h"
#include "report/report_sections.h"
#include "text/text.h"

#include <string.h>

/* As it is in the table of texts; one that is none of ours stands for itself. */
static const char *find_verdict(const char *word)
{
    static const char *const verdicts[] = {TEXT("holds"), TEXT("holds in part"),
                                           TEXT("does not hold"), TEXT("unresolved")};
    for (size_t index = 0; index < sizeof verdicts / sizeof *verdicts; index++) {
        if (strcmp(word, verdicts[index]) == 0)
            return verdicts[index];
    }
    return word;
}

/* A verdict that does not simply hold stands out. */
static const char *mark_of(const char *verdict)
{
    return strcmp(verdict, "holds") == 0 ? "" : "**";
}

/* In the document's language where the bundle has it. */
static const char *evidence_of(const struct evidence_claim *claim, enum language language)
{
    bool chinese = language == LANGUAGE_CHINESE && claim->evidence_zh[0] != '\0';
    return chinese ? claim->evidence_zh : claim->evidence;
}

static void write_claim(const struct evidence_claim *claim, struct document *document)
{
    const char *mark = mark_of(claim->verdict);
    document_begin(document, DOCUMENT_ROW);
    /* One that is none of ours stands for itself. */
    document_cite_cell(document, document_text(document, claim->claim));
    document_write(document, DOCUMENT_CELL, "%s%s%s", mark,
                   document_text(document, find_verdict(claim->verdict)), mark);
    document_cite_cell(document, evidence_of(claim, document->language));
    document_write(document, DOCUMENT_CELL, "%s", claim->id);
    document_end(document, DOCUMENT_ROW);
}

void report_write_claims(const struct report_scope *scope, struct document *document)
{
    const struct evidence *evidence = scope->evidence;
    struct sentence counts = sentence_in(document->language);
    document_heading(document, DOCUMENT_SECTION, "The claims");
    if (evidence->claims_count == 0) {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "The article's claims were not tried in this bundle: it has no %s "
                       "(build/bin/claims writes it).",
                       EVIDENCE_CLAIMS_FILE);
        return;
    }
    answer_count_verdicts(evidence, &counts);
    document_write(document, DOCUMENT_PARAGRAPH,
                   "What the article says, and what this machine says to it; %s. Unresolved means "
                   "that the data does not carry an answer.",
                   counts.text);
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "claim");
    document_column(document, DOCUMENT_WORDS, "verdict");
    document_column(document, DOCUMENT_SENTENCES, "evidence");
    document_column(document, DOCUMENT_WORDS, "id");
    for (size_t index = 0; index < evidence->claims_count; index++)
        write_claim(&evidence->claims[index], document);
    document_end(document, DOCUMENT_TABLE);
}
