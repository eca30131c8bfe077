/*
 * Text of anybody, made fit for a line that a person reads: whatever stands in it, it moves no
 * cursor, ends no line and turns no direction of writing. Knows no markup; document/report_text.h
 * does, and builds on this.
 */
#ifndef PLAIN_TEXT_H
#define PLAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the UTF-8 character that `text`, not empty, begins with. Returns its length in bytes, and
 * *character; or 0 when it is none. */
size_t plain_text_decode(const char *text, uint32_t *character);

/* Whether a character shows nothing itself but changes how others show: controls, marks of
 * direction, what joins or parts. */
bool plain_text_is_invisible(uint32_t character);

/*
 * The text without invisible characters and bytes that are no UTF-8; tabs and ends of lines become
 * spaces. Never longer than `source`, so both may be the same memory. Writes at most `text_bytes`
 * bytes, not 0, including the final '\0', cut only between characters. Returns `text`.
 */
char *plain_text_make(const char *source, char *text, size_t text_bytes);

#endif
