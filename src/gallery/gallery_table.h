/* The table of a gallery: a row per bundle, whose name leads to its report. */
#ifndef GALLERY_TABLE_H
#define GALLERY_TABLE_H

#include "gallery/gallery_collection.h"

#include <stdio.h>

/* `folder` is the gallery's, absolute and without links. What fails when writing stays in the
 * stream for ferror. */
void gallery_table_write(const struct gallery_collection *collection, const char *folder,
                         FILE *stream);

#endif
