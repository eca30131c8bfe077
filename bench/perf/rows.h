/*
 * What came out: one row per figure, whether the goal is met, and the forms in which rows are
 * printed. Rows come from rounds (rounds.h) or from a table that was written before, with what
 * scripts/perf.sh measured from outside. Knows nothing of how anything was measured.
 */
#ifndef PERF_ROWS_H
#define PERF_ROWS_H

#include "goals.h"

#include "base/failure.h"
#include "results/statistics.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { ROWS_MOST = 200, ROW_NAME_BYTES = 160, ROW_UNIT_BYTES = 24, ROW_NOTE_BYTES = 160 };

struct row {
    uint64_t goal;
    char name[ROW_NAME_BYTES];
    enum relation relation;
    double bound;             /* NAN with SHOWN */
    struct estimate measured; /* NAN where it could not be; then `note` says why */
    char unit[ROW_UNIT_BYTES];
    double ours_ns; /* medians of the two sides; NAN where there is no such side */
    double other_ns;
    char note[ROW_NOTE_BYTES];
};

struct rows {
    struct row row[ROWS_MOST];
    size_t count;
};

/* `unclear`: the interval holds the bound, so that more rounds may tell. Where there is no interval
 * (few rounds, or one figure) the figure itself decides. */
enum met { MET_YES, MET_NO, MET_UNCLEAR, MET_SHOWN, MET_MISSING };
enum met row_met(const struct row *row);

enum rows_format { ROWS_TEXT, ROWS_TSV, ROWS_MARKDOWN };
extern const char *const rows_format_names[]; /* ended by NULL */

void rows_print(const struct rows *rows, enum rows_format format, FILE *stream);

/* Adds the rows of a table as ROWS_TSV prints it, to those that are there. Returns 0, or a negative
 * errno with a description (base/table.h). Whether a goal is met is not read but judged anew. */
int rows_read(struct rows *rows, const char *path, struct failure *failure);

#endif
