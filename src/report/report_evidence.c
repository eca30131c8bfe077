#include "report/report_cause_findings.h"
#include "report/report_cause_sentences.h"
#include "report/report_sections.h"

#include "base/units.h"
#include "text/text.h"

#include <math.h>
#include <string.h>

/* ---- counted copies ---- */

/* How the article counts, and how one has to count to be fair; of each what rows there are. */
static void say_comparison(const struct finding_count *count, struct document *document)
{
    static const struct {
        enum finding_path one;
        enum finding_path other;
        const char *lead;
    } pairs[] = {
        {FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_USE,
         TEXT("as the article counts, which counts the pipe's output but not "
              "shared memory's")},
        {FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_FILE,
         TEXT("between equal ends, file to file")},
        {FINDING_PIPE_FILE_TO_USE, FINDING_SHM_FILE_TO_USE, TEXT("file to use")},
        {FINDING_PIPE_TRANSFER, FINDING_SHM_TRANSFER_OWN,
         TEXT("the transfer alone, private buffer to private buffer")},
        {FINDING_PIPE_TRANSFER, FINDING_SHM_TRANSFER_INPLACE,
         TEXT("the transfer alone, used in place")},
    };
    bool begun = false;
    for (size_t index = 0; index < sizeof pairs / sizeof *pairs; index++) {
        char left[FINDING_TEXT_BYTES];
        char right[FINDING_TEXT_BYTES];
        if (!finding_has_pair(count, pairs[index].one, pairs[index].other))
            continue;
        document_say(document,
                     begun ? TEXT("; ") : TEXT("Pipe against shared memory, copies per byte: "));
        document_say(
            document, "**%s against %s** %s",
            finding_format_copies(count->paths[pairs[index].one]->predicted_copies, left),
            finding_format_copies(count->paths[pairs[index].other]->predicted_copies, right),
            document_text(document, pairs[index].lead));
        begun = true;
    }
    document_say(document, begun ? TEXT(". ")
                                 : TEXT("The paths that the article compares were not counted. "));
}

/* Why no path between /dev/zero and /dev/null is in any comparison. */
static void say_misleading_path(const struct evidence *evidence, struct document *document)
{
    const struct evidence_copies *row =
        evidence_find_copies(evidence, "pipe", "zero", "null", "own");
    char seen[FINDING_TEXT_BYTES];
    char predicted[FINDING_TEXT_BYTES];
    if (row == NULL || isnan(row->kernel_io_copies) ||
        fabs(row->kernel_io_copies - row->predicted_copies) < 0.5)
        return;
    document_say(document,
                 "From /dev/zero to /dev/null the kernel's accounting says %s for the pipe where "
                 "%s are made: it counts bytes that pass a system call, copied or not. ",
                 finding_format_copies(row->kernel_io_copies, seen),
                 finding_format_copies(row->predicted_copies, predicted));
}

/* "4 of 4": what was seen, and what this witness should see; "-" where it could not look. */
static void write_witness(double seen, double expected, struct document *document)
{
    char text[FINDING_TEXT_BYTES];
    char wanted[FINDING_TEXT_BYTES];
    finding_format_copies(seen, text);
    if (isnan(seen))
        document_write(document, DOCUMENT_CELL, "-");
    else
        document_write(document, DOCUMENT_CELL, "%s of %s", text,
                       finding_format_copies(expected, wanted));
}

static void write_path(const struct evidence_copies *row, struct document *document)
{
    char text[FINDING_TEXT_BYTES];
    document_begin(document, DOCUMENT_ROW);
    document_write(document, DOCUMENT_CELL, "%s %s to %s, %s", row->mechanism, row->source,
                   row->sink, row->copies);
    for (int stage = 0; stage < EVIDENCE_STAGES; stage++) {
        if (strcmp(row->mutations[stage], "none") == 0)
            document_write(document, DOCUMENT_CELL, "%s", row->stages[stage]);
        else
            document_write(document, DOCUMENT_CELL, "%s, %s", row->stages[stage],
                           row->mutations[stage]);
    }
    document_write(document, DOCUMENT_CELL, "%s",
                   finding_format_copies(row->predicted_copies, text));
    write_witness(row->kernel_io_copies, row->expected_kernel_io_copies, document);
    write_witness(row->user_copies, row->expected_user_copies, document);
    document_write(document, DOCUMENT_CELL, "%s",
                   finding_format_copies(row->ledger_user_copies, text));
    write_witness(row->mutation, row->expected_mutation, document);
    document_write(document, DOCUMENT_CELL, "%s",
                   row->agrees ? document_text(document, "yes")
                               : document_text(document, "**no**"));
    document_end(document, DOCUMENT_ROW);
}

