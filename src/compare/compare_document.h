/*
 * Comparisons for a reader, as a document: the answer first, then each comparison with what to know
 * about it, its cells and machines, then charts over all bundles, then method. Knows neither
 * Markdown nor HTML (see document.h). All texts from bundles are cited.
 */
#ifndef COMPARE_DOCUMENT_H
#define COMPARE_DOCUMENT_H

#include "compare/compare_outcome.h"
#include "document/document.h"
#include "document/figure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct compare_story {
    struct compare_bundle *bundles; /* called A, B, ...; charts set anew which samples count */
    size_t bundle_count;
    const struct compare_outcome *outcomes; /* of each other bundle with the first */
    size_t outcome_count;
    bool all; /* all cells, beside those that differ */
};

/* Draws one figure, as a block of its own. `name` tells it apart from others. */
struct compare_drawer {
    void (*draw)(void *state, const struct figure *figure, const char *name, const char *title,
                 struct document *document);
    void *state; /* the caller's */
};

/* Writes all of it; without a drawer there are no charts. Returns 0 or -ENOMEM; what fails when
 * writing stays in the stream for ferror. */
int compare_document_write(const struct compare_story *story, const struct compare_drawer *drawer,
                           struct document *document);

/* What the document is called: "Runs compared: ... against ..."; untrusted text. */
void compare_document_say_title(const struct compare_story *story, struct sentence *title);

/* The same in a format. Return 0, -ENOMEM, or -EIO when writing failed. */
int compare_write_markdown(const struct compare_story *story, FILE *stream);
int compare_write_html(const struct compare_story *story, FILE *stream);

#endif
