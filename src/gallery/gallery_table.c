#include "gallery/gallery_table.h"

#include "document/report_text.h"
#include "gallery/gallery_charts.h"
#include "gallery/gallery_folder.h"
#include "report/report_cause_findings.h"

#include <math.h>

enum { SAFE_BYTES = 5 * (NAME_MAX + 1), LINK_BYTES = 4 * PATH_MAX };

static const struct {
    const char *name;
    bool number;
} columns[] = {
    {"Bundle", false},
    {"CPU", false},
    {"Kernel", false},
    {"Virtualisation", false},
    {"Date (UTC)", false},
    {"Preset", false},
    {"Placement", false},
    {"shm / pipe at 64 KiB", true},
    {"Copies' share of the gap", true},
    {"Claims that hold", true},
};

static void write_text(const char *text, FILE *stream)
{
    char safe[SAFE_BYTES];
    fputs(report_text_html(text, safe, sizeof safe), stream);
}

static void write_attribute(const char *name, const char *value, FILE *stream)
{
    fprintf(stream, " data-%s=\"", name);
    write_text(value, stream);
    fputc('"', stream);
}

static void write_cell(const char *text, FILE *stream)
{
    fputs("<td>", stream);
    write_text(text, stream);
    fputs("</td>", stream);
}

static void write_number(const char *text, FILE *stream)
{
    fprintf(stream, "<td class=\"number\">%s</td>", text);
}

/* The bundle's report, or its folder where it has none. */
static void write_name(const struct gallery_entry *entry, const char *folder, FILE *stream)
{
    char link[LINK_BYTES];
    bool leads = gallery_folder_link(folder, entry->folder, entry->page, link, sizeof link) == 0;
    fputs("<th scope=\"row\">", stream);
    if (leads)
        fprintf(stream, "<a href=\"%s%s\">", link, *entry->page == '\0' ? "/" : "");
    write_text(entry->id, stream);
    fputs(leads ? "</a></th>" : "</th>", stream);
}

static void write_row(const struct gallery_entry *entry, size_t number, const char *folder,
                      FILE *stream)
{
    char text[FINDING_VALUE_BYTES];
    char claims[FINDING_TEXT_BYTES] = "-";
    fprintf(stream, "<tr data-run=\"%zu\" data-outcome=\"%s\"", number, gallery_outcome(entry));
    write_attribute("series", entry->kernel_series, stream);
    if (!isnan(entry->ratio.median))
        fprintf(stream, " data-ratio=\"%.4g\"", entry->ratio.median);
    fputc('>', stream);
    write_name(entry, folder, stream);
    write_cell(entry->cpu, stream);
    write_cell(entry->kernel, stream);
    write_cell(entry->virtualisation, stream);
    write_cell(*entry->date != '\0' ? entry->date : "-", stream);
    write_cell(entry->preset, stream);
    write_cell(entry->placement, stream);
    write_number(isnan(entry->ratio.median)
                     ? "-"
                     : finding_format_ratio(&entry->ratio, LANGUAGE_ENGLISH, text),
                 stream);
    write_number(isnan(entry->copies_share.value)
                     ? "-"
                     : finding_format_share(&entry->copies_share, LANGUAGE_ENGLISH, text),
                 stream);
    if (entry->claims > 0)
        snprintf(claims, sizeof claims, "%zu of %zu", entry->claims_hold, entry->claims);
    write_number(claims, stream);
    fputs("</tr>\n", stream);
}

void gallery_table_write(const struct gallery_collection *collection, const char *folder,
                         FILE *stream)
{
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table of bundles\">\n"
          "<table>\n<thead><tr>",
          stream);
    for (size_t index = 0; index < sizeof columns / sizeof *columns; index++) {
        fprintf(stream, "<th scope=\"col\"%s>", columns[index].number ? " class=\"number\"" : "");
        write_text(columns[index].name, stream);
        fputs("</th>", stream);
    }
    fputs("</tr></thead>\n<tbody>\n", stream);
    for (size_t index = 0; index < collection->count; index++)
        write_row(&collection->entries[index], index, folder, stream);
    fputs("</tbody>\n</table>\n</div>\n", stream);
}
