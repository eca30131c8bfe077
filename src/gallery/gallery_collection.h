/*
 * The bundles that a gallery is about: found in folders, read, each once, the newest first. What is
 * no bundle is told of and left out. Takes time n log n in the number of folders, nearly all of it
 * for reading. Writes nothing.
 */
#ifndef GALLERY_COLLECTION_H
#define GALLERY_COLLECTION_H

#include "gallery/gallery_entry.h"

struct gallery_collection {
    struct gallery_entry *entries; /* falling by id, which begins with the time */
    size_t count;
    size_t unfinished; /* folders of runs that go on or were interrupted (.partial), left out */
    size_t duplicates; /* bundles whose id another one has, left out */
    struct failure *warnings; /* one for each folder that could not be taken */
    size_t warnings_count;
    size_t entries_room;
    size_t warnings_room;
};

/*
 * Adds what is in `folder`: the bundle that it is, or those that lie in it, one level deep. Within
 * it links are passed over, and so are hidden folders, files and galleries. Returns 0, also when
 * there was nothing but warnings, or -ENOMEM. Begins with a collection of zeros.
 */
int gallery_collect(struct gallery_collection *collection, const char *folder,
                    struct failure *failure);

/* After the last folder: sorts, and leaves each id once, the one that was found first. Returns 0 or
 * -ENOMEM, and then nothing has changed. */
int gallery_settle(struct gallery_collection *collection, struct failure *failure);

void gallery_collection_free(struct gallery_collection *collection);

#endif
