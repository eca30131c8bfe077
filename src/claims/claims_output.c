#include "claims/claims_output.h"

#include "base/table.h"
#include "text/columns.h"
#include "text/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { INDENT = 10 }; /* of the text behind "  claim   " */

/* Prints a paragraph from column `INDENT` on, folded where its language allows it. */
static void print_folded(FILE *stream, const char *text)
{
    text += strspn(text, " ");
    while (*text != '\0') {
        size_t length = text_break(text, CLAIMS_OUTPUT_COLUMNS - INDENT);
        fprintf(stream, "%.*s", (int)length, text);
        text += length;
        text += strspn(text, " ");
        if (*text != '\0')
            fprintf(stream, "\n%*s", INDENT, "");
    }
    putc('\n', stream);
}

static void print_part(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "  %s%*s", name, (int)(INDENT - 2 - text_columns(name)), "");
    print_folded(stream, text);
}

void claims_print_text(FILE *stream, enum language language, const struct claim_result *result)
{
    fprintf(stream, "%s%s%s\n", result->claim->id, text_in(language, ": "),
            text_in(language, verdict_names[result->finding.verdict]));
    print_part(stream, text_in(language, "claim"), text_in(language, result->claim->statement));
    print_part(stream, text_in(language, "done"), text_in(language, result->done));
    print_part(stream, text_in(language, "seen"), result->finding.evidence[language]);
    putc('\n', stream);
}

void claims_print_totals(FILE *stream, enum language language, const struct claim_result *results,
                         size_t count)
{
    size_t verdicts[VERDICT_COUNT] = {0};
    size_t failed = 0;
    for (size_t index = 0; index < count; index++) {
        verdicts[results[index].finding.verdict]++;
        failed += results[index].failed;
    }
    fprintf(stream, text_in(language, "Of %zu claims:"), count);
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        if (verdict > 0)
            fputs(text_in(language, ","), stream);
        fprintf(stream, text_in(language, " %s %zu"), text_in(language, verdict_names[verdict]),
                verdicts[verdict]);
    }
    fprintf(stream, "%s\n", text_in(language, "."));
    if (failed > 0) {
        fprintf(stream, text_in(language, "%zu could not be tried; see above."), failed);
        putc('\n', stream);
    }
}

void claims_print_table(FILE *stream, const struct claim_result *results, size_t count,
                        bool translated)
{
    fprintf(stream, "id\tclaim\tverdict\tevidence\tdone%s\n",
            translated ? "\t" CLAIMS_TRANSLATED_COLUMN : "");
    for (size_t index = 0; index < count; index++) {
        const struct claim_result *result = &results[index];
        const char *const fields[] = {result->claim->id,
                                      result->claim->statement,
                                      verdict_names[result->finding.verdict],
                                      result->finding.evidence[LANGUAGE_ENGLISH],
                                      result->done,
                                      result->finding.evidence[LANGUAGE_CHINESE]};
        size_t columns = sizeof fields / sizeof *fields - (translated ? 0 : 1);
        for (size_t field = 0; field < columns; field++) {
            if (field > 0)
                putc('\t', stream);
            table_print_text(stream, fields[field]);
        }
        putc('\n', stream);
    }
}

/* Not through a link that lies there, and not blocking on a FIFO. */
static FILE *open_fresh(const char *path)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return NULL;
    int descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return NULL;
    FILE *stream = fdopen(descriptor, "w");
    if (stream == NULL)
        close(descriptor);
    return stream;
}

static int write_file(const char *path, const struct claim_result *results, size_t count)
{
    FILE *stream = open_fresh(path);
    if (stream == NULL)
        return -errno;
    claims_print_table(stream, results, count, true);
    int result = ferror(stream) ? -EIO : 0;
    if (fflush(stream) != 0 || fsync(fileno(stream)) < 0)
        result = -errno;
    if (fclose(stream) != 0 && result == 0)
        result = -errno;
    return result;
}

int claims_write(const char *folder, const struct claim_result *results, size_t count,
                 struct failure *failure)
{
    char path[PATH_MAX];
    char partial[PATH_MAX];
    int length = snprintf(partial, sizeof partial, "%s/" EVIDENCE_CLAIMS_FILE ".partial", folder);
    if (length >= (int)sizeof partial)
        return failure_set(failure, -ENAMETOOLONG, "%.80s", folder);
    snprintf(path, sizeof path, "%s/" EVIDENCE_CLAIMS_FILE, folder);
    int result = write_file(partial, results, count);
    if (result == 0 && rename(partial, path) < 0)
        result = -errno;
    if (result == 0)
        return 0;
    unlink(partial);
    return failure_set(failure, result, "%.160s cannot be written", path);
}
