#include "base/table.h"

#include "base/regular_file.h"
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_TEXT_BYTES = 40, SHOWN_PATH_BYTES = 100 };

struct table {
    FILE *stream;
    char *path;
    char shown_path[SHOWN_PATH_BYTES]; /* cut, so that the row fits into the failure's line */
    struct table_limits limits;
    uint64_t row; /* of the current row in the file; the header is 1 */
    size_t columns;
    char *header;  /* the header line, its tabs replaced by NUL */
    char **names;  /* into header */
    char *line;    /* the current row, its tabs replaced by NUL */
    char **fields; /* into line */
};

void table_close(struct table *table)
{
    if (table == NULL)
        return;
    if (table->stream != NULL)
        fclose(table->stream);
    free(table->path);
    free(table->header);
    free(table->names);
    free(table->line);
    free(table->fields);
    free(table);
}

/* Why the line that fgets left without a newline is no row. */
static int refuse_line(const struct table *table, size_t length, struct failure *failure)
{
    if (ferror(table->stream))
        return failure_set(failure, -EIO, "%s: row %" PRIu64, table->shown_path, table->row);
    if (length > table->limits.line_bytes)
        return failure_say(failure, -EINVAL, "%s: row %" PRIu64 " is longer than %zu bytes",
                           table->shown_path, table->row, table->limits.line_bytes);
    if (feof(table->stream))
        return failure_say(failure, -EINVAL, "%s: row %" PRIu64 " is cut off: no newline ends it",
                           table->shown_path, table->row);
    return failure_say(failure, -EINVAL, "%s: row %" PRIu64 " has a NUL byte: not a text table",
                       table->shown_path, table->row);
}

/* Reads the next line into `line`, without its newline. Returns 1, 0 at the end or an error. */
static int read_line(struct table *table, char *line, struct failure *failure)
{
    errno = 0;
    if (fgets(line, (int)table->limits.line_bytes + 2, table->stream) == NULL) {
        if (!ferror(table->stream))
            return 0;
        int error = errno != 0 ? -errno : -EIO;
        return failure_set(failure, error, "%s: row %" PRIu64, table->shown_path, table->row + 1);
    }
    table->row++;
    size_t length = strlen(line);
    if (length == 0 || line[length - 1] != '\n')
        return refuse_line(table, length, failure);
    line[length - 1] = '\0';
    return 1;
}

/* Cuts a line at its tabs. Returns the number of fields; only the first `most` are set. */
static size_t split(char *line, char **fields, size_t most)
{
    size_t count = 0;
    for (char *field = line; field != NULL; count++) {
        char *tab = strchr(field, '\t');
        if (tab != NULL)
            *tab++ = '\0';
        if (count < most)
            fields[count] = field;
        field = tab;
    }
    return count;
}

static void shorten_path(char shown[SHOWN_PATH_BYTES], const char *path)
{
    size_t length = strlen(path);
    if (length < SHOWN_PATH_BYTES)
        snprintf(shown, SHOWN_PATH_BYTES, "%s", path);
    else
        snprintf(shown, SHOWN_PATH_BYTES, "...%s", path + length - (SHOWN_PATH_BYTES - 4));
}

static int allocate(struct table *table, const char *path)
{
    table->path = strdup(path);
    table->header = calloc(1, table->limits.line_bytes + 2);
    table->line = calloc(1, table->limits.line_bytes + 2);
    table->names = calloc(table->limits.columns + 1, sizeof *table->names);
    table->fields = calloc(table->limits.columns + 1, sizeof *table->fields);
    return table->path != NULL && table->header != NULL && table->line != NULL &&
                   table->names != NULL && table->fields != NULL
               ? 0
               : -ENOMEM;
}

/* The start of a text, fit for an error line whatever stands in the file. */
static void copy_printable(char shown[SHOWN_TEXT_BYTES], const char *text)
{
    size_t length = 0;
    for (; length + 1 < SHOWN_TEXT_BYTES && text[length] != '\0'; length++)
        shown[length] = text[length] >= ' ' && text[length] <= '~' ? text[length] : '?';
    shown[length] = '\0';
}

