#include "report/report.h"

#include "document/figure_html.h"
#include "document/page.h"
#include "report/chart_figure.h"
#include "report/chart_title.h"
#include "report/report_machine.h"
#include "report/report_sections.h"

#include <errno.h>

/* Of all charts of a page together: each takes some 250 bytes. */
enum { MOST_POINTS_ON_A_PAGE = 12000 };

struct drawing {
    size_t points; /* so far */
    int error;     /* 0 or -ENOMEM */
};

static void draw_chart(void *state, const struct report_scope *scope, enum chart chart,
                       const struct chart_view *view, struct document *document)
{
    struct drawing *drawing = state;
    struct figure *figure = NULL;
    struct sentence title = sentence_in(document->language);
    char name[sizeof view->suffix + 32];
    int result =
        chart_figure_make(scope->bundle, scope->evidence, chart, view, scope->language, &figure);
    bool fits = result == 0 && drawing->points + figure->points_count <= MOST_POINTS_ON_A_PAGE;
    snprintf(name, sizeof name, "%s%s", chart_names[chart], view->suffix);
    if (fits) {
        chart_title_name(scope->bundle, scope->evidence, chart, view, &title);
        figure_write_html(figure, name, title.text, document->stream);
        drawing->points += figure->points_count;
    } else if (result == -ENOMEM) {
        drawing->error = result;
    } else {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "The chart `%s` has too many points for this page; plots/ has it.", name);
    }
    figure_free(figure);
}

static void write_page_title(const struct report_scope *scope, struct sentence *title)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    sentence_add(title, "Pipe against shared memory");
    if (*machine.label != '\0')
        sentence_add(title, ": %s", machine.label);
}

int report_write_html(const struct bundle_data *bundle, const struct evidence *evidence,
                      enum language language, FILE *stream)
{
    struct drawing drawing = {.points = 0};
    const struct report_chart_drawer drawer = {.draw = draw_chart, .state = &drawing};
    struct report_scope scope = report_scope_of(bundle, evidence, language);
    struct document document = {.stream = stream, .format = &document_html, .language = language};
    struct sentence title = sentence_in(language);
    write_page_title(&scope, &title);
    page_begin(title.text, language, stream);
    report_write_sections(&scope, &drawer, &document);
    page_end(stream);
    return ferror(stream) ? -EIO : drawing.error;
}
