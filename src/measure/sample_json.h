/*
 * A sample as a JSON object and back: the form in which a matched program hands its sample to the
 * conductor. Names and types come from the field table of sample.h; a round-trip histogram travels
 * beside them. Knows neither processes nor files.
 *
 * JSON has no NAN, so an undefined value is null. Whole numbers beyond 2^63-1 do not fit JSON
 * readers (only a seed can be that large) and travel as a string of digits.
 */
#ifndef SAMPLE_JSON_H
#define SAMPLE_JSON_H

#include "base/failure.h"
#include "measure/histogram.h"
#include "measure/sample.h"

#include <jansson.h>

/* The name under which the histogram of whole round trips stands: [[bucket_lower_ns, count], ...],
 * empty buckets left out. */
#define SAMPLE_JSON_HISTOGRAM "round_trip_histogram_ns"

/* A new object with every field of the table, and the histogram unless it is NULL. The caller owns
 * it (json_decref). NULL when memory runs out or a word is no UTF-8. */
json_t *sample_to_json(const struct sample *sample, const struct histogram *histogram);

/*
 * Reads an object made by sample_to_json. Every field must be there and of its type; words must be
 * printable and without spaces, so that they can stand in a table; names that are no field are
 * ignored. `histogram` may be NULL; it becomes empty when the object has none. Its maximum is that
 * of the buckets' lower edges; the exact one is latency_max_ns. Returns 0 or -EPROTO with the
 * field's name in `failure`; outputs are set on success only.
 */
int sample_from_json(const json_t *object, struct sample *sample, struct histogram *histogram,
                     struct failure *failure);

#endif
