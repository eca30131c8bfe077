/* Sizes and numbers: what is read, what is refused, how they are shown. */
#include "base/units.h"

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const uint64_t untouched = 4711;

static void assert_bytes(const char *text, uint64_t expected)
{
    uint64_t bytes = untouched;
    int result = units_parse_bytes(text, &bytes);
    if (result != 0 || bytes != expected)
        fail_msg("'%s' gives %d and %llu, not %llu", text, result, (unsigned long long)bytes,
                 (unsigned long long)expected);
}

static void assert_bytes_refused(const char *text, int error)
{
    uint64_t bytes = untouched;
    int result = units_parse_bytes(text, &bytes);
    if (result != error || bytes != untouched)
        fail_msg("'%s' gives %d and %llu", text, result, (unsigned long long)bytes);
}

static void assert_decimal(const char *text, double expected)
{
    double value = -1.0;
    int result = units_parse_decimal(text, &value);
    if (result != 0 || !(value == expected))
        fail_msg("'%s' gives %d and %.17g, not %.17g", text, result, value, expected);
}

static void assert_decimal_refused(const char *text, int error)
{
    double value = -1.0;
    int result = units_parse_decimal(text, &value);
    if (result != error || !(value == -1.0))
        fail_msg("'%s' gives %d and %.17g", text, result, value);
}

static void sizes(void **state)
{
    (void)state;
    assert_bytes("0", 0);
    assert_bytes("1", 1);
    assert_bytes("64", 64);
    assert_bytes("64B", 64);
    assert_bytes("64K", 65536);
    assert_bytes("64KiB", 65536);
    assert_bytes("16M", 16777216);
    assert_bytes("16MiB", 16777216);
    assert_bytes("1G", 1073741824);
    assert_bytes("007", 7);
    assert_bytes("18446744073709551615", UINT64_MAX);
    assert_bytes("17179869183G", UINT64_C(17179869183) << 30);
}

static void what_is_no_size(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "64X",    "-1",   "+1",   " 64", "64 ", "64 K",
                                        "K",    "1e3",    "0x40", "1.5K", "1,5", "64k", "64KB",
                                        "64Ki", "64KiBB", "64BB", "1T",   "nan", "inf"};
    for (size_t index = 0; index < COUNT(texts); index++)
        assert_bytes_refused(texts[index], -EINVAL);
}

static void sizes_beyond_64_bits(void **state)
{
    (void)state;
    assert_bytes_refused("18446744073709551616", -ERANGE);
    assert_bytes_refused("17179869184G", -ERANGE);
    assert_bytes_refused("99999999999999999999999999999999999999", -ERANGE);
    assert_bytes_refused("18446744073709551615K", -ERANGE);
}

static void counts(void **state)
{
    (void)state;
    uint64_t count = untouched;
    assert_int_equal(units_parse_count("0", &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(units_parse_count("18446744073709551615", &count), 0);
    assert_true(count == UINT64_MAX);
    count = untouched;
    assert_int_equal(units_parse_count("18446744073709551616", &count), -ERANGE);
    static const char *const texts[] = {"", "-1", "+1", " 1", "1 ", "1K", "1.0", "1e3", "0x1"};
    for (size_t index = 0; index < COUNT(texts); index++)
        assert_int_equal(units_parse_count(texts[index], &count), -EINVAL);
    assert_int_equal(count, untouched);
}

static void decimals(void **state)
{
    (void)state;
    assert_decimal("0", 0.0);
    assert_decimal("2", 2.0);
    assert_decimal("0.05", 0.05);
    assert_decimal(".5", 0.5);
    assert_decimal("5.", 5.0);
    assert_decimal("120.25", 120.25);
}

static void what_is_no_decimal(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    ".",   "-1",    "+1", "1e3", "1,5", "1.2.3",
                                        "inf", "nan", "0x1p3", " 1", "1 ",  "1s"};
    for (size_t index = 0; index < COUNT(texts); index++)
        assert_decimal_refused(texts[index], -EINVAL);
    assert_decimal_refused("1234567890123456", -ERANGE);
    assert_decimal_refused("0.1234567890123456", -ERANGE);
}

/* With a decimal comma in the environment "0.05" is still a twentieth and "0,05" still nothing. */
static void a_decimal_comma_changes_nothing(void **state)
{
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    const char *found = NULL;
    for (size_t index = 0; index < COUNT(locales) && found == NULL; index++)
        found = setlocale(LC_ALL, locales[index]);
    if (found == NULL) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    assert_decimal("0.05", 0.05);
    assert_decimal_refused("0,05", -EINVAL);
    assert_bytes("64K", 65536);
    setlocale(LC_ALL, "C");
}

static void assert_shown(const char *shown, const char *expected)
{
    assert_string_equal(shown, expected);
}

static void showing_sizes(void **state)
{
    (void)state;
    char text[UNITS_TEXT_BYTES];
    assert_shown(units_format_bytes(0, text), "0 B");
    assert_shown(units_format_bytes(64, text), "64 B");
    assert_shown(units_format_bytes(1023, text), "1023 B");
    assert_shown(units_format_bytes(4096, text), "4 KiB");
    assert_shown(units_format_bytes(1536, text), "1.50 KiB");
    assert_shown(units_format_bytes(100000, text), "97.7 KiB");
    assert_shown(units_format_bytes(16777216, text), "16 MiB");
    assert_shown(units_format_bytes(UINT64_C(1) << 30, text), "1 GiB");
    assert_shown(units_format_bytes(UINT64_MAX, text), "16.0 EiB");
}

static void showing_times(void **state)
{
    (void)state;
    char text[UNITS_TEXT_BYTES];
    assert_shown(units_format_nanoseconds(0.5, text), "0.50 ns");
    assert_shown(units_format_nanoseconds(950.0, text), "950 ns");
    assert_shown(units_format_nanoseconds(999.5, text), "1.00 us");
    assert_shown(units_format_nanoseconds(33120.0, text), "33.1 us");
    assert_shown(units_format_nanoseconds(2e6, text), "2.00 ms");
    assert_shown(units_format_nanoseconds(120e9, text), "120 s");
}

static void showing_rates(void **state)
{
    (void)state;
    char text[UNITS_TEXT_BYTES];
    assert_shown(units_format_rate(512.0, text), "512 B/s");
    assert_shown(units_format_rate(1024.0, text), "1.00 KiB/s");
    assert_shown(units_format_rate(7.9 * 1073741824.0, text), "7.90 GiB/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(what_is_no_size),
        cmocka_unit_test(sizes_beyond_64_bits),
        cmocka_unit_test(counts),
        cmocka_unit_test(decimals),
        cmocka_unit_test(what_is_no_decimal),
        cmocka_unit_test(a_decimal_comma_changes_nothing),
        cmocka_unit_test(showing_sizes),
        cmocka_unit_test(showing_times),
        cmocka_unit_test(showing_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
