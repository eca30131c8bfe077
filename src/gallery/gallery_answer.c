#include "gallery/gallery_answer.h"

#include "document/sentence.h"
#include "report/report_cause_findings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

static struct gallery_spread spread_of(double *values, size_t count)
{
    struct gallery_spread spread = {.least = NAN, .median = NAN, .most = NAN};
    if (count == 0)
        return spread;
    statistics_sort(values, count);
    return (struct gallery_spread){.count = count,
                                   .least = values[0],
                                   .median = statistics_median(values, count),
                                   .most = values[count - 1]};
}

static int compare_machines(const void *left, const void *right)
{
    const struct gallery_entry *one = *(const struct gallery_entry *const *)left;
    const struct gallery_entry *other = *(const struct gallery_entry *const *)right;
    int order = strcmp(one->cpu, other->cpu);
    if (order == 0)
        order = strcmp(one->virtualisation, other->virtualisation);
    double threads = isnan(one->hardware_threads) ? 0.0 : one->hardware_threads;
    double others = isnan(other->hardware_threads) ? 0.0 : other->hardware_threads;
    return order != 0 ? order : (threads > others) - (threads < others);
}

static size_t count_machines(const struct gallery_collection *collection,
                             const struct gallery_entry **order)
{
    size_t machines = 0;
    for (size_t index = 0; index < collection->count; index++)
        order[index] = &collection->entries[index];
    qsort(order, collection->count, sizeof(*order), compare_machines);
    for (size_t index = 0; index < collection->count; index++)
        machines += index == 0 || compare_machines(&order[index - 1], &order[index]) != 0;
    return machines;
}

static void count_outcome(const struct gallery_entry *entry, struct gallery_summary *summary)
{
    if (isnan(entry->ratio.median)) {
        summary->without++;
        return;
    }
    switch (finding_of_ratio(&entry->ratio)) {
    case FINDING_FASTER:
        summary->faster++;
        break;
    case FINDING_SLOWER:
        summary->slower++;
        break;
    default:
        summary->open++;
    }
}

int gallery_summarise(const struct gallery_collection *collection, struct gallery_summary *summary)
{
    size_t room = collection->count + 1;
    double *ratios = calloc(room, sizeof *ratios);
    double *shares = calloc(room, sizeof *shares);
    const struct gallery_entry **order = calloc(room, sizeof(*order));
    size_t ratios_count = 0;
    size_t shares_count = 0;
    int result = ratios != NULL && shares != NULL && order != NULL ? 0 : -ENOMEM;
    if (result == 0) {
        *summary = (struct gallery_summary){.machines = count_machines(collection, order)};
        for (size_t index = 0; index < collection->count; index++) {
            const struct gallery_entry *entry = &collection->entries[index];
            count_outcome(entry, summary);
            if (!isnan(entry->ratio.median))
                ratios[ratios_count++] = entry->ratio.median;
            if (!isnan(entry->copies_share.value) && !finding_is_wide_share(&entry->copies_share))
                shares[shares_count++] = entry->copies_share.value;
        }
        summary->ratio = spread_of(ratios, ratios_count);
        summary->copies_share = spread_of(shares, shares_count);
    }
    free(ratios);
    free(shares);
    free(order);
    return result;
}

/* ---- words ---- */

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void say_speed(const struct gallery_summary *summary, struct document *document)
{
    char least[FINDING_TEXT_BYTES];
    char median[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    const struct gallery_spread *ratio = &summary->ratio;
    struct sentence without = sentence_in(LANGUAGE_ENGLISH);
    if (summary->without > 0)
        sentence_add(&without, "; %zu without that ratio", summary->without);
    if (ratio->count == 0) {
        document_write(document, DOCUMENT_ITEM,
                       "**Speed:** no bundle measured shared memory beside the pipe at 64 KiB.");
        return;
    }
    document_write(
        document, DOCUMENT_ITEM,
        "**Speed:** at 64 KiB, matched (throughput, both sides block, payload in own buffers), "
        "shared memory was **%sx to %sx** as fast as the pipe, %sx in the middle bundle: faster in "
        "%zu, slower in %zu, not told apart in %zu%s.",
        finding_format_factor(ratio->least, least), finding_format_factor(ratio->most, most),
        finding_format_factor(ratio->median, median), summary->faster, summary->slower,
        summary->open, without.text);
}

static void say_cause(const struct gallery_summary *summary, struct document *document)
{
    char least[FINDING_TEXT_BYTES];
    char median[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    const struct gallery_spread *share = &summary->copies_share;
    if (share->count == 0) {
        document_write(document, DOCUMENT_ITEM,
                       "**Cause:** in no bundle the copies' share of the gap is resolved.");
        return;
    }
    document_write(document, DOCUMENT_ITEM,
                   "**Cause:** of the gap between the article's pipe and its shared memory the "
                   "copies explain %s %% to %s %%, %s %% in the middle bundle, of the %zu that "
                   "resolve it.",
                   finding_format_number(100.0 * share->least, least),
                   finding_format_number(100.0 * share->most, most),
                   finding_format_number(100.0 * share->median, median), share->count);
}

static void say_left_out(const struct gallery_collection *collection, struct document *document)
{
    if (collection->unfinished + collection->duplicates + collection->warnings_count == 0)
        return;
    document_write(document, DOCUMENT_ITEM,
                   "**Left out:** %zu unfinished run%s, %zu duplicate%s, %zu folder%s that could "
                   "not be read as a bundle.",
                   collection->unfinished, plural(collection->unfinished), collection->duplicates,
                   plural(collection->duplicates), collection->warnings_count,
                   plural(collection->warnings_count));
}

void gallery_answer_write(const struct gallery_collection *collection,
                          const struct gallery_summary *summary, struct document *document)
{
    document_begin(document, DOCUMENT_NUMBERS);
    document_write(document, DOCUMENT_ITEM,
                   "**Bundles:** %zu, of %zu machine%s (different in CPU model, hardware threads "
                   "or virtualisation).",
                   collection->count, summary->machines, plural(summary->machines));
    say_speed(summary, document);
    say_cause(summary, document);
    say_left_out(collection, document);
    document_end(document, DOCUMENT_NUMBERS);
}
