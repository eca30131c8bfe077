/* What each metric of summary.tsv is called elsewhere, and in which unit. Writes nothing. */
#ifndef EXPORT_METRIC_H
#define EXPORT_METRIC_H

#include "export/export.h"

#include <stddef.h>

struct export_metric {
    const char *name; /* in summary.tsv */
    const char *unit; /* of its values there */
    enum export_direction better;
    /* OpenMetrics: the family is pipe_vs_shm_<stem>_<base_unit>; a value there is `factor` times
     * that of the summary. */
    const char *stem;
    const char *base_unit;
    double factor;
    const char *help;
};

extern const struct export_metric export_metrics[];
extern const size_t export_metrics_count;

/* NULL for a metric that is not ours: a bundle may have words of its own. */
const struct export_metric *export_metric_find(const char *name);

#endif