static bool has_note(const struct evidence_copies *row)
{
    return *row->note != '\0' && strcmp(row->note, "-") != 0;
}

/* Whether a row before this one has the same note. */
static bool is_told(const struct evidence *evidence, size_t row)
{
    for (size_t before = 0; before < row; before++) {
        if (evidence->copies[before].agrees &&
            strcmp(evidence->copies[before].note, evidence->copies[row].note) == 0)
            return true;
    }
    return false;
}

/* What disagrees, path by path; then each remark on those that agree once. */
static void write_notes(const struct evidence *evidence, struct document *document)
{
    document_begin(document, DOCUMENT_BULLETS);
    for (size_t index = 0; index < evidence->copies_count; index++) {
        const struct evidence_copies *row = &evidence->copies[index];
        if (row->agrees)
            continue;
        document_begin(document, DOCUMENT_ITEM);
        document_say(document, "**%s %s to %s, %s disagrees**: ", row->mechanism, row->source,
                     row->sink, row->copies);
        document_cite(document,
                      has_note(row) ? row->note : document_text(document, "no note says where"));
        document_end(document, DOCUMENT_ITEM);
    }
    for (size_t index = 0; index < evidence->copies_count; index++) {
        const struct evidence_copies *row = &evidence->copies[index];
        if (!row->agrees || !has_note(row) || is_told(evidence, index))
            continue;
        document_begin(document, DOCUMENT_ITEM);
        document_say(document, "%s %s to %s, %s: ", row->mechanism, row->source, row->sink,
                     row->copies);
        document_cite(document, row->note);
        document_end(document, DOCUMENT_ITEM);
    }
    document_end(document, DOCUMENT_BULLETS);
}

static void write_paths(const struct evidence *evidence, struct document *document)
{
    static const struct {
        const char *name;
        enum document_column kind;
    } columns[] = {
        {TEXT("path"), DOCUMENT_WORDS},
        {TEXT("source"), DOCUMENT_WORDS},
        {TEXT("transfer in"), DOCUMENT_WORDS},
        {TEXT("transfer out"), DOCUMENT_WORDS},
        {TEXT("sink"), DOCUMENT_WORDS},
        {TEXT("predicted"), DOCUMENT_FIGURES},
        {TEXT("kernel accounting"), DOCUMENT_FIGURES},
        {TEXT("memcpys counted"), DOCUMENT_FIGURES},
        {TEXT("ledger's memcpys"), DOCUMENT_FIGURES},
        {TEXT("mutation probe"), DOCUMENT_FIGURES},
        {TEXT("agrees"), DOCUMENT_WORDS},
    };
    document_begin(document, DOCUMENT_TABLE);
    for (size_t column = 0; column < sizeof columns / sizeof *columns; column++)
        document_column(document, columns[column].kind, "%s",
                        document_text(document, columns[column].name));
    for (size_t index = 0; index < evidence->copies_count; index++)
        write_path(&evidence->copies[index], document);
    document_end(document, DOCUMENT_TABLE);
}

void report_write_copies(const struct report_scope *scope, struct document *document)
{
    const struct evidence *evidence = scope->evidence;
    struct finding_count count = finding_count_copies(evidence);
    document_heading(document, DOCUMENT_SECTION, "Copies, counted");
    if (count.rows == 0) {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "No copies were counted in this bundle: it has no %s.",
                       EVIDENCE_COPIES_FILE);
        return;
    }
    document_begin(document, DOCUMENT_PARAGRAPH);
    say_comparison(&count, document);
    say_misleading_path(evidence, document);
    document_say(document,
                 "The ledger agrees with every witness that can see it in %zu of %zu paths.",
                 count.agreeing, count.rows);
    document_end(document, DOCUMENT_PARAGRAPH);
    document_write(
        document, DOCUMENT_PARAGRAPH,
        "Each stage: how it copies by the ledger (kernel: a system call, user: a "
        "memcpy, remote: the kernel between two processes, queue: the kernel into or out "
        "of a message queue, which it does not count, fill and discard: bytes are "
        "counted but nothing is copied), and what the mutation probe saw. Each witness: "
        "copies per byte seen, of those it should see; - where it could not look.");
    write_paths(evidence, document);
    write_notes(evidence, document);
}

