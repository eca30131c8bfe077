#include "report/report_sections.h"

#include "base/units.h"
#include "text/text.h"

#include <stdlib.h>
#include <string.h>

void report_write_method(struct document *document)
{
    document_heading(document, DOCUMENT_SECTION, "Method");
    document_write(
        document, DOCUMENT_PARAGRAPH,
        "Each sample is a fresh pair of processes that measures one cell once; a "
        "round passes over all cells in random order. Medians and their 95 %% intervals are over "
        "rounds, ratios are paired within rounds, and whatever is transferred is verified by a "
        "checksum. Throughput's clock stops when the reader has consumed the last byte; latency "
        "is half a round trip in a closed loop. What is measured, how, and what it can't tell: "
        "[docs/METHOD.md](../../docs/METHOD.md).");
}

/* One fact per row; objects and lists as compact JSON. */
static void write_fact(const char *name, const json_t *value, struct document *document)
{
    char *text = json_is_string(value)
                     ? NULL
                     : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
    char cut[401];
    snprintf(cut, sizeof cut, "%s",
             text != NULL            ? text
             : json_is_string(value) ? json_string_value(value)
                                     : "");
    document_begin(document, DOCUMENT_ROW);
    document_cite_cell(document, name);
    document_cite_cell(document, cut);
    document_end(document, DOCUMENT_ROW);
    if (text != NULL)
        free(text);
}

void report_write_facts(const struct report_scope *scope, struct document *document)
{
    static const char *const run[] = {"id",          "label",  "preset",          "seed",
                                      "rounds_done", "wall_s", "stopped_because", "argv"};
    json_t *machine = json_object_get(scope->bundle->manifest, "machine");
    const char *name;
    json_t *value;
    document_heading(document, DOCUMENT_SECTION, "Run and machine");
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "fact");
    document_column(document, DOCUMENT_SENTENCES, "value");
    for (size_t index = 0; index < sizeof run / sizeof *run; index++) {
        const json_t *fact = json_object_get(scope->bundle->manifest, run[index]);
        if (fact != NULL && !json_is_null(fact))
            write_fact(run[index], fact, document);
    }
    json_object_foreach(machine, name, value)
    {
        if (!json_is_null(value) && strcmp(name, "unreadable") != 0)
            write_fact(name, value, document);
    }
    document_end(document, DOCUMENT_TABLE);
    const json_t *unreadable = json_object_get(machine, "unreadable");
    if (json_object_size(unreadable) > 0)
        document_write(document, DOCUMENT_PARAGRAPH,
                       "%zu facts could not be read; manifest.json says of each why.",
                       json_object_size(unreadable));
}

void report_write_warnings(const struct report_scope *scope, struct document *document)
{
    const json_t *warnings = bundle_fact(scope->bundle, "warnings");
    for (size_t index = 0; index < json_array_size(warnings); index++) {
        const char *warning = json_string_value(json_array_get(warnings, index));
        if (warning == NULL)
            continue;
        document_begin(document, DOCUMENT_WARNING);
        document_say(document, "Warning: ");
        document_cite(document, warning);
        document_end(document, DOCUMENT_WARNING);
    }
    if (scope->bundle->error_count > 0)
        document_write(document, DOCUMENT_WARNING,
                       "%zu samples failed and are in no figure here; they are listed below.",
                       scope->bundle->error_count);
}

/* "pipe relay own block cache", and what else makes this cell another. */
static void write_cell(const struct bundle_cell *cell, struct document *document)
{
    document_begin(document, DOCUMENT_CELL);
    document_say(document, "%s %s %s %s %s", cell->words[BUNDLE_MECHANISM],
                 cell->words[BUNDLE_TEST], cell->words[BUNDLE_COPIES], cell->words[BUNDLE_WAIT],
                 cell->words[BUNDLE_PLACEMENT]);
    if (strcmp(cell->words[BUNDLE_TEST], "relay") == 0)
        document_say(document, ", %s to %s", cell->words[BUNDLE_SOURCE], cell->words[BUNDLE_SINK]);
    if (strcmp(cell->words[BUNDLE_EXTRA_COPIES], "0") != 0)
        document_say(document, ", %s extra copies (%s)", cell->words[BUNDLE_EXTRA_COPIES],
                     cell->words[BUNDLE_WORKING_SET]);
    document_end(document, DOCUMENT_CELL);
}

void report_write_failures(const struct report_scope *scope, struct document *document)
{
    const struct bundle_data *bundle = scope->bundle;
    char size[UNITS_TEXT_BYTES];
    if (bundle->error_count == 0)
        return;
    size_t kept =
        bundle->error_count < BUNDLE_ERRORS_KEPT ? bundle->error_count : BUNDLE_ERRORS_KEPT;
    document_heading(document, DOCUMENT_SECTION, "Failed samples");
    document_write(document, DOCUMENT_PARAGRAPH,
                   kept < bundle->error_count
                       ? TEXT("%zu samples failed and are in no figure here; the first of them.")
                       : TEXT("%zu samples failed and are in no figure here."),
                   bundle->error_count);
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "cell");
    document_column(document, DOCUMENT_FIGURES, "payload");
    document_column(document, DOCUMENT_SENTENCES, "message");
    for (size_t index = 0; index < kept; index++) {
        const struct bundle_error *error = &bundle->errors[index];
        document_begin(document, DOCUMENT_ROW);
        write_cell(&error->cell, document);
        document_write(document, DOCUMENT_CELL, "%s",
                       units_format_bytes(error->cell.size_bytes, size));
        document_cite_cell(document, error->message);
        document_end(document, DOCUMENT_ROW);
    }
    document_end(document, DOCUMENT_TABLE);
}
