/* Arrays that grow by one item at a time, in time linear in the number of items. */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>
#include <stdlib.h>

/*
 * The array `items` (NULL at first) with room for one more item behind the `count` that it has;
 * *capacity, 0 at first, is the room it has. The caller frees what is returned, with free. NULL
 * when there is no memory: then `items` stays as it was and remains the caller's.
 */
static inline void *array_grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return items;
    size_t more = *capacity > 0 ? 2 * *capacity : 64;
    void *moved = reallocarray(items, more, item_bytes);
    if (moved != NULL)
        *capacity = more;
    return moved;
}

#endif
