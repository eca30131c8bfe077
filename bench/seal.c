/*
 * Writes the checksums of a bundle's files into its manifest:  seal BUNDLE
 * The last step of a run; `verify` compares them.
 */
#include "results/seal.h"
#include "base/exit_code.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"

#include <errno.h>
#include <stdio.h>

struct arguments {
    bool help;
    bool version;
};

static const struct option_row rows[] = {
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
    const struct arguments defaults = {0};
    puts("usage: seal BUNDLE\n\n"
         "Writes the SHA-256 of every file of a result folder into its manifest.json, as "
         "\"files\".\n"
         "Whoever changes a file of a bundle on purpose seals it anew; verify BUNDLE compares.\n");
    options_print_help(rows, &defaults, stdout);
    puts("\nExit codes: 0 done; 2 not a bundle, or it cannot be written; 69 no room or memory.");
    return EXIT_CODE_DONE;
}

static int exit_code_of(int error)
{
    if (error == -ENOSPC || error == -EDQUOT || error == -ENOMEM || error == -EIO)
        return EXIT_CODE_UNAVAILABLE;
    return error < 0 ? EXIT_CODE_USAGE : EXIT_CODE_DONE;
}

static int answer(int count, char **words)
{
    struct arguments arguments = {0};
    struct failure failure = {0};
    int operands = 0;
    int result = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help();
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("seal"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 && operands != 1)
        result = failure_say(&failure, -EINVAL,
                             "one result folder is needed: seal BUNDLE; --help explains");
    if (result == 0)
        result = seal_write(words[1], &failure);
    if (result < 0)
        fprintf(stderr, "seal: %s\n", failure.text);
    return exit_code_of(result);
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("seal", answer(count, words));
}
