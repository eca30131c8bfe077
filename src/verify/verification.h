/* One verification while it lasts: what the files verify*.c hand to each other. For them only. */
#ifndef VERIFICATION_H
#define VERIFICATION_H

#include "results/bundle_reader.h"
#include "results/evidence.h"
#include "results/raw_samples.h"
#include "verify/check.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct verification {
    const char *folder;
    json_t *manifest;
    json_int_t schema;
    uint64_t seed; /* of every bootstrap */
    bool has_seed;
    double precision; /* at which a row of the summary is settled */
    struct raw_samples raw;
    bool has_raw; /* it could be read and does not contradict itself */
    struct bundle_data bundle;
    struct evidence evidence;
    bool has_bundle; /* both could be read */
    struct check_list *checks;
};

/* Each says its lines; nothing else is changed. */
void verify_checksums(const struct verification *verification);
void verify_rows(const struct verification *verification);
void verify_figures(const struct verification *verification);
void verify_tables(const struct verification *verification);
void verify_claims(const struct verification *verification);
void verify_charts(const struct verification *verification);

/* The text of a file of the bundle, ended by '\0', which the caller frees; at most 64 MiB of a
 * regular file. Returns 0 or a negative errno; -ENOENT where there is none. */
int verify_read_text(const struct verification *verification, const char *name, char **text);

#endif
