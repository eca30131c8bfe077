#include "rows.h"

#include "base/plain_text.h"
#include "base/table.h"
#include "base/terms.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const rows_format_names[] = {"text", "tsv", "markdown", NULL};

static const char *const met_names[] = {"yes", "NO", "unclear", "shown", "missing"};
static const char *const relation_names[] = {">=", "<=", "-", NULL};

/* Of a figure on the right side of the bound, or on it. */
static bool is_good(const struct row *row, double value)
{
    return row->relation == AT_LEAST ? value >= row->bound : value <= row->bound;
}

enum met row_met(const struct row *row)
{
    const struct estimate *measured = &row->measured;
    if (isnan(measured->median))
        return MET_MISSING;
    if (row->relation == SHOWN)
        return MET_SHOWN;
    bool interval = !isnan(measured->ci95_lo) && !isnan(measured->ci95_hi);
    bool low = is_good(row, interval ? measured->ci95_lo : measured->median);
    bool high = is_good(row, interval ? measured->ci95_hi : measured->median);
    if (low != high)
        return MET_UNCLEAR;
    return low ? MET_YES : MET_NO;
}

/* ---- printing ---- */

enum {
    NUMBER_BYTES = 32,
    INTERVAL_BYTES = 2 * NUMBER_BYTES + 8,
    SIDES_BYTES = 2 * NUMBER_BYTES + 16 + ROW_NOTE_BYTES
};

/* Three digits that mean something, never an exponent. */
static char *format_number(double value, char *text)
{
    double size = fabs(value);
    int digits = size >= 100 || size == 0.0 ? 0 : size >= 10 ? 1 : size >= 0.095 ? 3 : 5;
    snprintf(text, NUMBER_BYTES, "%.*f", digits, value);
    return text;
}

static const char *format_interval(const struct estimate *estimate, char *text)
{
    char low[NUMBER_BYTES];
    char high[NUMBER_BYTES];
    if (isnan(estimate->ci95_lo) || isnan(estimate->ci95_hi))
        return "-";
    snprintf(text, INTERVAL_BYTES, "%s to %s", format_number(estimate->ci95_lo, low),
             format_number(estimate->ci95_hi, high));
    return text;
}

static const char *format_goal(const struct row *row, char *text)
{
    char bound[NUMBER_BYTES];
    if (row->relation == SHOWN)
        return "-";
    snprintf(text, NUMBER_BYTES + 4, "%s %s", relation_names[row->relation],
             format_number(row->bound, bound));
    return text;
}

static const char *format_measured(const struct row *row, char *text)
{
    char number[NUMBER_BYTES];
    if (isnan(row->measured.median))
        return "-";
    snprintf(text, NUMBER_BYTES + ROW_UNIT_BYTES, "%s%s%s",
             format_number(row->measured.median, number), *row->unit != '\0' ? " " : "", row->unit);
    return text;
}

/* The two sides in nanoseconds, and the note. */
static const char *format_sides(const struct row *row, char *text)
{
    char ours[NUMBER_BYTES];
    char other[NUMBER_BYTES];
    const char *parting = *row->note != 0 ? "; " : "";
    if (isnan(row->ours_ns))
        return row->note;
    if (isnan(row->other_ns))
        snprintf(text, SIDES_BYTES, "%s ns%s%s", format_number(row->ours_ns, ours), parting,
                 row->note);
    else
        snprintf(text, SIDES_BYTES, "%s / %s ns%s%s", format_number(row->ours_ns, ours),
                 format_number(row->other_ns, other), parting, row->note);
    return text;
}

static void print_row(const struct row *row, bool markdown, FILE *stream)
{
    char goal[NUMBER_BYTES + 4];
    char measured[NUMBER_BYTES + ROW_UNIT_BYTES];
    char interval[INTERVAL_BYTES];
    char sides[SIDES_BYTES];
    fprintf(stream,
            markdown ? "| %" PRIu64 " | %s | %s | %s | %s | %s | %s |\n"
                     : "%2" PRIu64 "  %-84s %9s %22s  %-20s %-8s %s\n",
            row->goal, row->name, format_goal(row, goal), format_measured(row, measured),
            format_interval(&row->measured, interval), met_names[row_met(row)],
            format_sides(row, sides));
}

static void print_tsv_row(const struct row *row, FILE *stream)
{
    const double reals[] = {row->bound, row->measured.median, row->measured.ci95_lo,
                            row->measured.ci95_hi};
    fprintf(stream, "%" PRIu64 "\t", row->goal);
    table_print_text(stream, row->name);
    fprintf(stream, "\t%s", relation_names[row->relation]);
    for (size_t index = 0; index < sizeof reals / sizeof reals[0]; index++) {
        fputc('\t', stream);
        table_print_real(stream, reals[index]);
    }
    fprintf(stream, "\t%zu\t", row->measured.samples);
    table_print_text(stream, row->unit);
    fputc('\t', stream);
    table_print_real(stream, row->ours_ns);
    fputc('\t', stream);
    table_print_real(stream, row->other_ns);
    fputc('\t', stream);
    table_print_text(stream, row->note);
    fprintf(stream, "\t%s\n", met_names[row_met(row)]);
}

