/*
 * The tables of a bundle, each read alone by its reader. An input is a letter, then the file.
 */
#include "fuzz.h"
#include "raw_rows.h"

#include "base/array.h"
#include "base/table.h"
#include "base/terms.h"
#include "results/bundle_reader.h"
#include "results/evidence.h"
#include "results/gap.h"
#include "results/gates.h"
#include "results/noise.h"
#include "results/price.h"
#include "results/raw_rounds.h"
#include "results/raw_samples.h"
#include "results/stability.h"
#include "verify/table_difference.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART_SEPARATOR = 0x1e };

/* ---- text in memory ---- */

struct text {
    char *bytes;
    size_t count;
    FILE *stream;
};

static void text_open(struct text *text)
{
    text->stream = open_memstream(&text->bytes, &text->count);
    fuzz_require(text->stream != NULL);
}

static void text_close(struct text *text)
{
    fuzz_require(fclose(text->stream) == 0);
}

/* ---- what is promised of all ---- */

static void require_word(const char *word)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    size_t length = strnlen(word, BUNDLE_WORD_BYTES);
    fuzz_require(length > 0 && length < BUNDLE_WORD_BYTES);
    fuzz_require(word[strspn(word, allowed)] == '\0');
}

static void require_number(double number)
{
    fuzz_require(isnan(number) || isfinite(number));
}

static void require_value(const struct evidence_value *value)
{
    require_number(value->value);
    fuzz_require(isnan(value->ci95_lo) == isnan(value->ci95_hi));
    fuzz_require(isnan(value->ci95_lo) || value->ci95_lo <= value->ci95_hi);
}

/* ---- any table ---- */

static void walk(struct table *table)
{
    struct failure failure = {0};
    struct text text;
    uint64_t count = 0;
    size_t rows = 0;
    int result;
    text_open(&text);
    while ((result = table_next(table, &failure)) > 0) {
        rows++;
        struct failure complaint = {0};
        const char *field = table_text(table, 0);
        fuzz_require(field[strcspn(field, "\t\n")] == '\0');
        table_print_text(text.stream, field);
        int parsed = table_count(table, 0, &count, &complaint);
        if (parsed < 0)
            fuzz_require_failure(parsed, &complaint);
    }
    fuzz_require(rows <= 100);
    if (result < 0)
        fuzz_require_failure(result, &failure);
    text_close(&text);
    fuzz_require(memchr(text.bytes, '\n', text.count) == NULL);
    free(text.bytes);
}

static void try_table(const struct fuzz_input *file, const char *path)
{
    static const struct table_limits limits = {.line_bytes = 512, .columns = 16, .rows = 100};
    struct table *table = NULL;
    struct failure failure = {0};
    fuzz_write("table.tsv", file);
    int result = table_open(&table, path, &limits, &failure);
    if (result < 0)
        fuzz_require_failure(result, &failure);
    else
        walk(table);
    table_close(result == 0 ? table : NULL);
}

/* ---- rounds, noise, stability: written and read by the same module ---- */