/* ---- the price of a copy ---- */

static void write_price(const struct evidence_price *price, struct document *document)
{
    char text[FINDING_VALUE_BYTES];
    document_begin(document, DOCUMENT_ROW);
    document_write(document, DOCUMENT_CELL, "%s", units_format_bytes(price->size_bytes, text));
    document_write(document, DOCUMENT_CELL, "%s", price->wait);
    document_write(document, DOCUMENT_CELL, "%s", price->working_set);
    document_write(document, DOCUMENT_CELL, "%s", price->placement);
    document_write(document, DOCUMENT_CELL, "%s", price->metric);
    document_write(document, DOCUMENT_CELL, "%s",
                   finding_format_interval(&price->slope, document->language, text));
    document_write(document, DOCUMENT_CELL, "%s",
                   finding_format_interval(&price->intercept, document->language, text));
    document_write(document, DOCUMENT_CELL, "%s", finding_format_number(price->r_squared, text));
    document_write(document, DOCUMENT_CELL, "%llu", (unsigned long long)price->points);
    document_write(document, DOCUMENT_CELL, "%llu", (unsigned long long)price->rounds);
    document_end(document, DOCUMENT_ROW);
}

/* The fits of one size, or with 0 of all. */
static void write_price_table(const struct evidence *evidence, uint64_t size_bytes,
                              struct document *document)
{
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_FIGURES, "payload");
    document_column(document, DOCUMENT_WORDS, "wait");
    document_column(document, DOCUMENT_WORDS, "memory");
    document_column(document, DOCUMENT_WORDS, "placement");
    document_column(document, DOCUMENT_WORDS, "time");
    document_column(document, DOCUMENT_FIGURES, "one copy");
    document_column(document, DOCUMENT_FIGURES, "without copies");
    document_column(document, DOCUMENT_FIGURES, "R^2");
    document_column(document, DOCUMENT_FIGURES, "points");
    document_column(document, DOCUMENT_FIGURES, "rounds");
    for (size_t index = 0; index < evidence->prices_count; index++) {
        if (size_bytes == 0 || evidence->prices[index].size_bytes == size_bytes)
            write_price(&evidence->prices[index], document);
    }
    document_end(document, DOCUMENT_TABLE);
}

/* The priced size nearest to 64 KiB. */
static uint64_t main_price_size(const struct evidence *evidence)
{
    uint64_t nearest = 0;
    for (size_t index = 0; index < evidence->prices_count; index++) {
        struct bundle_sizes both = {.bytes = {nearest, evidence->prices[index].size_bytes},
                                    .count = 2};
        if (nearest == 0)
            both = (struct bundle_sizes){.bytes = {both.bytes[1]}, .count = 1};
        nearest = finding_reference_size(&both);
    }
    return nearest;
}

void report_write_prices(const struct report_scope *scope, struct document *document)
{
    const struct evidence *evidence = scope->evidence;
    document_heading(document, DOCUMENT_SECTION, "The price of one copy");
    if (evidence->prices_count == 0) {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "No copy was priced in this bundle: it has no %s.", EVIDENCE_PRICE_FILE);
        return;
    }
    document_write(document, DOCUMENT_PARAGRAPH,
                   "Shared memory used in place, with 0, 1, 2, ... extra copies of every message: "
                   "a line through time against extra copies. Its slope is the price of one copy, "
                   "what it has at 0 that of everything else; R^2 says how much of a line it is. "
                   "Hot: through memory that stays in the caches, cold: through a region that does "
                   "not fit into them. All in ns per KiB of payload, with [95 %% interval].");
    write_price_table(evidence, main_price_size(evidence), document);
    document_begin_fold(document, DOCUMENT_FOLD, "All sizes");
    write_price_table(evidence, 0, document);
    document_end_fold(document, DOCUMENT_FOLD);
}

