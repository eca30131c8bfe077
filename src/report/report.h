/*
 * The report of a bundle: what was measured, in tables, and what it says, in numbers. Every number
 * comes from the bundle; what its samples don't resolve is said to be unresolved. Judges no claims,
 * reads no files and measures nothing. All but what the bundle says is in the language asked for.
 */
#ifndef REPORT_H
#define REPORT_H

#include "results/bundle_reader.h"
#include "results/evidence.h"
#include "text/language.h"

#include <stdbool.h>
#include <stdio.h>

/* What the terminal can show, and in which language. */
struct report_look {
    bool colour;
    bool utf8;
    enum language language;
};

/* For a terminal of 80 columns: the answer in five lines and how the claims fared, then the main
 * modes of the main placement, at most ten sizes, in tables and as bars. Returns 0, or -EIO when
 * writing failed. */
int report_write_summary(const struct bundle_data *bundle, const struct evidence *evidence,
                         const struct report_look *look, FILE *stream);

/* The same for whatever comes: in ASCII and without colour. */
int report_write_terminal(const struct bundle_data *bundle, const struct evidence *evidence,
                          enum language language, FILE *stream);

/* The whole bundle as Markdown, to stand in the bundle's folder beside plots/: the answer, the
 * claims, the charts, what they rest on, then method, machine and all tables. What the bundle does
 * not hold is named in its place. Returns 0 or -EIO. */
int report_write_markdown(const struct bundle_data *bundle, const struct evidence *evidence,
                          enum language language, FILE *stream);

/* The same as one page of HTML that needs no other file: the charts are drawn in it, too, as long
 * as it stays within some MB. Returns 0, -EIO or -ENOMEM. */
int report_write_html(const struct bundle_data *bundle, const struct evidence *evidence,
                      enum language language, FILE *stream);

#endif
