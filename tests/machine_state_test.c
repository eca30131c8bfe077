/* In which state of the machine samples were measured: made-up runs whose answer is known. */
#include "results/machine_state.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SAMPLES_MOST = 64 };

struct run {
    struct raw_sample samples[SAMPLES_MOST];
    struct raw_samples raw;
};

/* Adds `count` samples whose CPUs are `bounce_ns` apart and need `work_ns`. All samples of a
 * placement are of one cell, so eight that count are enough. */
static void add(struct run *run, const char *placement, size_t count, double bounce_ns,
                double work_ns)
{
    for (size_t index = 0; index < count; index++) {
        struct raw_sample *sample = &run->samples[run->raw.sample_count++];
        *sample = (struct raw_sample){.sample = {.bounce_before_ns = bounce_ns,
                                                 .bounce_after_ns = bounce_ns,
                                                 .writer_work_ns = 0.9 * work_ns,
                                                 .reader_work_ns = work_ns,
                                                 .latency_p50_ns = NAN}};
        snprintf(sample->cell.placement, sizeof sample->cell.placement, "%s", placement);
        snprintf(sample->sample.test, sizeof sample->sample.test, "throughput");
    }
    run->raw.samples = run->samples;
}

/* One character per sample: '.' counts, 'x' does not. */
static void assert_marks(const struct run *run, const char *expected)
{
    char marks[SAMPLES_MOST + 1] = "";
    for (size_t index = 0; index < run->raw.sample_count; index++)
        marks[index] = run->samples[index].elsewhere ? 'x' : '.';
    assert_string_equal(marks, expected);
}

static void most_samples_make_the_state(void **state)
{
    (void)state;
    struct run run = {0};
    add(&run, "cache", 2, 70.0, 6000.0);
    add(&run, "cache", 8, 220.0, 6000.0);
    add(&run, "cache", 1, 300.0, 6000.0); /* within 1.5 */
    add(&run, "cache", 1, 480.0, 6000.0); /* beyond */
    add(&run, "cache", 2, 220.0, 6200.0); /* within 1.05 */
    add(&run, "cache", 2, 220.0, 9000.0); /* a neighbour on the core */
    assert_int_equal(machine_state_mark(&run.raw), 0);
    assert_marks(&run, "xx.........x..xx");
}

static void a_short_run_counts_all(void **state)
{
    (void)state;
    struct run run = {0};
    add(&run, "cache", 3, 70.0, 6000.0);
    add(&run, "cache", 7, 220.0, 6000.0);
    assert_int_equal(machine_state_mark(&run.raw), 0);
    assert_marks(&run, "..........");
    add(&run, "cache", 1, 220.0, 6000.0);
    assert_int_equal(machine_state_mark(&run.raw), 0);
    assert_marks(&run, "xxx........");
}

/* Where one of the two looks was from another place, the sample saw both. */
static void a_sample_that_moved_on_its_way_is_of_no_state(void **state)
{
    (void)state;
    struct run run = {0};
    add(&run, "cache", 12, 220.0, 6000.0);
    run.samples[1].sample.bounce_after_ns = 70.0;
    run.samples[2].sample.bounce_before_ns = 70.0;
    run.samples[3].sample.bounce_after_ns = NAN; /* not known: no objection */
    assert_int_equal(machine_state_mark(&run.raw), 0);
    assert_marks(&run, ".xx.........");
}

static void each_placement_has_its_own(void **state)
{
    (void)state;
    struct run run = {0};
    add(&run, "cache", 9, 220.0, 6000.0);
    add(&run, "far", 8, 900.0, 6000.0);
    add(&run, "cache", 1, 900.0, 6000.0);
    add(&run, "same", 3, NAN, 6000.0);
    assert_int_equal(machine_state_mark(&run.raw), 0);
    assert_marks(&run, ".................x...");
}

static void older_bundles_tell_nothing(void **state)
{
    (void)state;
    struct run run = {0};
    add(&run, "cache", 5, NAN, NAN);
    run.samples[3].elsewhere = true;
    assert_int_equal(machine_state_mark(&run.raw), 0);
    assert_marks(&run, ".....");
    struct run empty = {0};
    assert_int_equal(machine_state_mark(&empty.raw), 0);
}

/* The ceiling's own figure is the distance; it never decides. */
static void a_bounce_is_judged_by_itself(void **state)
{
    (void)state;
    struct run run = {0};
    add(&run, "cache", 9, 220.0, 6000.0);
    add(&run, "cache", 5, NAN, NAN);
    for (size_t index = 9; index < 14; index++) {
        snprintf(run.samples[index].sample.test, sizeof run.samples[index].sample.test, "bounce");
        run.samples[index].sample.latency_p50_ns = index == 9 ? 225.0 : 70.0;
    }
    assert_int_equal(machine_state_mark(&run.raw), 0);
    assert_marks(&run, "..........xxxx");
}

