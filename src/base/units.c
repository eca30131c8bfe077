#include "base/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int units_parse_count(const char *text, uint64_t *count)
{
    if (*text < '0' || *text > '9')
        return -EINVAL;
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (__builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return -ERANGE;
    }
    if (*text != '\0')
        return -EINVAL;
    *count = value;
    return 0;
}

/* The power of 1024 that a suffix stands for, or -1. */
static int suffix_power(const char *suffix)
{
    static const char letters[] = "KMG";
    if (*suffix == '\0' || strcmp(suffix, "B") == 0)
        return 0;
    const char *letter = strchr(letters, *suffix);
    if (letter == NULL)
        return -1;
    if (suffix[1] != '\0' && strcmp(suffix + 1, "iB") != 0)
        return -1;
    return (int)(letter - letters) + 1;
}

int units_parse_bytes(const char *text, uint64_t *bytes)
{
    char digits[24];
    size_t length = strspn(text, "0123456789");
    int power = suffix_power(text + length);
    if (length == 0 || power < 0)
        return -EINVAL;
    if (length >= sizeof digits)
        return -ERANGE;
    memcpy(digits, text, length);
    digits[length] = '\0';
    uint64_t value;
    int result = units_parse_count(digits, &value);
    if (result < 0)
        return result;
    if (__builtin_mul_overflow(value, (uint64_t)1 << (10 * power), &value))
        return -ERANGE;
    *bytes = value;
    return 0;
}

int units_parse_decimal(const char *text, double *value)
{
    /* Not strtod: it reads the locale, hexadecimal, "inf" and "nan". */
    size_t whole = strspn(text, "0123456789");
    size_t fraction = 0;
    const char *rest = text + whole;
    if (*rest == '.') {
        fraction = strspn(rest + 1, "0123456789");
        rest += 1 + fraction;
    }
    if (whole + fraction == 0 || *rest != '\0')
        return -EINVAL;
    if (whole > 15 || fraction > 15)
        return -ERANGE;
    double result = 0.0;
    double scale = 1.0;
    for (const char *digit = text; digit < text + whole; digit++)
        result = result * 10.0 + (double)(*digit - '0');
    for (const char *digit = text + whole + 1; fraction > 0; fraction--, digit++) {
        result = result * 10.0 + (double)(*digit - '0');
        scale *= 10.0;
    }
    *value = result / scale;
    return 0;
}

/* Three significant digits, without an exponent, for values below 1e6. */
static void format_three_digits(double value, const char *unit, char *text)
{
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(text, UNITS_TEXT_BYTES, "%.*f %s", decimals, value, unit);
}

char *units_format_bytes(uint64_t bytes, char *text)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t power = 0;
    while (power + 1 < sizeof units / sizeof *units && bytes >> (10 * (power + 1)) != 0)
        power++;
    uint64_t unit = (uint64_t)1 << (10 * power);
    if (bytes % unit == 0)
        snprintf(text, UNITS_TEXT_BYTES, "%llu %s", (unsigned long long)(bytes / unit),
                 units[power]);
    else
        format_three_digits((double)bytes / (double)unit, units[power], text);
    return text;
}

char *units_format_nanoseconds(double nanoseconds, char *text)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    size_t power = 0;
    while (power + 1 < sizeof units / sizeof *units && nanoseconds >= 999.5) {
        nanoseconds /= 1000.0;
        power++;
    }
    format_three_digits(nanoseconds, units[power], text);
    return text;
}

char *units_format_rate(double bytes_per_second, char *text)
{
    static const char *const units[] = {"B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s"};
    size_t power = 0;
    while (power + 1 < sizeof units / sizeof *units && bytes_per_second >= 1024.0) {
        bytes_per_second /= 1024.0;
        power++;
    }
    format_three_digits(bytes_per_second, units[power], text);
    return text;
}
