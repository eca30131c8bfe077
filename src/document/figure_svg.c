#include "document/figure_svg.h"

#include "document/report_text.h"

#include <math.h>
#include <string.h>

/* A panel, in pixels of a telephone's width; it grows with its place. */
enum { WIDTH = 380, HEIGHT = 262, LEFT = 62, RIGHT = 12, TOP = 24, BOTTOM = 40 };
enum { PLOT_WIDTH = WIDTH - LEFT - RIGHT, PLOT_HEIGHT = HEIGHT - TOP - BOTTOM };

#define BAR_PART 0.7 /* of the distance between two bars */

/* ---- positions ---- */

/* From 0 at the axis' beginning to 1 at its end. Far beyond, where lines go, it is cut off: so it
 * is a number that every reader takes. */
static double part_of(const struct figure_axis *axis, double value)
{
    double part = axis->logarithmic ? log(value / axis->least) / log(axis->most / axis->least)
                                    : (value - axis->least) / (axis->most - axis->least);
    return isnan(part) ? 0.0 : fmax(-10.0, fmin(10.0, part));
}

static double across(const struct figure_panel *panel, double value)
{
    return LEFT + PLOT_WIDTH * part_of(&panel->across, value);
}

static double up(const struct figure_panel *panel, double value)
{
    return TOP + PLOT_HEIGHT * (1.0 - part_of(&panel->up, value));
}

static void write_text(const char *text, FILE *stream)
{
    char safe[FIGURE_TEXT_BYTES * 5];
    fputs(report_text_html(text, safe, sizeof safe), stream);
}

/* ---- what a series looks like ---- */

enum shape {
    SHAPE_CIRCLE,
    SHAPE_SQUARE,
    SHAPE_TRIANGLE,
    SHAPE_DIAMOND,
    SHAPE_DOWN,
    SHAPE_CROSS,
    SHAPE_DOT
};

/* Each role has a class of the style sheet. The shapes differ as the colours do, for those who see
 * no colours and for a grey print. */
static const struct look {
    const char *role;
    enum shape shape;
} looks[] = {
    {"pipe", SHAPE_CIRCLE},
    {"fifo", SHAPE_SQUARE},
    {"shm", SHAPE_TRIANGLE},
    {"vmsplice", SHAPE_DIAMOND},
    {"process_vm_readv", SHAPE_DOWN},
    {"control", SHAPE_CROSS},
    {"copies", SHAPE_SQUARE},
    {"mechanism", SHAPE_SQUARE},
    {"waiting", SHAPE_SQUARE},
    {"run-a", SHAPE_CIRCLE},
    {"run-b", SHAPE_TRIANGLE},
    {"run-c", SHAPE_DIAMOND},
    {"run-d", SHAPE_DOWN},
    {"other", SHAPE_DOWN}, /* whatever a bundle has beside them */
    {"null", SHAPE_DOT},
    {"memcpy", SHAPE_DOT},
    {"bounce", SHAPE_DOT},
};

enum { LOOKS = sizeof looks / sizeof *looks };

size_t figure_svg_order(const struct figure_entry *entry)
{
    size_t other = 0;
    for (size_t index = 0; index < LOOKS; index++) {
        if (strcmp(entry->role, looks[index].role) == 0)
            return index;
        if (strcmp(looks[index].role, "other") == 0)
            other = index;
    }
    return other;
}

static const struct look *look_of(const struct figure_entry *entry)
{
    return &looks[figure_svg_order(entry)];
}

/* A bundle may have words of its own. */
static const char *wait_class(const struct figure_entry *entry)
{
    static const char *const waits[] = {"spin", "hybrid", "semop", "inplace", "second"};
    for (size_t index = 0; index < sizeof waits / sizeof *waits; index++) {
        if (strcmp(entry->wait, waits[index]) == 0)
            return waits[index];
    }
    return "block";
}

static void write_classes(const struct figure_entry *entry, FILE *stream)
{
    fprintf(stream, "role-%s wait-%s", look_of(entry)->role, wait_class(entry));
}

