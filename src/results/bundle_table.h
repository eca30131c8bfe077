/*
 * A table of a bundle, opened with the columns its reader wants, and the few kinds of fields that
 * all of a bundle's tables have. Knows no table by name.
 */
#ifndef BUNDLE_TABLE_H
#define BUNDLE_TABLE_H

#include "base/failure.h"
#include "base/table.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define BUNDLE_WORD_BYTES         32
#define BUNDLE_TABLE_MOST_COLUMNS 32

/* The columns that a reader wants; a field is the index of one of them. */
struct bundle_table_columns {
    const char *const *names;
    size_t count; /* at most BUNDLE_TABLE_MOST_COLUMNS */
    /* Of the first columns: what stands in a table that lacks this one; NULL where it must not. */
    const char *const *otherwise;
    size_t otherwise_count; /* at most `count` */
};

/* A table and where the wanted columns are; others are ignored. */
struct bundle_table {
    struct table *table; /* NULL while it is not open; released by table_close */
    const struct bundle_table_columns *wanted;
    size_t columns[BUNDLE_TABLE_MOST_COLUMNS];
    char path[PATH_MAX];
};

/*
 * Opens `name` in `folder` and finds the columns, which must outlive the table. Returns 0 or as
 * table_open and table_find_column; open->table is NULL after a failure.
 */
int bundle_table_open(struct bundle_table *open, const char *folder, const char *name,
                      const struct bundle_table_columns *columns, uint64_t most_rows,
                      struct failure *failure);

/* The text of a field of the current row. */
const char *bundle_table_text(const struct bundle_table *open, size_t field);

/* Says that a field of the current row is wrong; returns -EINVAL (see table_refuse). */
int bundle_table_refuse(const struct bundle_table *open, size_t field, const char *complaint,
                        struct failure *failure);

/* Letters, digits and "-._", at least one, into `word` of BUNDLE_WORD_BYTES; not "www....", so that
 * a word is no markup anywhere. Returns 0 or -EINVAL; outputs here and below are set on success
 * only. */
int bundle_read_word(const char *text, char *word);

/* A finite number, or nan; the first not negative. Return 0 or -EINVAL. */
int bundle_read_number(const char *text, double *number);
int bundle_read_signed(const char *text, double *number);

/* A whole number of bytes from 1 to 2^50. Returns 0 or -EINVAL. */
int bundle_read_size(const char *text, uint64_t *bytes);

#endif
