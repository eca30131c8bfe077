/*
 * What a bundle's raw rows say about the cause of the difference: the price of one copy (price.h)
 * and the gap taken apart (gap.h), written beside the summary. Reads and writes files of a bundle
 * only; knows no charts and no verdicts.
 */
#ifndef CAUSE_H
#define CAUSE_H

#include "base/failure.h"
#include "results/raw_samples.h"

#include <stdint.h>

/*
 * Writes price.tsv and gap.tsv of the bundle in `bundle_folder`, each replaced as a whole
 * (replace_file.h). A bundle without padded cells gets no price.tsv, one without the relays no
 * gap.tsv, and an older one is removed: it can't have come from these rows. `seed` seeds every
 * bootstrap: same bundle and seed, same bytes. Returns 0 or a negative errno with the file, and
 * where it is damaged the row and column, in `failure`; what was wrong with the raw rows is found
 * before anything is written.
 */
int cause_write(const char *bundle_folder, uint64_t seed, struct failure *failure);

/* The same from the bundle's raw rows, which the caller has read already. */
int cause_write_from(const char *bundle_folder, const struct raw_samples *raw, uint64_t seed,
                     struct failure *failure);

#endif
