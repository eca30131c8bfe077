#include "report/chart_copies.h"

#include "report/figure_text.h"
#include "report/report_cause_findings.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

enum { MOST_SERIES = 24, MOST_EXTRA_COPIES = 8, MOST_POINTS = MOST_EXTRA_COPIES + 1 };

/* The paths that are drawn, in the order of plots/copies.gp; the control is none of them. */
enum path { FILE_TO_FILE = 1, FILE_TO_USE, MEMORY_TO_USE, CONTROL };

struct point {
    enum path path;
    double copies;
    struct evidence_value wall;
    size_t samples; /* behind it */
};

struct series {
    const char *role; /* a mechanism, or "control" */
    const char *mode;
    size_t panel;
    struct point points[MOST_POINTS];
    size_t count;
};

struct drawing {
    uint64_t size_bytes;
    const char *waits[CHART_WAITS]; /* of the panels */
    size_t panels;
    struct series series[MOST_SERIES]; /* in order of panels */
    size_t series_count;
};

/* 0 for a path that is not drawn. */
static enum path path_of(const struct evidence_copies *row)
{
    if (strcmp(row->source, "file") == 0 && strcmp(row->sink, "file") == 0)
        return FILE_TO_FILE;
    if (strcmp(row->source, "file") == 0 && strcmp(row->sink, "use") == 0)
        return FILE_TO_USE;
    return strcmp(row->source, "memory") == 0 && strcmp(row->sink, "use") == 0 ? MEMORY_TO_USE : 0;
}

/* A mechanism for which `inplace` is what `own` is has two rows for one path. */
static bool is_same_as_own(const struct evidence *evidence, const struct evidence_copies *row)
{
    const struct evidence_copies *own =
        evidence_find_copies(evidence, row->mechanism, row->source, row->sink, "own");
    return own != NULL && own != row && memcmp(own->stages, row->stages, sizeof own->stages) == 0;
}

static bool is_drawn(const struct evidence *evidence, const struct evidence_copies *row)
{
    return path_of(row) != 0 && strcmp(row->mechanism, FINDING_FLOOR) != 0 &&
           !is_same_as_own(evidence, row);
}

/* The series of the panel, made where it is not there yet; NULL when there are too many. */
static struct series *find_series(struct drawing *drawing, size_t panel, const char *role,
                                  const char *mode)
{
    for (size_t index = 0; index < drawing->series_count; index++) {
        struct series *series = &drawing->series[index];
        if (series->panel == panel && strcmp(series->role, role) == 0 &&
            strcmp(series->mode, mode) == 0)
            return series;
    }
    if (drawing->series_count == MOST_SERIES)
        return NULL;
    struct series *series = &drawing->series[drawing->series_count++];
    *series = (struct series){.role = role, .mode = mode, .panel = panel};
    return series;
}

/* Keeps the points of a series rising. */
static void insert_point(struct series *series, const struct point *point)
{
    if (series->count == MOST_POINTS)
        return;
    size_t place = series->count++;
    for (; place > 0 && series->points[place - 1].copies > point->copies; place--)
        series->points[place] = series->points[place - 1];
    series->points[place] = *point;
}

static void add_point(struct drawing *drawing, size_t panel, const char *role, const char *mode,
                      const struct point *point)
{
    if (isnan(point->wall.value))
        return;
    struct series *series = find_series(drawing, panel, role, mode);
    if (series != NULL)
        insert_point(series, point);
}

static size_t count_samples(const struct bundle_data *bundle, const struct bundle_cell *cell,
                            uint64_t size_bytes)
{
    const struct estimate *estimate =
        bundle_find(bundle, cell, size_bytes, "throughput_bytes_per_s");
    return estimate != NULL ? estimate->samples : 0;
}

static void add_paths(const struct bundle_data *bundle, const struct evidence *evidence,
                      const struct chart_view *view, struct drawing *drawing, size_t panel,
                      const char *wait)
{
    /* The series in the order of the bundle's mechanisms, so that the legend has theirs. */
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    for (size_t index = 0; index < mechanisms->count * evidence->copies_count; index++) {
        const struct evidence_copies *row = &evidence->copies[index % evidence->copies_count];
        if (strcmp(row->mechanism, mechanisms->words[index / evidence->copies_count]) != 0 ||
            !is_drawn(evidence, row))
            continue;
        struct bundle_cell cell = finding_cell_of_path(row, wait, view->touch, view->placement);
        struct point point = {
            .path = path_of(row),
            .copies = row->predicted_copies,
            .wall = finding_wall_of(bundle, &cell, drawing->size_bytes),
            .samples = count_samples(bundle, &cell, drawing->size_bytes),
        };
        add_point(drawing, panel, row->mechanism, row->copies, &point);
    }
}

