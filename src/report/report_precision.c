#include "report/report_precision.h"

#include "report/report_machine.h"
#include "report/report_sections.h"
#include "results/precision.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* The figures that decide how long a cell is measured: its main one, and its ratio to the pipe. */
static bool is_deciding(const struct bundle_row *row)
{
    bool latency = strcmp(row->cell.words[BUNDLE_TEST], test_names[TEST_LATENCY]) == 0;
    return strcmp(row->metric, "ratio_to_pipe") == 0 ||
           strcmp(row->metric, latency ? "latency_p50_ns" : "throughput_bytes_per_s") == 0;
}

/* 5 % where the bundle does not say. */
static double precision_asked(const struct bundle_data *bundle)
{
    double precision = bundle_fact_number(bundle, "plan.precision");
    return precision > 0.0 ? precision : PRECISION_DEFAULT;
}

void precision_say(const struct bundle_data *bundle, struct sentence *sentence)
{
    double precision = precision_asked(bundle);
    size_t counts[SETTLEMENT_COUNT] = {0};
    size_t figures = 0;
    for (size_t index = 0; index < bundle->row_count; index++) {
        if (!is_deciding(&bundle->rows[index]))
            continue;
        counts[precision_settlement(&bundle->rows[index].estimate, precision)]++;
        figures++;
    }
    sentence_add(sentence, "%zu of %zu figures are settled at %.3g %%", counts[SETTLED], figures,
                 100.0 * precision);
    if (counts[UNSETTLED_BUDGET] > 0)
        sentence_add(sentence, "; %zu lack time (--budget)", counts[UNSETTLED_BUDGET]);
    if (counts[UNSETTLED_NOISE] > 0)
        sentence_add(sentence, "; %zu are too noisy for it", counts[UNSETTLED_NOISE]);
    sentence_add(sentence, ".");
}

void report_write_precision(const struct report_scope *scope, struct document *document)
{
    struct sentence sentence = sentence_in(document->language);
    precision_say(scope->bundle, &sentence);
    document_heading(document, DOCUMENT_SECTION, "How sure");
    document_write(
        document, DOCUMENT_PARAGRAPH,
        "%s A figure is a cell's throughput or median latency, or its ratio to "
        "the pipe; it is settled when half the width of its 95 %% interval is within that part "
        "of its median. The column `settled` of summary.tsv says it of each.",
        sentence.text);
}