static void write_mark(enum shape shape, double x, double y, FILE *stream)
{
    switch (shape) {
    case SHAPE_CIRCLE:
        fprintf(stream, "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.6\"/>", x, y);
        break;
    case SHAPE_SQUARE:
        fprintf(stream, "<path class=\"mark\" d=\"M%.1f %.1fh6.4v6.4h-6.4z\"/>", x - 3.2, y - 3.2);
        break;
    case SHAPE_TRIANGLE:
        fprintf(stream, "<path class=\"mark\" d=\"M%.1f %.1fl4.2 7.4h-8.4z\"/>", x, y - 4.6);
        break;
    case SHAPE_DIAMOND:
        fprintf(stream, "<path class=\"mark\" d=\"M%.1f %.1fl4.4 4.4l-4.4 4.4l-4.4 -4.4z\"/>", x,
                y - 4.4);
        break;
    case SHAPE_DOWN:
        fprintf(stream, "<path class=\"mark\" d=\"M%.1f %.1fl4.2 -7.4h-8.4z\"/>", x, y + 4.6);
        break;
    case SHAPE_CROSS:
        fprintf(stream, "<path class=\"mark\" d=\"M%.1f %.1fl7 7m0 -7l-7 7\"/>", x - 3.5, y - 3.5);
        break;
    case SHAPE_DOT:
        fprintf(stream, "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"1.8\"/>", x, y);
        break;
    }
}

/* ---- axes and lines ---- */

/* Of a map, what no box covers was not measured. */
static void write_ground(FILE *stream)
{
    fprintf(stream, "<rect class=\"ground\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", LEFT,
            TOP, PLOT_WIDTH, PLOT_HEIGHT);
}

static void write_grid(const struct figure_panel *panel, FILE *stream)
{
    fputs("<path class=\"grid\" d=\"", stream);
    for (size_t index = 0; index < panel->across.ticks_count; index++)
        fprintf(stream, "M%.1f %dv%d", across(panel, panel->across.ticks[index].at), TOP,
                PLOT_HEIGHT);
    for (size_t index = 0; index < panel->up.ticks_count; index++)
        fprintf(stream, "M%d %.1fh%d", LEFT, up(panel, panel->up.ticks[index].at), PLOT_WIDTH);
    fprintf(stream, "\"/>\n<path class=\"axis\" d=\"M%d %dv%dh%d\"/>\n", LEFT, TOP, PLOT_HEIGHT,
            PLOT_WIDTH);
}

static void write_label(double x, double y, const char *anchor, const char *text, FILE *stream)
{
    fprintf(stream, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, anchor);
    write_text(text, stream);
    fputs("</text>", stream);
}

static void write_labels(const struct figure_panel *panel, FILE *stream)
{
    static const char middle[] = " text-anchor=\"middle\"";
    static const char end[] = " text-anchor=\"end\"";
    fputs("<g class=\"labels\">", stream);
    for (size_t index = 0; index < panel->across.ticks_count; index++)
        write_label(across(panel, panel->across.ticks[index].at), HEIGHT - BOTTOM + 15, middle,
                    panel->across.ticks[index].label, stream);
    for (size_t index = 0; index < panel->up.ticks_count; index++)
        write_label(LEFT - 5, up(panel, panel->up.ticks[index].at) + 4, end,
                    panel->up.ticks[index].label, stream);
    write_label(LEFT + PLOT_WIDTH / 2.0, HEIGHT - 6, middle, panel->across.name, stream);
    write_label(2, 12, "", panel->up.name, stream);
    fputs("</g>\n", stream);
}

/* Within a picture of its own, which cuts off what lies beyond the axes. */
static void write_lines(const struct figure_panel *panel, FILE *stream)
{
    fprintf(stream, "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" viewBox=\"%d %d %d %d\">",
            LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT);
    for (size_t index = 0; index < panel->lines_count; index++) {
        const struct figure_line *line = &panel->lines[index];
        double x = across(panel, line->from_x);
        double y = up(panel, line->from_y);
        double to_x = across(panel, line->to_x);
        fprintf(stream, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>",
                line->strong ? "strong-line" : "faint-line", x, y, to_x, up(panel, line->to_y));
        if (*line->name == '\0')
            continue;
        if (line->strong)
            fprintf(stream, "<text class=\"line-name\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">",
                    to_x - 4, y - 4);
        else
            fprintf(stream,
                    "<text class=\"line-name\" transform=\"translate(%.1f %d) rotate(-90)\" "
                    "text-anchor=\"end\">",
                    x - 3, TOP + 3);
        write_text(line->name, stream);
        fputs("</text>", stream);
    }
    fputs("</svg>\n", stream);
}

