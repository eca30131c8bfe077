/*
 * All that is computed from a bundle's raw rows, in one place and in its order: who ends a run and
 * who computes anew do the same. Knows no single table.
 */
#ifndef DERIVED_H
#define DERIVED_H

#include "base/failure.h"

#include <stdint.h>

/* The files that derived_write may leave. Ended by NULL. */
extern const char *const derived_files[];

/*
 * Writes summary, price, gap, noise, stability and gates of the bundle in `folder`, each replaced
 * as a whole; what the rows hold nothing for is removed. `seed` seeds every bootstrap: same bundle
 * and seed, same bytes. Returns 0 or a negative errno, described; the files before the failing one
 * are new then.
 */
int derived_write(const char *folder, uint64_t seed, struct failure *failure);

#endif
