#include "report/figure_text.h"

#include "base/units.h"
#include "report/report_cause_findings.h"
#include "text/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void figure_say(struct figure_point *point, const char *format, ...)
{
    size_t used = strlen(point->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(point->text + used, sizeof point->text - used, text_in(point->language, format),
              arguments);
    va_end(arguments);
}

enum { NUMBER_BYTES = 2 * FINDING_TEXT_BYTES };

static const char *format_number(enum figure_unit unit, double number, char text[NUMBER_BYTES])
{
    char digits[FINDING_TEXT_BYTES];
    switch (unit) {
    case FIGURE_RATE:
        return units_format_rate(number, text);
    case FIGURE_NANOSECONDS:
        return units_format_nanoseconds(number, text);
    case FIGURE_FACTOR:
        snprintf(text, NUMBER_BYTES, "%sx", finding_format_factor(number, digits));
        break;
    case FIGURE_NS_PER_KIB:
        snprintf(text, NUMBER_BYTES, "%s ns/KiB", finding_format_number(number, digits));
        break;
    case FIGURE_PERCENT:
        snprintf(text, NUMBER_BYTES, "%s %%", finding_format_number(number, digits));
        break;
    }
    return text;
}

void figure_say_value(struct figure_point *point, enum figure_unit unit,
                      const struct evidence_value *value, uint64_t count,
                      enum figure_counted counted)
{
    char text[NUMBER_BYTES];
    char lo[NUMBER_BYTES];
    char hi[NUMBER_BYTES];
    figure_say(point, "%s", format_number(unit, value->value, text));
    if (isnan(value->ci95_lo)) {
        figure_say(point, ", no interval");
    } else {
        figure_say(point, ", 95 %% interval %s to %s", format_number(unit, value->ci95_lo, lo),
                   format_number(unit, value->ci95_hi, hi));
    }
    switch (counted) {
    case FIGURE_SAMPLES:
        figure_say(point, count == 1 ? TEXT(", %" PRIu64 " sample") : TEXT(", %" PRIu64 " samples"),
                   count);
        break;
    case FIGURE_ROUNDS:
        figure_say(point, ", %" PRIu64 " rounds", count);
        break;
    }
}

void figure_say_estimate(struct figure_point *point, enum figure_unit unit,
                         const struct estimate *estimate)
{
    const struct evidence_value value = {estimate->median, estimate->ci95_lo, estimate->ci95_hi};
    figure_say_value(point, unit, &value, estimate->samples, FIGURE_SAMPLES);
}
