/*
 * Tried claims as text for a terminal and as claims.tsv. Decides nothing and tries nothing.
 */
#ifndef CLAIMS_OUTPUT_H
#define CLAIMS_OUTPUT_H

#include "base/failure.h"
#include "claims/claim.h"

#include <stdio.h>

#define CLAIMS_OUTPUT_COLUMNS 80

/* Prints one claim in a language, folded to 80 columns; errors stay in the stream for ferror. */
void claims_print_text(FILE *stream, enum language language, const struct claim_result *result);

/* Prints how many claims got which verdict, and whether any try failed. */
void claims_print_totals(FILE *stream, enum language language, const struct claim_result *results,
                         size_t count);

/*
 * Prints the header and all rows of claims.tsv: English, and the evidence once more in Chinese in
 * the last column, which a table as older versions wrote it (`translated` false) does not have.
 */
void claims_print_table(FILE *stream, const struct claim_result *results, size_t count,
                        bool translated);

#define CLAIMS_TRANSLATED_COLUMN "evidence_zh"

/*
 * Writes claims.tsv of the bundle in `folder`, replacing one that is there: under another name,
 * forced to the disk and renamed, so a reader sees the old or the new file, never half of one.
 * Returns 0 or a negative errno; then nothing has changed.
 */
int claims_write(const char *folder, const struct claim_result *results, size_t count,
                 struct failure *failure);

#endif
