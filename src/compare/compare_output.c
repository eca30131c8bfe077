#include "compare/compare_output.h"

#include "base/units.h"
#include "compare/compare_notes.h"
#include "compare/machine_facts.h"
#include "report/report_findings.h"
#include "report/report_text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_BYTES = 2 * SENTENCE_BYTES,
    CELL_COLUMNS = 44,
    VALUE_BYTES = 300, /* of a fact, in a terminal */
    FURTHER_FACTS = 12 /* of those not known to matter, without --all */
};

/* A text made safe for where it goes, into `line` of `line_bytes`. */
static const char *safe(const struct compare_output *output, const char *text, char *line,
                        size_t line_bytes)
{
    return output->markdown ? report_text_markdown(text, line, line_bytes)
                            : report_text_plain(text, line, line_bytes);
}

static void print_line(const struct compare_output *output, const char *before, const char *text)
{
    char line[LINE_BYTES];
    fprintf(output->stream, "%s%s\n", before, safe(output, text, line, sizeof line));
}

static void print_title(const struct compare_output *output, const char *title)
{
    fprintf(output->stream, output->markdown ? "\n### %s\n\n" : "\n%s\n", title);
}

/* --- The verdict --------------------------------------------------------------------------------
 */

/* "9 % slower", "2.10 times as fast". */
static void say_change(double factor, struct sentence *sentence)
{
    char text[FINDING_TEXT_BYTES];
    double percent = 100.0 * fabs(factor - 1.0);
    if (factor > 2.0 || factor < 0.5)
        sentence_add(sentence, "%s times as fast", finding_format_factor(factor, text));
    else
        sentence_add(sentence, "%.*f %% %s", percent < 2.0 ? 1 : 0, percent,
                     factor < 1.0 ? "slower" : "faster");
}

void compare_output_say_mechanism(const struct compare_output *output,
                                  const struct mechanism_verdict *mechanism,
                                  struct sentence *sentence)
{
    char median[FINDING_TEXT_BYTES];
    char least[FINDING_TEXT_BYTES];
    char most[FINDING_TEXT_BYTES];
    bool ratio = output->verdict->kind == COMPARE_RATIO;
    bool pipe = ratio && strcmp(mechanism->mechanism, "pipe") == 0;
    /* One in ten on the other side may be chance or one size; more is no common change. */
    size_t fewer = mechanism->slower < mechanism->differ - mechanism->slower
                       ? mechanism->slower
                       : mechanism->differ - mechanism->slower;
    bool both_ways = 10 * fewer > mechanism->differ;
    sentence_add(sentence, "%s is ", mechanism->mechanism);
    if (both_ways)
        sentence_add(sentence, "slower in some cells of %s and faster in others", output->after);
    else
        say_change(mechanism->median, sentence);
    sentence_add(sentence, "%s%s (%zu of %zu %s cells, %s [%s, %s]", both_ways ? "" : " in ",
                 both_ways ? "" : output->after, mechanism->differ, mechanism->cells,
                 pipe ? "pipe" : compare_kind_names[output->verdict->kind],
                 finding_format_factor(mechanism->median, median),
                 finding_format_factor(mechanism->least, least),
                 finding_format_factor(mechanism->most, most));
    if (fewer > 0)
        sentence_add(sentence, ", %zu slower and %zu faster", mechanism->slower,
                     mechanism->differ - mechanism->slower);
    sentence_add(sentence, ")%s", pipe ? ": the ratios of all others to it moved alike" : "");
    if (!isnan(mechanism->own_absolute) && !isnan(mechanism->pipe_absolute))
        sentence_add(sentence, "; in absolute figures %s %s, pipe %s", mechanism->mechanism,
                     finding_format_factor(mechanism->own_absolute, median),
                     finding_format_factor(mechanism->pipe_absolute, least));
}

static const char *plural_of(enum compare_kind kind)
{
    static const char *const names[] = {"ratios", "normalised figures", "absolute figures"};
    return names[kind];
}

static void write_verdict(const struct compare_output *output)
{
    const struct compare_verdict *verdict = output->verdict;
    struct sentence line = sentence_in(LANGUAGE_ENGLISH);
    if (output->named)
        sentence_add(&line, "%s against %s: ", output->after, output->before);
    if (verdict->differ == 0) {
        sentence_add(&line, "the same: 0 of %zu %s differ", verdict->cells,
                     plural_of(verdict->kind));
        print_line(output, output->markdown ? "## " : "", line.text);
        fputs(output->markdown ? "\n" : "", output->stream);
        return;
    }
    sentence_add(&line, "%zu of %zu %s differ: ", verdict->differ, verdict->cells,
                 plural_of(verdict->kind));
    for (size_t index = 0; index < verdict->mechanism_count; index++) {
        if (verdict->mechanisms[index].differ == 0)
            break;
        compare_output_say_mechanism(output, &verdict->mechanisms[index], &line);
        print_line(output,
                   output->markdown ? (index > 0 ? "- and " : "## ") : (index > 0 ? "  and " : ""),
                   line.text);
        if (index == 0 && output->markdown)
            fputc('\n', output->stream);
        line = sentence_in(LANGUAGE_ENGLISH);
    }
}

