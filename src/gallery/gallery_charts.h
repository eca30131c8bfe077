/*
 * The charts of a gallery, as HTML with SVG: over payload sizes a thin line per bundle, whose
 * colour and dashes say how shared memory did there. Knows no other part of the page but that the
 * entries stand in its table in the same order.
 */
#ifndef GALLERY_CHARTS_H
#define GALLERY_CHARTS_H

#include "gallery/gallery_collection.h"

#include <stdio.h>

/* Charts that no bundle has anything for are left out. Returns 0 or -ENOMEM; what fails when
 * writing stays in the stream for ferror. */
int gallery_charts_write(const struct gallery_collection *collection, FILE *stream);

/* "faster", "slower", or "open" where the ratio at GALLERY_SIZE_BYTES is not resolved or not
 * there: classes of the style sheet. */
const char *gallery_outcome(const struct gallery_entry *entry);

#endif