/* ---- the gap ---- */

/* "from 12.3 to 45.6", "-" for what is no factor. */
static void write_range(const struct evidence_gap *row, struct document *document)
{
    char least[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    if (isnan(row->least) || isnan(row->most))
        document_write(document, DOCUMENT_CELL, "-");
    else
        document_write(document, DOCUMENT_CELL, "%s to %s",
                       finding_format_number(row->least, least),
                       finding_format_number(row->most, most));
}

static const char *describe_factor(const char *factor)
{
    if (strcmp(factor, "from") == 0)
        return TEXT("from: pipe, 4 copies, block");
    if (strcmp(factor, "to") == 0)
        return TEXT("to: shm, 1 copy, spin");
    if (strcmp(factor, "mechanism") == 0)
        return TEXT("mechanism");
    if (strcmp(factor, "copies") == 0)
        return TEXT("copies");
    return strcmp(factor, "waiting") == 0 ? TEXT("waiting") : factor;
}

static void write_gap_findings(const struct report_scope *scope, struct document *document)
{
    struct sentence finding = sentence_in(document->language);
    struct sentence range = sentence_in(document->language);
    cause_say_share(scope->evidence, scope->placement, true, &finding);
    cause_say_share_range(scope->evidence, scope->placement, &range);
    document_write(document, DOCUMENT_PARAGRAPH, "%s%s%s.", finding.text,
                   *range.text != '\0' ? document_text(document, "; ") : "", range.text);
}

static void write_gap_row(const struct evidence_gap *row, struct document *document)
{
    char text[FINDING_VALUE_BYTES];
    document_begin(document, DOCUMENT_ROW);
    document_write(document, DOCUMENT_CELL, "%s", units_format_bytes(row->size_bytes, text));
    document_write(document, DOCUMENT_CELL, "%s", row->placement);
    document_write(document, DOCUMENT_CELL, "%s",
                   document_text(document, describe_factor(row->factor)));
    document_write(document, DOCUMENT_CELL, "%s",
                   finding_format_interval(&row->ns_per_kib, document->language, text));
    write_range(row, document);
    document_write(document, DOCUMENT_CELL, "%s",
                   finding_format_share(&row->share, document->language, text));
    document_write(document, DOCUMENT_CELL, "%llu", (unsigned long long)row->orders);
    document_write(document, DOCUMENT_CELL, "%llu", (unsigned long long)row->rounds);
    document_end(document, DOCUMENT_ROW);
}

void report_write_gap(const struct report_scope *scope, struct document *document)
{
    const struct evidence *evidence = scope->evidence;
    document_heading(document, DOCUMENT_SECTION, "The gap, taken apart");
    if (evidence->gaps_count == 0) {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "The gap was not taken apart in this bundle: it has no %s.",
                       EVIDENCE_GAP_FILE);
        return;
    }
    write_gap_findings(scope, document);
    document_write(document, DOCUMENT_PARAGRAPH,
                   "Wall time in ns per KiB of payload. A factor's contribution is its mean over "
                   "the orders in which the steps can be taken, with its range over them; "
                   "mechanism, copies and waiting add up to the gap. A share is - where the gap is "
                   "not told apart from none.");
    document_begin(document, DOCUMENT_TABLE);
    document_column(document, DOCUMENT_FIGURES, "payload");
    document_column(document, DOCUMENT_WORDS, "placement");
    document_column(document, DOCUMENT_WORDS, "what");
    document_column(document, DOCUMENT_FIGURES, "ns per KiB");
    document_column(document, DOCUMENT_FIGURES, "over the orders");
    document_column(document, DOCUMENT_FIGURES, "share");
    document_column(document, DOCUMENT_FIGURES, "orders");
    document_column(document, DOCUMENT_FIGURES, "rounds");
    for (size_t index = 0; index < evidence->gaps_count; index++)
        write_gap_row(&evidence->gaps[index], document);
    document_end(document, DOCUMENT_TABLE);
}
