/* Reading tables that were written by anybody, and writing them so that they can be read. */
#include "base/table.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct table_limits limits = {.line_bytes = 40, .columns = 4, .rows = 3};
static char folder[] = "/tmp/table_test.XXXXXX";
static char path[sizeof folder + 16];
static struct failure failure;

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/t.tsv", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int start_fresh(void **state)
{
    (void)state;
    failure = (struct failure){0};
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void write_bytes(const char *bytes, size_t count)
{
    FILE *stream = fopen(path, "we");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, count, stream), count);
    assert_int_equal(fclose(stream), 0);
}

static void write_text(const char *text)
{
    write_bytes(text, strlen(text));
}

static struct table *open_text(const char *text)
{
    struct table *table = NULL;
    write_text(text);
    int result = table_open(&table, path, &limits, &failure);
    if (result != 0)
        fail_msg("table_open: %s", failure.text);
    return table;
}

/* The failure's text behind the path is `expected`. */
static void assert_failure(int result, int error, const char *expected)
{
    assert_int_equal(result, error);
    assert_int_equal(failure.error, error);
    assert_memory_equal(failure.text, path, strlen(path));
    assert_string_equal(failure.text + strlen(path), expected);
}

static void assert_refused(const char *text, const char *expected)
{
    struct table *table = NULL;
    write_text(text);
    failure = (struct failure){0};
    assert_failure(table_open(&table, path, &limits, &failure), -EINVAL, expected);
    assert_null(table);
}