/* ---- points ---- */

static void write_bar(const struct figure_panel *panel, const struct figure_point *point,
                      FILE *stream)
{
    double from = up(panel, fmax(point->base, point->up));
    double to = up(panel, fmin(point->base, point->up));
    double left = across(panel, point->across - BAR_PART / 2.0);
    fprintf(stream, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
            left, from, across(panel, point->across + BAR_PART / 2.0) - left, fmax(to - from, 0.5));
}

static void write_box(const struct figure_panel *panel, const struct figure_point *point,
                      FILE *stream)
{
    double left = across(panel, point->across - 0.5);
    double top = up(panel, point->up + 0.5);
    fprintf(stream,
            "<rect class=\"box heat-%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
            point->heat, left, top, across(panel, point->across + 0.5) - left,
            up(panel, point->up - 0.5) - top);
}

static void write_interval(const struct figure_panel *panel, const struct figure_point *point,
                           FILE *stream)
{
    if (isnan(point->interval_from) || isnan(point->interval_to))
        return;
    double x = across(panel, point->across);
    fprintf(stream, "<path class=\"interval\" d=\"M%.1f %.1fh6m-3 0V%.1fm-3 0h6\"/>", x - 3,
            up(panel, point->interval_from), up(panel, point->interval_to));
}

static void write_point(const struct figure_panel *panel, const struct figure_point *point,
                        enum figure_kind kind, enum shape shape, bool by_tab, FILE *stream)
{
    double x = kind == FIGURE_LEVEL ? LEFT + 4 : across(panel, point->across);
    double y = up(panel, point->up);
    fprintf(stream, "<g class=\"point%s\" role=\"img\" tabindex=\"%d\"><title>",
            point->marked ? " marked" : "", by_tab ? 0 : -1);
    write_text(point->text, stream);
    fputs("</title>", stream);
    if (kind == FIGURE_BARS)
        write_bar(panel, point, stream);
    else if (kind == FIGURE_BOXES)
        write_box(panel, point, stream);
    else
        fprintf(stream, "<circle class=\"hit\" cx=\"%.1f\" cy=\"%.1f\" r=\"9\"/>", x, y);
    if (kind != FIGURE_LEVEL)
        write_interval(panel, point, stream);
    if (point->marked)
        fprintf(stream, "<circle class=\"ring\" cx=\"%.1f\" cy=\"%.1f\" r=\"6.5\"/>", x, y);
    if (kind != FIGURE_BARS && kind != FIGURE_BOXES)
        write_mark(shape, x, y, stream);
    fputs("</g>\n", stream);
}

/* There along the upper ends of the intervals, back along the lower. */
static void write_band(const struct figure_panel *panel, const struct figure_series *series,
                       FILE *stream)
{
    bool begun = false;
    for (size_t step = 0; step < 2 * series->count; step++) {
        bool there = step < series->count;
        const struct figure_point *point =
            &series->points[there ? step : 2 * series->count - 1 - step];
        if (isnan(point->interval_from) || isnan(point->interval_to))
            continue;
        fprintf(stream, begun ? "L%.1f %.1f" : "<path class=\"band\" d=\"M%.1f %.1f",
                across(panel, point->across),
                up(panel, there ? point->interval_to : point->interval_from));
        begun = true;
    }
    if (begun)
        fputs("z\"/>\n", stream);
}

static void write_path(const struct figure_panel *panel, const struct figure_series *series,
                       FILE *stream)
{
    if (series->kind == FIGURE_LEVEL && series->count > 0)
        fprintf(stream, "<path class=\"line\" d=\"M%d %.1fh%d\"/>\n", LEFT,
                up(panel, series->points[0].up), PLOT_WIDTH);
    if (series->kind != FIGURE_JOINED || series->count < 2)
        return;
    fputs("<path class=\"line\" d=\"", stream);
    for (size_t index = 0; index < series->count; index++)
        fprintf(stream, "%c%.1f %.1f", index == 0 ? 'M' : 'L',
                across(panel, series->points[index].across), up(panel, series->points[index].up));
    fputs("\"/>\n", stream);
}

