/* What a stream takes, by the signs of the environment; and inks, which are nothing without. */
#include "base/ink.h"
#include "base/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct colour_signs terminal = {.is_terminal = true, .term = "xterm"};
static const struct colour_signs elsewhere = {.term = "xterm"};

static void the_choice_wins(void **state)
{
    (void)state;
    struct colour_signs signs = terminal;
    assert_false(colour_wanted(COLOUR_NEVER, &terminal));
    assert_true(colour_wanted(COLOUR_ALWAYS, &elsewhere));
    signs.no_color = "1";
    assert_true(colour_wanted(COLOUR_ALWAYS, &signs));
}

static void a_terminal_has_colour_unless_it_is_dumb(void **state)
{
    (void)state;
    struct colour_signs signs = terminal;
    assert_true(colour_wanted(COLOUR_AUTO, &terminal));
    assert_false(colour_wanted(COLOUR_AUTO, &elsewhere));
    signs.term = "dumb";
    assert_false(colour_wanted(COLOUR_AUTO, &signs));
    signs.term = "";
    assert_false(colour_wanted(COLOUR_AUTO, &signs));
    signs.term = NULL;
    assert_false(colour_wanted(COLOUR_AUTO, &signs));
}

static void the_environment_is_heeded(void **state)
{
    (void)state;
    struct colour_signs signs = terminal;
    signs.no_color = "";
    assert_true(colour_wanted(COLOUR_AUTO, &signs));
    signs.no_color = "0"; /* set is set, whatever it says */
    assert_false(colour_wanted(COLOUR_AUTO, &signs));
    signs = terminal;
    signs.clicolor = "0";
    assert_false(colour_wanted(COLOUR_AUTO, &signs));
    signs = elsewhere;
    signs.clicolor_force = "0";
    assert_false(colour_wanted(COLOUR_AUTO, &signs));
    signs.clicolor_force = "1";
    assert_true(colour_wanted(COLOUR_AUTO, &signs));
    signs = elsewhere;
    signs.force_color = "1";
    assert_true(colour_wanted(COLOUR_AUTO, &signs));
    signs.no_color = "1";
    assert_false(colour_wanted(COLOUR_AUTO, &signs));
}

static void a_file_takes_none(void **state)
{
    (void)state;
    FILE *stream = tmpfile();
    assert_non_null(stream);
    unsetenv("CLICOLOR_FORCE");
    unsetenv("FORCE_COLOR");
    assert_false(terminal_takes_colour(COLOUR_AUTO, stream));
    assert_true(terminal_takes_colour(COLOUR_ALWAYS, stream));
    fclose(stream);
}

static void utf8_is_the_locale_s(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    assert_false(terminal_takes_utf8());
    setenv("LC_ALL", "no_SUCH.UTF-8", 1);
    assert_false(terminal_takes_utf8());
}

static void without_colour_an_ink_is_nothing(void **state)
{
    (void)state;
    for (int ink = 0; ink < INKS; ink++) {
        assert_string_equal(ink_begin(false, (enum ink)ink), "");
        assert_string_equal(ink_end(false, (enum ink)ink), "");
    }
    assert_string_equal(ink_begin(true, INK_PLAIN), "");
    assert_string_equal(ink_end(true, INK_PLAIN), "");
    for (int ink = INK_PLAIN + 1; ink < INKS; ink++) {
        assert_int_equal(*ink_begin(true, (enum ink)ink), '\033');
        assert_string_equal(ink_end(true, (enum ink)ink), "\033[0m");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_choice_wins),
        cmocka_unit_test(a_terminal_has_colour_unless_it_is_dumb),
        cmocka_unit_test(the_environment_is_heeded),
        cmocka_unit_test(a_file_takes_none),
        cmocka_unit_test(utf8_is_the_locale_s),
        cmocka_unit_test(without_colour_an_ink_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
