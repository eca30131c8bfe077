/*
 * One chart as numbers and words, for whoever draws it: panels with axes, series of points with
 * their intervals, reference lines, and a legend. All charts come in this form (figure_*.c,
 * chart_*.c), and figure_svg.h draws any. Words in it are ours, numbers or a bundle's checked
 * words. Draws nothing.
 */
#ifndef FIGURE_H
#define FIGURE_H

#include "document/chart_axis.h"
#include "text/language.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIGURE_WORDS_BYTES  96
#define FIGURE_TEXT_BYTES   256
#define FIGURE_MOST_TICKS   16
#define FIGURE_MOST_LINES   8
#define FIGURE_MOST_PANELS  24
#define FIGURE_MOST_ENTRIES 40
#define FIGURE_MOST_SERIES  200
#define FIGURE_MOST_NOTES   4
#define FIGURE_MOST_POINTS  20000 /* of all series together */

struct figure_tick {
    double at;
    char label[CHART_AXIS_LABEL_BYTES];
};

struct figure_axis {
    bool logarithmic; /* then 0 < least < most */
    double least;
    double most;
    struct figure_tick ticks[FIGURE_MOST_TICKS];
    size_t ticks_count;
    char name[FIGURE_WORDS_BYTES];
};

/* A straight line for orientation; its ends may lie beyond the axes. */
struct figure_line {
    double from_x;
    double from_y;
    double to_x;
    double to_y;
    char name[FIGURE_WORDS_BYTES];
    bool strong; /* drawn as something to compare with, not as a mark in the background */
};

struct figure_panel {
    char title[FIGURE_WORDS_BYTES];
    char notes[FIGURE_MOST_NOTES][FIGURE_WORDS_BYTES]; /* lines of text below it; "" for none */
    struct figure_axis across;
    struct figure_axis up;
    struct figure_line lines[FIGURE_MOST_LINES];
    size_t lines_count;
};

enum figure_kind {
    FIGURE_JOINED, /* points on a line */
    FIGURE_POINTS,
    FIGURE_LEVEL, /* one point, and a line at its height from end to end */
    FIGURE_BARS,  /* from `base` to `up` */
    FIGURE_BOXES  /* one unit wide and high, coloured by `heat` */
};

struct figure_point {
    double across;
    double up;
    double base;          /* of bars */
    double interval_from; /* drawn; NAN for none */
    double interval_to;
    int heat;                     /* of boxes: 0 to FIGURE_HEATS - 1 */
    bool marked;                  /* has a ring */
    enum language language;       /* of its text: the figure's */
    char text[FIGURE_TEXT_BYTES]; /* what it is, its value, its interval and on how much it rests */
};

#define FIGURE_HEATS 10

struct figure_series {
    enum figure_kind kind;
    size_t panel;
    size_t entry;
    struct figure_point *points;
    size_t count;
    size_t room;
};

/* What can be switched off: a series in all panels. */
struct figure_entry {
    char name[FIGURE_WORDS_BYTES];
    char role[32]; /* gives colour and shape: a mechanism, "memcpy", "copies", "run-a", ... */
    char wait[32]; /* gives dashes and filling; "" for what does not wait; "second" of runs */
};

struct figure {
    struct figure_panel panels[FIGURE_MOST_PANELS];
    size_t panels_count;
    struct figure_entry entries[FIGURE_MOST_ENTRIES];
    size_t entries_count;
    struct figure_series series[FIGURE_MOST_SERIES];
    size_t series_count;
    bool bands;                             /* intervals of joined points are areas, too */
    size_t points_count;                    /* of all series together */
    char heat_names[2][FIGURE_WORDS_BYTES]; /* of the least and the most; "" without boxes */
    enum language language;                 /* of all its words */
    int error; /* 0, or -ENOMEM or -E2BIG: then something is missing in it */
};

/* An empty one, for words of that language. Returns 0 or -ENOMEM; *figure is set on success only,
 * and goes back with figure_free, which takes NULL. */
int figure_make(enum language language, struct figure **figure);
void figure_free(struct figure *figure);

/* These return what they added, to be filled in, or NULL with figure->error set. A figure owns
 * all. */
struct figure_panel *figure_add_panel(struct figure *figure);
struct figure_series *figure_add_series(struct figure *figure, enum figure_kind kind, size_t panel,
                                        const char *role, const char *wait, const char *name);
struct figure_point *figure_add_point(struct figure *figure, struct figure_series *series);

/* A text of ours in the figure's language. */
__attribute__((format_arg(2))) const char *figure_word(const struct figure *figure,
                                                       const char *english);

/* Without one it does nothing: lines are for orientation. */
void figure_add_line(struct figure_panel *panel, const struct figure_line *line);
void figure_add_tick(struct figure_axis *axis, double at, const char *label);

/* Names an axis and gives it round ticks in a unit. */
void figure_set_axis(struct figure_axis *axis, enum chart_axis_unit unit, double least, double most,
                     const char *name);

/* The same of a linear axis of plain numbers. */
void figure_set_linear(struct figure_axis *axis, double least, double most, const char *name);

/* "shm, block", or for a reference its full name. `name` has FIGURE_WORDS_BYTES; returns it. */
char *figure_name(const char *role, const char *wait, enum language language, char *name);

#endif
