#include "report/report.h"

#include "document/report_text.h"
#include "report/report_sections.h"

#include <errno.h>

/* A link to what plots/ has of it. */
static void draw_chart(void *state, const struct report_scope *scope, enum chart chart,
                       const struct chart_view *view, struct document *document)
{
    char folder[3 * NAME_MAX + 1];
    (void)state;
    report_text_link(scope->bundle->name, folder, sizeof folder);
    document_write(document, DOCUMENT_PARAGRAPH, "![%s%s](../../plots/%s/%s%s.svg)",
                   chart_names[chart], view->suffix, folder, chart_names[chart], view->suffix);
}

int report_write_markdown(const struct bundle_data *bundle, const struct evidence *evidence,
                          enum language language, FILE *stream)
{
    static const struct report_chart_drawer drawer = {.draw = draw_chart};
    struct report_scope scope = report_scope_of(bundle, evidence, language);
    struct document document = {
        .stream = stream, .format = &document_markdown, .language = language};
    report_write_sections(&scope, &drawer, &document);
    return ferror(stream) ? -EIO : 0;
}
