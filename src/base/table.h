/*
 * Tab separated tables with a header row: read row by row in bounded memory, and written so that
 * they can be read again. Knows nothing of what stands in them. Reading trusts nothing: every
 * error names the file, the row (the header is row 1, as editors count) and the column.
 *
 * The format: a field is any text without tab, newline and NUL; there is no quoting; every row has
 * as many fields as the header and ends with a newline. A last row without newline is one that was
 * cut off while being written, and an error.
 */
#ifndef TABLE_H
#define TABLE_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What a reader is willing to take; a table beyond it is refused. */
struct table_limits {
    size_t line_bytes; /* longest row, without its newline */
    size_t columns;
    uint64_t rows; /* without the header */
};

struct table;

/*
 * Opens the table at `path` (a regular file, see regular_file.h) and reads its header; two columns
 * of the same name are refused. Returns 0; -EINVAL with the place in `failure` when it is no such
 * table or exceeds a limit; or the error of opening or reading it. *table is set on success only
 * and is then released by table_close.
 */
int table_open(struct table **table, const char *path, const struct table_limits *limits,
               struct failure *failure);

/* Releases the table; NULL is allowed. */
void table_close(struct table *table);

/* The column of that name in *column. Returns 0, or -EINVAL naming file and column. */
int table_find_column(const struct table *table, const char *name, size_t *column,
                      struct failure *failure);

/* Whether there is a column of that name. */
bool table_has_column(const struct table *table, const char *name);

/* Goes to the next row. Returns 1, 0 when there is none, or a negative errno as table_open. */
int table_next(struct table *table, struct failure *failure);

/* The text of a field of the current row; valid until the next table_next. The table owns it. */
const char *table_text(const struct table *table, size_t column);

/* The field as a whole number without sign. Returns 0, or -EINVAL naming the place; *count is set
 * on success only. */
int table_count(const struct table *table, size_t column, uint64_t *count, struct failure *failure);

/* For a field that the caller finds wrong: describes file, row, column, the text that stands there
 * and `complaint` ("is not a size"). Returns -EINVAL. */
int table_refuse(const struct table *table, size_t column, const char *complaint,
                 struct failure *failure);

/* Writes a text as one field: what would end the field (a tab, a newline) or garble a terminal (any
 * other control character) becomes a space. Errors stay in the stream for ferror. */
void table_print_text(FILE *stream, const char *text);

/* Writes a number as one field: nine significant digits, "nan" when it is undefined. */
void table_print_real(FILE *stream, double value);

#endif
