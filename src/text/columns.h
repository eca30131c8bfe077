/*
 * How wide a text stands on a terminal, and where its lines may end. A Han character and its
 * punctuation take two columns. Own tables: wcwidth(3) asks the locale, and the C locale knows no
 * Han. Texts are UTF-8 (see base/plain_text.h); a byte that is none counts one column.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stddef.h>

/* The columns of a whole text on one line. */
size_t text_columns(const char *text);

/*
 * The bytes of the first line of a text that has `columns`, at least 2: up to a space, or to where
 * Chinese may break, without the spaces before it. A text that has no such place within is cut
 * between two characters. Never 0 for a text that begins with anything but spaces.
 */
size_t text_break(const char *text, size_t columns);

#endif
