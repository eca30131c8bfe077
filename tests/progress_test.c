/* How much time is left, by pace and budget; and what a log gets to see. */
#include "conduct/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void time_left_follows_the_pace(void **state)
{
    (void)state;
    struct progress_state progress = {.done = 25, .total = 100, .text = ""};
    /* 25 of 100 in 10 s: 75 more take 30 s. */
    assert_true(progress_seconds_left(&progress, 10.0) == 30.0);
    progress.done = 100;
    assert_true(progress_seconds_left(&progress, 10.0) == 0.0);
    progress.done = 0;
    assert_true(progress_seconds_left(&progress, 10.0) == 0.0);
}

static void time_left_ends_with_the_budget(void **state)
{
    (void)state;
    struct progress_state progress = {
        .done = 25, .total = 100, .seconds_left_most = 12.0, .text = ""};
    assert_true(progress_seconds_left(&progress, 10.0) == 12.0);
    progress.seconds_left_most = 60.0;
    assert_true(progress_seconds_left(&progress, 10.0) == 30.0);
    /* The least is done even beyond the budget: 35 more take 14 s. */
    progress.seconds_left_most = 12.0;
    progress.least = 60;
    assert_true(progress_seconds_left(&progress, 10.0) == 14.0);
}

static void a_log_gets_plain_lines_and_not_too_many(void **state)
{
    (void)state;
    char text[1024] = "";
    FILE *stream = tmpfile();
    assert_non_null(stream);
    struct progress progress = progress_begin(stream);
    struct progress_state shown = {.done = 0, .total = 10, .text = "first"};
    progress_update(&progress, &shown);
    shown.text = "too soon";
    progress_update(&progress, &shown);
    progress_say(&progress, "a line of %s", "its own");
    progress_end(&progress);
    rewind(stream);
    assert_true(fread(text, 1, sizeof text - 1, stream) > 0);
    fclose(stream);
    assert_string_equal(text, "[  0%] first\na line of its own\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_left_follows_the_pace),
        cmocka_unit_test(time_left_ends_with_the_budget),
        cmocka_unit_test(a_log_gets_plain_lines_and_not_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