/* k = 0 is the plain cell, which belongs to the control as well. */
static void add_control(const struct bundle_data *bundle, const struct chart_view *view,
                        struct drawing *drawing, size_t panel, const char *wait)
{
    for (int extra = 0; extra <= MOST_EXTRA_COPIES; extra++) {
        char word[BUNDLE_WORD_BYTES];
        snprintf(word, sizeof word, "%d", extra);
        struct bundle_cell cell =
            bundle_cell_of("shm", "throughput", wait, "inplace", view->touch, view->placement);
        cell = bundle_cell_with(&cell, BUNDLE_EXTRA_COPIES, word);
        cell = bundle_cell_with(&cell, BUNDLE_WORKING_SET, extra == 0 ? "none" : "hot");
        struct point point = {
            .path = CONTROL,
            .copies = extra,
            .wall = finding_wall_of(bundle, &cell, drawing->size_bytes),
            .samples = count_samples(bundle, &cell, drawing->size_bytes),
        };
        add_point(drawing, panel, "control", "inplace", &point);
    }
}

/* One panel; none where no path was measured with this way of waiting. */
static void add_panel(const struct bundle_data *bundle, const struct evidence *evidence,
                      const struct chart_view *view, struct drawing *drawing, const char *wait)
{
    size_t before = drawing->series_count;
    add_paths(bundle, evidence, view, drawing, drawing->panels, wait);
    if (drawing->series_count == before)
        return;
    add_control(bundle, view, drawing, drawing->panels, wait);
    drawing->waits[drawing->panels++] = wait;
}

static bool draw(const struct bundle_data *bundle, const struct evidence *evidence,
                 const struct chart_view *view, struct drawing *drawing)
{
    struct bundle_words touches = finding_measured_words(bundle, BUNDLE_TOUCH);
    memset(drawing, 0, sizeof *drawing);
    /* Copies and prices are those of the run's own touch. */
    if (touches.count == 0 || strcmp(view->touch, touches.words[0]) != 0)
        return false;
    drawing->size_bytes = finding_copies_size(bundle, evidence, view->touch, view->placement);
    for (size_t wait = 0; wait < CHART_WAITS && *view->waits[wait] != '\0'; wait++)
        add_panel(bundle, evidence, view, drawing, view->waits[wait]);
    return drawing->panels > 0;
}

bool chart_copies_has_data(const struct bundle_data *bundle, const struct evidence *evidence,
                           const struct chart_view *view)
{
    struct drawing drawing;
    return draw(bundle, evidence, view, &drawing);
}

/* The most of the values, or of the intervals where those are not much longer: one wide interval
 * must not press all points to the ground. */
static double most_wall(const struct drawing *drawing)
{
    double most = 0.0;
    double most_end = 0.0;
    for (size_t index = 0; index < drawing->series_count; index++) {
        const struct series *series = &drawing->series[index];
        for (size_t point = 0; point < series->count; point++) {
            most = fmax(most, series->points[point].wall.value);
            most_end = fmax(most_end, series->points[point].wall.ci95_hi);
        }
    }
    return fmax(most, fmin(most_end, 1.6 * most));
}

static double most_copies(const struct drawing *drawing)
{
    double most = 4.0;
    for (size_t index = 0; index < drawing->series_count; index++) {
        const struct series *series = &drawing->series[index];
        if (series->count > 0)
            most = fmax(most, series->points[series->count - 1].copies);
    }
    return most;
}

/* A fitted line and its two lines of text; without one these are empty and the line not drawn. */
static void write_fit(const char *name, size_t panel, const struct evidence_price *price,
                      enum language language, FILE *stream)
{
    char slope[FINDING_VALUE_BYTES];
    char intercept[FINDING_VALUE_BYTES];
    char r_squared[FINDING_TEXT_BYTES];
    fprintf(stream, "%s_slope_%zu =", name, panel);
    chart_write_number(price != NULL ? price->slope.value : NAN, stream);
    fprintf(stream, "\n%s_intercept_%zu =", name, panel);
    chart_write_number(price != NULL ? price->intercept.value : NAN, stream);
    fprintf(stream, "\n%s_text_%zu = '", name, panel);
    if (price != NULL)
        fprintf(stream, text_in(language, "%s: %s ns/KiB per copy"), text_in(language, name),
                finding_format_interval(&price->slope, language, slope));
    fprintf(stream, "'\n%s_more_%zu = '", name, panel);
    if (price != NULL)
        fprintf(stream, text_in(language, "without copies %s ns/KiB; R^2 %s"),
                finding_format_interval(&price->intercept, language, intercept),
                finding_format_number(price->r_squared, r_squared));
    fputs("'\n", stream);
}

