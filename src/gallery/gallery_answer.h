/* What many bundles say together, in a few sentences: how many, on how many machines, how much
 * faster shared memory was, and what was left out. Needs time n log n. */
#ifndef GALLERY_ANSWER_H
#define GALLERY_ANSWER_H

#include "document/document.h"
#include "gallery/gallery_collection.h"

#include <stddef.h>

/* A few numbers as one: their least, middle and greatest; NAN when there are none. */
struct gallery_spread {
    size_t count;
    double least;
    double median;
    double most;
};

struct gallery_summary {
    size_t machines; /* different in CPU model, hardware threads or virtualisation */
    size_t faster;   /* ratios at GALLERY_SIZE_BYTES, by their intervals */
    size_t slower;
    size_t open;    /* not told apart, or too few rounds for an interval */
    size_t without; /* bundles that have no such ratio */
    struct gallery_spread ratio;
    struct gallery_spread copies_share; /* where the gap was taken apart, and not too wide */
};

/* Returns 0 or -ENOMEM; *summary is set on success only. */
int gallery_summarise(const struct gallery_collection *collection, struct gallery_summary *summary);

/* Writes it as a list. */
void gallery_answer_write(const struct gallery_collection *collection,
                          const struct gallery_summary *summary, struct document *document);

#endif
