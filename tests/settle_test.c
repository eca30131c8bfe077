/* Which cells still need rounds: known figures, and groups that are measured together. */
#include "conduct/settle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PIPE, SHM, SHM_LARGE, RELAY, PADDED, BOUNCE, CELLS };

static struct cell cells[CELLS];
static struct plan plan = {.cells = cells, .cells_count = CELLS};
static struct settle *settle;

static struct cell cell_of(const char *mechanism, const char *test, uint64_t size_bytes)
{
    struct cell cell = {.wait = "block",
                        .copies = "own",
                        .touch = "full",
                        .placement = "cache",
                        .source = "memory",
                        .sink = "use",
                        .working_set = "none",
                        .size_bytes = size_bytes};
    snprintf(cell.mechanism, sizeof cell.mechanism, "%s", mechanism);
    snprintf(cell.test, sizeof cell.test, "%s", test);
    return cell;
}

static int make(void **state)
{
    (void)state;
    cells[PIPE] = cell_of("pipe", "throughput", 64);
    cells[SHM] = cell_of("shm", "throughput", 64);
    cells[SHM_LARGE] = cell_of("shm", "throughput", 4096);
    cells[RELAY] = cell_of("pipe", "relay", 4096);
    cells[PADDED] = cell_of("shm", "throughput", 4096);
    cells[PADDED].extra_copies = 2;
    cells[BOUNCE] = cell_of("ceiling", "bounce", 8);
    return settle_make(&plan, 0.05, 1, &settle);
}

static int destroy(void **state)
{
    (void)state;
    settle_free(settle);
    settle = NULL;
    return 0;
}

/* `rounds` more values of a cell that lie within +-spread of its middle. */
static void add(size_t cell, uint64_t first, uint64_t rounds, double spread)
{
    for (uint64_t round = first; round < first + rounds; round++) {
        struct sample sample = {.throughput_bytes_per_s =
                                    100.0 * (1.0 + spread * ((double)(round % 3) - 1.0)),
                                .latency_p50_ns = NAN};
        if (cell == BOUNCE) {
            sample.latency_p50_ns = sample.throughput_bytes_per_s;
            sample.throughput_bytes_per_s = NAN;
        }
        assert_int_equal(settle_add(settle, cell, round, &sample), 0);
    }
}

static void assert_needs(const char *expected)
{
    char found[CELLS + 1] = "";
    size_t count = 0;
    for (size_t cell = 0; cell < CELLS; cell++) {
        found[cell] = settle_needs(settle, cell) ? '+' : '-';
        count += settle_needs(settle, cell);
    }
    assert_string_equal(found, expected);
    assert_int_equal(settle_needs_count(settle), count);
}

static void all_cells_need_rounds_at_first(void **state)
{
    (void)state;
    assert_needs("++++++");
    assert_int_equal(settle_look(settle), 0);
    assert_needs("++++++");
    for (size_t cell = 0; cell < CELLS; cell++)
        add(cell, 1, 9, 0.0);
    assert_int_equal(settle_look(settle), 0); /* nine rounds are too few, however calm */
    assert_needs("++++++");
    assert_int_equal(settle_settled_count(settle), 0);
}

static void groups_are_measured_until_their_last_is_settled(void **state)
{
    (void)state;
    add(PIPE, 1, 10, 0.01);
    add(SHM, 1, 10, 0.30);
    add(SHM_LARGE, 1, 10, 0.01);
    add(RELAY, 1, 10, 0.01);
    add(PADDED, 1, 10, 0.01);
    add(BOUNCE, 1, 10, 0.01);
    assert_int_equal(settle_look(settle), 0);
    assert_needs("++----");
    assert_int_equal(settle_settled_count(settle), 5);
    add(SHM, 11, 300, 0.0); /* alone: its pairs are the same ten */
    assert_int_equal(settle_look(settle), 0);
    assert_needs("++----");
    add(PIPE, 11, 300, 0.0);
    assert_int_equal(settle_look(settle), 0);
    assert_needs("------");
    assert_int_equal(settle_settled_count(settle), CELLS);
}

static void a_relay_and_a_padded_copy_wait_for_each_other(void **state)
{
    (void)state;
    add(RELAY, 1, 10, 0.30);
    add(PADDED, 1, 10, 0.01);
    assert_int_equal(settle_look(settle), 0);
    assert_true(settle_needs(settle, PADDED));
    assert_true(settle_needs(settle, RELAY));
}

