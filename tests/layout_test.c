/* Every round has a layout of its own, and the same one always. */
#include "conduct/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_same(struct layout a, struct layout b)
{
    return a.environment_padding_bytes == b.environment_padding_bytes &&
           a.buffer_offset_bytes == b.buffer_offset_bytes;
}

static void layouts_are_drawn_from_seed_and_round(void **state)
{
    (void)state;
    size_t same = 0;
    for (uint64_t round = 1; round <= 1000; round++) {
        struct layout layout = layout_of_round(4711, round);
        assert_true(is_same(layout, layout_of_round(4711, round)));
        assert_in_range(layout.environment_padding_bytes, 1, 4096);
        assert_in_range(layout.buffer_offset_bytes, 0, 4032);
        assert_int_equal(layout.buffer_offset_bytes % 64, 0);
        same += is_same(layout, layout_of_round(4711, round + 1));
        same += is_same(layout, layout_of_round(4712, round));
    }
    assert_in_range(same, 0, 5); /* one in 262,000 is expected by chance */
}

/* Every one of the 64 offsets comes up in 1000 rounds: a missing one has a chance of 1e-5. */
static void all_offsets_come_up(void **state)
{
    (void)state;
    bool seen[64] = {false};
    for (uint64_t round = 1; round <= 1000; round++)
        seen[layout_of_round(1, round).buffer_offset_bytes / 64] = true;
    for (size_t offset = 0; offset < 64; offset++)
        assert_true(seen[offset]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_are_drawn_from_seed_and_round),
        cmocka_unit_test(all_offsets_come_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
