#include "tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct tally_row *row_of(struct tally_table *table, const char *name)
{
    for (size_t index = 0; index < table->count; index++) {
        if (strcmp(table->rows[index].name, name) == 0)
            return &table->rows[index];
    }
    if (table->count == TALLY_ROWS_MOST)
        name = "others";
    else
        table->count++;
    struct tally_row *row = &table->rows[table->count - 1];
    snprintf(row->name, sizeof row->name, "%s", name);
    return row;
}

static void note(struct tally_row *row, const struct play *play, const struct judgement *judgement)
{
    row->runs++;
    row->landed += play->hit.landed;
    row->ending += play->must_end;
    row->late += judgement->late;
    row->left += judgement->left;
    row->cleaned += judgement->left && judgement->cleaning == CLEANING_DONE;
    row->later +=
        judgement->left && judgement->cleaning == CLEANING_DONE && judgement->cleaned_later;
    row->unclean += judgement->left && judgement->cleaning == CLEANING_MISSING;
    row->failures += judgement->failures > 0;
    if (play->must_end && play->end_seconds > row->worst_end_seconds)
        row->worst_end_seconds = play->end_seconds;
}

void tally_note(struct tally *tally, const struct scenario *scenario, const struct strike *strike,
                const struct play *play, const struct judgement *judgement)
{
    char name[TALLY_NAME_BYTES];
    char strike_text[STRIKE_NAME_BYTES];
    strike_name(strike, strike_text);
    note(&tally->total, play, judgement);
    note(row_of(&tally->scenarios, scenario->name), play, judgement);
    note(row_of(&tally->strikes, strike_text), play, judgement);
    if (!judgement->left)
        return;
    const char *victim = play->hit.count > 0 ? play->hit.targets[0].role : "all of it";
    const char *second = play->hit.count > 1 ? play->hit.targets[1].role : "";
    snprintf(name, sizeof name, "%.30s, killed: %.16s%s%.16s", scenario->name, victim,
             *second != '\0' ? " and " : "", second);
    note(row_of(&tally->windows, name), play, judgement);
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const struct tally_row *)left)->name, ((const struct tally_row *)right)->name);
}

static void print_row(const struct tally_row *row, FILE *stream)
{
    fprintf(stream, "%-44s %6zu %7zu %7zu %6zu %8zu %6zu %8zu %7.2f %6zu %9zu\n", row->name,
            row->runs, row->landed, row->ending, row->left, row->cleaned, row->later, row->unclean,
            row->worst_end_seconds, row->late, row->failures);
}

static void print_table(struct tally_table table, const char *title, FILE *stream)
{
    qsort(table.rows, table.count, sizeof *table.rows, by_name);
    fprintf(stream, "\n%-44s %6s %7s %7s %6s %8s %6s %8s %7s %6s %9s\n", title, "runs", "in time",
            "ending", "left", "cleaned", "later", "no clean", "worst s", "late", "failures");
    for (size_t index = 0; index < table.count; index++)
        print_row(&table.rows[index], stream);
}

void tally_print(const struct tally *tally, FILE *stream)
{
    print_table(tally->scenarios, "scenario", stream);
    print_table(tally->strikes, "what happened", stream);
    if (tally->windows.count > 0)
        print_table(tally->windows, "who left something", stream);
    fputc('\n', stream);
    print_row(&tally->total, stream);
}

static void write_row(const char *kind, const struct tally_row *row, FILE *stream)
{
    fprintf(stream, "%s\t%s\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\t%.3f\t%zu\t%zu\n", kind, row->name,
            row->runs, row->landed, row->ending, row->left, row->cleaned, row->later, row->unclean,
            row->worst_end_seconds, row->late, row->failures);
}

int tally_write(const struct tally *tally, const char *path)
{
    const struct {
        const char *kind;
        const struct tally_table *table;
    } tables[] = {
        {"scenario", &tally->scenarios}, {"strike", &tally->strikes}, {"left", &tally->windows}};
    FILE *stream = fopen(path, "we");
    if (stream == NULL)
        return -errno;
    fputs("kind\tname\truns\tin_time\tending\tleft\tcleaned\tcleaned_later\tnot_cleaned\t"
          "worst_end_s\tlate\tfailures\n",
          stream);
    for (size_t index = 0; index < sizeof tables / sizeof *tables; index++) {
        for (size_t row = 0; row < tables[index].table->count; row++)
            write_row(tables[index].kind, &tables[index].table->rows[row], stream);
    }
    write_row("total", &tally->total, stream);
    bool failed = ferror(stream) != 0;
    return fclose(stream) != 0 || failed ? -EIO : 0;
}