/* The rounds after which the bounce needs no more, with a look after each round; or MOST. */
enum { MOST = 1000 };
static uint64_t rounds_until_settled(double spread)
{
    uint64_t round = 0;
    while (round < MOST && settle_needs(settle, BOUNCE)) {
        add(BOUNCE, ++round, 1, spread);
        assert_int_equal(settle_look(settle), 0);
    }
    return round;
}

/* Not every round is looked at, but what is seen then is what one look at all of them sees. */
static void looks_in_growing_steps_see_what_one_look_sees(void **state)
{
    uint64_t needed = rounds_until_settled(0.30);
    assert_in_range(needed, 17, MOST - 1); /* with fewer every round is a step */
    destroy(state);
    assert_int_equal(make(state), 0);
    add(BOUNCE, 1, needed, 0.30);
    assert_int_equal(settle_look(settle), 0);
    assert_false(settle_needs(settle, BOUNCE));
}

static void a_latency_settles_by_its_median(void **state)
{
    (void)state;
    add(BOUNCE, 1, 10, 0.30);
    assert_int_equal(settle_look(settle), 0);
    assert_true(settle_needs(settle, BOUNCE));
    add(BOUNCE, 11, 300, 0.0);
    assert_int_equal(settle_look(settle), 0);
    assert_false(settle_needs(settle, BOUNCE));
}

/* A ratio can be wide where both sides are narrow enough, when they swing against each other. */
static void the_ratio_must_be_narrow_too(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 10; round++) {
        double swing = round % 2 == 0 ? 0.045 : -0.045;
        struct sample sample = {.throughput_bytes_per_s = 100.0 * (1.0 + swing),
                                .latency_p50_ns = NAN};
        assert_int_equal(settle_add(settle, PIPE, round, &sample), 0);
        sample.throughput_bytes_per_s = 100.0 * (1.0 - swing);
        assert_int_equal(settle_add(settle, SHM, round, &sample), 0);
    }
    assert_int_equal(settle_look(settle), 0);
    assert_true(settle_needs(settle, SHM));
    assert_int_equal(settle_settled_count(settle), 1); /* the pipe itself */
}

static void pairs_of_cpus_get_the_least_rounds(void **state)
{
    (void)state;
    struct settle *pairs;
    struct cell pair = cell_of("pipe", "latency", 64);
    snprintf(pair.placement, sizeof pair.placement, "pair-0-17");
    struct plan many = {.cells = &pair, .cells_count = 1};
    assert_int_equal(settle_make(&many, 0.05, 1, &pairs), 0);
    for (uint64_t round = 1; round <= PLAN_ROUNDS_LEAST; round++) {
        assert_true(settle_needs(pairs, 0));
        struct sample sample = {.latency_p50_ns = round % 2 == 0 ? 10.0 : 20.0};
        assert_int_equal(settle_add(pairs, 0, round, &sample), 0);
        assert_int_equal(settle_look(pairs), 0);
    }
    assert_false(settle_needs(pairs, 0));
    settle_free(pairs);
}

static void without_a_precision_nothing_settles(void **state)
{
    (void)state;
    struct settle *never;
    assert_int_equal(settle_make(&plan, 0.0, 1, &never), 0);
    for (uint64_t round = 1; round <= 20; round++) {
        struct sample sample = {.throughput_bytes_per_s = 100.0, .latency_p50_ns = NAN};
        assert_int_equal(settle_add(never, PIPE, round, &sample), 0);
    }
    assert_int_equal(settle_look(never), 0);
    assert_int_equal(settle_needs_count(never), CELLS);
    settle_free(never);
}

#define SETTLE_TEST(test) cmocka_unit_test_setup_teardown(test, make, destroy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SETTLE_TEST(all_cells_need_rounds_at_first),
        SETTLE_TEST(groups_are_measured_until_their_last_is_settled),
        SETTLE_TEST(a_relay_and_a_padded_copy_wait_for_each_other),
        SETTLE_TEST(looks_in_growing_steps_see_what_one_look_sees),
        SETTLE_TEST(a_latency_settles_by_its_median),
        SETTLE_TEST(the_ratio_must_be_narrow_too),
        SETTLE_TEST(pairs_of_cpus_get_the_least_rounds),
        SETTLE_TEST(without_a_precision_nothing_settles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
