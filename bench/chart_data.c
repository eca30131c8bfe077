/* Turns a bundle into gnuplot input, one file per chart: scripts/plot.sh draws from them. */
#include "report/chart_data.h"
#include "base/exit_code.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "document/report_text.h"
#include "text/language.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arguments {
    bool help;
    bool version;
    const char *out;
    int lang;
};

static const struct option_row rows[] = {
    {.name = "out",
     .operand = "DIR",
     .help = "folder, already there, for the files NAME.data",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct arguments, out)},
    {.name = "lang",
     .operand = "WORD",
     .help = "the language of the charts' texts; by default that of the locale",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, lang),
     .names = language_names},
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

/* Writes one chart's file. Returns 0, -ENODATA when the bundle has nothing for it (which is no
 * failure), or with a description another -errno. */
static int write_file(const struct bundle_data *bundle, const struct evidence *evidence,
                      const struct arguments *arguments, enum chart chart,
                      const struct chart_view *view, struct failure *failure)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s%s.data", arguments->out, chart_names[chart],
                          view->suffix);
    if (length >= (int)sizeof path)
        return failure_say(failure, -ENAMETOOLONG, "--out: the path is too long");
    FILE *stream = fopen(path, "we");
    if (stream == NULL)
        return failure_set(failure, -errno, "--out: can't write %.160s", path);
    /* The writer only knows that the stream has failed; why stands in errno. */
    errno = 0;
    int result = chart_write(bundle, evidence, chart, view, (enum language)arguments->lang, stream);
    if (result == -EIO && errno > 0)
        result = -errno;
    if (fclose(stream) != 0 && result == 0)
        result = -errno;
    if (result < 0)
        remove(path);
    if (result < 0 && result != -ENODATA)
        return failure_set(failure, result, "--out: can't write %.160s", path);
    return result;
}

/* Writes all files, then prints a line for each: its script and its name. Nothing is listed when
 * one of them could not be written. */
static int write_files(const struct bundle_data *bundle, const struct evidence *evidence,
                       const struct arguments *arguments, struct failure *failure)
{
    struct chart_views views = chart_views_of(bundle);
    bool written[CHART_MOST_VIEWS][CHART_COUNT] = {{false}};
    for (size_t view = 0; view < views.count; view++) {
        for (int chart = 0; chart < CHART_COUNT; chart++) {
            int result = write_file(bundle, evidence, arguments, (enum chart)chart,
                                    &views.views[view], failure);
            if (result < 0 && result != -ENODATA)
                return result;
            written[view][chart] = result == 0;
        }
    }
    for (size_t view = 0; view < views.count; view++) {
        for (int chart = 0; chart < CHART_COUNT; chart++) {
            if (written[view][chart])
                printf("%s %s%s\n", chart_names[chart], chart_names[chart],
                       views.views[view].suffix);
        }
    }
    return 0;
}

static int print_help(const struct arguments *defaults)
{
    puts("usage: chart_data --out DIR [--lang en|zh] BUNDLE\n\n"
         "Writes the gnuplot input of every chart that the bundle has data for, and prints a line\n"
         "per chart: the script in plots/ that draws it, and its name.\n");
    options_print_help(rows, defaults, stdout);
    return EXIT_CODE_DONE;
}

static int complain(const struct failure *failure, int exit_code)
{
    char line[FAILURE_TEXT_BYTES];
    fprintf(stderr, "chart_data: %s\n", report_text_plain(failure->text, line, sizeof line));
    return exit_code;
}

static int answer(int count, char **words)
{
    const struct arguments defaults = {
        .lang = (int)language_of_locale(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"))};
    struct arguments arguments = defaults;
    struct failure failure = {0};
    struct bundle_data bundle;
    struct evidence evidence;
    int operands = 0;
    int result = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help(&defaults);
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("chart_data"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 && (operands != 1 || arguments.out == NULL))
        result = failure_say(&failure, -EINVAL, "needs --out DIR and one BUNDLE; --help says more");
    if (result < 0)
        return complain(&failure, EXIT_CODE_USAGE);
    if (bundle_read(words[1], &bundle, &failure) < 0)
        return complain(&failure, (int)exit_code_for_path(failure.error));
    if (evidence_read(words[1], &evidence, &failure) < 0) {
        bundle_free(&bundle);
        return complain(&failure, (int)exit_code_for_path(failure.error));
    }
    result = write_files(&bundle, &evidence, &arguments, &failure);
    if (result == 0 && fflush(stdout) != 0)
        result = failure_set(&failure, -errno, "can't write to standard output");
    evidence_free(&evidence);
    bundle_free(&bundle);
    return result < 0 ? complain(&failure, EXIT_CODE_FAILED) : EXIT_CODE_DONE;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("chart_data", answer(count, words));
}
