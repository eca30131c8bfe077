/* Every file against its checksum in the manifest, and the manifest against the files there are. */
#include "results/seal.h"
#include "verify/verification.h"

#include <string.h>

enum { SHOWN_DIGITS = 12 }; /* enough to tell two checksums apart */

static const char *digits_of(const json_t *checksum)
{
    const char *text = json_string_value(checksum);
    return text != NULL ? text : "(no text)";
}

/* Returns how many of the files that the manifest names are not as it says. */
static size_t check_named(const struct verification *verification, json_t *named, json_t *there)
{
    size_t wrong = 0;
    const char *name;
    json_t *checksum;
    json_object_foreach(named, name, checksum)
    {
        const json_t *found = json_object_get(there, name);
        if (found != NULL && json_equal(found, checksum))
            continue;
        wrong++;
        if (found == NULL)
            check_say(verification->checks, name, CHECK_DIFFERS,
                      "the manifest has its checksum, and there is no such file");
        else
            check_say(verification->checks, name, CHECK_DIFFERS,
                      "checksum %.*s... stands in the manifest, %.*s... comes out", SHOWN_DIGITS,
                      digits_of(checksum), SHOWN_DIGITS, digits_of(found));
    }
    return wrong;
}

static size_t check_unnamed(const struct verification *verification, json_t *named, json_t *there)
{
    size_t wrong = 0;
    const char *name;
    json_t *checksum;
    json_object_foreach(there, name, checksum)
    {
        if (json_object_get(named, name) != NULL)
            continue;
        wrong++;
        check_say(verification->checks, name, CHECK_DIFFERS,
                  "the file is there, and the manifest has no checksum of it");
    }
    return wrong;
}

static void compare(const struct verification *verification, json_t *named)
{
    struct failure problem = {0};
    json_t *there;
    if (json_object_size(named) > SEAL_MOST_FILES) {
        check_say(verification->checks, "checksums", CHECK_DIFFERS,
                  "the manifest has %zu of them; a bundle has up to %d files",
                  json_object_size(named), SEAL_MOST_FILES);
        return;
    }
    if (seal_compute(verification->folder, &there, &problem) < 0) {
        check_say(verification->checks, "checksums", CHECK_DIFFERS, "%s", problem.text);
        return;
    }
    size_t wrong = check_named(verification, named, there);
    wrong += check_unnamed(verification, named, there);
    if (wrong == 0)
        check_say(verification->checks, "checksums", CHECK_OK, "%zu files are as the manifest says",
                  json_object_size(named));
    json_decref(there);
}

void verify_checksums(const struct verification *verification)
{
    json_t *named = json_object_get(verification->manifest, SEAL_KEY);
    if (json_is_object(named))
        compare(verification, named);
    else if (named != NULL || verification->schema >= SEAL_SCHEMA)
        check_say(verification->checks, "checksums", CHECK_DIFFERS,
                  "the manifest has no list \"" SEAL_KEY
                  "\"; a finished bundle of schema %d has one",
                  SEAL_SCHEMA);
    else
        check_say(verification->checks, "checksums", CHECK_ABSENT,
                  "this bundle of schema %" JSON_INTEGER_FORMAT " has none: changes of what cannot "
                  "be recomputed go unseen",
                  verification->schema);
}
