/* Where two tables differ, in words, on tables of a few fields. */
#include "verify/table_difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char text[TABLE_DIFFERENCE_BYTES];

static void assert_same(const char *stands, const char *comes, bool may_lack, const char *note)
{
    assert_int_equal(table_difference(stands, comes, may_lack, text), 0);
    assert_string_equal(text, note);
}

static void assert_differs(const char *stands, const char *comes, bool may_lack, const char *note)
{
    assert_int_equal(table_difference(stands, comes, may_lack, text), 1);
    assert_string_equal(text, note);
}

static void equal_tables_say_nothing(void **state)
{
    (void)state;
    assert_same("a\tb\n1\t2\n", "a\tb\n1\t2\n", false, "");
    assert_same("a\n", "a\n", false, "");
}

static void the_first_field_is_named_and_the_rows_are_counted(void **state)
{
    (void)state;
    assert_differs("a\tb\n1\t2\n3\t4\n5\t6\n", "a\tb\n1\t2\n3\t9\n8\t6\n", false,
                   "row 3, b: '4' stands there, '9' comes out; 2 rows differ");
    assert_differs("a\tb\n1\t\n", "a\tb\n1\t2\n", false,
                   "row 2, b: '' stands there, '2' comes out");
    assert_differs("a\tb\n1\n", "a\tb\n1\t2\n", false, "row 2 has another number of fields");
}

static void rows_too_few_and_too_many(void **state)
{
    (void)state;
    assert_differs("a\n1\n", "a\n1\n2\n", false,
                   "row 3 comes out and does not stand there; 2 rows stand there, 3 come out");
    assert_differs("a\n1\n2\n", "a\n1\n", false,
                   "row 3 stands there and does not come out; 3 rows stand there, 2 come out");
    assert_differs("a\n2\n", "a\n1\n2\n", false,
                   "row 2, a: '2' stands there, '1' comes out; 2 rows stand there, 3 come out");
}

/* An older table lacks columns; only then is that no difference. */
static void columns_that_may_be_missing(void **state)
{
    (void)state;
    assert_same("a\tc\n1\t3\n", "a\tb\tc\td\n1\t2\t3\t4\n", true,
                "without the columns b, d, which it does not have");
    assert_differs("a\tc\n1\t3\n", "a\tb\tc\n1\t2\t3\n", false,
                   "row 1: other columns stand there than come out; missing: b");
    assert_differs("a\tc\n1\t5\n", "a\tb\tc\n1\t2\t3\n", true,
                   "row 2, c: '5' stands there, '3' comes out");
}

/* Columns that do not come out at all, or in another order, are a difference in any case. */
static void columns_of_its_own(void **state)
{
    (void)state;
    assert_differs("a\tx\n1\t3\n", "a\n1\n", true,
                   "row 1: other columns stand there than come out");
    assert_int_equal(table_difference("b\ta\n2\t1\n", "a\tb\n1\t2\n", true, text), 1);
}

static void ends_of_lines_count(void **state)
{
    (void)state;
    assert_differs("a\n1", "a\n1\n", false, "the ends of lines differ");
    assert_differs("", "a\n1\n", false, "there is not even a header row");
}

static void long_fields_are_cut(void **state)
{
    (void)state;
    char stands[2000] = "a\n";
    memset(stands + 2, 'x', 1500);
    assert_int_equal(table_difference(stands, "a\ny\n", false, text), 1);
    assert_non_null(strstr(text, "xxx' stands there, 'y' comes out"));
    assert_true(strlen(text) < 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_tables_say_nothing),
        cmocka_unit_test(the_first_field_is_named_and_the_rows_are_counted),
        cmocka_unit_test(rows_too_few_and_too_many),
        cmocka_unit_test(columns_that_may_be_missing),
        cmocka_unit_test(columns_of_its_own),
        cmocka_unit_test(ends_of_lines_count),
        cmocka_unit_test(long_fields_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
