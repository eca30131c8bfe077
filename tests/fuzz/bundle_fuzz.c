/*
 * A whole bundle and all that is shown of it. The bundle of tests/fixtures, of which files are
 * replaced: an input is a letter for what is to be shown, then files, each a letter and its bytes,
 * with 0x1e between them.
 */
#include "fuzz.h"

#include "compare/compare_chart.h"
#include "compare/compare_document.h"
#include "compare/compare_output.h"
#include "report/chart_data.h"
#include "report/report.h"
#include "results/bundle_reader.h"
#include "results/evidence.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SEPARATOR = 0x1e, MOST_ROWS = 24 };

/* The Makefile says where that is, from wherever a target is started. */
#ifndef FUZZ_FIXTURE
#define FUZZ_FIXTURE "tests/fixtures/bundle"
#endif
static const char fixture[] = FUZZ_FIXTURE;

static struct {
    char letter;
    const char *name;
    char *usual; /* NULL: the fixture has no such file */
    bool replaced;
} files[] = {
    {'m', "manifest.json", NULL, false}, {'u', "summary.tsv", NULL, false},
    {'e', "errors.tsv", NULL, false},    {'n', "noise.tsv", NULL, false},
    {'y', "stability.tsv", NULL, false}, {'c', "copies.tsv", NULL, false},
    {'p', "price.tsv", NULL, false},     {'g', "gap.tsv", NULL, false},
    {'k', "claims.tsv", NULL, false},    {'h', "hyperfine.json", NULL, false},
    {'s', "samples.tsv", NULL, false},   {'l', "latency.tsv", NULL, false},
};

enum { FILES = sizeof files / sizeof *files };

/* The first rows of a file of the fixture: quick to read, and the seeds bring others. */
static char *read_usual(const char *name)
{
    char path[PATH_MAX];
    char *line = NULL;
    size_t room = 0;
    char *text = NULL;
    size_t bytes = 0;
    snprintf(path, sizeof path, "%s/%s", fixture, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    FILE *copy = open_memstream(&text, &bytes);
    fuzz_require(copy != NULL);
    bool json = strstr(name, ".json") != NULL;
    for (size_t row = 0; (json || row < MOST_ROWS + 1) && getline(&line, &room, file) > 0; row++)
        fputs(line, copy);
    free(line);
    fclose(file);
    fclose(copy);
    return text;
}

static void restore(size_t index)
{
    if (files[index].usual != NULL)
        fuzz_write_text(files[index].name, files[index].usual);
    else
        fuzz_remove(files[index].name);
    files[index].replaced = false;
}

static void prepare(void)
{
    static bool prepared;
    for (size_t index = 0; !prepared && index < FILES; index++) {
        files[index].usual = read_usual(files[index].name);
        restore(index);
    }
    fuzz_require(files[0].usual != NULL && files[1].usual != NULL);
    prepared = true;
}

static void replace_files(struct fuzz_input *input)
{
    while (input->count > 0) {
        struct fuzz_input part = fuzz_take_part(input, FILE_SEPARATOR);
        char letter = (char)fuzz_take_byte(&part);
        for (size_t index = 0; index < FILES; index++) {
            if (files[index].letter != letter)
                continue;
            fuzz_write(files[index].name, &part);
            files[index].replaced = true;
        }
    }
}

/* ---- what is shown ---- */

struct shown {
    char *text;
    size_t bytes;
    FILE *stream;
};

static void begin(struct shown *shown)
{
    *shown = (struct shown){.text = NULL};
    shown->stream = open_memstream(&shown->text, &shown->bytes);
    fuzz_require(shown->stream != NULL);
}

static void end(struct shown *shown)
{
    fuzz_require(fclose(shown->stream) == 0);
    fuzz_require_printable(shown->text, shown->bytes, true);
}

/* Of HTML elements and links Markdown has only the report's own. */
static void require_own_markup(const char *text)
{
    static const char *const own[] = {"<details>", "</details>", "<summary>", "</summary>"};
    for (const char *at = strchr(text, '<'); at != NULL; at = strchr(at + 1, '<')) {
        bool known = at[1] == ' ' || at[1] == '\n' || at[1] == '=';
        for (size_t index = 0; index < sizeof own / sizeof *own; index++)
            known = known || strncmp(at, own[index], strlen(own[index])) == 0;
        fuzz_require(known);
    }
    for (const char *at = strstr(text, "]("); at != NULL; at = strstr(at + 1, "]("))
        fuzz_require(at[-1] == '\\' || strncmp(at, "](../../", 8) == 0);
    fuzz_require(strcasestr(text, " www.") == NULL && strstr(text, "://") == NULL);
}

/* Reads a tag, which begins with `<`, and returns what follows it: a name of lower case letters,
 * and attributes whose values stand in quotes. */
static const char *require_tag(const char *at, char *name, size_t name_bytes, bool *alone)
{
    size_t length = strspn(at + 1, "/abcdefghijklmnopqrstuvwxyz0123456789");
    fuzz_require(length > 0 && length < name_bytes);
    memcpy(name, at + 1, length);
    name[length] = '\0';
    for (at += 1 + length; *at == ' ';) {
        size_t attribute =
            strspn(at + 1, "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        fuzz_require(attribute > 0 && strncmp(at + 1 + attribute, "=\"", 2) == 0);
        fuzz_require(strncmp(at + 1, "on", 2) != 0 && strncmp(at + 1, "style", 5) != 0);
        at += attribute + 3;
        at += strcspn(at, "\"<>");
        fuzz_require(*at++ == '"');
    }
    *alone = *at == '/';
    at += *alone ? 1 : 0;
    fuzz_require(*at == '>');
    return at + 1;
}

