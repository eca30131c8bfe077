#include "report/chart_gap.h"

#include "base/units.h"
#include "report/figure_text.h"
#include "report/report_cause_findings.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

/* In the order of plots/gap.gp. */
enum piece { PIECE_COPIES = 1, PIECE_MECHANISM, PIECE_WAITING, PIECE_FROM, PIECE_TO };

/* What an axis of shares shows at most, in %: an interval of next to no gap has no end. */
#define LEAST_PERCENT (-150.0)
#define MOST_PERCENT  250.0

bool chart_gap_has_data(const struct bundle_data *bundle, const struct evidence *evidence,
                        const struct chart_view *view)
{
    return chart_is_first_of_placement(bundle, view) &&
           finding_gap_size(evidence, view->placement) != 0;
}

struct range {
    double least;
    double most;
};

static void widen(struct range *range, double value)
{
    range->least = fmin(range->least, value); /* a NAN changes nothing */
    range->most = fmax(range->most, value);
}

/* ---- shares ---- */

/* The pieces of one size, in %: the copies at the bottom, so that their end can be read on the
 * axis; what is below 0 hangs below it. */
struct stack {
    double from[3];
    double to[3];
    double up;
    double down;
};

static const enum piece stacked[3] = {PIECE_COPIES, PIECE_MECHANISM, PIECE_WAITING};

static struct stack stack_of(const struct finding_gap *gap)
{
    const double percents[3] = {100.0 * gap->copies->share.value,
                                100.0 * gap->mechanism->share.value,
                                100.0 * gap->waiting->share.value};
    struct stack stack = {.up = 0.0};
    for (size_t index = 0; index < 3; index++) {
        double *end = percents[index] < 0.0 ? &stack.down : &stack.up;
        stack.from[index] = *end;
        *end += percents[index];
        stack.to[index] = *end;
    }
    return stack;
}

/* Every how many sizes there is room for a text. */
static size_t size_step(const struct bundle_sizes *sizes)
{
    enum { MOST_TEXTS = 16 };
    return (sizes->count + MOST_TEXTS - 1) / MOST_TEXTS;
}

static void write_size_ticks(const struct bundle_sizes *sizes, FILE *stream)
{
    char size[UNITS_TEXT_BYTES];
    fputs("share_ticks = \"(", stream);
    for (size_t index = 0; index < sizes->count; index += size_step(sizes))
        fprintf(stream, "%s'%s' %zu", index > 0 ? ", " : "",
                units_format_bytes(sizes->bytes[index], size), index + 1);
    fprintf(stream, ")\"\nsize_step = %zu\n", size_step(sizes));
}

/* The copies' share of each size, in words of %, "-" for none. */
static void write_share_texts(const struct evidence *evidence, const struct chart_view *view,
                              const struct bundle_sizes *sizes, FILE *stream)
{
    fputs("share_texts = '", stream);
    for (size_t index = 0; index < sizes->count; index++) {
        struct finding_gap gap = finding_gap_at(evidence, view->placement, sizes->bytes[index]);
        if (finding_has_shares(&gap))
            fprintf(stream, "%.0f%% ", 100.0 * gap.copies->share.value);
        else
            fputs("- ", stream);
    }
    fputs("'\n", stream);
}

/* One row per piece: place, from, to, piece. */
static void write_stacks(const struct evidence *evidence, const struct chart_view *view,
                         const struct bundle_sizes *sizes, struct range *range, FILE *stream)
{
    fputs("$shares << END_OF_DATA\n", stream);
    for (size_t index = 0; index < sizes->count; index++) {
        struct finding_gap gap = finding_gap_at(evidence, view->placement, sizes->bytes[index]);
        if (!finding_has_shares(&gap))
            continue;
        struct stack stack = stack_of(&gap);
        for (size_t piece = 0; piece < 3; piece++)
            fprintf(stream, "%zu %.9g %.9g %d\n", index + 1, stack.from[piece], stack.to[piece],
                    (int)stacked[piece]);
        widen(range, stack.up);
        widen(range, stack.down);
    }
    fputs("END_OF_DATA\n", stream);
}

