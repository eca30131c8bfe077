#include "report/report_sections.h"

#include "base/units.h"
#include "report/report_text.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 4096 };

void report_write_escaped(const char *text, FILE *stream)
{
    char safe[TEXT_BYTES];
    fputs(report_text_markdown(text, safe, sizeof safe), stream);
}

void report_write_method(const struct report_scope *scope)
{
    fputs("\n## Method\n\nEach sample is a fresh pair of processes that measures one cell once; a "
          "round passes over all cells in random order. Medians and their 95 % intervals are over "
          "rounds, ratios are paired within rounds, and whatever is transferred is verified by a "
          "checksum. Throughput's clock stops when the reader has consumed the last byte; latency "
          "is half a round trip in a closed loop. What is measured, how, and what it can't tell: "
          "[docs/METHOD.md](../../docs/METHOD.md).\n",
          scope->stream);
}

/* One fact per row; objects and lists as compact JSON. */
static void write_fact(const char *name, const json_t *value, FILE *stream)
{
    char *text = json_is_string(value)
                     ? NULL
                     : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
    char cut[401];
    snprintf(cut, sizeof cut, "%s",
             text != NULL            ? text
             : json_is_string(value) ? json_string_value(value)
                                     : "");
    fputs("| ", stream);
    report_write_escaped(name, stream);
    fputs(" | ", stream);
    report_write_escaped(cut, stream);
    fputs(" |\n", stream);
    if (text != NULL)
        free(text);
}

void report_write_facts(const struct report_scope *scope)
{
    static const char *const run[] = {"id",          "label",  "preset",          "seed",
                                      "rounds_done", "wall_s", "stopped_because", "argv"};
    json_t *machine = json_object_get(scope->bundle->manifest, "machine");
    const char *name;
    json_t *value;
    fputs("\n## Run and machine\n\n| fact | value |\n|---|---|\n", scope->stream);
    for (size_t index = 0; index < sizeof run / sizeof *run; index++) {
        const json_t *fact = json_object_get(scope->bundle->manifest, run[index]);
        if (fact != NULL && !json_is_null(fact))
            write_fact(run[index], fact, scope->stream);
    }
    json_object_foreach(machine, name, value)
    {
        if (!json_is_null(value) && strcmp(name, "unreadable") != 0)
            write_fact(name, value, scope->stream);
    }
    const json_t *unreadable = json_object_get(machine, "unreadable");
    if (json_object_size(unreadable) > 0)
        fprintf(scope->stream, "\n%zu facts could not be read; manifest.json says of each why.\n",
                json_object_size(unreadable));
}

void report_write_warnings(const struct report_scope *scope)
{
    const json_t *warnings = bundle_fact(scope->bundle, "warnings");
    for (size_t index = 0; index < json_array_size(warnings); index++) {
        const char *warning = json_string_value(json_array_get(warnings, index));
        if (warning == NULL)
            continue;
        fputs("\n> Warning: ", scope->stream);
        report_write_escaped(warning, scope->stream);
        fputc('\n', scope->stream);
    }
    if (scope->bundle->error_count > 0)
        fprintf(scope->stream,
                "\n> %zu samples failed and are in no figure here; they are listed below.\n",
                scope->bundle->error_count);
}

/* "pipe relay own block cache", and what else makes this cell another. */
static void write_cell(const struct bundle_cell *cell, FILE *stream)
{
    fprintf(stream, "%s %s %s %s %s", cell->words[BUNDLE_MECHANISM], cell->words[BUNDLE_TEST],
            cell->words[BUNDLE_COPIES], cell->words[BUNDLE_WAIT], cell->words[BUNDLE_PLACEMENT]);
    if (strcmp(cell->words[BUNDLE_TEST], "relay") == 0)
        fprintf(stream, ", %s to %s", cell->words[BUNDLE_SOURCE], cell->words[BUNDLE_SINK]);
    if (strcmp(cell->words[BUNDLE_EXTRA_COPIES], "0") != 0)
        fprintf(stream, ", %s extra copies (%s)", cell->words[BUNDLE_EXTRA_COPIES],
                cell->words[BUNDLE_WORKING_SET]);
}

void report_write_failures(const struct report_scope *scope)
{
    const struct bundle_data *bundle = scope->bundle;
    char size[UNITS_TEXT_BYTES];
    if (bundle->error_count == 0)
        return;
    size_t kept =
        bundle->error_count < BUNDLE_ERRORS_KEPT ? bundle->error_count : BUNDLE_ERRORS_KEPT;
    fprintf(scope->stream,
            "\n## Failed samples\n\n%zu samples failed and are in no figure here%s.\n\n"
            "| cell | payload | message |\n|---|---:|---|\n",
            bundle->error_count, kept < bundle->error_count ? "; the first of them" : "");
    for (size_t index = 0; index < kept; index++) {
        const struct bundle_error *error = &bundle->errors[index];
        fputs("| ", scope->stream);
        write_cell(&error->cell, scope->stream);
        fprintf(scope->stream, " | %s | ", units_format_bytes(error->cell.size_bytes, size));
        report_write_escaped(error->message, scope->stream);
        fputs(" |\n", scope->stream);
    }
}
