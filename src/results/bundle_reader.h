/*
 * A finished bundle, read for drawing and reporting: the rows of summary.tsv, the failures of
 * errors.tsv, the marks of noise.tsv, manifest.json and hyperfine.json. A bundle may come from a
 * stranger, so everything is bounded and checked here once; what comes out holds only plain words,
 * known numbers and JSON (whose strings are still untrusted text: see report_text.h). Reads only;
 * measures nothing, does not know how a report or chart looks.
 */
#ifndef BUNDLE_READER_H
#define BUNDLE_READER_H

#include "base/failure.h"
#include "results/bundle_table.h" /* BUNDLE_WORD_BYTES */
#include "results/noise.h"
#include "results/statistics.h"

#include <jansson.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define BUNDLE_MOST_WORDS  16  /* different words in one column */
#define BUNDLE_MOST_SIZES  256 /* different payload sizes */
#define BUNDLE_MOST_ROWS   200000
#define BUNDLE_MOST_ERRORS 100000
#define BUNDLE_ERRORS_KEPT 50 /* the first ones; all are counted */
/* The newest; older ones are read, too: 1 has no sources and sinks, 2 no column `settled`. */
#define BUNDLE_SCHEMA       3
#define BUNDLE_SUMMARY_FILE "summary.tsv"

/* The columns that make a cell, in the order of the file. */
enum bundle_column {
    BUNDLE_MECHANISM,
    BUNDLE_TEST,
    BUNDLE_WAIT,
    BUNDLE_COPIES,
    BUNDLE_TOUCH,
    BUNDLE_PLACEMENT,
    BUNDLE_SOURCE,
    BUNDLE_SINK,
    BUNDLE_EXTRA_COPIES, /* a number, as a word */
    BUNDLE_WORKING_SET,
    BUNDLE_COLUMN_COUNT
};

/* A cell: its words by column, each of letters, digits and "-._", and its payload size. */
struct bundle_cell {
    char words[BUNDLE_COLUMN_COUNT][BUNDLE_WORD_BYTES];
    uint64_t size_bytes;
};

struct bundle_row {
    struct bundle_cell cell;
    char metric[BUNDLE_WORD_BYTES];
    struct estimate estimate; /* numbers are finite or NAN; an interval without median is NAN */
};

struct bundle_error {
    struct bundle_cell cell;
    char message[160]; /* untrusted text */
};

struct bundle_words {
    char words[BUNDLE_MOST_WORDS][BUNDLE_WORD_BYTES];
    size_t count;
};

struct bundle_sizes {
    uint64_t bytes[BUNDLE_MOST_SIZES];
    size_t count;
};

struct bundle_data {
    char name[NAME_MAX + 1]; /* of the folder itself, symbolic links resolved; untrusted text */
    struct bundle_row *rows; /* sorted by cell and metric; no cell has a metric twice */
    size_t row_count;
    /* The rows of pairs of CPUs and of many pairs at once (bundle_places.h), sorted as well. They
     * can be very many, and their placements are no placements to compare in: so they stand apart,
     * and in neither `rows` nor `words`. */
    struct bundle_row *place_rows;
    size_t place_row_count;
    /* The words of each column in the order to show them: as in base/terms.h, then others. */
    struct bundle_words words[BUNDLE_COLUMN_COUNT];
    struct bundle_error errors[BUNDLE_ERRORS_KEPT];
    size_t error_count;  /* of all samples that failed, also those not kept */
    struct noise noise;  /* what disturbed which round */
    json_t *manifest;    /* an object */
    json_t *outer_clock; /* hyperfine.json, or NULL when the bundle has none */
};

/*
 * Reads the bundle in `folder`. Returns 0, -EINVAL when it is not a bundle or a file in it is
 * damaged (`failure` names file, row and what was expected), -ENOMEM, or another -errno of
 * opening. *bundle is set on success only; bundle_free releases what it holds.
 */
int bundle_read(const char *folder, struct bundle_data *bundle, struct failure *failure);
void bundle_free(struct bundle_data *bundle);

/* Reads the JSON object in the file `name` of a bundle, of at most 16 MiB. Returns 0, -EINVAL when
 * it is none, or another -errno of opening it; *object is set on success only and is then the
 * caller's. */
int bundle_read_json(const char *folder, const char *name, json_t **object,
                     struct failure *failure);

/* The same of the file at `path`. */
int bundle_read_json_at(const char *path, json_t **object, struct failure *failure);

/* A cell from its words, in the order of the columns, whose payload is produced in memory and used
 * there, without extra copies: all but relays and the padded control. Words that are too long are
 * cut, and then name no cell of any bundle. */
struct bundle_cell bundle_cell_of(const char *mechanism, const char *test, const char *wait,
                                  const char *copies, const char *touch, const char *placement);

/* The same cell with another word in one column. */
struct bundle_cell bundle_cell_with(const struct bundle_cell *cell, enum bundle_column column,
                                    const char *word);

/* The estimate of a metric at `cell` and size, or NULL where the bundle has no such row or its
 * median is NAN. The bundle owns it. */
const struct estimate *bundle_find(const struct bundle_data *bundle, const struct bundle_cell *cell,
                                   uint64_t size_bytes, const char *metric);

/* The payload sizes, rising, at which `cell` (whatever its size_bytes) has a known `metric`. */
struct bundle_sizes bundle_sizes_of(const struct bundle_data *bundle,
                                    const struct bundle_cell *cell, const char *metric);

/* A value of the manifest by its path, such as "machine.cpu_model"; NULL where there is none. */
const json_t *bundle_fact(const struct bundle_data *bundle, const char *path);

/* The same as text (untrusted), or `otherwise` when it is no string. */
const char *bundle_fact_text(const struct bundle_data *bundle, const char *path,
                             const char *otherwise);

/* The same as a number above 0, or NAN. */
double bundle_fact_number(const struct bundle_data *bundle, const char *path);

#endif
