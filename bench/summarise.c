/*
 * Computes all derived tables of a bundle anew from its raw rows:  summarise BUNDLE
 * The suite does the same at the end of a run, with the same result.
 */
#include "base/exit_code.h"
#include "base/failure.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "results/derived.h"
#include "results/evidence.h"
#include "results/gates.h"
#include "results/noise.h"
#include "results/seal.h"
#include "results/stability.h"
#include "results/summary.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

struct arguments {
    uint64_t seed;
    bool seed_given;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "seed",
     .operand = "N",
     .help = "of the bootstrap; without it the seed in the bundle's manifest.json",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct arguments, seed),
     .least = 0.0,
     .most = (double)UINT64_MAX,
     .given_offset = offsetof(struct arguments, seed_given)},
    {.name = "help",
     .help = "print this page",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, help)},
    {.name = "version",
     .help = "print the version",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, version)},
    {0},
};

static int print_help(void)
{
    const struct arguments defaults = {0};
    printf("usage: summarise BUNDLE [options]\n\n"
           "Writes these files of a result folder anew from its raw rows:\n"
           "  " SUMMARY_FILE "         medians, 95 %% intervals and ratios to the pipe\n"
           "  " EVIDENCE_PRICE_FILE
           "           the price of one copy, where extra copies were made\n"
           "  " EVIDENCE_GAP_FILE "             the gap taken apart, where relays were run\n"
           "  " NOISE_FILE "           what disturbed which round, where that was watched\n"
           "  " STABILITY_FILE "       outliers, drifts and warm-up, cell by cell\n"
           "  " GATES_FILE "           plausibility gates: which passed, which tripped\n"
           "and renews their checksums in a manifest that has any.\n\n");
    options_print_help(rows, &defaults, stdout);
    return EXIT_CODE_DONE;
}

static int print_version(void)
{
    puts(VERSION_LINE("summarise"));
    return EXIT_CODE_DONE;
}

static int summarise(const char *bundle, const struct arguments *arguments, struct failure *failure)
{
    uint64_t seed = arguments->seed;
    int result = arguments->seed_given ? 0 : summary_recorded_seed(bundle, &seed, failure);
    if (result == 0)
        result = derived_write(bundle, seed, failure);
    return result == 0 ? seal_renew(bundle, derived_files, failure) : result;
}

static int exit_code_of(int error)
{
    switch (error) {
    case 0:
        return EXIT_CODE_DONE;
    case -EINVAL: /* the path, or what lies there, is not a bundle or can't be written */
    case -ENOENT:
    case -ENOTDIR:
    case -EISDIR:
    case -ELOOP:
    case -ENAMETOOLONG:
    case -EACCES:
    case -EPERM:
    case -EROFS:
        return EXIT_CODE_USAGE;
    default:
        return EXIT_CODE_UNAVAILABLE;
    }
}

static int answer(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct failure failure = {0};
    int operands = 0;
    int result = options_parse(rows, &arguments, argc - 1, argv + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help();
    if (result == 0 && arguments.version)
        return print_version();
    if (result == 0 && operands != 1)
        result = failure_say(&failure, -EINVAL,
                             "one result folder is needed: summarise BUNDLE; --help explains");
    if (result == 0)
        result = summarise(argv[1], &arguments, &failure);
    if (result < 0)
        fprintf(stderr, "summarise: %s\n", failure.text);
    return exit_code_of(result);
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("summarise", answer(count, words));
}