static void two_runs_are_compared_in_the_state_that_both_had(void **state)
{
    (void)state;
    struct run one = {0};
    struct run other = {0};
    size_t apart = 7;
    add(&one, "cache", 6, 70.0, 6000.0);
    add(&one, "cache", 8, 220.0, 6000.0);
    add(&other, "cache", 8, 220.0, 6000.0);
    add(&other, "cache", 3, 220.0, 9000.0);
    assert_int_equal(machine_state_mark_common(&one.raw, &other.raw, true, &apart), 0);
    assert_int_equal(apart, 0);
    assert_marks(&one, "xxxxxx........");
    assert_marks(&other, "........xxx");
}

/* A third of each is too little for an interval of many cells; but the rest would be no comparison.
 */
static void a_common_state_counts_however_few(void **state)
{
    (void)state;
    struct run one = {0};
    struct run other = {0};
    size_t apart = 7;
    add(&one, "cache", 2, 220.0, 6000.0);
    add(&one, "cache", 4, 70.0, 6000.0);
    add(&other, "cache", 2, 220.0, 6000.0);
    add(&other, "cache", 4, 220.0, 9000.0);
    assert_int_equal(machine_state_mark_common(&one.raw, &other.raw, true, &apart), 0);
    assert_int_equal(apart, 0);
    assert_marks(&one, "..xxxx");
    assert_marks(&other, "..xxxx");
}

static void without_a_common_state_one_machine_is_not_compared(void **state)
{
    (void)state;
    struct run one = {0};
    struct run other = {0};
    size_t apart = 0;
    add(&one, "cache", 18, 70.0, 6000.0);
    add(&one, "cache", 1, 220.0, 6000.0); /* too few to be a common state */
    add(&other, "cache", 8, 220.0, 6000.0);
    add(&one, "same", 2, NAN, 6000.0);
    add(&other, "same", 2, NAN, 6000.0);
    assert_int_equal(machine_state_mark_common(&one.raw, &other.raw, true, &apart), 0);
    assert_int_equal(apart, 1);
    assert_marks(&one, "xxxxxxxxxxxxxxxxxxx..");
    assert_marks(&other, "xxxxxxxx..");
    /* Two machines are each as they are. */
    assert_int_equal(machine_state_mark_common(&one.raw, &other.raw, false, &apart), 0);
    assert_int_equal(apart, 0);
    assert_marks(&one, "..................x..");
    assert_marks(&other, "..........");
}

static void a_run_that_tells_nothing_is_compared_as_it_is(void **state)
{
    (void)state;
    struct run one = {0};
    struct run other = {0};
    size_t apart = 0;
    add(&one, "cache", 3, 220.0, 6000.0);
    add(&other, "cache", 3, NAN, NAN);
    assert_int_equal(machine_state_mark_common(&one.raw, &other.raw, true, &apart), 0);
    assert_int_equal(apart, 0);
    assert_marks(&one, "...");
    assert_marks(&other, "...");
}

/* 200,000 samples: linear, or this takes for ever. */
static void many_samples_are_marked_in_linear_time(void **state)
{
    (void)state;
    enum { MANY = 200000 };
    struct raw_samples raw = {.samples = calloc(MANY, sizeof *raw.samples), .sample_count = MANY};
    assert_non_null(raw.samples);
    for (size_t index = 0; index < MANY; index++) {
        raw.samples[index].sample.bounce_before_ns = index % 10 == 0 ? 70.0 : 220.0;
        raw.samples[index].sample.bounce_after_ns = NAN;
        raw.samples[index].sample.writer_work_ns = raw.samples[index].sample.reader_work_ns = 6e3;
    }
    assert_int_equal(machine_state_mark(&raw), 0);
    size_t elsewhere = 0;
    for (size_t index = 0; index < MANY; index++)
        elsewhere += raw.samples[index].elsewhere;
    assert_int_equal(elsewhere, MANY / 10);
    free(raw.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_samples_make_the_state),
        cmocka_unit_test(a_short_run_counts_all),
        cmocka_unit_test(a_sample_that_moved_on_its_way_is_of_no_state),
        cmocka_unit_test(each_placement_has_its_own),
        cmocka_unit_test(older_bundles_tell_nothing),
        cmocka_unit_test(a_bounce_is_judged_by_itself),
        cmocka_unit_test(two_runs_are_compared_in_the_state_that_both_had),
        cmocka_unit_test(a_common_state_counts_however_few),
        cmocka_unit_test(without_a_common_state_one_machine_is_not_compared),
        cmocka_unit_test(a_run_that_tells_nothing_is_compared_as_it_is),
        cmocka_unit_test(many_samples_are_marked_in_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
