#include "compare/compare_chart.h"

#include "document/chart_axis.h"
#include "document/report_text.h"
#include "report/chart_data.h" /* chart_write_number */

#include <errno.h>
#include <math.h>

static void write_ticks(const char *name, const struct chart_axis *axis, enum chart_axis_unit unit,
                        FILE *stream)
{
    fprintf(stream, "%s_ticks = \"", name);
    chart_axis_print(axis, unit, true, stream);
    fprintf(stream, "\"\n%s_bare_ticks = \"", name);
    chart_axis_print(axis, unit, false, stream);
    fputs("\"\n", stream);
}

/* Plain decades: what is normalised has no unit, and spans too much for powers of two. */
static void write_decades(const char *name, const struct compare_range *range, FILE *stream)
{
    for (int labels = 1; labels >= 0; labels--) {
        bool first = true;
        fprintf(stream, "%s%s_ticks = \"(", name, labels ? "" : "_bare");
        for (int decade = (int)fmax(-15.0, ceil(log10(range->least)));
             decade <= (int)fmin(15.0, floor(log10(range->most))); decade++) {
            double value = pow(10.0, decade);
            fputs(first ? "'" : ", '", stream);
            if (labels)
                fprintf(stream, "%.12g", value);
            fprintf(stream, "' %.9g", value);
            first = false;
        }
        fputs(")\"\n", stream);
    }
}

static void write_row_axis(const struct compare_drawing *drawing, size_t row, size_t place,
                           FILE *stream)
{
    static const enum chart_axis_unit units[] = {CHART_AXIS_RATE, CHART_AXIS_NANOSECONDS,
                                                 CHART_AXIS_FACTOR};
    struct compare_range range = compare_drawing_up(drawing, row);
    char name[32];
    snprintf(name, sizeof name, "y%zu", place);
    fprintf(stream, "%s_least = %.9g\n%s_most = %.9g\n", name, range.least, name, range.most);
    if (compare_drawing_kind(drawing->chart, row) == COMPARE_NORMALISED) {
        write_decades(name, &range, stream);
        return;
    }
    struct chart_axis axis = chart_axis_ticks(units[drawing->chart], range.least, range.most);
    write_ticks(name, &axis, units[drawing->chart], stream);
}

/* --- Writing ------------------------------------------------------------------------------------
 */

static void write_text(const char *name, const char *text, FILE *stream)
{
    char quoted[SENTENCE_BYTES];
    fprintf(stream, "%s = %s\n", name, report_text_gnuplot(text, quoted, sizeof quoted));
}

static const char *machine_text(const struct compare_bundle *bundle, const char *name,
                                const char *otherwise)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(bundle->manifest, "machine"), name));
    return text != NULL && *text != '\0' ? text : otherwise;
}

static void write_texts(const struct compare_drawing *drawing, FILE *stream)
{
    const struct compare_view *view = drawing->view;
    struct sentence line = sentence_in(LANGUAGE_ENGLISH);
    sentence_add(&line, "%s: %zu runs compared", compare_drawing_title(drawing->chart),
                 drawing->given_count);
    write_text("title", line.text, stream);
    line = sentence_in(LANGUAGE_ENGLISH);
    sentence_add(&line,
                 "wait %s, placement %s, touch %s; bars are 95 %% intervals of the median over "
                 "rounds",
                 view->wait, view->placement, view->touch);
    write_text("machine", line.text, stream);
    line = sentence_in(LANGUAGE_ENGLISH);
    size_t missing = drawing->given_count - drawing->bundle_count;
    if (missing == 1)
        sentence_add(&line, ", the last bundle");
    else if (missing > 1)
        sentence_add(&line, ", the last %zu bundles", missing);
    sentence_add(&line, "%s", drawing->left_out.text);
    struct sentence finding = sentence_in(LANGUAGE_ENGLISH);
    if (*line.text != '\0')
        sentence_add(&finding, "left out: %s", line.text + 2);
    write_text("finding", finding.text, stream);
}

static void write_legend(const struct compare_drawing *drawing, FILE *stream)
{
    fprintf(stream, "bundles = %zu\n", drawing->bundle_count);
    for (size_t index = 0; index < drawing->bundle_count; index++) {
        const struct compare_bundle *bundle = &drawing->bundles[index];
        struct sentence line = sentence_in(LANGUAGE_ENGLISH);
        char name[32];
        const char *label = json_string_value(json_object_get(bundle->manifest, "label"));
        sentence_add(&line, "%c: %.60s", (char)('A' + index), bundle->name);
        if (label != NULL && *label != '\0')
            sentence_add(&line, " (%.40s)", label);
        sentence_add(&line, ", %.50s, Linux %.40s",
                     machine_text(bundle, "cpu_model", "unknown CPU"),
                     machine_text(bundle, "kernel_release", "unknown"));
        snprintf(name, sizeof name, "bundle_%zu", index + 1);
        write_text(name, line.text, stream);
    }
    fputs("mechanisms = '", stream);
    for (size_t index = 0; index < drawing->mechanism_count; index++)
        fprintf(stream, "%s ", drawing->mechanisms[index]);
    fprintf(stream, "'\nlevels = '%s'\n", drawing->chart == COMPARE_CHART_RATIO ? "1" : "");
}