static void try_rounds(const struct fuzz_input *file)
{
    struct raw_round *rows = NULL;
    struct raw_round *again = NULL;
    size_t count = 0;
    size_t again_count = 0;
    struct failure failure = {0};
    struct text text;
    fuzz_write(RAW_ROUNDS_FILE, file);
    int result = raw_rounds_read(fuzz_folder(), &rows, &count, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    text_open(&text);
    raw_rounds_print_header(text.stream);
    for (size_t index = 0; index < count; index++)
        raw_rounds_print(&rows[index], text.stream);
    text_close(&text);
    fuzz_write_text(RAW_ROUNDS_FILE, text.bytes);
    fuzz_require(raw_rounds_read(fuzz_folder(), &again, &again_count, &failure) == 0);
    fuzz_require(again_count == count);
    for (size_t index = 0; index < count; index++)
        fuzz_require(again[index].round == rows[index].round &&
                     again[index].samples == rows[index].samples);
    free(rows);
    free(again);
    free(text.bytes);
}

static char *print_noise(const struct noise *noise)
{
    struct text text;
    text_open(&text);
    noise_print(noise->marks, noise->count, text.stream);
    text_close(&text);
    return text.bytes;
}

static void try_noise(const struct fuzz_input *file)
{
    struct noise noise;
    struct noise again;
    struct failure failure = {0};
    fuzz_write(NOISE_FILE, file);
    int result = noise_read(fuzz_folder(), &noise, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    char *once = print_noise(&noise);
    fuzz_write_text(NOISE_FILE, once);
    fuzz_require(noise_read(fuzz_folder(), &again, &failure) == 0);
    char *twice = print_noise(&again);
    fuzz_require(strcmp(once, twice) == 0);
    noise_free(&noise);
    noise_free(&again);
    free(once);
    free(twice);
}

static char *print_stability(const struct stability_row *rows, size_t count)
{
    struct text text;
    text_open(&text);
    stability_print(rows, count, text.stream);
    text_close(&text);
    return text.bytes;
}

static void try_stability(const struct fuzz_input *file)
{
    struct stability_row *rows = NULL;
    struct stability_row *again = NULL;
    size_t count = 0;
    struct failure failure = {0};
    fuzz_write(STABILITY_FILE, file);
    int result = stability_read(fuzz_folder(), &rows, &count, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    char *once = print_stability(rows, count);
    fuzz_require_printable(once, strlen(once), true);
    fuzz_write_text(STABILITY_FILE, once);
    fuzz_require(stability_read(fuzz_folder(), &again, &count, &failure) == 0);
    char *twice = print_stability(again, count);
    fuzz_require(strcmp(once, twice) == 0);
    free(rows);
    free(again);
    free(once);
    free(twice);
}

/* ---- evidence ---- */

static void require_copies(const struct evidence *evidence)
{
    for (size_t index = 0; index < evidence->copies_count; index++) {
        const struct evidence_copies *row = &evidence->copies[index];
        require_word(row->mechanism);
        require_word(row->source);
        require_word(row->sink);
        require_word(row->copies);
        require_number(row->predicted_copies);
        require_number(row->kernel_io_copies);
        fuzz_require(strlen(row->note) < EVIDENCE_TEXT_BYTES);
        fuzz_require(evidence_find_copies(evidence, row->mechanism, row->source, row->sink,
                                          row->copies) == row);
    }
}

static void require_claims(const struct evidence *evidence)
{
    for (size_t index = 0; index < evidence->claims_count; index++) {
        const struct evidence_claim *row = &evidence->claims[index];
        require_word(row->id);
        fuzz_require(row->claim[0] != '\0' && row->evidence[0] != '\0' && row->done[0] != '\0');
        fuzz_require(strlen(row->evidence_zh) < EVIDENCE_TEXT_BYTES);
        fuzz_require(strcmp(row->verdict, "unresolved") == 0 ||
                     strcmp(row->verdict, "holds") == 0 ||
                     strcmp(row->verdict, "holds in part") == 0 ||
                     strcmp(row->verdict, "does not hold") == 0);
    }
}

/* Both tables as text. */
static char *print_figures(const struct evidence *evidence)
{
    struct text text;
    text_open(&text);
    for (size_t index = 0; index < evidence->prices_count; index++) {
        require_value(&evidence->prices[index].slope);
        require_value(&evidence->prices[index].intercept);
    }
    for (size_t index = 0; index < evidence->gaps_count; index++) {
        require_value(&evidence->gaps[index].ns_per_kib);
        require_value(&evidence->gaps[index].share);
    }
    if (evidence->prices_count > 0)
        price_print(evidence->prices, evidence->prices_count, text.stream);
    else
        gap_print(evidence->gaps, evidence->gaps_count, text.stream);
    text_close(&text);
    return text.bytes;
}

/* What stands in price.tsv or gap.tsv is written as it was read. */
static void require_same_figures(const struct evidence *evidence, const char *name)
{
    struct evidence again;
    struct failure failure = {0};
    char *once = print_figures(evidence);
    fuzz_write_text(name, once);
    fuzz_require(evidence_read(fuzz_folder(), &again, &failure) == 0);
    char *twice = print_figures(&again);
    fuzz_require(strcmp(once, twice) == 0);
    evidence_free(&again);
    free(once);
    free(twice);
}

static void try_evidence(const char *name, const struct fuzz_input *file)
{
    struct evidence evidence;
    struct failure failure = {0};
    fuzz_write(name, file);
    int result = evidence_read(fuzz_folder(), &evidence, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
    } else {
        require_copies(&evidence);
        require_claims(&evidence);
        if (evidence.prices_count + evidence.gaps_count > 0)
            require_same_figures(&evidence, name);
        evidence_free(&evidence);
    }
    fuzz_remove(name);
}

/* ---- summary and errors ---- */

static void require_row(const struct bundle_data *bundle, const struct bundle_row *row)
{
    for (int column = 0; column < BUNDLE_COLUMN_COUNT; column++)
        require_word(row->cell.words[column]);
    require_word(row->metric);
    require_number(row->estimate.median);
    fuzz_require(isnan(row->estimate.ci95_lo) == isnan(row->estimate.ci95_hi));
    fuzz_require(!(row->estimate.ci95_lo > row->estimate.ci95_hi));
    const struct estimate *found =
        bundle_find(bundle, &row->cell, row->cell.size_bytes, row->metric);
    fuzz_require(found == (isnan(row->estimate.median) ? NULL : &row->estimate));
    struct bundle_sizes sizes = bundle_sizes_of(bundle, &row->cell, row->metric);
    for (size_t index = 1; index < sizes.count; index++)
        fuzz_require(sizes.bytes[index - 1] < sizes.bytes[index]);
}

static void require_summary(const struct bundle_data *bundle)
{
    struct gate_result gates[GATE_COUNT];
    for (size_t index = 0; index < bundle->row_count; index++)
        require_row(bundle, &bundle->rows[index]);
    for (int column = 0; column < BUNDLE_COLUMN_COUNT; column++) {
        for (size_t word = 0; word < bundle->words[column].count; word++)
            require_word(bundle->words[column].words[word]);
    }
    size_t kept =
        bundle->error_count < BUNDLE_ERRORS_KEPT ? bundle->error_count : BUNDLE_ERRORS_KEPT;
    for (size_t index = 0; index < kept; index++)
        require_word(bundle->errors[index].cell.words[BUNDLE_MECHANISM]);
    gates_compute(bundle, gates);
    for (int gate = 0; gate < GATE_COUNT; gate++)
        fuzz_require_printable(gates[gate].detail, strlen(gates[gate].detail), false);
}

static void try_summary(void)
{
    struct bundle_data bundle;
    struct failure failure = {0};
    fuzz_write_text("manifest.json", "{\"schema\": 3}");
    int result = bundle_read(fuzz_folder(), &bundle, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    require_summary(&bundle);
    bundle_free(&bundle);
}

static void try_errors(const struct fuzz_input *file)
{
    fuzz_write_text(BUNDLE_SUMMARY_FILE,
                    "mechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmetric\tmedian\t"
                    "ci95_lo\tci95_hi\tsamples\npipe\tlatency\tblock\town\tfull\tcache\t64\t"
                    "latency_p50_ns\t5\t4\t6\t9\n");
    fuzz_write("errors.tsv", file);
    try_summary();
    fuzz_remove("errors.tsv");
}

/* ---- two tables against each other ---- */

static void try_difference(struct fuzz_input *input)
{
    struct fuzz_input part = fuzz_take_part(input, PART_SEPARATOR);
    char *stands = fuzz_text(&part);
    char *comes = fuzz_text(input);
    char text[TABLE_DIFFERENCE_BYTES];
    int result = table_difference(stands, comes, false, text);
    fuzz_require(result == 0 || result == 1);
    fuzz_require((result == 1) == (text[0] != '\0'));
    fuzz_require(result == 1 || strcmp(stands, comes) == 0);
    fuzz_require(table_difference(stands, stands, true, text) == (*stands == '\0' ? 1 : 0));
    table_difference(stands, comes, true, text);
    free(stands);
    free(comes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char table_path[4096];
    struct fuzz_input input = {data, size};
    if (table_path[0] == '\0')
        snprintf(table_path, sizeof table_path, "%s/table.tsv", fuzz_folder());
    switch (fuzz_take_byte(&input)) {
    case 't':
        try_table(&input, table_path);
        break;
    case 's':
        fuzz_write(RAW_SAMPLES_FILE, &input);
        raw_rows_try();
        break;
    case 'u':
        fuzz_write(BUNDLE_SUMMARY_FILE, &input);
        fuzz_remove(NOISE_FILE);
        try_summary();
        break;
    case 'e':
        fuzz_remove(NOISE_FILE);
        try_errors(&input);
        break;
    case 'r':
        try_rounds(&input);
        break;
    case 'n':
        try_noise(&input);
        break;
    case 'y':
        try_stability(&input);
        fuzz_remove(STABILITY_FILE);
        break;
    case 'c':
        try_evidence(EVIDENCE_COPIES_FILE, &input);
        break;
    case 'p':
        try_evidence(EVIDENCE_PRICE_FILE, &input);
        break;
    case 'g':
        try_evidence(EVIDENCE_GAP_FILE, &input);
        break;
    case 'k':
        try_evidence(EVIDENCE_CLAIMS_FILE, &input);
        break;
    case 'd':
        try_difference(&input);
        break;
    default:
        break;
    }
    return 0;
}
