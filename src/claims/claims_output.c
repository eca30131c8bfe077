#include "claims/claims_output.h"

#include "base/table.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { INDENT = 10 }; /* of the text behind "  claim   " */

/* Prints a paragraph from column `INDENT` on, folded between words. */
static void print_folded(FILE *stream, const char *text)
{
    size_t column = INDENT;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (column > INDENT && column + 1 + length > CLAIMS_OUTPUT_COLUMNS) {
            fprintf(stream, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            putc(' ', stream);
            column++;
        }
        fprintf(stream, "%.*s", (int)length, text);
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    putc('\n', stream);
}

static void print_part(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "  %-*s", INDENT - 2, name);
    print_folded(stream, text);
}

void claims_print_text(FILE *stream, const struct claim_result *result)
{
    fprintf(stream, "%s: %s\n", result->claim->id, verdict_names[result->finding.verdict]);
    print_part(stream, "claim", result->claim->statement);
    print_part(stream, "done", result->done);
    print_part(stream, "seen", result->finding.evidence);
    putc('\n', stream);
}

void claims_print_totals(FILE *stream, const struct claim_result *results, size_t count)
{
    size_t verdicts[VERDICT_COUNT] = {0};
    size_t failed = 0;
    for (size_t index = 0; index < count; index++) {
        verdicts[results[index].finding.verdict]++;
        failed += results[index].failed;
    }
    fprintf(stream, "Of %zu claims:", count);
    for (int verdict = 0; verdict < VERDICT_COUNT; verdict++)
        fprintf(stream, "%s %s %zu", verdict == 0 ? "" : ",", verdict_names[verdict],
                verdicts[verdict]);
    fputs(".\n", stream);
    if (failed > 0)
        fprintf(stream, "%zu could not be tried; see above.\n", failed);
}

void claims_print_table(FILE *stream, const struct claim_result *results, size_t count)
{
    fputs("id\tclaim\tverdict\tevidence\tdone\n", stream);
    for (size_t index = 0; index < count; index++) {
        const struct claim_result *result = &results[index];
        const char *const fields[] = {result->claim->id, result->claim->statement,
                                      verdict_names[result->finding.verdict],
                                      result->finding.evidence, result->done};
        for (size_t field = 0; field < sizeof fields / sizeof *fields; field++) {
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
    claims_print_table(stream, results, count);
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
