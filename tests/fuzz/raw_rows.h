/* The raw rows of the fuzzed folder, read, and held against what is promised of them. */
#ifndef RAW_ROWS_H
#define RAW_ROWS_H

void raw_rows_try(void);

#endif
