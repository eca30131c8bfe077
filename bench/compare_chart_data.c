/* Turns bundles into gnuplot input of charts over all of them: scripts/plot.sh draws from it. */
#include "base/exit_code.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "compare/compare_chart.h"
#include "document/report_text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

enum { LEAST_BUNDLES = 2, MOST_BUNDLES = 16 };

struct arguments {
    bool help;
    bool version;
    const char *out;
};

static const struct option_row rows[] = {
    {.name = "out",
     .operand = "DIR",
     .help = "folder, already there, for the files NAME.data",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct arguments, out)},
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

struct bundle_list {
    struct compare_bundle bundles[MOST_BUNDLES];
    size_t count;
};

/* Writes one chart's file, and its script and name as a line on standard output. */
static int write_file(const struct bundle_list *list, const char *folder, enum compare_chart chart,
                      const struct compare_view *view, struct failure *failure)
{
    char path[PATH_MAX];
    const char *name = compare_chart_names[chart];
    int length = snprintf(path, sizeof path, "%s/%s%s.data", folder, name, view->suffix);
    if (length >= (int)sizeof path)
        return failure_say(failure, -ENAMETOOLONG, "--out: the path is too long");
    FILE *stream = fopen(path, "we");
    if (stream == NULL)
        return failure_set(failure, -errno, "--out: can't write %.160s", path);
    /* The writer only knows that the stream has failed; why stands in errno. */
    errno = 0;
    int result = compare_chart_write(list->bundles, list->count, chart, view, stream);
    if (result == -EIO && errno > 0)
        result = -errno;
    if (fclose(stream) != 0 && result == 0)
        result = -errno;
    if (result < 0)
        remove(path);
    if (result == -ENODATA)
        return 0;
    if (result < 0)
        return failure_set(failure, result, "--out: can't write %.160s", path);
    printf("%s %s%s\n", name, name, view->suffix);
    return 0;
}

static int write_files(const struct bundle_list *list, const char *folder, struct failure *failure)
{
    struct compare_views views = compare_chart_views(&list->bundles[0]);
    int result = 0;
    for (size_t view = 0; view < views.count; view++) {
        for (int chart = 0; chart < COMPARE_CHART_COUNT && result == 0; chart++)
            result =
                write_file(list, folder, (enum compare_chart)chart, &views.views[view], failure);
    }
    if (result == 0 && fflush(stdout) != 0)
        result = failure_set(failure, -errno, "can't write to standard output");
    return result;
}

static int print_help(void)
{
    const struct arguments defaults = {.out = NULL};
    puts("usage: compare_chart_data --out DIR A B [C...]\n\n"
         "Writes the gnuplot input of every chart that the bundles have data for, and prints a\n"
         "line per chart: the script in plots/ that draws it, and its name.\n");
    options_print_help(rows, &defaults, stdout);
    return EXIT_CODE_DONE;
}

static int complain(const struct failure *failure, int exit_code)
{
    char line[FAILURE_TEXT_BYTES];
    fprintf(stderr, "compare_chart_data: %s\n",
            report_text_plain(failure->text, line, sizeof line));
    return exit_code;
}

static int answer(int count, char **words)
{
    struct arguments arguments = {.out = NULL};
    struct failure failure = {0};
    static struct bundle_list list;
    int operands = 0;
    int result = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help();
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("compare_chart_data"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 &&
        (operands < LEAST_BUNDLES || operands > MOST_BUNDLES || arguments.out == NULL))
        result = failure_say(&failure, -EINVAL, "needs --out DIR and %d to %d BUNDLEs",
                             LEAST_BUNDLES, MOST_BUNDLES);
    for (int index = 0; index < operands && result == 0; index++) {
        result = compare_bundle_read(words[1 + index], &list.bundles[index], &failure);
        list.count += result == 0;
    }
    int exit_code = EXIT_CODE_USAGE;
    if (result == 0) {
        exit_code = EXIT_CODE_FAILED;
        result = write_files(&list, arguments.out, &failure);
    }
    for (size_t index = 0; index < list.count; index++)
        compare_bundle_free(&list.bundles[index]);
    return result < 0 ? complain(&failure, exit_code) : EXIT_CODE_DONE;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("compare_chart_data", answer(count, words));
}
