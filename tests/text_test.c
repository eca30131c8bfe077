/* The languages, and the Chinese table as far as it can be judged without knowing Chinese: each
 * translation takes the arguments of its English, and is a text that a terminal can show. */
#include "text/language.h"
#include "text/text.h"

#include "base/plain_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_ARGUMENTS = 16, KIND_BYTES = 8 };

/* What a format takes, by position: "d", "zu", "s" ..., "*" for a width. */
struct taken {
    char kinds[MOST_ARGUMENTS][KIND_BYTES];
    size_t count;
    bool positions; /* %1$s */
    bool mixed;
};

static void take(struct taken *taken, size_t position, const char *kind, size_t length)
{
    if (position >= MOST_ARGUMENTS || length >= KIND_BYTES)
        fail_msg("too much for this test");
    memcpy(taken->kinds[position], kind, length);
    taken->kinds[position][length] = '\0';
    if (position >= taken->count)
        taken->count = position + 1;
}

/* One conversion behind its '%'. Returns what follows it. */
static const char *take_conversion(const char *format, struct taken *taken)
{
    char *end;
    unsigned long position = strtoul(format, &end, 10);
    bool has_position = position > 0 && *end == '$';
    if (has_position)
        format = end + 1;
    if (taken->count > 0 && has_position != taken->positions)
        taken->mixed = true;
    taken->positions = has_position;
    for (; *format != '\0' && strchr("-+#0123456789.*", *format) != NULL; format++) {
        if (*format == '*')
            take(taken, taken->count, "*", 1);
    }
    size_t length = strspn(format, "hlzjtL") + 1;
    take(taken, has_position ? position - 1 : taken->count, format, length);
    return format + length;
}

static struct taken taken_by(const char *format)
{
    struct taken taken = {.count = 0};
    while (*format != '\0') {
        if (*format++ != '%')
            continue;
        /* "10 % of" is no conversion: what says so is an argument and no format. */
        if (*format == '%' || *format == ' ')
            format++;
        else if (*format != '\0')
            format = take_conversion(format, &taken);
    }
    return taken;
}

static bool take_the_same(const char *one, const char *other)
{
    struct taken left = taken_by(one);
    struct taken right = taken_by(other);
    if (left.count != right.count || left.mixed || right.mixed)
        return false;
    for (size_t index = 0; index < left.count; index++) {
        if (strcmp(left.kinds[index], right.kinds[index]) != 0)
            return false;
    }
    return true;
}

static void formats_are_compared_by_position(void **state)
{
    (void)state;
    assert_true(take_the_same("%zu of %s, %.*s: 5 %%", "5 %% %zu%s%.*s"));
    assert_true(take_the_same("%zu of %s", "%2$s: %1$zu"));
    assert_true(take_the_same("plain", "x"));
    assert_false(take_the_same("%zu of %s", "%s: %zu"));
    assert_false(take_the_same("%d", "%zu"));
    assert_false(take_the_same("%s %s", "%s"));
    assert_false(take_the_same("%s %s", "%2$s %s"));
    assert_false(take_the_same("%s %s", "%1$s %1$s"));
    assert_false(take_the_same("%s %s", "%2$s"));
    assert_false(take_the_same("%.*s", "%s"));
    assert_false(take_the_same("5 %%", "5 %s"));
    assert_true(take_the_same("10 % apart", "10 % x"));
}

static void each_translation_takes_the_same_arguments(void **state)
{
    (void)state;
    for (size_t index = 0; index < text_chinese_count; index++) {
        const struct text_pair *pair = &text_chinese[index];
        if (!take_the_same(pair->english, pair->translation))
            fail_msg("takes other arguments: \"%s\" -> \"%s\"", pair->english, pair->translation);
    }
}

static void the_table_is_sorted_and_has_each_text_once(void **state)
{
    (void)state;
    for (size_t index = 1; index < text_chinese_count; index++) {
        if (strcmp(text_chinese[index - 1].english, text_chinese[index].english) >= 0)
            fail_msg("\"%s\" must stand behind \"%s\"", text_chinese[index - 1].english,
                     text_chinese[index].english);
    }
}