/* One row per size: place, the copies' share, its interval, what all shares add up to, and whether
 * there are shares. */
static void write_sizes(const struct evidence *evidence, const struct chart_view *view,
                        const struct bundle_sizes *sizes, struct range *range, FILE *stream)
{
    fputs("$sizes << END_OF_DATA\n", stream);
    for (size_t index = 0; index < sizes->count; index++) {
        struct finding_gap gap = finding_gap_at(evidence, view->placement, sizes->bytes[index]);
        fprintf(stream, "%zu", index + 1);
        if (!finding_has_shares(&gap)) {
            fputs(" NaN NaN NaN NaN 0\n", stream);
            continue;
        }
        const struct evidence_value *share = &gap.copies->share;
        chart_write_number(100.0 * share->value, stream);
        chart_write_number(100.0 * share->ci95_lo, stream);
        chart_write_number(100.0 * share->ci95_hi, stream);
        chart_write_number(
            100.0 * (share->value + gap.mechanism->share.value + gap.waiting->share.value), stream);
        fputs(" 1\n", stream);
        if (!isnan(share->ci95_lo)) {
            widen(range, fmax(100.0 * share->ci95_lo, LEAST_PERCENT));
            widen(range, fmin(100.0 * share->ci95_hi, MOST_PERCENT));
        }
    }
    fputs("END_OF_DATA\n", stream);
}

/* ---- the way down ---- */

/* One row per bar: place, from, to, piece, and the range over the orders of where it ends. */
static void write_bar(size_t place, double from, double to, enum piece piece, struct range end,
                      FILE *stream)
{
    fprintf(stream, "%zu %.9g %.9g %d", place, from, to, (int)piece);
    chart_write_number(end.least, stream);
    chart_write_number(end.most, stream);
    fputc('\n', stream);
}

static void write_fall(const struct finding_gap *gap, struct range *range, FILE *stream)
{
    static const enum piece order[3] = {PIECE_MECHANISM, PIECE_COPIES, PIECE_WAITING};
    const struct evidence_gap *const factors[3] = {gap->mechanism, gap->copies, gap->waiting};
    double level = gap->from->ns_per_kib.value;
    fputs("$fall << END_OF_DATA\n", stream);
    write_bar(1, 0.0, level, PIECE_FROM, (struct range){NAN, NAN}, stream);
    widen(range, level);
    for (size_t index = 0; index < 3; index++) {
        double before = level;
        level -= factors[index]->ns_per_kib.value;
        /* What takes away most ends lowest. */
        struct range end = {before - factors[index]->most, before - factors[index]->least};
        write_bar(index + 2, before, level, order[index], end, stream);
        widen(range, level);
        widen(range, end.least);
        widen(range, end.most);
    }
    double to = gap->to->ns_per_kib.value;
    write_bar(5, 0.0, to, PIECE_TO, (struct range){NAN, NAN}, stream);
    widen(range, to);
    fputs("END_OF_DATA\n", stream);
}

static void write_fall_texts(const struct finding_gap *gap, FILE *stream)
{
    const struct evidence_gap *const bars[5] = {gap->from, gap->mechanism, gap->copies,
                                                gap->waiting, gap->to};
    for (size_t index = 0; index < 5; index++) {
        char text[FINDING_TEXT_BYTES];
        double value = bars[index]->ns_per_kib.value;
        bool step = index > 0 && index < 4;
        fprintf(stream, "fall_text_%zu = '%s%s'\n", index + 1, step && value < 0.0 ? "+" : "",
                finding_format_number(step ? -value : value, text));
    }
}

