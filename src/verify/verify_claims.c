/* The verdicts that come from the bundle alone, judged again from its tables as they stand. */
#include "claims/claim.h"
#include "claims/claims_output.h"
#include "verify/table_difference.h"
#include "verify/verification.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether its header has the column; versions before it wrote tables without. */
static bool is_translated(const char *table)
{
    size_t header = strcspn(table, "\n");
    const char *column = strstr(table, "\t" CLAIMS_TRANSLATED_COLUMN);
    return column != NULL && column < table + header;
}

/* Header and row of one claim as they would be written; the caller frees it. */
static int print_claim(const struct verification *verification, const struct claim *claim,
                       bool translated, char **text)
{
    const struct claim_input input = {.bundle = &verification->bundle,
                                      .evidence = &verification->evidence};
    struct claim_result result;
    size_t bytes = 0;
    char *memory = NULL;
    FILE *stream = open_memstream(&memory, &bytes);
    if (stream == NULL)
        return -errno;
    claim_try(claim, &input, &result);
    claims_print_table(stream, &result, 1, translated);
    if (fclose(stream) != 0) {
        free(memory);
        return -ENOMEM;
    }
    *text = memory;
    return 0;
}

/* The header of the file and the row of that id in it, from 1 as editors count; 0 without one. */
static size_t find_row(const char *table, const char *id, char **text)
{
    size_t header = strcspn(table, "\n") + 1;
    size_t length = strlen(id);
    size_t row = 1;
    for (const char *line = table; *line != '\0'; row++) {
        size_t bytes = strcspn(line, "\n");
        if (row > 1 && strncmp(line, id, length) == 0 && line[length] == '\t') {
            *text = malloc(header + bytes + 2);
            if (*text == NULL)
                return 0;
            memcpy(*text, table, header);
            memcpy(*text + header, line, bytes);
            strcpy(*text + header + bytes, "\n");
            return row;
        }
        line += bytes;
        line += *line == '\n' ? 1 : 0;
    }
    return 0;
}

static void say_claim(const struct verification *verification, const struct claim *claim,
                      size_t row, const char *difference)
{
    /* The comparison saw two rows; the place in the file is ours to say. */
    const char *field = strstr(difference, ", ");
    check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_DIFFERS, "row %zu, %s%s", row,
              claim->id, field != NULL ? field : "");
}

/* Returns whether the row is as it comes out. */
static bool check_claim(const struct verification *verification, const char *table,
                        const struct claim *claim)
{
    char difference[TABLE_DIFFERENCE_BYTES];
    char *stands = NULL;
    char *comes = NULL;
    bool same = false;
    size_t row = find_row(table, claim->id, &stands);
    if (row == 0)
        check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_DIFFERS,
                  "%s comes out, and has no row", claim->id);
    else if (print_claim(verification, claim, is_translated(table), &comes) < 0)
        check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_NOT_RUN,
                  "%s: no memory to judge it again", claim->id);
    else if (table_difference(stands, comes, false, difference) != 0)
        say_claim(verification, claim, row, difference);
    else
        same = true;
    free(stands);
    free(comes);
    return same;
}

static void check_claims(const struct verification *verification, const char *table)
{
    size_t judged = 0;
    size_t same = 0;
    for (size_t index = 0; index < claims_count; index++) {
        if (!claims[index].needs_bundle)
            continue;
        judged++;
        same += check_claim(verification, table, &claims[index]) ? 1 : 0;
    }
    if (same == judged)
        check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_OK,
                  "%zu verdicts that come from the bundle are the same, word for word", judged);
}

static void name_live_claims(const struct verification *verification)
{
    char names[CHECK_TEXT_BYTES] = "";
    size_t count = 0;
    for (size_t index = 0; index < claims_count; index++) {
        size_t used = strlen(names);
        if (claims[index].needs_bundle)
            continue;
        snprintf(names + used, sizeof names - used, "%s%s", count > 0 ? " " : "", claims[index].id);
        count++;
    }
    check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_NOT_RUN,
              "%zu verdicts were tried live there and cannot be recomputed: %.440s", count, names);
}

void verify_claims(const struct verification *verification)
{
    char *table = NULL;
    int result = verify_read_text(verification, EVIDENCE_CLAIMS_FILE, &table);
    if (result == -ENOENT) {
        check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_ABSENT,
                  "this bundle has no verdicts");
        return;
    }
    if (result < 0)
        check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_DIFFERS, "cannot be read: %s",
                  strerror(-result));
    else if (!verification->has_bundle)
        check_say(verification->checks, EVIDENCE_CLAIMS_FILE, CHECK_NOT_RUN,
                  "cannot be judged again: the bundle's tables cannot be read");
    else
        check_claims(verification, table);
    if (result == 0)
        name_live_claims(verification);
    free(table);
}