static void write_panels(const struct bundle_data *bundle, const struct evidence *evidence,
                         const struct chart_view *view, const struct drawing *drawing,
                         enum language language, FILE *stream)
{
    fprintf(stream, "columns = %zu\n", drawing->panels);
    for (size_t panel = 0; panel < drawing->panels; panel++) {
        size_t first = 0;
        while (first < drawing->series_count && drawing->series[first].panel < panel)
            first++;
        size_t end = first;
        while (end < drawing->series_count && drawing->series[end].panel == panel)
            end++;
        struct finding_line line =
            finding_line_at(bundle, evidence, drawing->waits[panel], view->touch, view->placement,
                            drawing->size_bytes);
        char above[FINDING_TEXT_BYTES];
        fprintf(stream, "panel_wait_%zu = '%s'\npanel_first_%zu = %zu\npanel_last_%zu = %zu\n",
                panel + 1, drawing->waits[panel], panel + 1, first + 1, panel + 1, end);
        fprintf(stream, "pipe_copies_%zu =", panel + 1);
        chart_write_number(line.pipe_copies, stream);
        fprintf(stream, "\npipe_wall_%zu =", panel + 1);
        chart_write_number(line.pipe.value, stream);
        fprintf(stream, "\npipe_above_%zu = '%s%s'\n", panel + 1, line.above.value > 0.0 ? "+" : "",
                finding_format_number(line.above.value, above));
        write_fit(TEXT("hot"), panel + 1, line.price, language, stream);
        write_fit(TEXT("cold"), panel + 1, line.cold, language, stream);
    }
}

/* Each mechanism once, in the order of the bundle. */
static void write_legend(const struct bundle_data *bundle, const struct drawing *drawing,
                         FILE *stream)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    fputs("legend_roles = '", stream);
    for (size_t index = 0; index < mechanisms->count; index++) {
        bool used = false;
        for (size_t series = 0; series < drawing->series_count; series++)
            used = used || strcmp(drawing->series[series].role, mechanisms->words[index]) == 0;
        if (used)
            fprintf(stream, "%s ", mechanisms->words[index]);
    }
    fputs("'\n", stream);
}

/* Points of one count stand side by side instead of on each other; the control stands where it is,
 * on its line. */
static double shift_of(const struct drawing *drawing, size_t index)
{
    const struct series *series = &drawing->series[index];
    double first = 0.0;
    double count = 0.0;
    if (strcmp(series->role, "control") == 0)
        return 0.0;
    for (size_t other = 0; other < drawing->series_count; other++) {
        if (drawing->series[other].panel != series->panel ||
            strcmp(drawing->series[other].role, "control") == 0)
            continue;
        count += 1.0;
        first += other < index ? 1.0 : 0.0;
    }
    return (first - (count - 1.0) / 2.0) * fmin(0.06, 0.36 / count);
}

/* One block per series. Columns: place, ns per KiB, interval from, interval to, path. */
static void write_data(const struct drawing *drawing, FILE *stream)
{
    fprintf(stream, "series = %zu\nseries_roles = '", drawing->series_count);
    for (size_t index = 0; index < drawing->series_count; index++)
        fprintf(stream, "%s ", drawing->series[index].role);
    fputs("'\nseries_modes = '", stream);
    for (size_t index = 0; index < drawing->series_count; index++)
        fprintf(stream, "%s ", drawing->series[index].mode);
    fputs("'\n$data << END_OF_DATA\n", stream);
    for (size_t index = 0; index < drawing->series_count; index++) {
        const struct series *series = &drawing->series[index];
        fputs(index > 0 ? "\n\n" : "", stream);
        for (size_t point = 0; point < series->count; point++) {
            const struct point *at = &series->points[point];
            chart_write_number(at->copies + shift_of(drawing, index), stream);
            chart_write_number(at->wall.value, stream);
            chart_write_number(at->wall.ci95_lo, stream);
            chart_write_number(at->wall.ci95_hi, stream);
            fprintf(stream, " %d\n", (int)at->path);
        }
    }
    fputs("END_OF_DATA\n", stream);
}

