/*
 * What must not be passed on with a bundle: the names of host and user, home paths, and what a
 * kernel command line tells of disks, networks and secrets.
 */
#ifndef MANIFEST_PRIVACY_H
#define MANIFEST_PRIVACY_H

#include <jansson.h>
#include <limits.h>

/* Whom a text could betray; a part that is not known is "". */
struct identity {
    char host[HOST_NAME_MAX + 1];
    char user[64];
    char other_user[64]; /* who called sudo */
    char home[PATH_MAX];
};

/* This host and this user. Asks the user database, so once for many texts. */
struct identity privacy_identity(void);

/*
 * A copy of `text` without the names: host (as a whole, and up to its first dot) and users become
 * "(host)" and "(user)", the home path and that of any other account below /home "~". A name of up
 * to three letters is taken out only where it stands alone, "root" and "localhost" never. The
 * caller frees it; NULL when memory runs out.
 */
char *privacy_scrub(const char *text, const struct identity *identity);

/* Scrubs every string value in `value` (objects and lists), in place. Returns 0 or -ENOMEM. */
int privacy_scrub_json(json_t *value, const struct identity *identity);

/*
 * A kernel command line with its parameters' names kept and the values of those replaced by
 * "(redacted)" that name a disk, a network, a host or a user, or look like an address, a UUID, a
 * URL, a home path or a secret. What follows "--" goes to the first process and is left out. The
 * caller frees it; NULL when memory runs out.
 */
char *privacy_redact_command_line(const char *line);

#endif
