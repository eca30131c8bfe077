/* Tells whether a bundle is still what its run left, and says what it says:  verify BUNDLE */
#include "verify/verify.h"
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
    puts(
        "usage: verify BUNDLE\n\n"
        "Checks a result folder, a line per check: every file against its checksum; summary,\n"
        "prices, gap, steadiness, gates and the verdicts that come from measurements against what\n"
        "comes out of the raw rows now; the rows against each other and against the plan. What a\n"
        "bundle of an older schema does not have is named, and so is what cannot be recomputed.\n");
    options_print_help(rows, &defaults, stdout);
    puts("\nExit codes: 0 all is as the bundle says; 1 something differs; 2 not a bundle.");
    return EXIT_CODE_DONE;
}

static int complain(const struct failure *failure, int exit_code)
{
    fprintf(stderr, "verify: %s\n", failure->text);
    return exit_code;
}

static int verify(const char *folder)
{
    struct check_list list = {.checks = NULL};
    struct failure failure = {0};
    int result = verify_bundle(folder, &list, &failure);
    bool differs = check_count(&list, CHECK_DIFFERS) > 0;
    if (result == 0)
        check_print(&list, stdout);
    check_free(&list);
    if (result < 0)
        return complain(&failure, (int)exit_code_for_path(result));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        failure_set(&failure, errno > 0 ? -errno : -EIO, "can't write to standard output");
        return complain(&failure, EXIT_CODE_FAILED);
    }
    return differs ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
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
        puts(VERSION_LINE("verify"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 && operands != 1)
        result = failure_say(&failure, -EINVAL,
                             "one result folder is needed: verify BUNDLE; --help explains");
    return result < 0 ? complain(&failure, EXIT_CODE_USAGE) : verify(words[1]);
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("verify", answer(count, words));
}