void chart_copies_write(const struct bundle_data *bundle, const struct evidence *evidence,
                        const struct chart_view *view, enum language language, FILE *stream)
{
    struct drawing drawing;
    draw(bundle, evidence, view, &drawing);
    write_panels(bundle, evidence, view, &drawing, language, stream);
    write_legend(bundle, &drawing, stream);
    fprintf(stream, "x_most = %.9g\ny_most = %.9g\n", most_copies(&drawing), most_wall(&drawing));
    write_data(&drawing, stream);
}

/* ---- as a figure ---- */

/* A fitted line, and in notes what it says. */
static void add_fit(const struct figure *figure, const char *name,
                    const struct evidence_price *price, double most, struct figure_panel *panel,
                    char *note)
{
    char slope[FINDING_VALUE_BYTES];
    if (price == NULL)
        return;
    struct figure_line line = {
        .from_x = 0.0,
        .from_y = price->intercept.value,
        .to_x = most,
        .to_y = price->intercept.value + most * price->slope.value,
        .strong = price->working_set[0] == 'h',
    };
    figure_add_line(panel, &line);
    snprintf(note, FIGURE_WORDS_BYTES, figure_word(figure, "%s: %s ns/KiB per copy"), name,
             finding_format_interval(&price->slope, figure->language, slope));
}

static void fill_panel(const struct bundle_data *bundle, const struct evidence *evidence,
                       const struct chart_view *view, const struct drawing *drawing, size_t index,
                       struct figure *figure)
{
    struct figure_panel *panel = figure_add_panel(figure);
    double most = most_copies(drawing);
    struct finding_line line = finding_line_at(bundle, evidence, drawing->waits[index], view->touch,
                                               view->placement, drawing->size_bytes);
    if (panel == NULL)
        return;
    snprintf(panel->title, sizeof panel->title, figure_word(figure, "wait: %s"),
             drawing->waits[index]);
    figure_set_linear(&panel->across, -0.4, most + 0.4,
                      figure_word(figure, "copies per payload byte"));
    figure_set_linear(&panel->up, 0.0, 1.04 * most_wall(drawing),
                      figure_word(figure, "wall time, ns per KiB"));
    add_fit(figure, figure_word(figure, "line through extra copies, hot"), line.price, most, panel,
            panel->notes[0]);
    add_fit(figure, figure_word(figure, "dotted: cold memory"), line.cold, most, panel,
            panel->notes[1]);
}

static void fill_point(const struct drawing *drawing, size_t index, const struct point *from,
                       const char *name, struct figure *figure, struct figure_series *series)
{
    static const char *const paths[] = {[FILE_TO_FILE] = TEXT("file to file"),
                                        [FILE_TO_USE] = TEXT("file to use"),
                                        [MEMORY_TO_USE] = TEXT("memory to use"),
                                        [CONTROL] = TEXT("memory to use")};
    double top = 1.04 * most_wall(drawing);
    char copies[FINDING_TEXT_BYTES];
    struct figure_point *point = figure_add_point(figure, series);
    if (point == NULL)
        return;
    point->across = from->copies + shift_of(drawing, index);
    point->up = fmin(from->wall.value, top);
    if (!isnan(from->wall.ci95_lo)) {
        point->interval_from = fmax(from->wall.ci95_lo, 0.0);
        point->interval_to = fmin(from->wall.ci95_hi, top);
    }
    figure_say(point, "%s, %s, %s copies: ", name, figure_word(figure, paths[from->path]),
               finding_format_copies(from->copies, copies));
    figure_say_value(point, FIGURE_NS_PER_KIB, &from->wall, from->samples, FIGURE_SAMPLES);
}

static void fill_series(const struct drawing *drawing, size_t index, struct figure *figure)
{
    const struct series *from = &drawing->series[index];
    bool control = strcmp(from->role, "control") == 0;
    char name[FIGURE_WORDS_BYTES];
    snprintf(name, sizeof name, figure_word(figure, "%s, %s"),
             control ? figure_word(figure, "shm with extra copies") : from->role, from->mode);
    struct figure_series *series =
        figure_add_series(figure, FIGURE_POINTS, from->panel, from->role, from->mode, name);
    for (size_t point = 0; series != NULL && point < from->count; point++)
        fill_point(drawing, index, &from->points[point], name, figure, series);
}

void chart_copies_fill(const struct bundle_data *bundle, const struct evidence *evidence,
                       const struct chart_view *view, struct figure *figure)
{
    struct drawing drawing;
    draw(bundle, evidence, view, &drawing);
    for (size_t panel = 0; panel < drawing.panels; panel++)
        fill_panel(bundle, evidence, view, &drawing, panel, figure);
    for (size_t series = 0; series < drawing.series_count; series++)
        fill_series(&drawing, series, figure);
}
