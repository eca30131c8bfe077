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

/* A table and where the wanted columns are; others are ignored. A field is the index of a column
 * in the list it was opened with. */
struct bundle_table {
    struct table *table; /* NULL while it is not open; released by table_close */
    size_t columns[BUNDLE_TABLE_MOST_COLUMNS];
    char path[PATH_MAX];
};

/*
 * Opens `name` in `folder` and finds `count` columns (at most BUNDLE_TABLE_MOST_COLUMNS). Returns 0
 * or as table_open and table_find_column; open->table is NULL after a failure.
 */
int bundle_table_open(struct bundle_table *open, const char *folder, const char *name,
                      const char *const *columns, size_t count, uint64_t most_rows,
                      struct failure *failure);

/* The text of a field of the current row. */
const char *bundle_table_text(const struct bundle_table *open, size_t field);

/* Says that a field of the current row is wrong; returns -EINVAL (see table_refuse). */
int bundle_table_refuse(const struct bundle_table *open, size_t field, const char *complaint,
                        struct failure *failure);

/* Letters, digits and "-._", at least one, into `word` of BUNDLE_WORD_BYTES. Returns 0 or -EINVAL;
 * outputs here and below are set on success only. */
int bundle_read_word(const char *text, char *word);

/* A finite number, or nan; the first not negative. Return 0 or -EINVAL. */
int bundle_read_number(const char *text, double *number);
int bundle_read_signed(const char *text, double *number);

/* A whole number of bytes from 1 to 2^50. Returns 0 or -EINVAL. */
int bundle_read_size(const char *text, uint64_t *bytes);

#endif
