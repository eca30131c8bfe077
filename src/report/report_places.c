#include "report/report_sections.h"

#include "base/units.h"
#include "report/report_findings.h"
#include "results/bundle_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NUMBERS = 12 }; /* columns of pairs at once */

/* ---- pairs of CPUs ---- */

/* The fastest and the slowest of some pairs; NULL before the first. */
struct extremes {
    const struct bundle_place *fastest;
    const struct bundle_place *slowest;
    size_t count;
};

static void add_place(struct extremes *extremes, const struct bundle_place *place)
{
    if (place == NULL)
        return;
    if (extremes->fastest == NULL || place->estimate->median < extremes->fastest->estimate->median)
        extremes->fastest = place;
    if (extremes->slowest == NULL || place->estimate->median > extremes->slowest->estimate->median)
        extremes->slowest = place;
    extremes->count++;
}

/* Of the pairs that the plan drew of one kind; a manifest that lists others is passed over. */
static struct extremes extremes_of_kind(const json_t *kind, const struct bundle_places *places)
{
    struct extremes extremes = {.count = 0};
    size_t index;
    json_t *pair;
    json_array_foreach(json_object_get(kind, "measured"), index, pair)
    {
        json_int_t writer = json_integer_value(json_array_get(pair, 0));
        json_int_t reader = json_integer_value(json_array_get(pair, 1));
        if (writer >= 0 && writer <= BUNDLE_MOST_CPU && reader >= 0 && reader <= BUNDLE_MOST_CPU)
            add_place(&extremes, bundle_find_pair(places, (int)writer, (int)reader));
    }
    return extremes;
}

static void write_place(const struct bundle_place *place, struct document *document)
{
    char text[UNITS_TEXT_BYTES];
    document_write(document, DOCUMENT_CELL, "%s (CPUs %d, %d)",
                   units_format_nanoseconds(place->estimate->median, text), place->writer,
                   place->reader);
}

static void write_kind(const json_t *kind, const char *name, const struct bundle_places *places,
                       struct document *document)
{
    struct extremes extremes = extremes_of_kind(kind, places);
    const json_t *pairs = json_object_get(kind, "pairs");
    const char *word = json_string_value(json_object_get(kind, "kind"));
    if (extremes.count == 0)
        return;
    document_begin(document, DOCUMENT_ROW);
    document_cite_cell(document, word != NULL ? word : "");
    document_write(document, DOCUMENT_CELL, "%zu of %lld", extremes.count,
                   (long long)json_integer_value(pairs));
    document_write(document, DOCUMENT_CELL, "%s", name);
    write_place(extremes.fastest, document);
    write_place(extremes.slowest, document);
    document_end(document, DOCUMENT_ROW);
}

/* A row per kind of pair, for one mechanism and way of waiting. */
static void write_kinds(const struct report_scope *scope, const json_t *kinds,
                        const char *mechanism, const char *wait, struct document *document)
{
    struct bundle_places places;
    char name[2 * BUNDLE_WORD_BYTES + 2];
    size_t index;
    json_t *kind;
    if (bundle_list_pairs(scope->bundle, mechanism, wait, &places) < 0)
        return;
    bool ceiling = strcmp(mechanism, FINDING_CEILING) == 0;
    snprintf(name, sizeof name, "%s%s%s", ceiling ? "bounce" : mechanism, ceiling ? "" : " ",
             ceiling ? "" : wait);
    json_array_foreach(kinds, index, kind)
    {
        write_kind(kind, name, &places, document);
    }
    free(places.list);
}

static void write_pairs(const struct report_scope *scope, struct document *document)
{
    const struct bundle_words *mechanisms = &scope->bundle->words[BUNDLE_MECHANISM];
    const struct bundle_words *waits = &scope->bundle->words[BUNDLE_WAIT];
    const json_t *kinds = bundle_fact(scope->bundle, "plan.pairs.kinds");
    if (!bundle_has_pairs(scope->bundle))
        return;
    document_heading(document, DOCUMENT_SECTION, "Latency between CPUs");
    document_write(document, DOCUMENT_PARAGRAPH,
                   "Half a round trip of 64 B, own, between the CPUs of each kind of pair: the "
                   "fastest and the slowest median of those that were measured.");
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "kind of pair");
    document_column(document, DOCUMENT_WORDS, "measured");
    document_column(document, DOCUMENT_WORDS, "what");
    document_column(document, DOCUMENT_WORDS, "fastest");
    document_column(document, DOCUMENT_WORDS, "slowest");
    write_kinds(scope, kinds, FINDING_CEILING, FINDING_NONE, document);
    for (size_t mechanism = 0; mechanism < mechanisms->count; mechanism++) {
        for (size_t wait = 0; wait < waits->count; wait++) {
            if (strcmp(mechanisms->words[mechanism], FINDING_CEILING) != 0)
                write_kinds(scope, kinds, mechanisms->words[mechanism], waits->words[wait],
                            document);
        }
    }
    document_end(document, DOCUMENT_TABLE);
}

