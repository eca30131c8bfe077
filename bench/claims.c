/* Tries every statement of the article on this machine and says what holds:  claims [BUNDLE] */
#include "base/exit_code.h"
#include "base/last_word.h"
#include "base/leftover.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "claims/claim.h"
#include "claims/claims_output.h"
#include "results/seal.h"
#include "text/language.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum format { FORMAT_TEXT, FORMAT_TSV };

static const char *const format_names[] = {"text", "tsv", NULL};

struct arguments {
    int format;
    int lang;
    bool write;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "format",
     .operand = "WORD",
     .help = "for a terminal of 80 columns, or as a table",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, format),
     .names = format_names},
    {.name = "lang",
     .operand = "WORD",
     .help = "the language of the text; by default that of the locale",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, lang),
     .names = language_names},
    {.name = "write",
     .help = "also write " EVIDENCE_CLAIMS_FILE " into BUNDLE",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, write)},
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

static int print_help(const struct arguments *defaults)
{
    puts("usage: claims [BUNDLE] [options]\n\n"
         "Tries every statement of the article on this machine: what was claimed, what was done,\n"
         "what was seen, and a verdict. Statements about copies and speed need the measurements\n"
         "of a finished run; without BUNDLE (results/latest) they stay unresolved.\n");
    options_print_help(rows, defaults, stdout);
    puts("\nExit code 0: every claim was tried, whatever the verdicts; 1: a try failed.");
    return EXIT_CODE_DONE;
}

/* Tries all; the text comes as the tries end. Returns how many failed. */
static size_t try_all(const struct claim_input *input, const struct arguments *arguments,
                      struct claim_result *results)
{
    enum language language = (enum language)arguments->lang;
    bool as_text = arguments->format == FORMAT_TEXT;
    size_t failed = 0;
    for (size_t index = 0; index < claims_count; index++) {
        claim_try(&claims[index], input, &results[index]);
        failed += results[index].failed;
        if (as_text)
            claims_print_text(stdout, language, &results[index]);
        fflush(stdout);
    }
    last_word(stdout);
    if (as_text)
        claims_print_totals(stdout, language, results, claims_count);
    else
        claims_print_table(stdout, results, claims_count, true);
    return failed;
}

/* claims.tsv, and its checksum where the bundle has checksums. */
static int write_claims(const char *folder, const struct claim_result *results,
                        struct failure *failure)
{
    static const char *const written[] = {EVIDENCE_CLAIMS_FILE, NULL};
    int result = claims_write(folder, results, claims_count, failure);
    return result == 0 ? seal_renew(folder, written, failure) : result;
}

static int run(const char *folder, const struct claim_input *input,
               const struct arguments *arguments, struct failure *failure)
{
    struct claim_result *results = calloc(claims_count, sizeof *results);
    if (results == NULL)
        return failure_set(failure, -ENOMEM, "trying %zu claims", claims_count);
    int result = leftover_start(failure);
    if (result == 0) {
        size_t failed = try_all(input, arguments, results);
        leftover_remove_all();
        if (fflush(stdout) != 0 || ferror(stdout))
            result =
                failure_set(failure, errno > 0 ? -errno : -EIO, "can't write to standard output");
        if (result == 0 && arguments->write)
            result = write_claims(folder, results, failure);
        if (result == 0 && failed > 0)
            result = failure_say(failure, -EIO, "%zu of %zu claims could not be tried", failed,
                                 claims_count);
    }
    free(results);
    return result;
}

static int complain(const struct failure *failure, int exit_code)
{
    fprintf(stderr, "claims: %s\n", failure->text);
    return exit_code;
}

static int answer(int count, char **words)
{
    const struct arguments defaults = {
        .lang = (int)language_of_locale(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"))};
    struct arguments arguments = defaults;
    struct failure failure = {0};
    struct bundle_data bundle = {0};
    struct evidence evidence = {0};
    int operands = 0;
    int result = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help(&defaults);
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("claims"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 && operands > 1)
        result = failure_say(&failure, -EINVAL, "takes one BUNDLE at most; --help says more");
    if (result == 0 && operands == 0 && arguments.write)
        result = failure_say(&failure, -EINVAL,
                             "--write needs a BUNDLE to write into, such as results/latest");
    if (result == 0 && operands == 1)
        result = bundle_read(words[1], &bundle, &failure);
    if (result == 0 && operands == 1)
        result = evidence_read(words[1], &evidence, &failure);
    if (result < 0) {
        bundle_free(&bundle);
        return complain(&failure, (int)exit_code_for_path(failure.error));
    }
    const struct claim_input input = {.bundle = operands == 1 ? &bundle : NULL,
                                      .evidence = operands == 1 ? &evidence : NULL};
    result = run(words[1], &input, &arguments, &failure);
    evidence_free(&evidence);
    bundle_free(&bundle);
    return result < 0 ? complain(&failure, EXIT_CODE_FAILED) : EXIT_CODE_DONE;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("claims", answer(count, words));
}
