/* Sorting raw samples: against a plain stable sort by the same keys, in order, reversed and
 * shuffled. */
#include "results/raw_order.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MECHANISMS = 3, SIZES = 70, ROUNDS = 9, MOST = MECHANISMS * SIZES * ROUNDS };

static struct raw_sample samples[MOST];
static struct raw_sample expected[MOST];

static struct raw_sample sample_of(size_t mechanism, size_t size, uint64_t round, uint64_t order)
{
    static const char *const names[MECHANISMS] = {"shm", "pipe", "fifo"};
    struct raw_sample sample;
    memset(&sample, 0, sizeof sample);
    sample.round = round;
    sample.order = order;
    sample.cell.size_bytes = size;
    snprintf(sample.cell.mechanism, sizeof sample.cell.mechanism, "%s", names[mechanism]);
    return sample;
}

static int compare_samples(const struct raw_sample *left, const struct raw_sample *right)
{
    int order = cell_key_compare(&left->cell, &right->cell);
    return order != 0 ? order : (left->round > right->round) - (left->round < right->round);
}

/* One into its place after another, behind its equals. */
static void sort_plainly(struct raw_sample *sorted, size_t count)
{
    for (size_t next = 1; next < count; next++) {
        struct raw_sample sample = sorted[next];
        size_t place = next;
        for (; place > 0 && compare_samples(&sorted[place - 1], &sample) > 0; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = sample;
    }
}

/* `order` tells the samples apart, so that one that stands twice, or is lost, shows. */
static void assert_sorts(size_t count)
{
    struct raw_samples raw = {.samples = samples, .sample_count = count};
    memcpy(expected, samples, count * sizeof *samples);
    sort_plainly(expected, count);
    assert_int_equal(raw_order_sort(&raw), 0);
    assert_int_equal(raw.sample_count, count);
    assert_ptr_equal(raw.samples, samples);
    for (size_t index = 0; index < count; index++)
        assert_memory_equal(&samples[index], &expected[index], sizeof *samples);
}

/* As a run writes them: round after round. */
static void fill(void)
{
    size_t next = 0;
    for (uint64_t round = 1; round <= ROUNDS; round++)
        for (size_t size = 0; size < SIZES; size++)
            for (size_t mechanism = 0; mechanism < MECHANISMS; mechanism++, next++)
                samples[next] = sample_of(mechanism, size, round, next);
}

static void rows_of_a_run_come_by_cell_and_round(void **state)
{
    (void)state;
    fill();
    assert_sorts(MOST);
    assert_string_equal(samples[0].cell.mechanism, "fifo");
    assert_int_equal(samples[0].round, 1);
    assert_int_equal(samples[1].round, 2);
    assert_string_equal(samples[MOST - 1].cell.mechanism, "shm");
    assert_int_equal(samples[MOST - 1].cell.size_bytes, SIZES - 1);
    assert_int_equal(samples[MOST - 1].round, ROUNDS);
    assert_sorts(MOST); /* what is sorted stays */
}

static void any_order_is_sorted(void **state)
{
    (void)state;
    struct random random = random_seeded(7);
    for (int try = 0; try < 20; try++) {
        fill();
        for (size_t last = MOST - 1; last > 0; last--) {
            size_t other = (size_t)random_below(&random, last + 1);
            struct raw_sample swapped = samples[last];
            samples[last] = samples[other];
            samples[other] = swapped;
        }
        assert_sorts(MOST);
    }
}

static void equal_ones_keep_their_order(void **state)
{
    (void)state;
    for (size_t next = 0; next < MOST; next++)
        samples[next] = sample_of(next % 2, next / 2 % 3, 1 + next % 5 / 3, next);
    assert_sorts(MOST);
    for (size_t next = 0; next < MOST; next++)
        samples[next] = sample_of(1, 64, 5, MOST - next);
    assert_sorts(MOST);
    assert_int_equal(samples[0].order, MOST);
}

/* Every sample a cell of its own: the table of cells is as full as it gets. */
static void cells_may_be_as_many_as_samples(void **state)
{
    (void)state;
    for (size_t next = 0; next < MOST; next++)
        samples[next] = sample_of(0, MOST - next, 1, next);
    assert_sorts(MOST);
}

static void few_or_none_are_sorted(void **state)
{
    (void)state;
    struct raw_samples none = {.samples = NULL, .sample_count = 0};
    assert_int_equal(raw_order_sort(&none), 0);
    for (size_t count = 1; count <= 5; count++) {
        for (size_t next = 0; next < count; next++)
            samples[next] = sample_of(next % MECHANISMS, 1, count - next, next);
        assert_sorts(count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_run_come_by_cell_and_round),
        cmocka_unit_test(any_order_is_sorted),
        cmocka_unit_test(equal_ones_keep_their_order),
        cmocka_unit_test(cells_may_be_as_many_as_samples),
        cmocka_unit_test(few_or_none_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