void chart_gap_write(const struct evidence *evidence, const struct chart_view *view, FILE *stream)
{
    struct bundle_sizes sizes = finding_gap_sizes(evidence, view->placement);
    uint64_t size_bytes = finding_gap_size(evidence, view->placement);
    struct finding_gap gap = finding_gap_at(evidence, view->placement, size_bytes);
    struct range shares = {0.0, 100.0};
    struct range fall = {0.0, 0.0};
    char size[UNITS_TEXT_BYTES];
    write_size_ticks(&sizes, stream);
    write_share_texts(evidence, view, &sizes, stream);
    write_stacks(evidence, view, &sizes, &shares, stream);
    write_sizes(evidence, view, &sizes, &shares, stream);
    fprintf(stream, "sizes = %zu\nshare_least = %.9g\nshare_most = %.9g\n", sizes.count,
            shares.least, shares.most);
    write_fall(&gap, &fall, stream);
    write_fall_texts(&gap, stream);
    fprintf(stream, "fall_size = '%s'\nfall_orders = %llu\nfall_least = %.9g\nfall_most = %.9g\n",
            units_format_bytes(size_bytes, size), (unsigned long long)gap.copies->orders,
            fall.least, fall.most);
}

/* ---- as a figure ---- */

static const char *name_of(enum piece piece)
{
    static const char *const names[] = {[PIECE_COPIES] = "copies",
                                        [PIECE_MECHANISM] = "mechanism",
                                        [PIECE_WAITING] = "waiting",
                                        [PIECE_FROM] = "pipe",
                                        [PIECE_TO] = "shm"};
    return names[piece];
}

static const char *text_of(enum piece piece)
{
    static const char *const texts[] = {[PIECE_COPIES] = TEXT("copies"),
                                        [PIECE_MECHANISM] = TEXT("mechanism"),
                                        [PIECE_WAITING] = TEXT("waiting"),
                                        [PIECE_FROM] = TEXT("pipe, 4 copies, block"),
                                        [PIECE_TO] = TEXT("shm, 1 copy, spin")};
    return texts[piece];
}

/* A step has the same entry in both panels; the ends say what they are. */
static struct figure_series *add_bars(struct figure *figure, size_t panel, enum piece piece)
{
    return figure_add_series(figure, FIGURE_BARS, panel, name_of(piece), "",
                             figure_word(figure, text_of(piece)));
}

/* One piece of the stack of one size. Only the copies' stands on the axis, so only it shows its
 * interval; the others tell theirs. */
static void fill_share(const struct finding_gap *gap, size_t place, const char *size, size_t piece,
                       struct range *range, struct figure *figure, struct figure_series *series)
{
    const struct evidence_gap *const factors[3] = {gap->copies, gap->mechanism, gap->waiting};
    const struct evidence_value *share = &factors[piece]->share;
    const struct evidence_value percent = {100.0 * share->value, 100.0 * share->ci95_lo,
                                           100.0 * share->ci95_hi};
    struct stack stack = stack_of(gap);
    struct figure_point *point = figure_add_point(figure, series);
    if (point == NULL)
        return;
    point->across = (double)place;
    point->base = stack.from[piece];
    point->up = stack.to[piece];
    widen(range, point->up);
    if (stacked[piece] == PIECE_COPIES && !isnan(percent.ci95_lo)) {
        point->interval_from = fmax(percent.ci95_lo, LEAST_PERCENT);
        point->interval_to = fmin(percent.ci95_hi, MOST_PERCENT);
        widen(range, point->interval_from);
        widen(range, point->interval_to);
    }
    figure_say(point, "%s, %s: ", figure_word(figure, text_of(stacked[piece])), size);
    figure_say_value(point, FIGURE_PERCENT, &percent, factors[piece]->rounds, FIGURE_ROUNDS);
}

static void fill_shares(const struct evidence *evidence, const struct chart_view *view,
                        struct figure *figure)
{
    struct bundle_sizes sizes = finding_gap_sizes(evidence, view->placement);
    struct figure_panel *panel = figure_add_panel(figure);
    struct figure_series *series[3];
    struct range range = {0.0, 100.0};
    char size[UNITS_TEXT_BYTES];
    if (panel == NULL)
        return;
    snprintf(panel->title, sizeof panel->title, "%s",
             figure_word(figure, "shares by payload size"));
    for (size_t piece = 0; piece < 3; piece++) {
        series[piece] = add_bars(figure, 0, stacked[piece]);
        if (series[piece] == NULL)
            return;
    }
    for (size_t index = 0; index < sizes.count; index++) {
        struct finding_gap gap = finding_gap_at(evidence, view->placement, sizes.bytes[index]);
        units_format_bytes(sizes.bytes[index], size);
        if (index % size_step(&sizes) == 0)
            figure_add_tick(&panel->across, (double)index + 1.0, size);
        for (size_t piece = 0; finding_has_shares(&gap) && piece < 3; piece++)
            fill_share(&gap, index + 1, size, piece, &range, figure, series[piece]);
    }
    panel->across.least = 0.4;
    panel->across.most = (double)sizes.count + 0.6;
    snprintf(panel->across.name, sizeof panel->across.name, "%s",
             figure_word(figure, "payload size"));
    figure_set_linear(&panel->up, range.least - 0.03 * (range.most - range.least),
                      range.most + 0.03 * (range.most - range.least),
                      figure_word(figure, "share of the gap, in %"));
}