/* In a C locale a '%' behind the byte of a Han character is still a '%': only UTF-8 has that. */
static void translations_are_texts_in_utf_8(void **state)
{
    (void)state;
    for (size_t index = 0; index < text_chinese_count; index++) {
        const char *text = text_chinese[index].translation;
        if (*text == '\0' || *text_chinese[index].english == '\0')
            fail_msg("number %zu is empty", index);
        while (*text != '\0') {
            uint32_t character = 0;
            size_t length = plain_text_decode(text, &character);
            if (length == 0 || (plain_text_is_invisible(character) && character != '\n'))
                fail_msg("no text: \"%s\"", text_chinese[index].translation);
            text += length;
        }
    }
}

/* strong, code and links come in pairs in both. */
static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *found = strstr(text, part); found != NULL; found = strstr(found + 1, part))
        count++;
    return count;
}

static void translations_keep_the_markup(void **state)
{
    static const char *const marks[] = {"**", "`", "]("};
    (void)state;
    for (size_t index = 0; index < text_chinese_count; index++) {
        const struct text_pair *pair = &text_chinese[index];
        for (size_t mark = 0; mark < sizeof marks / sizeof *marks; mark++) {
            if (count_of(pair->english, marks[mark]) != count_of(pair->translation, marks[mark]))
                fail_msg("other markup: \"%s\" -> \"%s\"", pair->english, pair->translation);
        }
    }
}

static void a_text_is_found_in_its_language(void **state)
{
    (void)state;
    const struct text_pair *first = &text_chinese[0];
    const struct text_pair *last = &text_chinese[text_chinese_count - 1];
    assert_string_equal(text_in(LANGUAGE_CHINESE, first->english), first->translation);
    assert_string_equal(text_in(LANGUAGE_CHINESE, last->english), last->translation);
    assert_string_equal(text_in(LANGUAGE_ENGLISH, first->english), first->english);
    assert_string_equal(text_in(LANGUAGE_CHINESE, "said by nobody"), "said by nobody");
    assert_string_equal(text_in(LANGUAGE_CHINESE, ""), "");
}

static void a_locale_has_a_language(void **state)
{
    (void)state;
    assert_int_equal(language_of_locale(NULL, NULL, NULL), LANGUAGE_ENGLISH);
    assert_int_equal(language_of_locale(NULL, NULL, "zh_CN.UTF-8"), LANGUAGE_CHINESE);
    assert_int_equal(language_of_locale("", "", "zh"), LANGUAGE_CHINESE);
    assert_int_equal(language_of_locale(NULL, "zh-Hans", "de_DE"), LANGUAGE_CHINESE);
    assert_int_equal(language_of_locale("C", "zh_CN", "zh_CN"), LANGUAGE_ENGLISH);
    assert_int_equal(language_of_locale(NULL, "en_US.UTF-8", "zh_CN"), LANGUAGE_ENGLISH);
    assert_int_equal(language_of_locale(NULL, NULL, "zha_CN"), LANGUAGE_ENGLISH);
    assert_int_equal(language_of_locale(NULL, NULL, "de_DE.UTF-8"), LANGUAGE_ENGLISH);
}

static void languages_have_names(void **state)
{
    (void)state;
    assert_string_equal(language_names[LANGUAGE_ENGLISH], "en");
    assert_string_equal(language_names[LANGUAGE_CHINESE], "zh");
    assert_null(language_names[LANGUAGE_COUNT]);
    assert_string_equal(language_tag(LANGUAGE_ENGLISH), "en");
    assert_string_equal(language_tag(LANGUAGE_CHINESE), "zh-CN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_compared_by_position),
        cmocka_unit_test(each_translation_takes_the_same_arguments),
        cmocka_unit_test(the_table_is_sorted_and_has_each_text_once),
        cmocka_unit_test(translations_are_texts_in_utf_8),
        cmocka_unit_test(translations_keep_the_markup),
        cmocka_unit_test(a_text_is_found_in_its_language),
        cmocka_unit_test(a_locale_has_a_language),
        cmocka_unit_test(languages_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
