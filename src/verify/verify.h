/*
 * Whether a bundle is what it says: its files against their checksums, what was derived against
 * what comes out of its raw rows now, its rows against each other and against its plan. Only reads;
 * measures nothing and tries nothing live.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "base/failure.h"
#include "verify/check.h"

/*
 * Appends what was checked to `list`, which the caller frees also after a failure. Blocks while the
 * bundle is read and computed. Returns 0 whether or not anything differs; -EINVAL or another
 * -errno, described, when `folder` is no bundle at all.
 */
int verify_bundle(const char *folder, struct check_list *list, struct failure *failure);

#endif
