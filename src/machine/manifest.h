/*
 * What somebody needs to know of this machine to judge or repeat a run: the object `machine` of
 * manifest.json. Knows nothing of plans and samples, and takes no part in choosing anything.
 *
 * The object is flat. A fact is a plain value (number, word, true or false, or a small object or
 * list of these), or null; why it is null stands under the same name in the object "unreadable".
 * Nothing is guessed. Names carry their unit. A limit that is not set is the word "unlimited".
 * Whole numbers beyond 2^63-1 are strings of digits.
 *
 * Bundles are made to be passed on: no host name, no user name and no home path is in any value.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "base/failure.h"

#include <jansson.h>

/*
 * Collects all facts, and those that change ("load_average", "steal_ns", ...) with the ending
 * _before. `program_folder` holds the programs whose SHA-256 is recorded. Takes some ten
 * milliseconds and reads files only; call it before pinning. On success *machine is the caller's
 * (json_decref). Returns 0 or -ENOMEM; a fact that cannot be read is no error.
 */
int manifest_collect(json_t **machine, const char *program_folder, struct failure *failure);

/* Adds the facts that change with the ending _after, once the run is over. Returns 0 or -ENOMEM. */
int manifest_finish(json_t *machine);

/*
 * The CPU model as a word for file names, such as "amd-epyc": lower case letters, digits and
 * single dashes, at most 40 characters, "unknown-cpu" where the machine does not tell. Cut to
 * `bytes`. Returns 0, or -EINVAL when `bytes` is below 2.
 */
int manifest_cpu_slug(char *slug, size_t bytes);

/*
 * A copy of any text (an argument, a path, a label) without this host's name, this user's name
 * and home path: they become "(host)", "(user)" and "~". The caller frees it; NULL when memory
 * runs out.
 */
char *manifest_scrub(const char *text);

#endif
