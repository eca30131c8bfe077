#include "export/export.h"
#include "export/export_metric.h"
#include "export/export_rows.h"
#include "export/export_text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

enum { NAME_BYTES = (BUNDLE_COLUMN_COUNT + 2) * BUNDLE_WORD_BYTES + 32, RANGE_BYTES = 64 };
enum { EXTRA_BYTES = 2 * EXPORT_TEXT_BYTES };

/* Up to here every cell has words of its own; what follows differs in relays and padded cells
 * alone, and is named only there. */
enum { NAMED_COLUMNS = BUNDLE_SOURCE };

static bool is_plain(const struct bundle_cell *cell)
{
    return strcmp(cell->words[BUNDLE_SOURCE], "memory") == 0 &&
           strcmp(cell->words[BUNDLE_SINK], "use") == 0 &&
           strcmp(cell->words[BUNDLE_EXTRA_COPIES], "0") == 0 &&
           strcmp(cell->words[BUNDLE_WORKING_SET], "none") == 0;
}

/* "shm throughput block own full cache 65536 B: ratio_to_pipe"; words hold no spaces, so no two
 * figures have the same. */
static void make_name(const struct bundle_row *row, char name[NAME_BYTES])
{
    int columns = is_plain(&row->cell) ? NAMED_COLUMNS : BUNDLE_COLUMN_COUNT;
    int used = 0;
    for (int column = 0; column < columns; column++)
        used += snprintf(name + used, NAME_BYTES - (size_t)used, "%s ", row->cell.words[column]);
    snprintf(name + used, NAME_BYTES - (size_t)used, "%" PRIu64 " B: %s", row->cell.size_bytes,
             row->metric);
}

static bool has_interval(const struct estimate *estimate)
{
    return isfinite(estimate->ci95_lo) && isfinite(estimate->ci95_hi);
}

static void make_extra(const struct bundle_data *bundle, const struct estimate *estimate,
                       char extra[EXTRA_BYTES])
{
    char text[EXPORT_TEXT_BYTES];
    int used = 0;
    if (has_interval(estimate))
        used = snprintf(extra, EXTRA_BYTES, "95 %% interval [%.9g, %.9g], ", estimate->ci95_lo,
                        estimate->ci95_hi);
    snprintf(extra + used, EXTRA_BYTES - (size_t)used, "%zu samples, %s", estimate->samples,
             export_text_clean(bundle_fact_text(bundle, "machine.cpu_model", "unknown CPU"), text));
}

/* NULL where memory ran out. */
static json_t *make_figure(const struct bundle_data *bundle, const struct bundle_row *row,
                           const char *unit)
{
    const struct estimate *estimate = &row->estimate;
    char name[NAME_BYTES];
    char range[RANGE_BYTES];
    char extra[EXTRA_BYTES];
    make_name(row, name);
    make_extra(bundle, estimate, extra);
    json_t *figure =
        json_pack("{s:s, s:s, s:f}", "name", name, "unit", unit, "value", estimate->median);
    bool whole = figure != NULL;
    if (whole && has_interval(estimate)) {
        snprintf(range, sizeof range, "± %.9g",
                 fmax(estimate->median - estimate->ci95_lo, estimate->ci95_hi - estimate->median));
        whole = json_object_set_new(figure, "range", json_string(range)) == 0;
    }
    if (whole && json_object_set_new(figure, "extra", json_string(extra)) == 0)
        return figure;
    json_decref(figure);
    return NULL;
}

static int add_figures(const struct bundle_data *bundle, enum export_direction direction,
                       json_t *figures)
{
    for (size_t index = 0; index < export_row_count(bundle); index++) {
        const struct bundle_row *row = export_row(bundle, index);
        const struct export_metric *metric = export_metric_find(row->metric);
        if (metric == NULL || (direction != EXPORT_BOTH && metric->better != direction) ||
            !isfinite(row->estimate.median))
            continue;
        if (json_array_append_new(figures, make_figure(bundle, row, metric->unit)) < 0)
            return -ENOMEM;
    }
    return 0;
}

int export_write_benchmark(const struct bundle_data *bundle, enum export_direction direction,
                           FILE *stream)
{
    json_t *figures = json_array();
    int result = figures != NULL ? add_figures(bundle, direction, figures) : -ENOMEM;
    if (result == 0) {
        if (json_dumpf(figures, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) < 0)
            result = ferror(stream) ? -EIO : -ENOMEM;
        fputc('\n', stream);
    }
    json_decref(figures);
    return result == 0 && ferror(stream) ? -EIO : result;
}
