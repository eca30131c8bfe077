/* https://prometheus.io/docs/specs/om/open_metrics_spec/: lines of a family stand together, a unit
 * ends its family's name, and the last line is "# EOF". */
#include "export/export.h"
#include "export/export_metric.h"
#include "export/export_rows.h"
#include "export/export_text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define PREFIX "pipe_vs_shm_"

enum { FAMILY_BYTES = 96 };

/* The numbers of an estimate that become families, each with what its name and help add. */
static const struct part {
    const char *infix;
    const char *help;
    size_t offset; /* of the double in struct estimate */
} parts[] = {
    {"", " The median over rounds.", offsetof(struct estimate, median)},
    {"_ci95_lo", " The lower end of the median's 95 % interval.",
     offsetof(struct estimate, ci95_lo)},
    {"_ci95_hi", " The upper end of the median's 95 % interval.",
     offsetof(struct estimate, ci95_hi)},
};

static double value_of(const struct estimate *estimate, const struct part *part)
{
    double value;
    memcpy(&value, (const char *)estimate + part->offset, sizeof value);
    return value;
}

static void write_labels(const struct bundle_data *bundle, const struct bundle_cell *cell,
                         FILE *stream)
{
    static const char *const names[BUNDLE_COLUMN_COUNT] = {
        [BUNDLE_MECHANISM] = "mechanism",
        [BUNDLE_TEST] = "test",
        [BUNDLE_WAIT] = "wait",
        [BUNDLE_COPIES] = "copies",
        [BUNDLE_TOUCH] = "touch",
        [BUNDLE_PLACEMENT] = "placement",
        [BUNDLE_SOURCE] = "source",
        [BUNDLE_SINK] = "sink",
        [BUNDLE_EXTRA_COPIES] = "extra_copies",
        [BUNDLE_WORKING_SET] = "working_set",
    };
    fputs("{bundle=", stream);
    export_text_label(bundle->name, stream);
    for (int column = 0; column < BUNDLE_COLUMN_COUNT; column++)
        fprintf(stream, ",%s=\"%s\"", names[column], cell->words[column]);
    fprintf(stream, ",size_bytes=\"%" PRIu64 "\"}", cell->size_bytes);
}

static void write_family(const struct bundle_data *bundle, const struct export_metric *metric,
                         const struct part *part, FILE *stream)
{
    char family[FAMILY_BYTES];
    snprintf(family, sizeof family, PREFIX "%s%s_%s", metric->stem, part->infix, metric->base_unit);
    fprintf(stream, "# TYPE %s gauge\n# UNIT %s %s\n# HELP %s %s%s\n", family, family,
            metric->base_unit, family, metric->help, part->help);
    for (size_t index = 0; index < export_row_count(bundle); index++) {
        const struct bundle_row *row = export_row(bundle, index);
        double value = value_of(&row->estimate, part);
        if (strcmp(row->metric, metric->name) != 0 || !isfinite(value))
            continue;
        fputs(family, stream);
        write_labels(bundle, &row->cell, stream);
        fprintf(stream, " %.9g\n", value * metric->factor);
    }
}

static void write_samples(const struct bundle_data *bundle, const struct export_metric *metric,
                          FILE *stream)
{
    fprintf(stream,
            "# TYPE " PREFIX "%s_samples gauge\n# HELP " PREFIX "%s_samples On how many "
            "samples the estimate rests. %s\n",
            metric->stem, metric->stem, metric->help);
    for (size_t index = 0; index < export_row_count(bundle); index++) {
        const struct bundle_row *row = export_row(bundle, index);
        if (strcmp(row->metric, metric->name) != 0)
            continue;
        fprintf(stream, PREFIX "%s_samples", metric->stem);
        write_labels(bundle, &row->cell, stream);
        fprintf(stream, " %zu\n", row->estimate.samples);
    }
}

static bool has_metric(const struct bundle_data *bundle, const char *name)
{
    for (size_t index = 0; index < export_row_count(bundle); index++) {
        if (strcmp(export_row(bundle, index)->metric, name) == 0)
            return true;
    }
    return false;
}

static void write_machine(const struct bundle_data *bundle, FILE *stream)
{
    static const struct {
        const char *label;
        const char *path;
    } facts[] = {
        {"label", "label"},
        {"preset", "preset"},
        {"cpu_model", "machine.cpu_model"},
        {"kernel_release", "machine.kernel_release"},
        {"hypervisor", "machine.hypervisor"},
        {"suite_version", "machine.suite_version"},
    };
    fputs("# TYPE " PREFIX "bundle info\n# HELP " PREFIX "bundle The run and its machine.\n" PREFIX
          "bundle_info{bundle=",
          stream);
    export_text_label(bundle->name, stream);
    for (size_t index = 0; index < sizeof facts / sizeof *facts; index++) {
        fprintf(stream, ",%s=", facts[index].label);
        export_text_label(bundle_fact_text(bundle, facts[index].path, ""), stream);
    }
    fputs("} 1\n", stream);
}

int export_write_openmetrics(const struct bundle_data *bundle, FILE *stream)
{
    write_machine(bundle, stream);
    for (size_t metric = 0; metric < export_metrics_count; metric++) {
        if (!has_metric(bundle, export_metrics[metric].name))
            continue;
        for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
            write_family(bundle, &export_metrics[metric], &parts[part], stream);
        write_samples(bundle, &export_metrics[metric], stream);
    }
    fputs("# EOF\n", stream);
    return ferror(stream) ? -EIO : 0;
}
