/* The generator against published answers, and that bounded draws are fair. */
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The first outputs for seed 1234567, as given for the reference implementation of SplitMix64. */
static void known_answers(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    struct random random = random_seeded(1234567);
    for (size_t index = 0; index < sizeof expected / sizeof *expected; index++)
        assert_true(random_next(&random) == expected[index]);
}

static void a_seed_of_zero_works(void **state)
{
    (void)state;
    struct random random = random_seeded(0);
    assert_true(random_next(&random) == UINT64_C(16294208416658607535));
    assert_true(random_next(&random) != 0);
}

static void same_seed_same_sequence(void **state)
{
    (void)state;
    struct random first = random_seeded(UINT64_MAX);
    struct random again = random_seeded(UINT64_MAX);
    struct random other = random_seeded(UINT64_MAX - 1);
    unsigned differences = 0;
    for (int draw = 0; draw < 1000; draw++) {
        uint64_t value = random_next(&first);
        assert_true(value == random_next(&again));
        differences += value != random_next(&other);
    }
    assert_int_equal(differences, 1000);
}

static void bounded_draws_stay_below_the_bound(void **state)
{
    (void)state;
    static const uint64_t bounds[] = {1, 2, 3, 10, UINT64_C(1) << 32, UINT64_MAX};
    struct random random = random_seeded(7);
    for (size_t index = 0; index < sizeof bounds / sizeof *bounds; index++) {
        for (int draw = 0; draw < 1000; draw++)
            assert_true(random_below(&random, bounds[index]) < bounds[index]);
    }
}

static void bounded_draws_are_equally_likely(void **state)
{
    (void)state;
    uint64_t counts[6] = {0};
    struct random random = random_seeded(11);
    for (int draw = 0; draw < 60000; draw++)
        counts[random_below(&random, 6)]++;
    /* 10000 expected, standard deviation 91; five of those either way. */
    for (size_t index = 0; index < 6; index++)
        assert_in_range(counts[index], 10000 - 456, 10000 + 456);
}

/* With a bound of 3 * 2^62 a plain remainder would draw the lowest quarter of 2^64, a third of the
 * results, twice as often as the rest: half of all draws instead of a third. */
static void a_large_bound_does_not_favour_small_results(void **state)
{
    (void)state;
    const uint64_t bound = UINT64_C(3) << 62;
    uint64_t low = 0;
    struct random random = random_seeded(13);
    for (int draw = 0; draw < 30000; draw++)
        low += random_below(&random, bound) < bound / 3;
    assert_in_range(low, 10000 - 408, 10000 + 408);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(a_seed_of_zero_works),
        cmocka_unit_test(same_seed_same_sequence),
        cmocka_unit_test(bounded_draws_stay_below_the_bound),
        cmocka_unit_test(bounded_draws_are_equally_likely),
        cmocka_unit_test(a_large_bound_does_not_favour_small_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
