/*
 * A request as it stands in manifest.json, in the words of the options, and back: so that a run can
 * be gone on with (--resume) or made again elsewhere (--like). What is written is what is read: the
 * same functions parse the options. Knows no plan.
 */
#ifndef REQUEST_RECORD_H
#define REQUEST_RECORD_H

#include "base/failure.h"
#include "conduct/plan_request.h"

#include <jansson.h>
#include <stdint.h>

/* A new object, which the caller owns; NULL when memory runs out. */
json_t *request_record_to_json(const struct plan_request *request);

/* Returns 0, or -EINVAL with a line that names the member that is missing or wrong; *request is set
 * on success only. Its `input` is NULL: paths are not recorded. */
int request_record_from_json(const json_t *json, struct plan_request *request,
                             struct failure *failure);

/* What of a manifest a run needs to be repeated. */
struct recorded_run {
    struct plan_request request;
    bool has_input; /* relays read a file of the user's */
    uint64_t seed;
    char preset[SAMPLE_WORD_BYTES];
};

/* Reads it from the manifest.json in `folder`. Returns 0 or a negative errno with a line; *run is
 * set on success only. */
int recorded_run_read(const char *folder, struct recorded_run *run, struct failure *failure);

#endif