/* --- Which bundles, and notes -------------------------------------------------------------------
 */

static const char *text_of(const json_t *object, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && *text != '\0' ? text : otherwise;
}

static void write_bundle(const struct compare_output *output, const char *name,
                         const struct compare_bundle *bundle)
{
    struct sentence line = sentence_in(LANGUAGE_ENGLISH);
    const json_t *machine = json_object_get(bundle->manifest, "machine");
    const char *label = text_of(bundle->manifest, "label", "");
    const json_t *rounds = json_object_get(bundle->manifest, "rounds_done");
    sentence_add(&line, "%s: %.100s", name, bundle->name);
    if (*label != '\0')
        sentence_add(&line, " (%.80s)", label);
    sentence_add(&line, ", %.80s, Linux %.60s", text_of(machine, "cpu_model", "unknown CPU"),
                 text_of(machine, "kernel_release", "unknown"));
    if (json_is_integer(rounds))
        sentence_add(&line, ", %lld rounds", (long long)json_integer_value(rounds));
    print_line(output, output->markdown ? "- " : "  ", line.text);
}

/* "normalised figures: 3 of 84 differ, all together 0.99 times as fast" */
static int write_kind(const struct compare_output *output, enum compare_kind kind)
{
    const struct comparison *comparison = output->comparison;
    double *factors = calloc(comparison->cell_count + 1, sizeof *factors);
    size_t count = 0;
    size_t differ = 0;
    char text[FINDING_TEXT_BYTES];
    struct sentence line = sentence_in(LANGUAGE_ENGLISH);
    if (factors == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct difference *difference = &comparison->differences[kind][index];
        if (isnan(difference->factor) ||
            compare_is_ceiling(compared_cell_key(&comparison->cells[index])))
            continue;
        factors[count++] = difference->factor;
        differ += difference->differs;
    }
    statistics_sort(factors, count);
    if (count > 0) {
        sentence_add(&line, "%s: %zu of %zu differ, the median cell is %s times as fast",
                     plural_of(kind), differ, count,
                     finding_format_factor(statistics_median(factors, count), text));
        print_line(output, output->markdown ? "- " : "  ", line.text);
    }
    free(factors);
    return 0;
}

static int write_head(const struct compare_output *output)
{
    struct compare_notes *notes = malloc(sizeof *notes);
    int result = notes != NULL ? 0 : -ENOMEM;
    for (int kind = 0; kind < COMPARE_KINDS && result == 0; kind++) {
        if ((enum compare_kind)kind != output->verdict->kind)
            result = write_kind(output, (enum compare_kind)kind);
    }
    write_bundle(output, output->before, output->comparison->before);
    write_bundle(output, output->after, output->comparison->after);
    if (result == 0) {
        compare_notes_collect(output->comparison, output->before, output->after, notes);
        for (size_t index = 0; index < notes->count; index++)
            print_line(output, output->markdown ? "- note: " : "note: ", notes->notes[index].text);
    }
    free(notes);
    return result;
}

/* --- Cells --------------------------------------------------------------------------------------
 */

/* The words in which cells usually differ, and the others where they are not the usual ones. */
static void say_cell(const struct cell_key *key, struct sentence *sentence)
{
    char size[UNITS_TEXT_BYTES];
    sentence_add(sentence, "%s %s", key->mechanism, key->test);
    if (!compare_is_ceiling(key))
        sentence_add(sentence, " %s %s", key->wait, key->copies);
    sentence_add(sentence, " %s", units_format_bytes(key->size_bytes, size));
    if (strcmp(key->source, "memory") != 0 || strcmp(key->sink, "use") != 0)
        sentence_add(sentence, " %s-%s", key->source, key->sink);
    if (key->extra_copies > 0)
        sentence_add(sentence, " +%" PRIu64 " %s", key->extra_copies, key->working_set);
    if (strcmp(key->touch, "full") != 0 && !compare_is_ceiling(key))
        sentence_add(sentence, " touch=%s", key->touch);
    if (strcmp(key->placement, "cache") != 0)
        sentence_add(sentence, " placement=%s", key->placement);
}

/* "0.91 [0.90, 0.92] *", "-" where there is none. */
static void say_difference(const struct difference *difference, bool interval,
                           struct sentence *sentence)
{
    char factor[FINDING_TEXT_BYTES];
    char lo[FINDING_TEXT_BYTES];
    char hi[FINDING_TEXT_BYTES];
    sentence_add(sentence, "%s", finding_format_factor(difference->factor, factor));
    if (interval && !isnan(difference->ci95_lo))
        sentence_add(sentence, " [%s, %s]", finding_format_factor(difference->ci95_lo, lo),
                     finding_format_factor(difference->ci95_hi, hi));
    sentence_add(sentence, "%s", difference->differs ? " *" : "");
}

