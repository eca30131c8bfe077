/*
 * The folder of a gallery: known again by the mark in its index.html, made when it is not there,
 * and never one that something else is in. Also the links that lead from it to bundles. Knows no
 * bundle.
 */
#ifndef GALLERY_FOLDER_H
#define GALLERY_FOLDER_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>

#define GALLERY_PAGE "index.html"
#define GALLERY_MARK "pipe-vs-shm gallery"

/* Whether a gallery of ours is in that folder. */
bool gallery_folder_is_gallery(const char *folder);

/*
 * Makes the folder, whose parent must be there; one that is there must be empty or a gallery.
 * Returns 0 or a negative errno, described; -EEXIST for one that is something else. *made says
 * whether it is new.
 */
int gallery_folder_prepare(const char *folder, bool *made, struct failure *failure);

/*
 * The address of the file `page` in the folder `to` as seen from the folder `from`, both absolute
 * and without links, percent-encoded: letters, digits and "-._~%/" alone. With page "" that of the
 * folder. Returns 0, or -ENAMETOOLONG when it does not fit into link[0 .. link_bytes).
 */
int gallery_folder_link(const char *from, const char *to, const char *page, char *link,
                        size_t link_bytes);

#endif
