#include "verify/table_difference.h"

#include "base/array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 128, SHOWN_BYTES = 80 };

/* Part of a text, not ended. */
struct piece {
    const char *start;
    size_t length;
};

static bool equal(struct piece left, struct piece right)
{
    return left.length == right.length && memcmp(left.start, right.start, left.length) == 0;
}

/* As much of a field as a line has room for. */
static int shown_length(struct piece field)
{
    return field.length < SHOWN_BYTES ? (int)field.length : SHOWN_BYTES;
}

/* ---- lines ---- */

struct lines {
    struct piece *lines;
    size_t count;
};

static int split_lines(const char *text, struct lines *lines)
{
    size_t capacity = 0;
    *lines = (struct lines){.lines = NULL};
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        void *grown = array_grow(lines->lines, lines->count, &capacity, sizeof *lines->lines);
        if (grown == NULL)
            return -ENOMEM;
        lines->lines = grown;
        lines->lines[lines->count++] = (struct piece){text, length};
        text += length;
        text += *text == '\n' ? 1 : 0;
    }
    return 0;
}

/* ---- fields ---- */

struct fields {
    struct piece fields[MOST_COLUMNS];
    size_t count;
};

static struct fields split_fields(struct piece line)
{
    struct fields fields = {.count = 0};
    size_t start = 0;
    for (size_t end = 0; end <= line.length && fields.count < MOST_COLUMNS; end++) {
        if (end < line.length && line.start[end] != '\t')
            continue;
        fields.fields[fields.count++] = (struct piece){line.start + start, end - start};
        start = end + 1;
    }
    return fields;
}

/* For each column of the file the one that comes out under the same name; and those that are
 * missing in the file. */
struct columns {
    struct fields names; /* of the file */
    size_t sources[MOST_COLUMNS];
    size_t out_count; /* how many come out */
    char missing[160];
};

static void note_missing(struct columns *columns, struct piece name)
{
    size_t used = strlen(columns->missing);
    snprintf(columns->missing + used, sizeof columns->missing - used, "%s%.*s",
             used > 0 ? ", " : "", (int)name.length, name.start);
}

/* Whether every column of the file comes out, in the same order. */
static bool match_columns(struct piece stands, struct piece comes, struct columns *columns)
{
    struct fields out = split_fields(comes);
    memset(columns, 0, sizeof *columns);
    columns->names = split_fields(stands);
    columns->out_count = out.count;
    size_t found = 0;
    for (size_t index = 0; index < out.count; index++) {
        if (found < columns->names.count && equal(out.fields[index], columns->names.fields[found]))
            columns->sources[found++] = index;
        else
            note_missing(columns, out.fields[index]);
    }
    return found == columns->names.count;
}

/* ---- the comparison ---- */

struct difference {
    const struct columns *columns;
    struct lines stands;
    struct lines comes;
    size_t rows; /* that differ */
    size_t first_row;
};

static bool rows_equal(const struct difference *difference, size_t row)
{
    const struct columns *columns = difference->columns;
    struct piece stands = difference->stands.lines[row];
    struct piece comes = difference->comes.lines[row];
    if (columns->missing[0] == '\0')
        return equal(stands, comes);
    struct fields mine = split_fields(stands);
    struct fields out = split_fields(comes);
    if (mine.count != columns->names.count || out.count != columns->out_count)
        return false;
    for (size_t index = 0; index < mine.count; index++) {
        if (!equal(mine.fields[index], out.fields[columns->sources[index]]))
            return false;
    }
    return true;
}

/* The first field that differs in a row that both have. */
static void say_field(const struct difference *difference, size_t row, char *text)
{
    const struct columns *columns = difference->columns;
    struct fields mine = split_fields(difference->stands.lines[row]);
    struct fields out = split_fields(difference->comes.lines[row]);
    for (size_t index = 0; index < columns->names.count; index++) {
        struct piece name = columns->names.fields[index];
        size_t source = columns->sources[index];
        if (index >= mine.count || source >= out.count)
            break;
        if (equal(mine.fields[index], out.fields[source]))
            continue;
        snprintf(text, TABLE_DIFFERENCE_BYTES,
                 "row %zu, %.*s: '%.*s' stands there, '%.*s' comes out", row + 1, (int)name.length,
                 name.start, shown_length(mine.fields[index]), mine.fields[index].start,
                 shown_length(out.fields[source]), out.fields[source].start);
        return;
    }
    snprintf(text, TABLE_DIFFERENCE_BYTES, "row %zu has another number of fields", row + 1);
}

static void say_difference(const struct difference *difference, char *text)
{
    size_t stands = difference->stands.count;
    size_t comes = difference->comes.count;
    size_t row = difference->first_row;
    if (row < stands && row < comes)
        say_field(difference, row, text);
    else
        snprintf(text, TABLE_DIFFERENCE_BYTES,
                 row < stands ? "row %zu stands there and does not "
                                "come out"
                              : "row %zu comes out and does not stand "
                                "there",
                 row + 1);
    size_t used = strlen(text);
    if (stands != comes)
        snprintf(text + used, TABLE_DIFFERENCE_BYTES - used, "; %zu rows stand there, %zu come out",
                 stands, comes);
    else if (difference->rows > 1)
        snprintf(text + used, TABLE_DIFFERENCE_BYTES - used, "; %zu rows differ", difference->rows);
}

static int compare_rows(struct difference *difference, char *text)
{
    size_t stands = difference->stands.count;
    size_t comes = difference->comes.count;
    size_t most = stands > comes ? stands : comes;
    for (size_t row = 1; row < most; row++) {
        if (row < stands && row < comes && rows_equal(difference, row))
            continue;
        if (difference->rows++ == 0)
            difference->first_row = row;
    }
    if (difference->rows == 0)
        return 0;
    say_difference(difference, text);
    return 1;
}

static int compare_tables(struct difference *difference, struct columns *columns, bool may_lack,
                          char *text)
{
    if (difference->stands.count == 0 || difference->comes.count == 0) {
        snprintf(text, TABLE_DIFFERENCE_BYTES, "there is not even a header row");
        return 1;
    }
    difference->columns = columns;
    bool matched = match_columns(difference->stands.lines[0], difference->comes.lines[0], columns);
    if (!matched || (columns->missing[0] != '\0' && !may_lack)) {
        snprintf(text, TABLE_DIFFERENCE_BYTES, "row 1: other columns stand there than come out%s%s",
                 columns->missing[0] != '\0' ? "; missing: " : "", columns->missing);
        return 1;
    }
    int result = compare_rows(difference, text);
    if (result == 0 && columns->missing[0] != '\0')
        snprintf(text, TABLE_DIFFERENCE_BYTES, "without the columns %s, which it does not have",
                 columns->missing);
    return result;
}

int table_difference(const char *stands, const char *comes, bool may_lack,
                     char text[TABLE_DIFFERENCE_BYTES])
{
    struct difference difference = {.rows = 0};
    struct columns *columns = calloc(1, sizeof *columns);
    text[0] = '\0';
    int result = columns != NULL ? split_lines(stands, &difference.stands) : -ENOMEM;
    if (result == 0)
        result = split_lines(comes, &difference.comes);
    if (result == 0)
        result = compare_tables(&difference, columns, may_lack, text);
    /* A last row without its newline has the same fields. */
    if (result == 0 && columns->missing[0] == '\0' && strcmp(stands, comes) != 0) {
        snprintf(text, TABLE_DIFFERENCE_BYTES, "the ends of lines differ");
        result = 1;
    }
    free(difference.stands.lines);
    free(difference.comes.lines);
    free(columns);
    return result;
}