/* ---- many pairs at once ---- */

struct numbers {
    uint64_t list[MOST_NUMBERS]; /* rising */
    size_t count;
};

static void add_number(struct numbers *numbers, uint64_t pairs)
{
    for (size_t index = 0; index < numbers->count; index++) {
        if (numbers->list[index] == pairs)
            return;
    }
    if (numbers->count == MOST_NUMBERS)
        return;
    size_t at = numbers->count++;
    for (; at > 0 && numbers->list[at - 1] > pairs; at--)
        numbers->list[at] = numbers->list[at - 1];
    numbers->list[at] = pairs;
}

static struct numbers collect_numbers(const struct bundle_data *bundle)
{
    struct numbers numbers = {.count = 0};
    uint64_t pairs;
    for (size_t index = 0; index < bundle->place_row_count; index++) {
        if (bundle_read_parallel(bundle->place_rows[index].cell.words[BUNDLE_PLACEMENT], &pairs))
            add_number(&numbers, pairs);
    }
    return numbers;
}

static const struct bundle_place *find_number(const struct bundle_places *places, uint64_t pairs)
{
    for (size_t index = 0; index < places->count; index++) {
        if (places->list[index].pairs == pairs)
            return &places->list[index];
    }
    return NULL;
}

/* "1.87 GiB/s (1.28x)": the factor is that to one pair, where that was measured. */
static void write_number(const struct bundle_place *place, const struct bundle_place *one,
                         struct document *document)
{
    char rate[UNITS_TEXT_BYTES];
    char factor[FINDING_TEXT_BYTES];
    if (place == NULL)
        document_write(document, DOCUMENT_CELL, "-");
    else if (one == NULL || place == one)
        document_write(document, DOCUMENT_CELL, "%s",
                       units_format_rate(place->estimate->median, rate));
    else
        document_write(
            document, DOCUMENT_CELL, "%s (%sx)", units_format_rate(place->estimate->median, rate),
            finding_format_factor(place->estimate->median / one->estimate->median, factor));
}

static void write_line(const struct report_scope *scope, const struct numbers *numbers,
                       const char *mechanism, const char *wait, struct document *document)
{
    struct bundle_places places;
    if (bundle_list_parallel(scope->bundle, mechanism, wait, &places) < 0)
        return;
    const struct bundle_place *one = find_number(&places, 1);
    if (places.count > 0) {
        document_begin(document, DOCUMENT_ROW);
        document_write(document, DOCUMENT_CELL, "%s %s", mechanism, wait);
        for (size_t index = 0; index < numbers->count; index++)
            write_number(find_number(&places, numbers->list[index]), one, document);
        document_end(document, DOCUMENT_ROW);
    }
    free(places.list);
}

static void write_parallel(const struct report_scope *scope, struct document *document)
{
    const struct bundle_words *mechanisms = &scope->bundle->words[BUNDLE_MECHANISM];
    const struct bundle_words *waits = &scope->bundle->words[BUNDLE_WAIT];
    struct numbers numbers = collect_numbers(scope->bundle);
    if (numbers.count == 0)
        return;
    document_heading(document, DOCUMENT_SECTION, "Many pairs at once");
    document_write(document, DOCUMENT_PARAGRAPH,
                   "Throughput of all pairs together, 64 KiB, own, each pair with a channel of its "
                   "own; in brackets how many times that of one pair. With more than half as many "
                   "pairs as CPUs, processes share CPUs.");
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_WORDS, "pairs");
    for (size_t index = 0; index < numbers.count; index++)
        document_column(document, DOCUMENT_FIGURES, "%llu",
                        (unsigned long long)numbers.list[index]);
    for (size_t mechanism = 0; mechanism < mechanisms->count; mechanism++) {
        for (size_t wait = 0; wait < waits->count; wait++)
            write_line(scope, &numbers, mechanisms->words[mechanism], waits->words[wait], document);
    }
    document_end(document, DOCUMENT_TABLE);
}

void report_write_places(const struct report_scope *scope, struct document *document)
{
    write_pairs(scope, document);
    write_parallel(scope, document);
}
