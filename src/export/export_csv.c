#include "export/export.h"
#include "export/export_metric.h"
#include "export/export_rows.h"
#include "export/export_text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>

static void write_number(double number, FILE *stream)
{
    fputc(',', stream);
    if (isfinite(number))
        fprintf(stream, "%.9g", number);
}

static void write_row(const struct bundle_data *bundle, const struct bundle_row *row, FILE *stream)
{
    const struct export_metric *metric = export_metric_find(row->metric);
    export_text_csv(bundle->name, stream);
    fputc(',', stream);
    export_text_csv(bundle_fact_text(bundle, "label", ""), stream);
    fputc(',', stream);
    export_text_csv(bundle_fact_text(bundle, "machine.cpu_model", ""), stream);
    fputc(',', stream);
    export_text_csv(bundle_fact_text(bundle, "machine.kernel_release", ""), stream);
    fputc(',', stream);
    export_text_csv(bundle_fact_text(bundle, "machine.hypervisor", ""), stream);
    /* Words of a cell need no quotes: bundle_read_word. */
    for (int column = 0; column < BUNDLE_COLUMN_COUNT; column++)
        fprintf(stream, ",%s", row->cell.words[column]);
    fprintf(stream, ",%" PRIu64 ",%s,%s", row->cell.size_bytes, row->metric,
            metric != NULL ? metric->unit : "");
    write_number(row->estimate.median, stream);
    write_number(row->estimate.ci95_lo, stream);
    write_number(row->estimate.ci95_hi, stream);
    fprintf(stream, ",%zu\r\n", row->estimate.samples);
}

int export_write_csv(const struct bundle_data *bundle, FILE *stream)
{
    fputs("bundle,label,cpu_model,kernel_release,hypervisor,mechanism,test,wait,copies,touch,"
          "placement,source,sink,extra_copies,working_set,size_bytes,metric,unit,median,ci95_lo,"
          "ci95_hi,samples\r\n",
          stream);
    for (size_t index = 0; index < export_row_count(bundle); index++)
        write_row(bundle, export_row(bundle, index), stream);
    return ferror(stream) ? -EIO : 0;
}
