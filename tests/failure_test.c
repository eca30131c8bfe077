/* What a failure says is one line that any terminal can show, whatever was quoted in it. */
#include "base/failure.h"
#include "base/plain_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *say(struct failure *failure, const char *quoted)
{
    *failure = (struct failure){0};
    assert_int_equal(failure_say(failure, -EINVAL, "'%s' is no bundle", quoted), -EINVAL);
    return failure->text;
}

static void quotes_only_what_can_be_shown(void **state)
{
    (void)state;
    struct failure failure;
    assert_string_equal(say(&failure, "plain"), "'plain' is no bundle");
    assert_string_equal(say(&failure, "\x1b[31mred\x1b]0;title\a"),
                        "'[31mred]0;title' is no bundle");
    assert_string_equal(say(&failure, "two\nlines\tand\r"), "'two lines and ' is no bundle");
    assert_string_equal(say(&failure, "C1 \xc2\x9b\x9b"
                                      "3"),
                        "'C1 3' is no bundle");
    assert_string_equal(say(&failure, "\xe2\x80\xaeturned\xff"), "'turned' is no bundle");
    assert_string_equal(say(&failure, "f\xc3\xbcr"), "'f\xc3\xbcr' is no bundle");
}

static void is_cut_between_characters(void **state)
{
    (void)state;
    char name[2 * FAILURE_TEXT_BYTES + 1] = "";
    struct failure failure;
    for (size_t index = 0; index < FAILURE_TEXT_BYTES; index++)
        strcat(name, "\xc3\xbc");
    const char *text = say(&failure, name);
    size_t length = strlen(text);
    assert_in_range(length, FAILURE_TEXT_BYTES - 3, FAILURE_TEXT_BYTES - 1);
    assert_int_equal((unsigned char)text[length - 1], 0xbc);
}

static void keeps_the_first_description(void **state)
{
    (void)state;
    struct failure failure = {0};
    assert_int_equal(failure_set(&failure, -ENOENT, "a"), -ENOENT);
    assert_int_equal(failure_set(&failure, -EINVAL, "b"), -EINVAL);
    assert_string_equal(failure.text, "a: No such file or directory");
    assert_int_equal(failure.error, -ENOENT);
    assert_int_equal(failure_say(NULL, -EINVAL, "c"), -EINVAL);
}

static void makes_plain_text_in_its_own_place(void **state)
{
    (void)state;
    char text[] = "\x1b"
                  "a\xff\tb\xc2\xadg";
    assert_string_equal(plain_text_make(text, text, sizeof text), "a bg");
    char few[4];
    assert_string_equal(plain_text_make("ab\xc3\xbc"
                                        "c",
                                        few, sizeof few),
                        "ab");
    assert_string_equal(plain_text_make("abc", few, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_only_what_can_be_shown),
        cmocka_unit_test(is_cut_between_characters),
        cmocka_unit_test(keeps_the_first_description),
        cmocka_unit_test(makes_plain_text_in_its_own_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
