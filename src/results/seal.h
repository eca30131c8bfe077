/*
 * The checksums of a bundle's files, kept in its manifest: "files": {"samples.tsv": "<sha256>"}.
 * They tell whether a bundle is still what its run left; against somebody who changes the manifest
 * as well they help nothing. Knows no file by name but the manifest, which cannot hold its own.
 */
#ifndef SEAL_H
#define SEAL_H

#include "base/failure.h"

#include <jansson.h>
#include <stdint.h>

#define SEAL_MANIFEST   "manifest.json"
#define SEAL_KEY        "files" /* in the manifest */
#define SEAL_MOST_FILES 256
#define SEAL_MOST_BYTES (UINT64_C(4) << 30) /* of all files together */
#define SEAL_SCHEMA     3 /* from this schema on a finished bundle has checksums */

/*
 * The checksums of all files that lie in `folder`, by name, as an object that the caller owns. What
 * counts is a regular file that is neither hidden nor the manifest nor half written (".partial",
 * ".new"). Blocks while it reads them. Returns 0; -EINVAL for more than SEAL_MOST_FILES or
 * SEAL_MOST_BYTES or a name that is no text; or another -errno, described. *files is set on success
 * only.
 */
int seal_compute(const char *folder, json_t **files, struct failure *failure);

/*
 * Writes the checksums of all files of the bundle into its manifest, which is replaced as a whole
 * (replace_file.h) and keeps everything else. Returns as seal_compute; on failure the manifest is
 * as it was.
 */
int seal_write(const char *folder, struct failure *failure);

/*
 * For who has just written or removed `names` (ended by NULL) of a bundle: renews their checksums
 * and no other, so that what else was changed since still shows. A bundle without checksums stays
 * without. Returns as seal_write.
 */
int seal_renew(const char *folder, const char *const *names, struct failure *failure);

#endif