static int check_names(const struct table *table, struct failure *failure)
{
    char shown[SHOWN_TEXT_BYTES];
    for (size_t column = 1; column < table->columns; column++) {
        for (size_t earlier = 0; earlier < column; earlier++) {
            if (strcmp(table->names[column], table->names[earlier]) != 0)
                continue;
            copy_printable(shown, table->names[column]);
            return failure_say(failure, -EINVAL, "%s: two columns are named '%s'",
                               table->shown_path, shown);
        }
    }
    return 0;
}

static int read_header(struct table *table, struct failure *failure)
{
    int result = read_line(table, table->header, failure);
    if (result < 0)
        return result;
    if (result == 0)
        return failure_say(failure, -EINVAL, "%s: empty, not even a header row", table->shown_path);
    table->columns = split(table->header, table->names, table->limits.columns);
    if (table->columns > table->limits.columns)
        return failure_say(failure, -EINVAL, "%s: %zu columns; allowed: up to %zu",
                           table->shown_path, table->columns, table->limits.columns);
    return check_names(table, failure);
}

int table_open(struct table **table, const char *path, const struct table_limits *limits,
               struct failure *failure)
{
    struct table *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return failure_set(failure, -ENOMEM, "%s", path);
    opened->limits = *limits;
    shorten_path(opened->shown_path, path);
    int result = allocate(opened, path);
    if (result < 0)
        failure_set(failure, result, "%s", opened->shown_path);
    else
        result = regular_file_open(opened->path, opened->shown_path, &opened->stream, failure);
    if (result == 0)
        result = read_header(opened, failure);
    if (result < 0) {
        table_close(opened);
        return result;
    }
    *table = opened;
    return 0;
}

int table_find_column(const struct table *table, const char *name, size_t *column,
                      struct failure *failure)
{
    for (size_t index = 0; index < table->columns; index++) {
        if (strcmp(table->names[index], name) == 0) {
            *column = index;
            return 0;
        }
    }
    return failure_say(failure, -EINVAL, "%s: no column '%s'", table->shown_path, name);
}

bool table_has_column(const struct table *table, const char *name)
{
    size_t column;
    return table_find_column(table, name, &column, NULL) == 0;
}

int table_next(struct table *table, struct failure *failure)
{
    int result = read_line(table, table->line, failure);
    if (result <= 0)
        return result;
    if (table->row - 1 > table->limits.rows)
        return failure_say(failure, -EINVAL, "%s: more than %" PRIu64 " rows", table->shown_path,
                           table->limits.rows);
    size_t count = split(table->line, table->fields, table->columns);
    if (count != table->columns)
        return failure_say(failure, -EINVAL, "%s: row %" PRIu64 " has %zu fields, the header %zu",
                           table->shown_path, table->row, count, table->columns);
    return 1;
}

const char *table_text(const struct table *table, size_t column)
{
    return table->fields[column];
}

int table_count(const struct table *table, size_t column, uint64_t *count, struct failure *failure)
{
    if (units_parse_count(table->fields[column], count) == 0)
        return 0;
    return table_refuse(table, column, "is not a whole number from 0 to 18446744073709551615",
                        failure);
}

int table_refuse(const struct table *table, size_t column, const char *complaint,
                 struct failure *failure)
{
    char shown[SHOWN_TEXT_BYTES];
    copy_printable(shown, table->fields[column]);
    return failure_say(failure, -EINVAL, "%s: row %" PRIu64 ", %.40s: '%s' %s", table->shown_path,
                       table->row, table->names[column], shown, complaint);
}

void table_print_text(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char letter = (unsigned char)*text;
        putc(letter < ' ' || letter == 0x7f ? ' ' : letter, stream);
    }
}

void table_print_real(FILE *stream, double value)
{
    if (isnan(value))
        fputs("nan", stream);
    else
        fprintf(stream, "%.9g", value);
}
