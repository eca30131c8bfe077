/* All rows of a bundle's summary one after the other, those of places (bundle_places.h) last. */
#ifndef EXPORT_ROWS_H
#define EXPORT_ROWS_H

#include "results/bundle_reader.h"

static inline size_t export_row_count(const struct bundle_data *bundle)
{
    return bundle->row_count + bundle->place_row_count;
}

static inline const struct bundle_row *export_row(const struct bundle_data *bundle, size_t index)
{
    return index < bundle->row_count ? &bundle->rows[index]
                                     : &bundle->place_rows[index - bundle->row_count];
}

#endif
