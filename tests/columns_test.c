/* How wide texts stand on a terminal and where their lines end, against what can be counted. */
#include "text/columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_han_character_takes_two_columns(void **state)
{
    (void)state;
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("64 KiB"), 6);
    assert_int_equal(text_columns("共享内存"), 8);
    assert_int_equal(text_columns("管道，4 次"), 10);
    assert_int_equal(text_columns("（）"), 4);
    assert_int_equal(text_columns("──┼██"), 5);
    assert_int_equal(text_columns("e\xCC\x81"), 1); /* an accent of its own */
    assert_int_equal(text_columns("a\xE2\x80\x8B"), 1);
    assert_int_equal(text_columns("\xFF\xE5"), 2); /* no UTF-8 */
}

static void assert_first_line(const char *text, size_t columns, const char *wanted)
{
    char line[256];
    size_t length = text_break(text, columns);
    memcpy(line, text, length);
    line[length] = '\0';
    assert_string_equal(line, wanted);
    assert_true(text_columns(line) <= columns);
}

static void a_line_ends_between_words(void **state)
{
    (void)state;
    assert_first_line("one two three", 20, "one two three");
    assert_first_line("one two three", 13, "one two three");
    assert_first_line("one two three", 12, "one two");
    assert_first_line("one two three", 7, "one two");
    assert_first_line("one two  ", 8, "one two");
    assert_first_line("one  two", 4, "one");
    assert_first_line("", 4, "");
}

static void a_word_longer_than_a_line_is_cut(void **state)
{
    (void)state;
    assert_first_line("abcdefgh ij", 5, "abcde");
    assert_first_line("\xC3\xA9\xC3\xA9\xC3\xA9", 2, "\xC3\xA9\xC3\xA9");
}

static void chinese_breaks_anywhere_but_before_what_closes(void **state)
{
    (void)state;
    assert_first_line("共享内存", 8, "共享内存");
    assert_first_line("共享内存", 7, "共享内");
    assert_first_line("共享内存，管道", 8, "共享内"); /* not before the comma */
    assert_first_line("共享内存，管道", 10, "共享内存，");
    assert_first_line("共享（内存）", 6, "共享"); /* not behind the bracket */
    assert_first_line("共享 64 KiB 时", 8, "共享 64");
    assert_first_line("共享shm内存", 6, "共享"); /* a word of Latin letters stays whole */
    assert_first_line("共享shm内存", 7, "共享shm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_han_character_takes_two_columns),
        cmocka_unit_test(a_line_ends_between_words),
        cmocka_unit_test(a_word_longer_than_a_line_is_cut),
        cmocka_unit_test(chinese_breaks_anywhere_but_before_what_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
