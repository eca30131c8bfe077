/* Removes what earlier runs left behind whose processes were all killed at once. See clean/clean.h.
 */
#include "clean/clean.h"
#include "base/exit_code.h"
#include "base/leftover.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

struct arguments {
    bool dry_run;
    bool quiet;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "dry-run",
     .help = "only tell what would be removed",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, dry_run)},
    {.name = "quiet",
     .help = "say nothing when there is nothing to remove",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, quiet)},
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

static void print_help(void)
{
    const struct arguments defaults = {0};
    puts("usage: clean [OPTIONS]\n"
         "Removes what earlier runs of yours left behind because all their processes were killed "
         "at\n"
         "once: folders pipe-vs-shm-XXXXXX in TMPDIR (or /tmp), the segments and semaphores noted "
         "in\n"
         "them, and what dead processes left under the names of send, recv and server. Runs that\n"
         "live are recognised by their locks and left alone, and so is whatever another user or\n"
         "program made. Results are never touched.\n");
    options_print_help(rows, &defaults, stdout);
    puts("\nExit codes: 0 done; 1 something could not be removed; 2 bad usage; 130 interrupted.");
}

static void print_line(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
}

static int clean(const struct arguments *arguments, struct failure *failure)
{
    struct clean_task task = {.dry_run = arguments->dry_run, .tell = print_line, .context = stdout};
    int result = leftover_start(failure);
    if (result == 0)
        result = clean_run_folders(&task, failure);
    if (result == 0)
        result = clean_names(&task, failure);
    leftover_remove_all();
    if (result == 0 && task.removed + task.kept == 0 && !arguments->quiet)
        puts("nothing to remove");
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout))
        return failure_set(failure, errno > 0 ? -errno : -EIO, "writing to standard output");
    if (result == 0 && task.kept > 0)
        return failure_say(failure, -EBUSY, "%lu things were left alone, see above", task.kept);
    return result;
}

static int answer(int count, char **words)
{
    struct arguments arguments = {0};
    struct failure failure = {0};
    int result = options_parse(rows, &arguments, count - 1, words + 1, NULL, &failure);
    if (result < 0) {
        fprintf(stderr, "clean: %s\n", failure.text);
        return EXIT_CODE_USAGE;
    }
    if (arguments.help) {
        print_help();
        return EXIT_CODE_DONE;
    }
    if (arguments.version) {
        puts(VERSION_LINE("clean"));
        return EXIT_CODE_DONE;
    }
    result = clean(&arguments, &failure);
    if (result < 0)
        fprintf(stderr, "clean: %s\n", failure.text);
    return result < 0 ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("clean", answer(count, words));
}
