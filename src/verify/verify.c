#include "verify/verify.h"

#include "results/summary.h"
#include "verify/verification.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_TEXT_BYTES = 64 * 1024 * 1024 };

static int read_all(int file, char **text)
{
    struct stat status;
    if (fstat(file, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode) || status.st_size > MOST_TEXT_BYTES)
        return -EINVAL;
    size_t bytes = (size_t)status.st_size;
    char *read_text = malloc(bytes + 1);
    if (read_text == NULL)
        return -ENOMEM;
    size_t done = 0;
    while (done < bytes) {
        ssize_t step = read(file, read_text + done, bytes - done);
        if (step < 0 && errno == EINTR)
            continue;
        if (step <= 0) {
            int error = step < 0 ? -errno : -EIO;
            free(read_text);
            return error;
        }
        done += (size_t)step;
    }
    read_text[bytes] = '\0';
    *text = read_text;
    return 0;
}

int verify_read_text(const struct verification *verification, const char *name, char **text)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", verification->folder, name) >= (int)sizeof path)
        return -ENAMETOOLONG;
    /* Not blocking: a FIFO under this name must not hang the reader. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return -errno;
    int result = read_all(file, text);
    close(file);
    return result;
}

/* What makes a folder a bundle, however damaged the rest of it is. */
static int open_manifest(struct verification *verification, struct failure *failure)
{
    struct failure problem = {0};
    const char *folder = verification->folder;
    int result = bundle_read_json(folder, "manifest.json", &verification->manifest, &problem);
    if (result == -ENOENT || result == -ENOTDIR)
        return failure_say(failure, -EINVAL, "'%.160s' is not a bundle: it has no manifest.json",
                           folder);
    if (result < 0)
        return failure_say(failure, result, "%s", problem.text);
    const json_t *schema = json_object_get(verification->manifest, "schema");
    verification->schema = json_integer_value(schema);
    if (!json_is_integer(schema) || verification->schema < 1 ||
        verification->schema > BUNDLE_SCHEMA)
        return failure_say(failure, -EINVAL, "%.160s/manifest.json: schema is not 1 to %d", folder,
                           BUNDLE_SCHEMA);
    return 0;
}

static void read_seed(struct verification *verification)
{
    struct failure problem = {0};
    verification->precision = summary_recorded_precision(verification->folder);
    verification->has_seed =
        summary_recorded_seed(verification->folder, &verification->seed, &problem) == 0;
    if (!verification->has_seed)
        check_say(verification->checks, "manifest.json", CHECK_DIFFERS, "%s", problem.text);
}

/* Also checks histograms against samples, see raw_samples.h. */
static void read_raw(struct verification *verification)
{
    struct failure problem = {0};
    verification->has_raw =
        raw_samples_read(verification->folder, &verification->raw, &problem) == 0;
    if (verification->has_raw)
        check_say(verification->checks, "raw rows", CHECK_OK,
                  "%zu samples and %zu buckets of histograms can be read and fit each other",
                  verification->raw.sample_count, verification->raw.bucket_count);
    else
        check_say(verification->checks, "raw rows", CHECK_DIFFERS, "%s", problem.text);
}

static void read_bundle(struct verification *verification)
{
    struct failure problem = {0};
    if (bundle_read(verification->folder, &verification->bundle, &problem) == 0) {
        verification->has_bundle =
            evidence_read(verification->folder, &verification->evidence, &problem) == 0;
        if (!verification->has_bundle)
            bundle_free(&verification->bundle);
    }
    if (!verification->has_bundle)
        check_say(verification->checks, "tables", CHECK_DIFFERS, "%s", problem.text);
}

static void close_verification(struct verification *verification)
{
    if (verification->has_raw)
        raw_samples_free(&verification->raw);
    if (verification->has_bundle) {
        evidence_free(&verification->evidence);
        bundle_free(&verification->bundle);
    }
    json_decref(verification->manifest);
}

int verify_bundle(const char *folder, struct check_list *list, struct failure *failure)
{
    struct verification verification = {.folder = folder, .checks = list};
    int result = open_manifest(&verification, failure);
    if (result < 0) {
        json_decref(verification.manifest);
        return result;
    }
    verify_checksums(&verification);
    read_seed(&verification);
    read_raw(&verification);
    read_bundle(&verification);
    verify_rows(&verification);
    verify_figures(&verification);
    verify_tables(&verification);
    verify_claims(&verification);
    verify_charts(&verification);
    close_verification(&verification);
    return list->incomplete ? failure_set(failure, -ENOMEM, "checking") : 0;
}
