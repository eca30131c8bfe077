/*
 * The first place at which two tables differ, in words: row, column, what stands there and what
 * comes out. Knows no bundle.
 */
#ifndef TABLE_DIFFERENCE_H
#define TABLE_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#define TABLE_DIFFERENCE_BYTES 400

/*
 * Compares the table that stands in a file with the one that comes out, byte for byte; both are
 * text ended by '\0', with a header. When `may_lack` is set the file may lack columns that come
 * out now, which are then left out of the comparison and named in `text`; else `text` is "" for
 * equal tables. Rows count from 1, the header, as editors count. Returns 0 when they are the same,
 * 1 when not, with the difference in `text`, or -ENOMEM.
 */
int table_difference(const char *stands, const char *comes, bool may_lack,
                     char text[TABLE_DIFFERENCE_BYTES]);

#endif