static void write_series(const struct compare_series *series, FILE *stream)
{
    for (size_t index = 0; index < series->count; index++) {
        const struct estimate *estimate = &series->points[index].estimate;
        fprintf(stream, "%.17g", series->points[index].size_bytes);
        chart_write_number(estimate->median, stream);
        chart_write_number(estimate->ci95_lo, stream);
        chart_write_number(estimate->ci95_hi, stream);
        fputc('\n', stream);
    }
}

/* The data of all panels, one block per line that has points, told apart by two empty lines:
 * gnuplot's `index`. Before it, what each block is and which of them a panel has. */
static void write_panels(const struct compare_drawing *drawing, const bool *rows,
                         const bool *columns, FILE *stream)
{
    size_t lines = drawing->bundle_count * drawing->mechanism_count;
    for (int pass = 0; pass < 3; pass++) {
        static const char *const begins[] = {"", "series_looks = '", "$data << END_OF_DATA\n"};
        static const char *const ends[] = {"", "'\n", "END_OF_DATA\n"};
        size_t panel = 0;
        size_t block = 0;
        fputs(begins[pass], stream);
        for (size_t place = 0; place < (size_t)COMPARE_DRAWING_ROWS * COMPARE_DRAWING_COLUMNS;
             place++) {
            size_t row = place / COMPARE_DRAWING_COLUMNS;
            size_t column = place % COMPARE_DRAWING_COLUMNS;
            size_t first = block;
            if (!rows[row] || !columns[column])
                continue;
            for (size_t line = 0; line < lines; line++) {
                const struct compare_series *series = &drawing->series[row][column][line];
                if (series->count == 0)
                    continue;
                if (pass == 1) /* bundle and mechanism, from 1, as one word */
                    fprintf(stream, "%zu%zu ", series->bundle + 1, series->mechanism + 1);
                if (pass == 2) {
                    fputs(block > 0 ? "\n\n" : "", stream);
                    write_series(series, stream);
                }
                block++;
            }
            panel++;
            if (pass == 0)
                fprintf(stream,
                        "panel_copies_%zu = '%s'\npanel_first_%zu = %zu\npanel_last_%zu = %zu\n",
                        panel, copies_names[column], panel, first + 1, panel, block);
        }
        fputs(ends[pass], stream);
    }
}

static int write_drawing(const struct compare_drawing *drawing, FILE *stream)
{
    bool rows[COMPARE_DRAWING_ROWS];
    bool columns[COMPARE_DRAWING_COLUMNS];
    size_t row_count = 0;
    size_t column_count = 0;
    for (size_t column = 0; column < COMPARE_DRAWING_COLUMNS; column++) {
        columns[column] = compare_drawing_has_column(drawing, column);
        column_count += columns[column];
    }
    for (size_t row = 0; row < COMPARE_DRAWING_ROWS; row++) {
        char name[32];
        rows[row] = compare_drawing_has_row(drawing, row);
        if (!rows[row])
            continue;
        row_count++;
        write_row_axis(drawing, row, row_count, stream);
        snprintf(name, sizeof name, "y_label_%zu", row_count);
        write_text(name, compare_drawing_label(drawing->chart, row), stream);
    }
    struct compare_range sizes = compare_drawing_across(drawing);
    struct chart_axis axis =
        chart_axis_ticks(CHART_AXIS_BYTES, fmax(sizes.least, 0.75), sizes.most);
    fprintf(stream, "x_least = %.9g\nx_most = %.9g\n", sizes.least, sizes.most);
    write_ticks("x", &axis, CHART_AXIS_BYTES, stream);
    fprintf(stream, "rows = %zu\ncolumns = %zu\n", row_count, column_count);
    write_texts(drawing, stream);
    write_legend(drawing, stream);
    write_panels(drawing, rows, columns, stream);
    return ferror(stream) ? -EIO : 0;
}

int compare_chart_write(const struct compare_bundle *bundles, size_t count,
                        enum compare_chart chart, const struct compare_view *view, FILE *stream)
{
    struct compare_drawing *drawing = NULL;
    int result = compare_drawing_make(bundles, count, chart, view, &drawing);
    if (result < 0)
        return result;
    result = write_drawing(drawing, stream);
    compare_drawing_free(drawing);
    return result;
}
