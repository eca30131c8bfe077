/* Compares finished bundles: which cells differ, and in what their machines do. */
#include "base/exit_code.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "compare/compare_document.h"
#include "compare/compare_output.h"
#include "document/report_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LEAST_BUNDLES = 2, MOST_BUNDLES = 16 };
enum format { FORMAT_TERMINAL, FORMAT_MARKDOWN, FORMAT_HTML, FORMAT_TSV };

static const char *const format_names[] = {"terminal", "markdown", "html", "tsv", NULL};

struct arguments {
    int format;
    int by;
    bool by_given;
    bool all;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "format",
     .operand = "WORD",
     .help = "for a terminal, as Markdown, as a page with charts, or a table with a row per cell "
             "and kind of figure",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, format),
     .names = format_names},
    {.name = "by",
     .operand = "WORD",
     .help = "the figures that decide; absolute ones where there are no ratios",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, by),
     .names = compare_kind_names,
     .given_offset = offsetof(struct arguments, by_given)},
    {.name = "all",
     .help = "show all cells and facts, not only those that differ and matter; a page always does",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, all)},
    {.name = "help",
     .help = "print this page",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, help)},
    {.name = "version",
     .help = "print the version",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, version)},
    {.name = NULL},
};

static int print_help(void)
{
    const struct arguments defaults = {.format = FORMAT_TERMINAL, .by = COMPARE_RATIO};
    puts("usage: compare A B [C...] [options]\n\n"
         "Compares bundles cell by cell, from their raw rows; each of the others with the first.\n"
         "Figures say how many times faster a cell is than in A. Ratios to the pipe mean the same\n"
         "on every machine; normalised figures are over what the machine can do at best (memcpy,\n"
         "the bounce of a cache line).\n\n"
         "Exit codes: 0 the same, no cell differs; 1 some differ; 2 not comparable, or bad "
         "usage.\n");
    options_print_help(rows, &defaults, stdout);
    return EXIT_CODE_DONE;
}

static int complain(const struct failure *failure, int exit_code)
{
    char line[FAILURE_TEXT_BYTES];
    fprintf(stderr, "compare: %s\n", report_text_plain(failure->text, line, sizeof line));
    return exit_code;
}

static int exit_code_of(int error)
{
    return error == -ENOMEM ? EXIT_CODE_UNAVAILABLE : EXIT_CODE_USAGE;
}

static void print_refusal(const struct compare_outcome *outcome)
{
    char line[SENTENCE_BYTES];
    fprintf(stderr, "compare: %s\n", report_text_plain(outcome->why.text, line, sizeof line));
}

static int exit_code_of_outcome(const struct compare_outcome *outcome)
{
    if (!outcome->comparable)
        return EXIT_CODE_USAGE;
    return outcome->verdict.differ > 0 ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
}

/* One below the other, as they come. */
static int print_outcomes(const struct arguments *arguments, const struct compare_story *story)
{
    const struct compare_terminal terminal = {
        .named = story->outcome_count > 1, .all = arguments->all, .stream = stdout};
    int result = 0;
    if (arguments->format == FORMAT_TSV)
        compare_output_tsv_header(stdout);
    for (size_t index = 0; index < story->outcome_count && result == 0; index++) {
        const struct compare_outcome *outcome = &story->outcomes[index];
        if (index > 0 && arguments->format == FORMAT_TERMINAL)
            putchar('\n');
        if (!outcome->comparable)
            print_refusal(outcome);
        else if (arguments->format == FORMAT_TSV)
            compare_output_tsv(outcome, stdout, stderr);
        else
            result = compare_output_terminal(outcome, &terminal);
    }
    return result;
}

/* What is not comparable is told in the document, and as an error. */
static int print_document(const struct arguments *arguments, const struct compare_story *story)
{
    for (size_t index = 0; index < story->outcome_count; index++) {
        if (!story->outcomes[index].comparable)
            print_refusal(&story->outcomes[index]);
    }
    return arguments->format == FORMAT_HTML ? compare_write_html(story, stdout)
                                            : compare_write_markdown(story, stdout);
}

/* Compares bundles[1 .. count) with bundles[0]; returns the largest exit code, or -ENOMEM. */
static int compare_all(const struct arguments *arguments, struct compare_bundle *bundles,
                       size_t count)
{
    static struct compare_outcome outcomes[MOST_BUNDLES - 1];
    const struct compare_choice choice = {.given = arguments->by_given,
                                          .kind = (enum compare_kind)arguments->by};
    struct compare_story story = {.bundles = bundles,
                                  .bundle_count = count,
                                  .outcomes = outcomes,
                                  .all = arguments->all || arguments->format == FORMAT_HTML};
    int exit_code = EXIT_CODE_DONE;
    int result = 0;
    for (size_t other = 1; other < count && result == 0; other++) {
        struct compare_outcome *outcome = &outcomes[other - 1];
        result = compare_outcome_make(&bundles[0], &bundles[other], 'A', (char)('A' + other),
                                      &choice, outcome);
        story.outcome_count += result == 0;
        if (result == 0 && exit_code_of_outcome(outcome) > exit_code)
            exit_code = exit_code_of_outcome(outcome);
    }
    bool document = arguments->format == FORMAT_MARKDOWN || arguments->format == FORMAT_HTML;
    if (result == 0)
        result = document ? print_document(arguments, &story) : print_outcomes(arguments, &story);
    for (size_t index = 0; index < story.outcome_count; index++)
        compare_outcome_free(&outcomes[index]);
    /* What could not be written is seen at the end. */
    return result == -ENOMEM ? result : exit_code;
}

static int read_bundles(char **folders, size_t count, struct compare_bundle *bundles,
                        struct failure *failure)
{
    int result = 0;
    for (size_t index = 0; index < count && result == 0; index++)
        result = compare_bundle_read(folders[index], &bundles[index], failure);
    return result;
}

static int answer(int count, char **words)
{
    struct arguments arguments = {.format = FORMAT_TERMINAL, .by = COMPARE_RATIO};
    struct failure failure = {0};
    static struct compare_bundle bundles[MOST_BUNDLES];
    int operands = 0;
    int result = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help();
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("compare"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 && (operands < LEAST_BUNDLES || operands > MOST_BUNDLES))
        result = failure_say(&failure, -EINVAL,
                             "needs %d to %d BUNDLEs, folders under results/, and got %d; --help "
                             "says more",
                             LEAST_BUNDLES, MOST_BUNDLES, operands);
    if (result == 0)
        result = read_bundles(words + 1, (size_t)operands, bundles, &failure);
    int exit_code = EXIT_CODE_DONE;
    if (result == 0)
        exit_code = compare_all(&arguments, bundles, (size_t)operands);
    if (exit_code < 0)
        result = failure_set(&failure, exit_code, "comparing");
    for (size_t index = 0; index < MOST_BUNDLES; index++)
        compare_bundle_free(&bundles[index]);
    if (result < 0)
        return complain(&failure, exit_code_of(result));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        failure_set(&failure, errno > 0 ? -errno : -EIO, "can't write to standard output");
        return complain(&failure, EXIT_CODE_USAGE);
    }
    return exit_code;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("compare", answer(count, words));
}
