/*
 * Text from a bundle, made safe for where it goes. A bundle may come from a stranger: its machine
 * names, labels and messages must neither move a terminal's cursor nor become Markdown, HTML or
 * gnuplot commands. Knows no bundle and prints nothing.
 *
 * All functions write at most `text_bytes` bytes including the final '\0', cut only between
 * characters, and return `text`. `text_bytes` must not be 0.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stddef.h>

/* For a terminal: control characters, bytes that are no UTF-8 and characters that change the
 * direction of writing are dropped; tabs and newlines become spaces. */
char *report_text_plain(const char *source, char *text, size_t text_bytes);

/* For Markdown, also within a table's cell: as plain, and every character that could be markup is
 * escaped or becomes an HTML entity. */
char *report_text_markdown(const char *source, char *text, size_t text_bytes);

/* For HTML, as content or as an attribute's value in quotes of either kind: as plain, and every
 * character that could be markup is an entity. XML takes it, too. */
char *report_text_html(const char *source, char *text, size_t text_bytes);

/* For gnuplot, as a string with its single quotes: printable ASCII only; quotes, backquotes and
 * backslashes, which could end the string or run a command, become spaces. */
char *report_text_gnuplot(const char *source, char *text, size_t text_bytes);

/* The same of a text of our own, whose characters beyond ASCII stay. What it has from a bundle went
 * through report_text_ascii before. */
char *report_text_gnuplot_ours(const char *source, char *text, size_t text_bytes);

/* Printable ASCII: "?" for other characters, a space for what is invisible. */
char *report_text_ascii(const char *source, char *text, size_t text_bytes);

/* A relative link's path segment: letters, digits and "-._~" stay, the rest is percent-encoded. */
char *report_text_link(const char *source, char *text, size_t text_bytes);

#endif
