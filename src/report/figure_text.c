#include "report/figure_text.h"

#include "base/units.h"
#include "report/report_cause_findings.h"

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
    vsnprintf(point->text + used, sizeof point->text - used, format, arguments);
    va_end(arguments);
}

static void say_number(struct figure_point *point, enum figure_unit unit, double number)
{
    char text[FINDING_TEXT_BYTES];
    switch (unit) {
    case FIGURE_RATE:
        figure_say(point, "%s", units_format_rate(number, text));
        break;
    case FIGURE_NANOSECONDS:
        figure_say(point, "%s", units_format_nanoseconds(number, text));
        break;
    case FIGURE_FACTOR:
        figure_say(point, "%sx", finding_format_factor(number, text));
        break;
    case FIGURE_NS_PER_KIB:
        figure_say(point, "%s ns/KiB", finding_format_number(number, text));
        break;
    case FIGURE_PERCENT:
        figure_say(point, "%s %%", finding_format_number(number, text));
        break;
    }
}

void figure_say_value(struct figure_point *point, enum figure_unit unit,
                      const struct evidence_value *value, uint64_t count, const char *counted)
{
    say_number(point, unit, value->value);
    if (isnan(value->ci95_lo)) {
        figure_say(point, ", no interval");
    } else {
        figure_say(point, ", 95 %% interval ");
        say_number(point, unit, value->ci95_lo);
        figure_say(point, " to ");
        say_number(point, unit, value->ci95_hi);
    }
    figure_say(point, ", %" PRIu64 " %s", count, counted);
}

void figure_say_estimate(struct figure_point *point, enum figure_unit unit,
                         const struct estimate *estimate)
{
    const struct evidence_value value = {estimate->median, estimate->ci95_lo, estimate->ci95_hi};
    figure_say_value(point, unit, &value, estimate->samples,
                     estimate->samples == 1 ? "sample" : "samples");
}
