/* The page of a gallery: one file that needs no other, its answer first. Knows no files but by
 * name. */
#ifndef GALLERY_PAGE_H
#define GALLERY_PAGE_H

#include "gallery/gallery_answer.h"
#include "gallery/gallery_collection.h"

struct gallery_content {
    const struct gallery_collection *collection;
    const struct gallery_summary *summary;
    const char *folder; /* where the page goes: absolute and without links */
};

/* Writes it; `content` is a struct gallery_content, so that replace_file can call this. Returns 0,
 * -ENOMEM, or -EIO when writing failed. */
int gallery_page_write(const void *content, FILE *stream);

#endif
