/* Prints the report of a finished bundle, for a terminal, as Markdown or as a page of HTML. */
#include "report/report.h"
#include "base/exit_code.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/terminal.h"
#include "base/version.h"
#include "document/report_text.h"
#include "text/language.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum format { FORMAT_TERMINAL, FORMAT_MARKDOWN, FORMAT_HTML };

static const char *const format_names[] = {"terminal", "markdown", "html", NULL};

struct arguments {
    int format;
    int colour;
    int lang;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "format",
     .operand = "WORD",
     .help = "for a terminal of 80 columns, or everything as Markdown or as one page of HTML",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, format),
     .names = format_names},
    {.name = "color",
     .operand = "WHEN",
     .help = "of the terminal's form; auto: on a terminal that is not dumb, unless NO_COLOR is set",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, colour),
     .names = colour_choice_names},
    {.name = "lang",
     .operand = "WORD",
     .help = "the report's language; by default that of the locale",
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

static int print_help(const struct arguments *defaults)
{
    puts("usage: report BUNDLE [--format terminal|markdown|html] [--lang en|zh]\n"
         "              [--color auto|always|never]\n\n"
         "Prints what a finished run measured and what it says, from the bundle's files alone.\n");
    options_print_help(rows, defaults, stdout);
    return EXIT_CODE_DONE;
}

static int complain(const struct failure *failure, int exit_code)
{
    char line[FAILURE_TEXT_BYTES];
    fprintf(stderr, "report: %s\n", report_text_plain(failure->text, line, sizeof line));
    return exit_code;
}

static int write_as(const struct arguments *arguments, const struct bundle_data *bundle,
                    const struct evidence *evidence)
{
    enum language language = (enum language)arguments->lang;
    struct report_look look = {
        .colour = terminal_takes_colour((enum colour_choice)arguments->colour, stdout),
        .utf8 = terminal_takes_utf8(),
        .language = language,
    };
    if (arguments->format == FORMAT_MARKDOWN)
        return report_write_markdown(bundle, evidence, language, stdout);
    if (arguments->format == FORMAT_HTML)
        return report_write_html(bundle, evidence, language, stdout);
    return report_write_summary(bundle, evidence, &look, stdout);
}

static int answer(int count, char **words)
{
    const struct arguments defaults = {
        .format = FORMAT_TERMINAL,
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
        puts(VERSION_LINE("report"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 && operands != 1)
        result = failure_say(&failure, -EINVAL,
                             "needs one BUNDLE, a folder under results/; --help says more");
    if (result == 0)
        result = bundle_read(words[1], &bundle, &failure);
    if (result < 0)
        return complain(&failure, (int)exit_code_for_path(result));
    if (evidence_read(words[1], &evidence, &failure) < 0) {
        bundle_free(&bundle);
        return complain(&failure, (int)exit_code_for_path(failure.error));
    }
    result = write_as(&arguments, &bundle, &evidence);
    evidence_free(&evidence);
    bundle_free(&bundle);
    if (result == -ENOMEM) {
        failure_set(&failure, result, "not enough memory");
        return complain(&failure, EXIT_CODE_FAILED);
    }
    if (result < 0 || fflush(stdout) != 0) {
        failure_set(&failure, errno > 0 ? -errno : -EIO, "can't write to standard output");
        return complain(&failure, EXIT_CODE_FAILED);
    }
    return EXIT_CODE_DONE;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("report", answer(count, words));
}
