/*
 * The ratios of one mode to the pipe as bars, a row per payload size, for a terminal of 80 columns:
 * throughput on the left, latency on the right. Chooses neither the mode nor the sizes.
 */
#ifndef REPORT_BARS_H
#define REPORT_BARS_H

#include "base/ink.h"
#include "report/report.h"
#include "report/report_findings.h"

struct report_bars {
    const struct bundle_data *bundle;
    const char *subject; /* the mechanism beside the pipe */
    const struct finding_mode *mode;
    const char *touch;
    const char *placement;
    const uint64_t *sizes_bytes;
    size_t sizes_count;
};

/* What a ratio's ink says in bars and tables alike: faster, slower, or not resolved. */
enum ink report_ink_of_ratio(const struct estimate *ratio);

/* Nothing where no size has a ratio. */
void report_write_bars(const struct report_bars *bars, const struct report_look *look,
                       FILE *stream);

/* One line that tells how to read a bar. */
void report_write_bar_legend(const struct report_look *look, FILE *stream);

#endif