/* Returns whether it has points. */
static bool write_series(const struct figure *figure, const struct figure_series *series,
                         bool by_tab, FILE *stream)
{
    const struct figure_panel *panel = &figure->panels[series->panel];
    const struct figure_entry *entry = &figure->entries[series->entry];
    fprintf(stream, "<g class=\"series ");
    write_classes(entry, stream);
    fprintf(stream, "\" data-entry=\"%zu\">\n", series->entry);
    if (figure->bands)
        write_band(panel, series, stream);
    write_path(panel, series, stream);
    for (size_t index = 0; index < series->count; index++)
        write_point(panel, &series->points[index], series->kind, look_of(entry)->shape,
                    by_tab && index == 0, stream);
    fputs("</g>\n", stream);
    return series->count > 0;
}

static bool is_map(const struct figure *figure, size_t panel)
{
    for (size_t index = 0; index < figure->series_count; index++) {
        if (figure->series[index].panel == panel && figure->series[index].kind == FIGURE_BOXES)
            return true;
    }
    return false;
}

struct figure_place figure_svg_place(const struct figure *figure, size_t panel, double across_value,
                                     double up_value)
{
    const struct figure_panel *within = &figure->panels[panel];
    return (struct figure_place){.x = across(within, across_value), .y = up(within, up_value)};
}

void figure_svg_begin_panel(const struct figure *figure, size_t panel_number, FILE *stream)
{
    const struct figure_panel *panel = &figure->panels[panel_number];
    fprintf(stream, "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"group\" aria-label=\"", WIDTH,
            HEIGHT);
    write_text(panel->title, stream);
    fputs("\">\n", stream);
    if (is_map(figure, panel_number))
        write_ground(stream);
    else
        write_grid(panel, stream);
    write_labels(panel, stream);
    write_lines(panel, stream);
}

void figure_svg_end_panel(FILE *stream)
{
    fputs("</svg>\n", stream);
}

void figure_svg_write_panel(const struct figure *figure, size_t panel_number, FILE *stream)
{
    bool by_tab = true;
    figure_svg_begin_panel(figure, panel_number, stream);
    for (size_t index = 0; index < figure->series_count; index++) {
        if (figure->series[index].panel == panel_number &&
            write_series(figure, &figure->series[index], by_tab, stream))
            by_tab = false;
    }
    figure_svg_end_panel(stream);
}

void figure_svg_write_sample(const struct figure *figure, size_t entry_number, FILE *stream)
{
    const struct figure_entry *entry = &figure->entries[entry_number];
    enum figure_kind kind = FIGURE_JOINED;
    for (size_t index = 0; index < figure->series_count; index++) {
        if (figure->series[index].entry == entry_number)
            kind = figure->series[index].kind;
    }
    if (kind == FIGURE_BOXES)
        return;
    fputs("<svg class=\"sample ", stream);
    write_classes(entry, stream);
    fputs("\" viewBox=\"0 0 30 14\" aria-hidden=\"true\">", stream);
    if (kind == FIGURE_BARS)
        fputs("<rect class=\"bar\" x=\"8\" y=\"1\" width=\"14\" height=\"12\"/>", stream);
    if (kind == FIGURE_JOINED || kind == FIGURE_LEVEL)
        fputs("<path class=\"line\" d=\"M0 7h30\"/>", stream);
    if (kind == FIGURE_JOINED || kind == FIGURE_POINTS)
        write_mark(look_of(entry)->shape, 15, 7, stream);
    fputs("</svg>", stream);
}

void figure_svg_write_scale(FILE *stream)
{
    fputs("<svg class=\"heat-scale\" viewBox=\"0 0 120 12\" preserveAspectRatio=\"none\" "
          "aria-hidden=\"true\">",
          stream);
    for (int heat = 0; heat < FIGURE_HEATS; heat++)
        fprintf(stream, "<rect class=\"heat-%d\" x=\"%d\" y=\"0\" width=\"12\" height=\"12\"/>",
                heat, 12 * heat);
    fputs("</svg>", stream);
}
