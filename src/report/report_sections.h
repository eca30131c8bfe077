/*
 * The parts of the Markdown report, each written to scope->stream in its turn by report_markdown.c.
 * A part for which the bundle has nothing says so in one sentence, or is left out where nobody
 * would miss it. Every number comes from the bundle. What fails when writing stays in the stream
 * for ferror.
 */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include "report/report_scope.h"

/* report_claims.c: the verdicts, one row per claim. */
void report_write_claims(const struct report_scope *scope);

/* report_charts.c: each chart of the bundle, with how to read it and what it shows here. */
void report_write_charts(const struct report_scope *scope);

/* report_evidence.c: counted copies, the price of a copy, the gap taken apart. */
void report_write_copies(const struct report_scope *scope);
void report_write_prices(const struct report_scope *scope);
void report_write_gap(const struct report_scope *scope);

/* report_tables.c: speed by mode, all medians and ratios, floor and ceilings. */
void report_write_speed(const struct report_scope *scope);
void report_write_tables(const struct report_scope *scope);
void report_write_references(const struct report_scope *scope);

/* report_places.c: the latency between CPUs by kind of pair, and how mechanisms scale; nothing
 * where neither was measured. */
void report_write_places(const struct report_scope *scope);

/* report_precision.c: how many figures are settled. */
void report_write_precision(const struct report_scope *scope);

/* report_checks.c: what the run says about its own numbers. */
void report_write_checks(const struct report_scope *scope);

/* report_noise.c: what disturbed which round; left out where nobody watched. */
void report_write_noise(const struct report_scope *scope);

/* report_run.c: warnings and failed samples in short and in full, method, machine. */
void report_write_warnings(const struct report_scope *scope);
void report_write_failures(const struct report_scope *scope);
void report_write_method(const struct report_scope *scope);
void report_write_facts(const struct report_scope *scope);

/* Text of a bundle, as text. */
void report_write_escaped(const char *text, FILE *stream);

#endif