/* The header is right, and the row after it is refused. */
static void assert_row_refused(const char *text, const char *expected)
{
    failure = (struct failure){0};
    struct table *table = open_text(text);
    assert_failure(table_next(table, &failure), -EINVAL, expected);
    table_close(table);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static void reads_row_by_row(void **state)
{
    (void)state;
    struct table *table = open_text("name\tcount\n"
                                    "first\t1\n"
                                    "\t18446744073709551615\n");
    size_t name;
    size_t count;
    uint64_t value;
    assert_int_equal(table_find_column(table, "count", &count, &failure), 0);
    assert_int_equal(table_find_column(table, "name", &name, &failure), 0);
    assert_int_equal(table_next(table, &failure), 1);
    assert_string_equal(table_text(table, name), "first");
    assert_int_equal(table_count(table, count, &value, &failure), 0);
    assert_int_equal(value, 1);
    assert_int_equal(table_next(table, &failure), 1);
    assert_string_equal(table_text(table, name), "");
    assert_int_equal(table_count(table, count, &value, &failure), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(table_next(table, &failure), 0);
    assert_int_equal(failure.error, 0);
    table_close(table);
    table_close(NULL);
}

static void a_header_alone_is_a_table(void **state)
{
    (void)state;
    struct table *table = open_text("name\n");
    assert_int_equal(table_next(table, &failure), 0);
    table_close(table);
}

static void refuses_what_is_no_header(void **state)
{
    (void)state;
    assert_refused("", ": empty, not even a header row");
    assert_refused("a\tb", ": row 1 is cut off: no newline ends it");
    assert_refused("a\tb\ta\n", ": two columns are named 'a'");
    assert_refused("\033[2Ja\t\033[2Ja\n", ": two columns are named '?[2Ja'");
    assert_refused("a\tb\tc\td\te\n", ": 5 columns; allowed: up to 4");
}

static void refuses_rows_of_another_width(void **state)
{
    (void)state;
    assert_row_refused("a\tb\n1\n", ": row 2 has 1 fields, the header 2");
    assert_row_refused("a\tb\n1\t2\t3\n", ": row 2 has 3 fields, the header 2");
    assert_row_refused("a\tb\n\n1\t2\n", ": row 2 has 1 fields, the header 2");
}

static void refuses_a_row_that_was_cut_off(void **state)
{
    (void)state;
    /* Without the newline nobody knows whether 12 was to be 12 or 1234. */
    assert_row_refused("a\tb\n1\t12", ": row 2 is cut off: no newline ends it");
}

static void refuses_rows_beyond_the_limits(void **state)
{
    (void)state;
    struct table *table = open_text("a\n1\n2\n3\n4\n");
    for (int row = 0; row < 3; row++)
        assert_int_equal(table_next(table, &failure), 1);
    assert_failure(table_next(table, &failure), -EINVAL, ": more than 3 rows");
    table_close(table);
}

static void the_line_limit_is_exact(void **state)
{
    (void)state;
    const char forty[] = "0123456789012345678901234567890123456789";
    char text[64];
    snprintf(text, sizeof text, "a\n%s\n", forty);
    struct table *table = open_text(text);
    assert_int_equal(table_next(table, &failure), 1);
    assert_string_equal(table_text(table, 0), forty);
    table_close(table);
    snprintf(text, sizeof text, "a\n%s!\n", forty);
    assert_row_refused(text, ": row 2 is longer than 40 bytes");
}

static void refuses_nul_bytes(void **state)
{
    (void)state;
    static const char bytes[] = "a\nx\0y\nz\n";
    struct table *table = NULL;
    write_bytes(bytes, sizeof bytes - 1);
    assert_int_equal(table_open(&table, path, &limits, &failure), 0);
    assert_failure(table_next(table, &failure), -EINVAL,
                   ": row 2 has a NUL byte: not a text table");
    table_close(table);
}

static void a_wrong_number_is_named_by_row_and_column(void **state)
{
    (void)state;
    struct table *table = open_text("name\tcount\nx\t1\ny\t-2\n");
    uint64_t value = 4711;
    assert_int_equal(table_next(table, &failure), 1);
    assert_int_equal(table_next(table, &failure), 1);
    assert_failure(table_count(table, 1, &value, &failure), -EINVAL,
                   ": row 3, count: '-2' is not a whole number from 0 to 18446744073709551615");
    assert_int_equal(value, 4711);
    table_close(table);
}

static void what_is_refused_cannot_garble_a_terminal(void **state)
{
    (void)state;
    struct table *table = open_text("name\n\033[31mred\r\n");
    assert_int_equal(table_next(table, &failure), 1);
    assert_failure(table_refuse(table, 0, "is no name", &failure), -EINVAL,
                   ": row 2, name: '?[31mred?' is no name");
    table_close(table);
}

static void a_missing_column_is_named(void **state)
{
    (void)state;
    struct table *table = open_text("name\n");
    size_t column = 4711;
    assert_failure(table_find_column(table, "nam", &column, &failure), -EINVAL,
                   ": no column 'nam'");
    assert_int_equal(column, 4711);
    table_close(table);
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    struct table *table = NULL;
    assert_failure(table_open(&table, path, &limits, &failure), -ENOENT,
                   ": No such file or directory");
    assert_null(table);
}

static void only_regular_files_are_opened(void **state)
{
    (void)state;
    struct table *table = NULL;
    /* Opening it for reading would wait for a writer for ever. */
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_failure(table_open(&table, path, &limits, &failure), -EINVAL, ": not a regular file");
    assert_null(table);
}

static void a_long_path_leaves_room_for_the_row(void **state)
{
    (void)state;
    char long_path[1024];
    size_t used = (size_t)snprintf(long_path, sizeof long_path, "%s/", folder);
    while (used < 600)
        used += (size_t)snprintf(long_path + used, sizeof long_path - used, "./");
    snprintf(long_path + used, sizeof long_path - used, "t.tsv");
    write_text("a\tb\n1\n");
    struct table *table = NULL;
    assert_int_equal(table_open(&table, long_path, &limits, &failure), 0);
    assert_int_equal(table_next(table, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "/t.tsv: row 2 has 1 fields, the header 2"));
    table_close(table);
}

/* --- Writing ---------------------------------------------------------------------------------- */

static void assert_printed(const char *expected)
{
    char text[128] = {0};
    FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    assert_true(fread(text, 1, sizeof text - 1, stream) < sizeof text - 1);
    fclose(stream);
    assert_string_equal(text, expected);
}

static void a_written_text_stays_one_field(void **state)
{
    (void)state;
    FILE *stream = fopen(path, "we");
    assert_non_null(stream);
    table_print_text(stream, "a\tb\nc\rd\033[2Je\x7f \xc3\xa4");
    assert_int_equal(fclose(stream), 0);
    assert_printed("a b c d [2Je  \xc3\xa4");
}

static void numbers_are_written_with_nine_digits(void **state)
{
    (void)state;
    FILE *stream = fopen(path, "we");
    assert_non_null(stream);
    const double values[] = {NAN, -NAN, 0.0, 0.1, 1234567890.0, 2.0 / 3.0};
    for (size_t index = 0; index < sizeof values / sizeof *values; index++) {
        table_print_real(stream, values[index]);
        fputc(' ', stream);
    }
    assert_int_equal(fclose(stream), 0);
    assert_printed("nan nan 0 0.1 1.23456789e+09 0.666666667 ");
}

#define TABLE_TEST(test) cmocka_unit_test_setup_teardown(test, start_fresh, remove_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_TEST(reads_row_by_row),
        TABLE_TEST(a_header_alone_is_a_table),
        TABLE_TEST(refuses_what_is_no_header),
        TABLE_TEST(refuses_rows_of_another_width),
        TABLE_TEST(refuses_a_row_that_was_cut_off),
        TABLE_TEST(refuses_rows_beyond_the_limits),
        TABLE_TEST(the_line_limit_is_exact),
        TABLE_TEST(refuses_nul_bytes),
        TABLE_TEST(a_wrong_number_is_named_by_row_and_column),
        TABLE_TEST(what_is_refused_cannot_garble_a_terminal),
        TABLE_TEST(a_missing_column_is_named),
        TABLE_TEST(a_missing_file_is_named),
        TABLE_TEST(only_regular_files_are_opened),
        TABLE_TEST(a_long_path_leaves_room_for_the_row),
        TABLE_TEST(a_written_text_stays_one_field),
        TABLE_TEST(numbers_are_written_with_nine_digits),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