/* Every tag is closed in its order; one style sheet and one script stand there, and are passed
 * over; and no number is none. */
static void require_page(const char *text)
{
    enum { MOST_OPEN = 64, NAME_BYTES = 24 };
    char open[MOST_OPEN][NAME_BYTES];
    size_t depth = 0;
    size_t passed_over = 0;
    fuzz_require(strncmp(text, "<!DOCTYPE html>", 15) == 0);
    for (const char *at = strchr(text + 15, '<'); at != NULL; at = strchr(at, '<')) {
        char name[NAME_BYTES];
        bool alone;
        at = require_tag(at, name, sizeof name, &alone);
        if (strcmp(name, "style") == 0 || strcmp(name, "script") == 0) {
            passed_over++;
            at = strstr(at, *name == 's' && name[1] == 't' ? "</style>" : "</script>");
            fuzz_require(at != NULL);
            at += 8;
            continue;
        }
        if (*name == '/') {
            fuzz_require(depth > 0 && strcmp(open[--depth], name + 1) == 0);
        } else if (!alone) {
            fuzz_require(depth < MOST_OPEN);
            memcpy(open[depth++], name, sizeof name);
        }
    }
    fuzz_require(depth == 0 && passed_over == 2);
    fuzz_require(strstr(text, "=\"nan") == NULL && strstr(text, "=\"inf") == NULL);
}

/* Outside of strings nothing of gnuplot runs a command, and strings end in their line. */
static void require_statements(const char *text)
{
    char quote = '\0';
    for (; *text != '\0'; text++) {
        fuzz_require(*text != '`');
        fuzz_require(*text != '\n' || quote == '\0' || quote == '"');
        if (quote == '\0' && (*text == '\'' || *text == '"'))
            quote = *text;
        else if (*text == quote)
            quote = '\0';
        fuzz_require(*text != '\\' || quote != '"');
        fuzz_require(quote != '\0' || (*text != '!' && *text != '@' && *text != ';'));
    }
    fuzz_require(quote == '\0');
}

static void show_charts(const struct bundle_data *bundle, const struct evidence *evidence,
                        enum language language)
{
    struct chart_views views = chart_views_of(bundle);
    for (size_t view = 0; view < views.count; view++) {
        fuzz_require(views.views[view].suffix[strcspn(views.views[view].suffix, "/' \n")] == '\0');
        for (int chart = 0; chart < CHART_COUNT; chart++) {
            struct shown shown;
            begin(&shown);
            int result = chart_write(bundle, evidence, (enum chart)chart, &views.views[view],
                                     language, shown.stream);
            end(&shown);
            fuzz_require(result == 0 || (result == -ENODATA && shown.bytes == 0));
            require_statements(shown.text);
            free(shown.text);
        }
    }
}