/* A bar of the way down; the range over the orders of where it ends stands for an interval. */
static void fill_bar(const struct evidence_gap *row, size_t place, double from, double to,
                     enum piece piece, struct figure *figure)
{
    struct figure_series *series = add_bars(figure, 1, piece);
    struct figure_point *point = series != NULL ? figure_add_point(figure, series) : NULL;
    char least[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    if (point == NULL)
        return;
    point->across = (double)place;
    point->base = from;
    point->up = to;
    figure_say(point, "%s: ", figure->entries[series->entry].name);
    figure_say_value(point, FIGURE_NS_PER_KIB, &row->ns_per_kib, row->rounds, FIGURE_ROUNDS);
    if (isnan(row->least) || isnan(row->most))
        return;
    /* What takes away most ends lowest. */
    point->interval_from = from - row->most;
    point->interval_to = from - row->least;
    figure_say(point, "; over the orders %s to %s ns/KiB", finding_format_number(row->least, least),
               finding_format_number(row->most, most));
}

static void fill_fall(const struct evidence *evidence, const struct chart_view *view,
                      struct figure *figure)
{
    static const enum piece order[] = {PIECE_FROM, PIECE_MECHANISM, PIECE_COPIES, PIECE_WAITING,
                                       PIECE_TO};
    uint64_t size_bytes = finding_gap_size(evidence, view->placement);
    struct finding_gap gap = finding_gap_at(evidence, view->placement, size_bytes);
    const struct evidence_gap *const rows[] = {gap.from, gap.mechanism, gap.copies, gap.waiting,
                                               gap.to};
    struct figure_panel *panel = figure_add_panel(figure);
    struct range range = {0.0, 0.0};
    double level = 0.0;
    char size[UNITS_TEXT_BYTES];
    if (panel == NULL)
        return;
    snprintf(panel->title, sizeof panel->title,
             figure_word(figure, "from pipe to shared memory at %s"),
             units_format_bytes(size_bytes, size));
    for (size_t index = 0; index < 5; index++) {
        double value = rows[index]->ns_per_kib.value;
        double from = index == 0 || index == 4 ? 0.0 : level;
        level = index == 0 || index == 4 ? value : level - value;
        fill_bar(rows[index], index + 1, from, level, order[index], figure);
        figure_add_tick(&panel->across, (double)index + 1.0,
                        index == 0 || index == 4 ? name_of(order[index])
                                                 : figure_word(figure, text_of(order[index])));
        widen(&range, level);
        if (!isnan(rows[index]->least) && !isnan(rows[index]->most)) {
            widen(&range, from - rows[index]->most);
            widen(&range, from - rows[index]->least);
        }
    }
    panel->across.least = 0.4;
    panel->across.most = 5.6;
    snprintf(panel->notes[0], sizeof panel->notes[0],
             figure_word(figure, "bars: range over %llu orders of the steps"),
             (unsigned long long)gap.copies->orders);
    figure_set_linear(&panel->up, range.least - 0.03 * (range.most - range.least),
                      range.most + 0.05 * (range.most - range.least),
                      figure_word(figure, "wall time, ns per KiB"));
}

void chart_gap_fill(const struct evidence *evidence, const struct chart_view *view,
                    struct figure *figure)
{
    fill_shares(evidence, view, figure);
    fill_fall(evidence, view, figure);
}
