/* When pings are due: known answers, with pauses, with lateness, without drift; and that waiting
 * ends when it should and not before. */
#include "base/clock.h"
#include "measure/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MILLISECOND_NS UINT64_C(1000000)

static void pings_are_due_at_whole_intervals(void **state)
{
    (void)state;
    struct schedule schedule = schedule_make(1000, true);
    schedule_resume(&schedule, 500);
    assert_int_equal(schedule_next_ns(&schedule, 500), 500 + MILLISECOND_NS);
    assert_int_equal(schedule_next_ns(&schedule, 500), 500 + 2 * MILLISECOND_NS);
    assert_int_equal(schedule_next_ns(&schedule, 500), 500 + 3 * MILLISECOND_NS);
    assert_int_equal(schedule.late, 0);
}

/* A third of a second is no whole number of nanoseconds: added up, a million would be off. */
static void intervals_do_not_drift(void **state)
{
    (void)state;
    struct schedule schedule = schedule_make(3, true);
    schedule_resume(&schedule, 0);
    assert_int_equal(schedule_next_ns(&schedule, 0), 333333333);
    assert_int_equal(schedule_next_ns(&schedule, 0), 666666667);
    assert_int_equal(schedule_next_ns(&schedule, 0), 1000000000);
    schedule.pings = 2999999;
    assert_int_equal(schedule_next_ns(&schedule, 0), UINT64_C(1000000000000000));
}

static void a_fraction_of_a_ping_per_second_is_kept(void **state)
{
    (void)state;
    struct schedule schedule = schedule_make(2.5, false);
    schedule_resume(&schedule, 0);
    assert_int_equal(schedule_next_ns(&schedule, 0), 400000000);
    schedule = schedule_make(10000000, false);
    schedule_resume(&schedule, 7);
    assert_int_equal(schedule_next_ns(&schedule, 0), 107);
}

/* A stall of 3.5 intervals: three pings were due in it, and keep their times. */
static void a_stall_makes_pings_late_and_moves_none(void **state)
{
    (void)state;
    struct schedule schedule = schedule_make(1000, true);
    schedule_resume(&schedule, 0);
    assert_int_equal(schedule_next_ns(&schedule, 0), MILLISECOND_NS);
    uint64_t done_ns = 4 * MILLISECOND_NS + MILLISECOND_NS / 2;
    assert_int_equal(schedule_next_ns(&schedule, done_ns), 2 * MILLISECOND_NS);
    assert_int_equal(schedule_next_ns(&schedule, done_ns), 3 * MILLISECOND_NS);
    assert_int_equal(schedule_next_ns(&schedule, done_ns), 4 * MILLISECOND_NS);
    assert_int_equal(schedule.late, 3);
    assert_int_equal(schedule_next_ns(&schedule, done_ns), 5 * MILLISECOND_NS);
    assert_int_equal(schedule.late, 3);
}

static void the_moment_itself_is_not_late(void **state)
{
    (void)state;
    struct schedule schedule = schedule_make(1000, true);
    schedule_resume(&schedule, 0);
    schedule_next_ns(&schedule, MILLISECOND_NS);
    assert_int_equal(schedule.late, 0);
    schedule_next_ns(&schedule, 2 * MILLISECOND_NS + 1);
    assert_int_equal(schedule.late, 1);
}

/* Between batches: what was to come comes as much later, what was late is as late. */
static void a_pause_changes_neither_lead_nor_backlog(void **state)
{
    (void)state;
    struct schedule schedule = schedule_make(1000, true);
    schedule_resume(&schedule, 0);
    assert_int_equal(schedule_next_ns(&schedule, 0), MILLISECOND_NS);
    /* 0.3 ms before the second ping. */
    schedule_pause(&schedule, 1700000);
    schedule_resume(&schedule, 9000000);
    assert_int_equal(schedule_next_ns(&schedule, 9000000), 9300000);
    assert_int_equal(schedule.late, 0);
    /* 2.2 ms behind the third, which would have been due at 10.3. */
    schedule_pause(&schedule, 12500000);
    schedule_resume(&schedule, 20000000);
    assert_int_equal(schedule_next_ns(&schedule, 20000000), 17800000);
    assert_int_equal(schedule.late, 1);
}

static void waiting_ends_when_it_is_due(void **state)
{
    (void)state;
    for (int may_spin = 0; may_spin < 2; may_spin++) {
        struct schedule schedule = schedule_make(1000, may_spin != 0);
        static const uint64_t waits_ns[] = {1, 1000, 100000, 1000000, 20000000};
        for (size_t index = 0; index < sizeof waits_ns / sizeof waits_ns[0]; index++) {
            uint64_t due_ns = clock_now_ns() + waits_ns[index];
            schedule_await(&schedule, due_ns);
            assert_true(clock_now_ns() >= due_ns);
        }
    }
}

/* With nothing to wait for it returns: a time so long ago that no sleep could reach it. */
static void the_past_is_not_waited_for(void **state)
{
    (void)state;
    struct schedule schedule = schedule_make(1, true);
    schedule_await(&schedule, 0);
    schedule.may_spin = false;
    schedule_await(&schedule, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pings_are_due_at_whole_intervals),
        cmocka_unit_test(intervals_do_not_drift),
        cmocka_unit_test(a_fraction_of_a_ping_per_second_is_kept),
        cmocka_unit_test(a_stall_makes_pings_late_and_moves_none),
        cmocka_unit_test(the_moment_itself_is_not_late),
        cmocka_unit_test(a_pause_changes_neither_lead_nor_backlog),
        cmocka_unit_test(waiting_ends_when_it_is_due),
        cmocka_unit_test(the_past_is_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