static void show_report(const struct bundle_data *bundle, const struct evidence *evidence, char how,
                        enum language language)
{
    struct shown shown;
    begin(&shown);
    int result = how == 'm'   ? report_write_markdown(bundle, evidence, language, shown.stream)
                 : how == 'p' ? report_write_html(bundle, evidence, language, shown.stream)
                              : report_write_terminal(bundle, evidence, language, shown.stream);
    fuzz_require(result == 0);
    end(&shown);
    if (how == 'm')
        require_own_markup(shown.text);
    if (how == 'p')
        require_page(shown.text);
    free(shown.text);
}

static void show_bundle(char what)
{
    struct bundle_data bundle;
    struct evidence evidence;
    struct failure failure = {0};
    int result = bundle_read(fuzz_folder(), &bundle, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    result = evidence_read(fuzz_folder(), &evidence, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        bundle_free(&bundle);
        return;
    }
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        if (what == 'd')
            show_charts(&bundle, &evidence, (enum language)language);
        else
            show_report(&bundle, &evidence, what, (enum language)language);
    }
    evidence_free(&evidence);
    bundle_free(&bundle);
}

/* ---- comparing with itself ---- */

static void print_outcome(struct compare_bundle *bundles, const struct compare_outcome *outcome,
                          char what)
{
    const struct compare_story story = {.bundles = bundles,
                                        .bundle_count = 2,
                                        .outcomes = outcome,
                                        .outcome_count = 1,
                                        .all = true};
    struct shown shown;
    struct shown notes;
    begin(&shown);
    begin(&notes);
    const struct compare_terminal terminal = {.all = true, .stream = shown.stream};
    if (what == 'w')
        fuzz_require(compare_write_markdown(&story, shown.stream) == 0);
    else if (what == 'h')
        fuzz_require(compare_write_html(&story, shown.stream) == 0);
    else if (what == 'v' && outcome->comparable)
        compare_output_tsv(outcome, shown.stream, notes.stream);
    else if (outcome->comparable)
        fuzz_require(compare_output_terminal(outcome, &terminal) == 0);
    end(&shown);
    end(&notes);
    if (what == 'w')
        require_own_markup(shown.text);
    if (what == 'h')
        require_page(shown.text);
    free(shown.text);
    free(notes.text);
}

static void draw_comparison(const struct compare_bundle *bundles)
{
    struct compare_views views = compare_chart_views(&bundles[0]);
    for (size_t view = 0; view < views.count && view < 2; view++) {
        for (int chart = 0; chart < COMPARE_CHART_COUNT; chart++) {
            struct shown shown;
            begin(&shown);
            compare_chart_write(bundles, 2, (enum compare_chart)chart, &views.views[view],
                                shown.stream);
            end(&shown);
            require_statements(shown.text);
            free(shown.text);
        }
    }
}

static void compare(char what)
{
    struct compare_bundle bundles[2];
    const struct compare_choice choice = {.given = false};
    struct compare_outcome outcome;
    struct failure failure = {0};
    for (size_t index = 0; index < 2; index++) {
        int result = compare_bundle_read(fuzz_folder(), &bundles[index], &failure);
        if (result < 0) {
            fuzz_require_failure(result, &failure);
            if (index == 1)
                compare_bundle_free(&bundles[0]);
            return;
        }
    }
    fuzz_require(compare_outcome_make(&bundles[0], &bundles[1], 'A', 'B', &choice, &outcome) == 0);
    if (what == 'x')
        draw_comparison(bundles);
    else
        print_outcome(bundles, &outcome, what);
    compare_outcome_free(&outcome);
    compare_bundle_free(&bundles[0]);
    compare_bundle_free(&bundles[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    char what = (char)fuzz_take_byte(&input);
    if (strchr("tmpdcwvxh", what) == NULL || what == '\0')
        return 0;
    prepare();
    replace_files(&input);
    if (strchr("cwvxh", what) != NULL)
        compare(what);
    else
        show_bundle(what);
    for (size_t index = 0; index < FILES; index++) {
        if (files[index].replaced)
            restore(index);
    }
    return 0;
}
