#include "report/report_bars.h"

#include "base/units.h"
#include "report/ratio_bar.h"
#include "text/columns.h"
#include "text/text.h"

#include <string.h>

enum { PANELS = 2, GAP = 3, SIZE_COLUMNS = 8 };

static const char *const panel_tests[PANELS] = {"throughput", "latency"};

static const struct estimate *ratio_of(const struct report_bars *bars, int panel,
                                       uint64_t size_bytes)
{
    const struct finding_mode *mode = bars->mode;
    struct bundle_cell cell = bundle_cell_of(bars->subject, panel_tests[panel], mode->wait,
                                             mode->copies, bars->touch, bars->placement);
    return bundle_find(bars->bundle, &cell, size_bytes, "ratio_to_pipe");
}

/* One scale for both panels and all sizes, so that bars can be compared; 0 without any ratio. */
static double limit_of(const struct report_bars *bars)
{
    double limit = RATIO_BAR_LEAST_LIMIT;
    bool any = false;
    for (size_t index = 0; index < bars->sizes_count; index++) {
        for (int panel = 0; panel < PANELS; panel++) {
            const struct estimate *ratio = ratio_of(bars, panel, bars->sizes_bytes[index]);
            if (ratio == NULL)
                continue;
            limit = ratio_bar_widen(limit, ratio->median);
            any = true;
        }
    }
    return any ? limit : 0.0;
}

enum ink report_ink_of_ratio(const struct estimate *ratio)
{
    switch (finding_of_ratio(ratio)) {
    case FINDING_FASTER:
        return INK_GOOD;
    case FINDING_SLOWER:
        return INK_BAD;
    case FINDING_UNRESOLVED:
    case FINDING_NO_INTERVAL:
        break;
    }
    return INK_UNKNOWN;
}

/* The characters of a bar before its trailing blanks: no line ends in spaces. */
static int length_without_blanks(const char *bar)
{
    int length = (int)strlen(bar);
    while (length > 0 && bar[length - 1] == ' ')
        length--;
    return length;
}

static void write_row(const struct report_bars *bars, uint64_t size_bytes, double limit,
                      const struct report_look *look, FILE *stream)
{
    char size[UNITS_TEXT_BYTES];
    fprintf(stream, "%8s ", units_format_bytes(size_bytes, size));
    for (int panel = 0; panel < PANELS; panel++) {
        const struct estimate *ratio = ratio_of(bars, panel, size_bytes);
        enum ink ink = ratio != NULL ? report_ink_of_ratio(ratio) : INK_PLAIN;
        char text[RATIO_BAR_BYTES];
        const char *bar = ratio_bar_draw(ratio, limit, look->utf8, text);
        bool last = panel + 1 == PANELS;
        int length = last ? length_without_blanks(bar) : (int)strlen(bar);
        fprintf(stream, "%s%.*s%s%*s", ink_begin(look->colour, ink), length, bar,
                ink_end(look->colour, ink), last ? 0 : GAP, "");
    }
    fputc('\n', stream);
}

static void write_scale(double limit, const char *end, FILE *stream)
{
    /* "1/8             1             8": the 1 in the middle, the ends at both sides. */
    int least = fprintf(stream, "1/%.0f", limit);
    fprintf(stream, "%*s%*.0f%s", RATIO_BAR_HALF + 1 - least, "1", RATIO_BAR_HALF, limit, end);
}

void report_write_bars(const struct report_bars *bars, const struct report_look *look, FILE *stream)
{
    double limit = limit_of(bars);
    if (limit <= 0.0)
        return;
    const char *throughput = text_in(look->language, "throughput");
    const char *size = text_in(look->language, "size");
    fprintf(stream, "\n%*s%s%*s%s\n", SIZE_COLUMNS + 1, "", throughput,
            (int)(RATIO_BAR_COLUMNS + GAP - text_columns(throughput)), "",
            text_in(look->language, "latency"));
    fprintf(stream, "%*s%s ", (int)(SIZE_COLUMNS - text_columns(size)), "", size);
    write_scale(limit, "   ", stream);
    write_scale(limit, "\n", stream);
    for (size_t index = 0; index < bars->sizes_count; index++)
        write_row(bars, bars->sizes_bytes[index], limit, look, stream);
}

void report_write_bar_legend(const struct report_look *look, FILE *stream)
{
    fprintf(stream,
            text_in(look->language,
                    "Bars: times as fast as the pipe. %s surely, %s median and interval.\n"),
            look->utf8 ? "███" : "###", look->utf8 ? "──┼──" : "--+--");
}
