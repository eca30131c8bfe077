/*
 * The parts of a report, in the order of its reader, and each by itself. A part for which the
 * bundle has nothing says so in one sentence, or is left out where nobody would miss it. Every
 * number comes from the bundle. Knows neither Markdown nor HTML (see document.h).
 */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include "document/document.h"
#include "report/chart_data.h"
#include "report/report_scope.h"

/* Draws one chart for which there is data, as a block of its own. `state` is the caller's. */
struct report_chart_drawer {
    void (*draw)(void *state, const struct report_scope *scope, enum chart chart,
                 const struct chart_view *view, struct document *document);
    void *state;
};

/* report_sections.c: all of them. */
void report_write_sections(const struct report_scope *scope,
                           const struct report_chart_drawer *drawer, struct document *document);

/* report_claims.c: the verdicts, one row per claim. */
void report_write_claims(const struct report_scope *scope, struct document *document);

/* report_charts.c: each chart of the bundle, with how to read it and what it shows here. */
void report_write_charts(const struct report_scope *scope, const struct report_chart_drawer *drawer,
                         struct document *document);

/* report_evidence.c: counted copies, the price of a copy, the gap taken apart. */
void report_write_copies(const struct report_scope *scope, struct document *document);
void report_write_prices(const struct report_scope *scope, struct document *document);
void report_write_gap(const struct report_scope *scope, struct document *document);

/* report_tables.c: speed by mode, all medians and ratios, floor and ceilings. */
void report_write_speed(const struct report_scope *scope, struct document *document);
void report_write_tables(const struct report_scope *scope, struct document *document);
void report_write_references(const struct report_scope *scope, struct document *document);

/* report_places.c: the latency between CPUs by kind of pair, and how mechanisms scale; nothing
 * where neither was measured. */
void report_write_places(const struct report_scope *scope, struct document *document);

/* report_precision.c: how many figures are settled. */
void report_write_precision(const struct report_scope *scope, struct document *document);

/* report_checks.c: what the run says about its own numbers. */
void report_write_checks(const struct report_scope *scope, struct document *document);

/* report_noise.c: what disturbed which round; left out where nobody watched. */
void report_write_noise(const struct report_scope *scope, struct document *document);

/* report_run.c: warnings and failed samples in short and in full, method, machine. */
void report_write_warnings(const struct report_scope *scope, struct document *document);
void report_write_failures(const struct report_scope *scope, struct document *document);
void report_write_method(struct document *document);
void report_write_facts(const struct report_scope *scope, struct document *document);

#endif
