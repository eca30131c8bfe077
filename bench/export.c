/* Prints the figures of a finished bundle in a form that other programs read. */
#include "export/export.h"
#include "base/exit_code.h"
#include "base/options.h"
#include "base/plain_text.h"
#include "base/replace_file.h"
#include "base/standard_streams.h"
#include "base/version.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum format { FORMAT_CSV, FORMAT_BENCHMARK_JSON, FORMAT_OPENMETRICS };

static const char *const format_names[] = {"csv", "benchmark-json", "openmetrics", NULL};
static const char *const direction_names[] = {"both", "smaller", "bigger", NULL};

struct arguments {
    int format;
    int direction;
    const char *out;
    bool direction_given;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "format",
     .operand = "WORD",
     .help = "one table, an array for continuous-benchmark services, or OpenMetrics text",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, format),
     .names = format_names},
    {.name = "direction",
     .operand = "WORD",
     .help = "of benchmark-json: only figures that are better when smaller, or when bigger",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, direction),
     .names = direction_names,
     .given_offset = offsetof(struct arguments, direction_given)},
    {.name = "out",
     .operand = "FILE",
     .help = "write there, replaced as a whole, instead of to standard output",
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

struct content {
    const struct arguments *arguments;
    const struct bundle_data *bundle;
};

static int print_help(void)
{
    const struct arguments defaults = {.format = FORMAT_CSV};
    puts("usage: export BUNDLE [--format csv|benchmark-json|openmetrics] [--direction WORD] [--out "
         "FILE]\n\n"
         "Prints the figures of a finished run in a form that other programs read. benchmark-json\n"
         "is what customSmallerIsBetter and customBiggerIsBetter of github-action-benchmark read:\n"
         "a file for each, of one --direction.\n");
    options_print_help(rows, &defaults, stdout);
    return EXIT_CODE_DONE;
}

static int complain(const struct failure *failure, int exit_code)
{
    char line[FAILURE_TEXT_BYTES];
    fprintf(stderr, "export: %s\n", plain_text_make(failure->text, line, sizeof line));
    return exit_code;
}

static int check(const struct arguments *arguments, int operands, struct failure *failure)
{
    if (operands != 1)
        return failure_say(failure, -EINVAL,
                           "needs one BUNDLE, a folder under results/; --help says more");
    if (arguments->format != FORMAT_BENCHMARK_JSON && arguments->direction_given)
        return failure_say(failure, -EINVAL, "--direction is for --format benchmark-json alone");
    return 0;
}

static int print_content(const void *what, FILE *stream)
{
    const struct content *content = what;
    switch (content->arguments->format) {
    case FORMAT_CSV:
        return export_write_csv(content->bundle, stream);
    case FORMAT_BENCHMARK_JSON:
        return export_write_benchmark(content->bundle,
                                      (enum export_direction)content->arguments->direction, stream);
    default:
        return export_write_openmetrics(content->bundle, stream);
    }
}

static int write_file(const char *path, const struct content *content, struct failure *failure)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    if (*name == '\0' || strlen(path) >= sizeof folder)
        return failure_say(failure, -EINVAL, "--out '%.160s' is no file's name", path);
    snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - path) + 1 : 1,
             slash != NULL ? path : ".");
    return replace_file(folder, name, print_content, content, failure);
}

static int print_all(const struct content *content, struct failure *failure)
{
    errno = 0;
    int result = print_content(content, stdout);
    if (result == -ENOMEM)
        return failure_set(failure, result, "exporting");
    if (result < 0 || fflush(stdout) != 0)
        return failure_set(failure, errno > 0 ? -errno : -EIO, "can't write to standard output");
    return 0;
}

static int answer(int count, char **words)
{
    struct arguments arguments = {.format = FORMAT_CSV};
    struct failure failure = {0};
    struct bundle_data bundle;
    int operands = 0;
    int result = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help();
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("export"));
        return EXIT_CODE_DONE;
    }
    if (result == 0)
        result = check(&arguments, operands, &failure);
    if (result == 0)
        result = bundle_read(words[1], &bundle, &failure);
    if (result < 0)
        return complain(&failure, (int)exit_code_for_path(result));
    const struct content content = {.arguments = &arguments, .bundle = &bundle};
    int exit_code = EXIT_CODE_DONE;
    if (arguments.out != NULL) {
        result = write_file(arguments.out, &content, &failure);
        exit_code = (int)exit_code_for_path(result);
    } else {
        result = print_all(&content, &failure);
        exit_code = EXIT_CODE_FAILED;
    }
    bundle_free(&bundle);
    return result < 0 ? complain(&failure, exit_code) : EXIT_CODE_DONE;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("export", answer(count, words));
}