/* The deciding kind first, with its interval; in a terminal the others without. */
static void write_cell(const struct compare_output *output, size_t index)
{
    struct sentence cell = sentence_in(LANGUAGE_ENGLISH);
    char line[LINE_BYTES];
    say_cell(compared_cell_key(&output->comparison->cells[index]), &cell);
    if (output->markdown)
        fprintf(output->stream, "| %s |", safe(output, cell.text, line, sizeof line));
    else
        fprintf(output->stream, "  %-*s", CELL_COLUMNS, safe(output, cell.text, line, sizeof line));
    for (int place = 0; place < COMPARE_KINDS; place++) {
        int kind = (place + (int)output->verdict->kind) % COMPARE_KINDS;
        struct sentence value = sentence_in(LANGUAGE_ENGLISH);
        say_difference(&output->comparison->differences[kind][index],
                       place == 0 || output->markdown, &value);
        if (output->markdown)
            fprintf(output->stream, " %s |", safe(output, value.text, line, sizeof line));
        else
            fprintf(output->stream, " %-*s", place == 0 ? 20 : 10, value.text);
    }
    fputc('\n', output->stream);
}

static void write_cells_title(const struct compare_output *output)
{
    const struct compare_verdict *verdict = output->verdict;
    char title[160];
    snprintf(title, sizeof title,
             "%s, how many times faster %s is than %s [95 %% interval]; * differs",
             output->all ? "All cells" : "Cells that differ", output->after, output->before);
    print_title(output, title);
    const char *const kinds[] = {compare_kind_names[verdict->kind],
                                 compare_kind_names[(verdict->kind + 1) % COMPARE_KINDS],
                                 compare_kind_names[(verdict->kind + 2) % COMPARE_KINDS]};
    if (output->markdown)
        fprintf(output->stream, "| cell | %s | %s | %s |\n|---|---|---|---|\n", kinds[0], kinds[1],
                kinds[2]);
    else
        fprintf(output->stream, "  %-*s %-20s %-10s %s\n", CELL_COLUMNS, "cell", kinds[0], kinds[1],
                kinds[2]);
}

static void write_cells(const struct compare_output *output)
{
    const struct comparison *comparison = output->comparison;
    if (!output->all && output->verdict->differ == 0)
        return;
    write_cells_title(output);
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct compared_cell *cell = &comparison->cells[index];
        if (compare_is_ceiling(compared_cell_key(cell)) && !output->all)
            continue;
        if (output->all ? !cell->capacity_differs
                        : comparison->differences[output->verdict->kind][index].differs)
            write_cell(output, index);
    }
}

/* --- Machines -----------------------------------------------------------------------------------
 */

static void write_value(const struct compare_output *output, const char *name, const json_t *value)
{
    char *text = machine_fact_text(value);
    char line[8192];
    /* A list of a stranger may be megabytes long. */
    safe(output, text != NULL ? text : "?", line, output->markdown ? sizeof line : VALUE_BYTES);
    if (output->markdown)
        fprintf(output->stream, " %s |", line);
    else
        fprintf(output->stream, "      %s  %s\n", name, line);
    free(text);
}

static void write_fact(const struct compare_output *output, const struct machine_fact *fact)
{
    char name[4 * MACHINE_FACT_NAME_BYTES];
    const char *why = fact->why != NULL ? fact->why : "";
    safe(output, fact->name, name, sizeof name);
    if (output->markdown)
        fprintf(output->stream, "| %s |", name);
    else
        fprintf(output->stream, "  %s%s%s\n", name, *why != '\0' ? ": " : "", why);
    write_value(output, output->before, fact->before);
    write_value(output, output->after, fact->after);
    if (output->markdown)
        fprintf(output->stream, " %s |\n", why);
}

static int write_machines(const struct compare_output *output)
{
    const struct comparison *comparison = output->comparison;
    struct machine_facts facts;
    size_t further = 0;
    int result =
        machine_facts_compare(comparison->before->manifest, comparison->after->manifest, &facts);
    if (result < 0)
        return result;
    print_title(output, facts.count > 0 ? "In what the machines differ"
                                        : "The machines differ in no recorded fact");
    if (output->markdown && facts.count > 0)
        fprintf(output->stream, "| fact | %s | %s | why it matters |\n|---|---|---|---|\n",
                output->before, output->after);
    for (size_t index = 0; index < facts.count; index++) {
        further += facts.facts[index].why == NULL;
        if (output->all || further <= FURTHER_FACTS)
            write_fact(output, &facts.facts[index]);
    }
    if (!output->all && further > FURTHER_FACTS)
        fprintf(output->stream, "%s%zu more facts: --all\n", output->markdown ? "\n" : "  ",
                further - FURTHER_FACTS);
    machine_facts_free(&facts);
    return 0;
}

int compare_output_text(const struct compare_output *output)
{
    write_verdict(output);
    int result = write_head(output);
    if (result < 0)
        return result;
    write_cells(output);
    return write_machines(output);
}
