/*
 * The three forms in which a program prints its sample. For mains and program.c: the only part of
 * this room that writes to standard output.
 */
#ifndef SAMPLE_OUTPUT_H
#define SAMPLE_OUTPUT_H

#include "base/failure.h"
#include "measure/histogram.h"
#include "measure/sample.h"

#include <stdio.h>

enum sample_format { SAMPLE_FORMAT_TEXT, SAMPLE_FORMAT_TSV, SAMPLE_FORMAT_JSON };

/* For an option table; ended by NULL. */
extern const char *const sample_format_names[];

/*
 * Prints the sample on `stream` and flushes it: nothing counts as done before it has been
 * written. The histogram (NULL or empty for none) is part of the JSON form only. Returns 0, or a
 * negative errno with a description: -EIO or -ENOSPC when it could not be written.
 */
int sample_output(const struct sample *sample, const struct histogram *round_trips,
                  enum sample_format format, FILE *stream, struct failure *failure);

#endif
