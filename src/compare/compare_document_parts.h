/* The parts of compare_document.h, each by itself. Those that return a value return 0 or -ENOMEM.
 */
#ifndef COMPARE_DOCUMENT_PARTS_H
#define COMPARE_DOCUMENT_PARTS_H

#include "compare/compare_document.h"

/* compare_document_cells.c: a table of the cells that differ, and with `all` one of all. */
void compare_write_cells(const struct compare_outcome *outcome, bool all,
                         struct document *document);

/* compare_document_machines.c: the facts in which both machines differ, with why they matter. */
int compare_write_machines(const struct compare_outcome *outcome, struct document *document);

/* compare_document_charts.c: how each cell changed; and the bundles over each other. */
int compare_write_effects(const struct compare_outcome *outcome,
                          const struct compare_drawer *drawer, struct document *document);
int compare_write_charts(const struct compare_story *story, const struct compare_drawer *drawer,
                         struct document *document);

#endif
