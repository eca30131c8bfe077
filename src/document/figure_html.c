#include "document/figure_html.h"

#include "document/figure_svg.h"
#include "document/report_text.h"

#include <string.h>

enum { TITLE_BYTES = 8192 };

static void write_text(const char *text, FILE *stream)
{
    char safe[TITLE_BYTES];
    fputs(report_text_html(text, safe, sizeof safe), stream);
}

static void write_entry(const struct figure *figure, size_t index, FILE *stream)
{
    fprintf(stream, "<li data-entry=\"%zu\">", index);
    figure_svg_write_sample(figure, index, stream);
    write_text(figure->entries[index].name, stream);
    fputs("</li>\n", stream);
}

static void write_legend(const struct figure *figure, FILE *stream)
{
    size_t orders = 0;
    for (size_t index = 0; index < figure->entries_count; index++) {
        size_t order = figure_svg_order(&figure->entries[index]);
        orders = order >= orders ? order + 1 : orders;
    }
    fputs("<ul class=\"legend\">\n", stream);
    for (size_t place = 0; place < orders * figure->entries_count; place++) {
        size_t index = place % figure->entries_count;
        if (figure_svg_order(&figure->entries[index]) == place / figure->entries_count)
            write_entry(figure, index, stream);
    }
    fputs("</ul>\n", stream);
}

static void write_scale(const struct figure *figure, FILE *stream)
{
    if (*figure->heat_names[0] == '\0')
        return;
    fputs("<p class=\"scale\">", stream);
    write_text(figure->heat_names[0], stream);
    fputc(' ', stream);
    figure_svg_write_scale(stream);
    fputc(' ', stream);
    write_text(figure->heat_names[1], stream);
    fputs("</p>\n", stream);
}

static void write_panel(const struct figure *figure, size_t index, FILE *stream)
{
    const struct figure_panel *panel = &figure->panels[index];
    fputs("<div class=\"panel\">\n<p class=\"panel-title\">", stream);
    write_text(panel->title, stream);
    fputs("</p>\n", stream);
    figure_svg_write_panel(figure, index, stream);
    for (size_t note = 0; note < FIGURE_MOST_NOTES; note++) {
        if (*panel->notes[note] == '\0')
            continue;
        fputs("<p class=\"note\">", stream);
        write_text(panel->notes[note], stream);
        fputs("</p>\n", stream);
    }
    fputs("</div>\n", stream);
}

void figure_write_html(const struct figure *figure, const char *name, const char *title,
                       FILE *stream)
{
    fprintf(stream, "<figure data-chart=\"%s\">\n<figcaption>", name);
    write_text(title, stream);
    fputs("</figcaption>\n", stream);
    write_legend(figure, stream);
    write_scale(figure, stream);
    fputs("<div class=\"panels\">\n", stream);
    for (size_t index = 0; index < figure->panels_count; index++)
        write_panel(figure, index, stream);
    fputs("</div>\n<p class=\"readout\" role=\"status\"></p>\n</figure>\n", stream);
}