static const char *const columns[] = {"goal",     "name",    "relation", "bound",
                                      "measured", "ci95_lo", "ci95_hi",  "rounds",
                                      "unit",     "ours_ns", "other_ns", "note"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void print_tsv(const struct rows *rows, FILE *stream)
{
    for (size_t column = 0; column < COLUMNS; column++)
        fprintf(stream, "%s\t", columns[column]);
    fputs("met\n", stream);
    for (size_t index = 0; index < rows->count; index++)
        print_tsv_row(&rows->row[index], stream);
}

void rows_print(const struct rows *rows, enum rows_format format, FILE *stream)
{
    size_t counts[MET_MISSING + 1] = {0};
    if (format == ROWS_TSV) {
        print_tsv(rows, stream);
        return;
    }
    if (format == ROWS_MARKDOWN)
        fputs("| | figure | goal | measured | 95 % interval | met | the two sides |\n"
              "|---|---|---|---|---|---|---|\n",
              stream);
    for (size_t index = 0; index < rows->count; index++) {
        print_row(&rows->row[index], format == ROWS_MARKDOWN, stream);
        counts[row_met(&rows->row[index])]++;
    }
    fprintf(stream, "%s%zu met, %zu missed, %zu unclear, %zu missing; %zu shown without a goal\n",
            format == ROWS_MARKDOWN ? "\n" : "", counts[MET_YES], counts[MET_NO],
            counts[MET_UNCLEAR], counts[MET_MISSING], counts[MET_SHOWN]);
}

/* ---- reading ---- */

static int read_real(const struct table *table, size_t column, double *value,
                     struct failure *failure)
{
    const char *text = table_text(table, column);
    char *end;
    *value = strtod(text, &end);
    if (end == text || *end != '\0')
        return table_refuse(table, column, "is not a number", failure);
    return 0;
}

static void read_text(const struct table *table, size_t column, char *text, size_t text_bytes)
{
    plain_text_make(table_text(table, column), text, text_bytes);
}

static int read_row(const struct table *table, const size_t *places, struct row *row,
                    struct failure *failure)
{
    uint64_t samples = 0;
    int relation = term_find(relation_names, table_text(table, places[2]));
    if (relation < 0)
        return table_refuse(table, places[2], "is neither >=, <= nor -", failure);
    row->relation = (enum relation)relation;
    read_text(table, places[1], row->name, sizeof row->name);
    read_text(table, places[8], row->unit, sizeof row->unit);
    read_text(table, places[11], row->note, sizeof row->note);
    int result = table_count(table, places[0], &row->goal, failure);
    if (result == 0)
        result = read_real(table, places[3], &row->bound, failure);
    if (result == 0)
        result = read_real(table, places[4], &row->measured.median, failure);
    if (result == 0)
        result = read_real(table, places[5], &row->measured.ci95_lo, failure);
    if (result == 0)
        result = read_real(table, places[6], &row->measured.ci95_hi, failure);
    if (result == 0)
        result = table_count(table, places[7], &samples, failure);
    if (result == 0)
        result = read_real(table, places[9], &row->ours_ns, failure);
    if (result == 0)
        result = read_real(table, places[10], &row->other_ns, failure);
    if (result < 0)
        return result;
    row->measured.samples = (size_t)samples;
    if (row->relation != SHOWN && isnan(row->bound))
        return table_refuse(table, places[3], "is no bound", failure);
    return 0;
}

static int read_rows(struct rows *rows, struct table *table, struct failure *failure)
{
    size_t places[COLUMNS];
    int result = 0;
    for (size_t column = 0; column < COLUMNS && result == 0; column++)
        result = table_find_column(table, columns[column], &places[column], failure);
    while (result == 0 && (result = table_next(table, failure)) > 0) {
        if (rows->count == ROWS_MOST)
            return failure_say(failure, -EINVAL, "--rows: more than %d rows", ROWS_MOST);
        result = read_row(table, places, &rows->row[rows->count], failure);
        rows->count += result == 0;
    }
    return result;
}

int rows_read(struct rows *rows, const char *path, struct failure *failure)
{
    const struct table_limits limits = {.line_bytes = 2048, .columns = 32, .rows = ROWS_MOST};
    struct table *table;
    int result = table_open(&table, path, &limits, failure);
    if (result < 0)
        return result;
    result = read_rows(rows, table, failure);
    table_close(table);
    return result;
}
