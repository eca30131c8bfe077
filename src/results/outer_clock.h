/*
 * What the second clock (hyperfine.json of a bundle) saw of whole runs at 64 KiB, beside what the
 * programs' own clock says of the same. In nanoseconds per message, NAN where there is none. Judges
 * nothing.
 */
#ifndef OUTER_CLOCK_H
#define OUTER_CLOCK_H

#include "results/bundle_reader.h"

#include <stdbool.h>

#define OUTER_CLOCK_SIZE_BYTES 65536

/* Whether relays from file to file were timed that told their own time as well, or, in an older
 * bundle, plain streams. */
bool outer_clock_has_inner(const struct bundle_data *bundle);

/* The cell of the summary that is like the runs of `mechanism`. */
struct bundle_cell outer_clock_cell(const struct bundle_data *bundle, const char *mechanism,
                                    const char *placement);

/* What one more message took by the clock outside. */
double outer_clock_outer_ns(const struct bundle_data *bundle, const char *mechanism);

/* The same by the clock inside: of the same runs, or in an older bundle of the summary's samples.
 */
double outer_clock_inner_ns(const struct bundle_data *bundle, const char *mechanism,
                            const char *placement);

#endif
