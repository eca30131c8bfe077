/* Text of anybody for files that other programs read. Knows no bundle. */
#ifndef EXPORT_TEXT_H
#define EXPORT_TEXT_H

#include <stddef.h>
#include <stdio.h>

#define EXPORT_TEXT_BYTES 512

/* Without what shows nothing itself (plain_text.h) and bytes that are no UTF-8; ends of lines stay,
 * tabs become spaces. Cut between characters to EXPORT_TEXT_BYTES with its '\0'. Returns `text`. */
char *export_text_clean(const char *source, char text[EXPORT_TEXT_BYTES]);

/* A field of CSV, cleaned, in quotes where RFC 4180 asks for them. */
void export_text_csv(const char *source, FILE *stream);

/* A label's value of OpenMetrics, cleaned, with its quotes. */
void export_text_label(const char *source, FILE *stream);

#endif
