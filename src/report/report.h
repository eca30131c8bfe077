/*
 * The report of a bundle: what was measured, in tables, and what it says, in numbers. Every number
 * comes from the bundle; what its samples don't resolve is said to be unresolved. Judges no claims,
 * reads no files and measures nothing.
 */
#ifndef REPORT_H
#define REPORT_H

#include "results/bundle_reader.h"

#include <stdio.h>

/* For a terminal of 80 columns: the main modes of the main placement, at most ten sizes.
 * `folder` is the bundle's path as the reader knows it. Returns 0, or -EIO when writing failed. */
int report_write_terminal(const struct bundle_data *bundle, FILE *stream);

/* The whole bundle as Markdown, to stand in the bundle's folder beside plots/. Returns 0 or -EIO.
 */
int report_write_markdown(const struct bundle_data *bundle, FILE *stream);

#endif
