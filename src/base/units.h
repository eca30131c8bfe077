/*
 * Sizes and numbers as people write them, to numbers and back. K, M and G are powers of 1024.
 * Independent of the locale: a decimal comma in the environment changes nothing here.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stddef.h>
#include <stdint.h>

/* "64", "64K", "64KiB", "16M", "1G" -> bytes. Returns 0, -EINVAL (not a size) or -ERANGE (does
 * not fit 64 bits); *bytes is set on success only. */
int units_parse_bytes(const char *text, uint64_t *bytes);

/* A whole decimal number without sign. Returns 0, -EINVAL or -ERANGE. */
int units_parse_count(const char *text, uint64_t *count);

/* A decimal number without sign, such as "0.05" or "2". Returns 0, -EINVAL or -ERANGE. */
int units_parse_decimal(const char *text, double *value);

#define UNITS_TEXT_BYTES 32

/* 64 -> "64 B", 4096 -> "4 KiB", 1536 -> "1.50 KiB": exact where it is, else three digits.
 * `text` has UNITS_TEXT_BYTES; returns `text`. */
char *units_format_bytes(uint64_t bytes, char *text);

/* 950.0 -> "950 ns", 33120.0 -> "33.1 us"; three significant digits. Returns `text`. */
char *units_format_nanoseconds(double nanoseconds, char *text);

/* bytes per second -> "7.90 GiB/s"; three significant digits, powers of 1024. Returns `text`. */
char *units_format_rate(double bytes_per_second, char *text);

#endif
