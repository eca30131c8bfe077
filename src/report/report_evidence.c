#include "report/report_answer.h"
#include "report/report_cause_findings.h"
#include "report/report_sections.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

/* ---- counted copies ---- */

/* "4 against 1". */
static void write_pair(const struct finding_count *count, enum finding_path one,
                       enum finding_path other, FILE *stream)
{
    char left[FINDING_TEXT_BYTES];
    char right[FINDING_TEXT_BYTES];
    fprintf(stream, "**%s against %s**",
            finding_format_copies(count->paths[one]->predicted_copies, left),
            finding_format_copies(count->paths[other]->predicted_copies, right));
}

/* How the article counts, and how one has to count to be fair; of each what rows there are. */
static void write_comparison(const struct finding_count *count, FILE *stream)
{
    static const struct {
        enum finding_path one;
        enum finding_path other;
        const char *lead;
    } pairs[] = {
        {FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_USE,
         "as the article counts, which counts the pipe's output but not shared memory's"},
        {FINDING_PIPE_FILE_TO_FILE, FINDING_SHM_FILE_TO_FILE, "between equal ends, file to file"},
        {FINDING_PIPE_FILE_TO_USE, FINDING_SHM_FILE_TO_USE, "file to use"},
        {FINDING_PIPE_TRANSFER, FINDING_SHM_TRANSFER_OWN,
         "the transfer alone, private buffer to private buffer"},
        {FINDING_PIPE_TRANSFER, FINDING_SHM_TRANSFER_INPLACE, "the transfer alone, used in place"},
    };
    bool begun = false;
    for (size_t index = 0; index < sizeof pairs / sizeof *pairs; index++) {
        if (!finding_has_pair(count, pairs[index].one, pairs[index].other))
            continue;
        fputs(begun ? "; " : "Pipe against shared memory, copies per byte: ", stream);
        write_pair(count, pairs[index].one, pairs[index].other, stream);
        fprintf(stream, " %s", pairs[index].lead);
        begun = true;
    }
    fputs(begun ? ". " : "The paths that the article compares were not counted. ", stream);
}

/* Why no path between /dev/zero and /dev/null is in any comparison. */
static void write_misleading_path(const struct evidence *evidence, FILE *stream)
{
    const struct evidence_copies *row =
        evidence_find_copies(evidence, "pipe", "zero", "null", "own");
    char seen[FINDING_TEXT_BYTES];
    char predicted[FINDING_TEXT_BYTES];
    if (row == NULL || isnan(row->kernel_io_copies) ||
        fabs(row->kernel_io_copies - row->predicted_copies) < 0.5)
        return;
    fprintf(stream,
            "From /dev/zero to /dev/null the kernel's accounting says %s for the pipe where %s are "
            "made: it counts bytes that pass a system call, copied or not. ",
            finding_format_copies(row->kernel_io_copies, seen),
            finding_format_copies(row->predicted_copies, predicted));
}

/* "4 of 4": what was seen, and what this witness should see; "-" where it could not look. */
static void write_witness(double seen, double expected, FILE *stream)
{
    char text[FINDING_TEXT_BYTES];
    char wanted[FINDING_TEXT_BYTES];
    finding_format_copies(seen, text);
    if (isnan(seen))
        fputs(" - |", stream);
    else
        fprintf(stream, " %s of %s |", text, finding_format_copies(expected, wanted));
}

static void write_path(const struct evidence_copies *row, FILE *stream)
{
    char text[FINDING_TEXT_BYTES];
    fprintf(stream, "| %s %s to %s, %s |", row->mechanism, row->source, row->sink, row->copies);
    for (int stage = 0; stage < EVIDENCE_STAGES; stage++) {
        if (strcmp(row->mutations[stage], "none") == 0)
            fprintf(stream, " %s |", row->stages[stage]);
        else
            fprintf(stream, " %s, %s |", row->stages[stage], row->mutations[stage]);
    }
    fprintf(stream, " %s |", finding_format_copies(row->predicted_copies, text));
    write_witness(row->kernel_io_copies, row->expected_kernel_io_copies, stream);
    write_witness(row->user_copies, row->expected_user_copies, stream);
    fprintf(stream, " %s |", finding_format_copies(row->ledger_user_copies, text));
    write_witness(row->mutation, row->expected_mutation, stream);
    fprintf(stream, " %s |\n", row->agrees ? "yes" : "**no**");
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
static void write_notes(const struct evidence *evidence, FILE *stream)
{
    fputc('\n', stream);
    for (size_t index = 0; index < evidence->copies_count; index++) {
        const struct evidence_copies *row = &evidence->copies[index];
        if (row->agrees)
            continue;
        fprintf(stream, "- **%s %s to %s, %s disagrees**: ", row->mechanism, row->source, row->sink,
                row->copies);
        report_write_escaped(has_note(row) ? row->note : "no note says where", stream);
        fputc('\n', stream);
    }
    for (size_t index = 0; index < evidence->copies_count; index++) {
        const struct evidence_copies *row = &evidence->copies[index];
        if (!row->agrees || !has_note(row) || is_told(evidence, index))
            continue;
        fprintf(stream, "- %s %s to %s, %s: ", row->mechanism, row->source, row->sink, row->copies);
        report_write_escaped(row->note, stream);
        fputc('\n', stream);
    }
}

void report_write_copies(const struct report_scope *scope)
{
    const struct evidence *evidence = scope->evidence;
    struct finding_count count = finding_count_copies(evidence);
    FILE *stream = scope->stream;
    fputs("\n## Copies, counted\n\n", stream);
    if (count.rows == 0) {
        fputs("No copies were counted in this bundle: it has no " EVIDENCE_COPIES_FILE ".\n",
              stream);
        return;
    }
    write_comparison(&count, stream);
    write_misleading_path(evidence, stream);
    fprintf(
        stream,
        "The ledger agrees with every witness that can see it in %zu of %zu paths.\n\n"
        "Each stage: how it copies by the ledger (kernel: a system call, user: a memcpy, remote: "
        "the kernel between two processes, fill and discard: bytes are counted but nothing is "
        "copied), and what the mutation probe saw. Each witness: copies per byte seen, of those "
        "it should see; - where it could not look.\n\n"
        "| path | source | transfer in | transfer out | sink | predicted | kernel accounting | "
        "memcpys counted | ledger's memcpys | mutation probe | agrees |\n"
        "|---|---|---|---|---|---:|---:|---:|---:|---:|---|\n",
        count.agreeing, count.rows);
    for (size_t index = 0; index < evidence->copies_count; index++)
        write_path(&evidence->copies[index], stream);
    write_notes(evidence, stream);
}

/* ---- the price of a copy ---- */

static void write_price(const struct evidence_price *price, FILE *stream)
{
    char size[UNITS_TEXT_BYTES];
    char slope[FINDING_VALUE_BYTES];
    char intercept[FINDING_VALUE_BYTES];
    char r_squared[FINDING_TEXT_BYTES];
    fprintf(stream, "| %s | %s | %s | %s | %s | %s | %s | %s | %llu | %llu |\n",
            units_format_bytes(price->size_bytes, size), price->wait, price->working_set,
            price->placement, price->metric, finding_format_interval(&price->slope, slope),
            finding_format_interval(&price->intercept, intercept),
            finding_format_number(price->r_squared, r_squared), (unsigned long long)price->points,
            (unsigned long long)price->rounds);
}

/* The fits of one size, or with 0 of all. */
static void write_price_table(const struct evidence *evidence, uint64_t size_bytes, FILE *stream)
{
    fputs("| payload | wait | memory | placement | time | one copy | without copies | R^2 | points "
          "| rounds |\n|---:|---|---|---|---|---:|---:|---:|---:|---:|\n",
          stream);
    for (size_t index = 0; index < evidence->prices_count; index++) {
        if (size_bytes == 0 || evidence->prices[index].size_bytes == size_bytes)
            write_price(&evidence->prices[index], stream);
    }
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

void report_write_prices(const struct report_scope *scope)
{
    const struct evidence *evidence = scope->evidence;
    FILE *stream = scope->stream;
    fputs("\n## The price of one copy\n\n", stream);
    if (evidence->prices_count == 0) {
        fputs("No copy was priced in this bundle: it has no " EVIDENCE_PRICE_FILE ".\n", stream);
        return;
    }
    fputs("Shared memory used in place, with 0, 1, 2, ... extra copies of every message: a line "
          "through time against extra copies. Its slope is the price of one copy, what it has at 0 "
          "that of everything else; R^2 says how much of a line it is. Hot: through memory that "
          "stays in the caches, cold: through a region that does not fit into them. All in ns per "
          "KiB of payload, with [95 % interval].\n\n",
          stream);
    write_price_table(evidence, main_price_size(evidence), stream);
    fputs("\n<details><summary>All sizes</summary>\n\n", stream);
    write_price_table(evidence, 0, stream);
    fputs("\n</details>\n", stream);
}

/* ---- the gap ---- */

/* "from 12.3 to 45.6", "-" for what is no factor. */
static void write_range(const struct evidence_gap *row, FILE *stream)
{
    char least[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    if (isnan(row->least) || isnan(row->most))
        fputs(" - |", stream);
    else
        fprintf(stream, " %s to %s |", finding_format_number(row->least, least),
                finding_format_number(row->most, most));
}

static const char *describe_factor(const char *factor)
{
    if (strcmp(factor, "from") == 0)
        return "from: pipe, 4 copies, block";
    if (strcmp(factor, "to") == 0)
        return "to: shm, 1 copy, spin";
    return factor;
}

static void write_gap_findings(const struct report_scope *scope)
{
    struct sentence finding = {""};
    struct sentence range = {""};
    answer_say_share(scope->evidence, scope->placement, true, &finding);
    answer_say_share_range(scope->evidence, scope->placement, &range);
    fprintf(scope->stream, "%s%s%s.\n\n", finding.text, *range.text != '\0' ? "; " : "",
            range.text);
}

void report_write_gap(const struct report_scope *scope)
{
    const struct evidence *evidence = scope->evidence;
    FILE *stream = scope->stream;
    fputs("\n## The gap, taken apart\n\n", stream);
    if (evidence->gaps_count == 0) {
        fputs("The gap was not taken apart in this bundle: it has no " EVIDENCE_GAP_FILE ".\n",
              stream);
        return;
    }
    write_gap_findings(scope);
    fputs(
        "Wall time in ns per KiB of payload. A factor's contribution is its mean over the orders "
        "in which the steps can be taken, with its range over them; mechanism, copies and waiting "
        "add up to the gap. A share is - where the gap is not told apart from none.\n\n"
        "| payload | placement | what | ns per KiB | over the orders | share | orders | rounds |\n"
        "|---:|---|---|---:|---:|---:|---:|---:|\n",
        stream);
    for (size_t index = 0; index < evidence->gaps_count; index++) {
        const struct evidence_gap *row = &evidence->gaps[index];
        char size[UNITS_TEXT_BYTES];
        char text[FINDING_VALUE_BYTES];
        fprintf(stream, "| %s | %s | %s | %s |", units_format_bytes(row->size_bytes, size),
                row->placement, describe_factor(row->factor),
                finding_format_interval(&row->ns_per_kib, text));
        write_range(row, stream);
        fprintf(stream, " %s | %llu | %llu |\n", finding_format_share(&row->share, text),
                (unsigned long long)row->orders, (unsigned long long)row->rounds);
    }
}
