/* Gaps taken apart, against answers computed by hand. */
#include "results/shapley.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The lattice of the project: mechanism once, copies three times, waiting once. */
enum { MECHANISM, COPIES, WAITING, FACTORS };
enum { PIPE, SHM };
enum { BLOCK, SPIN };

struct nodes {
    double values[2][4][2]; /* mechanism, copies taken away, waiting */
};

static struct shapley_result decompose(const struct nodes *nodes)
{
    const struct shapley_lattice lattice = {
        .factors = FACTORS, .steps = {1, 3, 1}, .values = &nodes->values[0][0][0]};
    return shapley_decompose(&lattice);
}

static void assert_close(double is, double should)
{
    if (!(fabs(is - should) <= 1e-12 * fmax(1.0, fabs(should))))
        fail_msg("%.17g, not %.17g", is, should);
}

static void assert_contribution(const struct shapley_result *result, size_t factor, double mean,
                                double least, double most)
{
    assert_close(result->factors[factor].mean, mean);
    assert_close(result->factors[factor].least, least);
    assert_close(result->factors[factor].most, most);
}

static void assert_adds_up(const struct shapley_result *result, double gap)
{
    double sum = 0.0;
    for (size_t factor = 0; factor < FACTORS; factor++)
        sum += result->factors[factor].mean;
    assert_close(result->gap, gap);
    assert_close(sum, gap);
}

static void assert_not_decomposed(const struct shapley_result *result)
{
    assert_int_equal(result->orders, 0);
    for (size_t factor = 0; factor < SHAPLEY_MOST_FACTORS; factor++) {
        assert_true(isnan(result->factors[factor].mean));
        assert_true(isnan(result->factors[factor].least));
        assert_true(isnan(result->factors[factor].most));
    }
}

/* Every factor has the same effect wherever it is taken: mechanism 100, copies 10 + 20 + 30,
 * waiting 7. From 300 down to 133. */
static struct nodes additive_nodes(void)
{
    static const double copies[] = {0.0, 10.0, 30.0, 60.0};
    struct nodes nodes;
    for (int mechanism = PIPE; mechanism <= SHM; mechanism++) {
        for (int taken = 0; taken < 4; taken++) {
            for (int wait = BLOCK; wait <= SPIN; wait++)
                nodes.values[mechanism][taken][wait] =
                    300.0 - 100.0 * mechanism - copies[taken] - 7.0 * wait;
        }
    }
    return nodes;
}

/* --- All nodes are there ---------------------------------------------------------------------- */

static void without_interaction_each_has_its_own_effect(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    struct shapley_result result = decompose(&nodes);
    assert_int_equal(result.orders, 20); /* 5! / 3! */
    assert_contribution(&result, MECHANISM, 100.0, 100.0, 100.0);
    assert_contribution(&result, COPIES, 60.0, 60.0, 60.0);
    assert_contribution(&result, WAITING, 7.0, 7.0, 7.0);
    assert_adds_up(&result, 167.0);
}

/*
 * Two factors of one step each. Alone, the first saves 4 and the second 6; together 20. Orders:
 * first-second 4 + 16, second-first 14 + 6. Means 9 and 11.
 */
static void an_interaction_of_two_is_shared(void **state)
{
    (void)state;
    const double values[] = {30.0, 24.0, 26.0, 10.0}; /* 00 01 10 11 */
    const struct shapley_lattice lattice = {.factors = 2, .steps = {1, 1}, .values = values};
    struct shapley_result result = shapley_decompose(&lattice);
    assert_int_equal(result.orders, 2);
    assert_contribution(&result, 0, 9.0, 4.0, 14.0);
    assert_contribution(&result, 1, 11.0, 6.0, 16.0);
    assert_close(result.gap, 20.0);
    assert_true(isnan(result.factors[2].mean));
}

/*
 * The same three players as in textbooks: only all three together save anything, 60. The last one
 * to come gets it: 20 each. With one factor of two steps and one of one, the orders are AAB, ABA,
 * BAA: A comes last twice. A 40, B 20.
 */
static void steps_of_one_factor_add_up(void **state)
{
    (void)state;
    const double three[] = {60.0, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0, 0.0};
    const struct shapley_lattice alike = {.factors = 3, .steps = {1, 1, 1}, .values = three};
    struct shapley_result result = shapley_decompose(&alike);
    assert_int_equal(result.orders, 6);
    for (size_t factor = 0; factor < 3; factor++)
        assert_contribution(&result, factor, 20.0, 0.0, 60.0);
    const double two[] = {60.0, 60.0, 60.0, 60.0, 60.0, 0.0};
    const struct shapley_lattice joined = {.factors = 2, .steps = {2, 1}, .values = two};
    result = shapley_decompose(&joined);
    assert_int_equal(result.orders, 3);
    assert_contribution(&result, 0, 40.0, 0.0, 60.0);
    assert_contribution(&result, 1, 20.0, 0.0, 60.0);
}

/*
 * Spinning saves 30 more, but only on the pipe and only with all 4 copies: the blocked pipe of 4
 * copies costs 330. So waiting is worth 37 when it is taken first, 7 otherwise. Of the 20 orders, 4
 * begin with waiting (the mechanism at one of four places), 4 with the mechanism and 12 with a
 * copy; whatever is taken first gets the 30.
 *   waiting 7 + 30 * 4/20 = 13, mechanism 100 + 30 * 4/20 = 106, copies 60 + 30 * 12/20 = 78
 */
static void an_interaction_goes_to_the_first_step(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.values[PIPE][0][BLOCK] += 30.0;
    struct shapley_result result = decompose(&nodes);
    assert_int_equal(result.orders, 20);
    assert_contribution(&result, MECHANISM, 106.0, 100.0, 130.0);
    assert_contribution(&result, COPIES, 78.0, 60.0, 90.0);
    assert_contribution(&result, WAITING, 13.0, 7.0, 37.0);
    assert_adds_up(&result, 197.0);
}

/* Shared memory that waits by spinning is slower here: what was measured is kept. */
static void a_harmful_factor_stays_negative(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    for (int mechanism = PIPE; mechanism <= SHM; mechanism++) {
        for (int taken = 0; taken < 4; taken++)
            nodes.values[mechanism][taken][SPIN] += 57.0;
    }
    struct shapley_result result = decompose(&nodes);
    assert_contribution(&result, WAITING, -50.0, -50.0, -50.0);
    assert_contribution(&result, COPIES, 60.0, 60.0, 60.0);
    assert_adds_up(&result, 110.0);
}

static void a_negative_gap_is_taken_apart_too(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    for (int taken = 0; taken < 4; taken++) {
        for (int wait = BLOCK; wait <= SPIN; wait++)
            nodes.values[SHM][taken][wait] += 200.0;
    }
    struct shapley_result result = decompose(&nodes);
    assert_contribution(&result, MECHANISM, -100.0, -100.0, -100.0);
    assert_adds_up(&result, -33.0);
}

/* --- Nodes are missing ------------------------------------------------------------------------ */

static void lose_pipe_of_one_copy(struct nodes *nodes)
{
    nodes->values[PIPE][3][BLOCK] = NAN;
    nodes->values[PIPE][3][SPIN] = NAN;
}

/*
 * A pipe of one copy can't exist: the mechanism must change before the third copy goes. Among the
 * three copies the mechanism then has 3 places instead of 4, and waiting has 5 places in each of
 * these: 15 orders.
 */
static void a_pipe_without_one_copy_leaves_15_orders(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    lose_pipe_of_one_copy(&nodes);
    struct shapley_result result = decompose(&nodes);
    assert_int_equal(result.orders, 15);
    assert_contribution(&result, MECHANISM, 100.0, 100.0, 100.0);
    assert_contribution(&result, COPIES, 60.0, 60.0, 60.0);
    assert_contribution(&result, WAITING, 7.0, 7.0, 7.0);
    assert_adds_up(&result, 167.0);
}

/*
 * The interaction of an_interaction_goes_to_the_first_step among those 15. First the mechanism: 4
 * (waiting at one of four places among the copies); first waiting: 3 (the mechanism at one of
 * three); first a copy: the other 8.
 *   mechanism 100 + 30 * 4/15 = 108, waiting 7 + 30 * 3/15 = 13, copies 60 + 30 * 8/15 = 76
 */
static void the_mean_is_over_the_orders_that_are_left(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.values[PIPE][0][BLOCK] += 30.0;
    lose_pipe_of_one_copy(&nodes);
    struct shapley_result result = decompose(&nodes);
    assert_int_equal(result.orders, 15);
    assert_contribution(&result, MECHANISM, 108.0, 100.0, 130.0);
    assert_contribution(&result, COPIES, 76.0, 60.0, 90.0);
    assert_contribution(&result, WAITING, 13.0, 7.0, 37.0);
    assert_adds_up(&result, 197.0);
}

/* Without any spinning pipe, waiting comes behind the mechanism. The mechanism has 4 places among
 * the copies; behind it waiting has 4, 3, 2, 1: 10 orders. */
static void a_pipe_that_cannot_spin_leaves_10_orders(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    for (int taken = 0; taken < 4; taken++)
        nodes.values[PIPE][taken][SPIN] = NAN;
    struct shapley_result result = decompose(&nodes);
    assert_int_equal(result.orders, 10);
    assert_adds_up(&result, 167.0);
    /* Nor with one copy: the mechanism loses the last of its places, and the one order there. */
    lose_pipe_of_one_copy(&nodes);
    result = decompose(&nodes);
    assert_int_equal(result.orders, 9);
    assert_adds_up(&result, 167.0);
}

static void one_way_through_is_enough(void **state)
{
    (void)state;
    struct nodes nodes;
    for (size_t index = 0; index < sizeof nodes / sizeof(double); index++)
        (&nodes.values[0][0][0])[index] = NAN;
    nodes.values[PIPE][0][BLOCK] = 50.0;
    nodes.values[SHM][0][BLOCK] = 60.0; /* mechanism: -10 */
    nodes.values[SHM][1][BLOCK] = 41.0; /* copies: 19 */
    nodes.values[SHM][2][BLOCK] = 30.0; /* copies: 11 */
    nodes.values[SHM][2][SPIN] = 25.0;  /* waiting: 5 */
    nodes.values[SHM][3][SPIN] = 20.0;  /* copies: 5 */
    struct shapley_result result = decompose(&nodes);
    assert_int_equal(result.orders, 1);
    assert_contribution(&result, MECHANISM, -10.0, -10.0, -10.0);
    assert_contribution(&result, COPIES, 35.0, 35.0, 35.0);
    assert_contribution(&result, WAITING, 5.0, 5.0, 5.0);
    assert_adds_up(&result, 30.0);
    /* One node of it less, and the gap is known but nothing explains it. */
    nodes.values[SHM][2][SPIN] = NAN;
    result = decompose(&nodes);
    assert_not_decomposed(&result);
    assert_close(result.gap, 30.0);
}

static void without_a_corner_nothing_is_known(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.values[PIPE][0][BLOCK] = NAN;
    struct shapley_result result = decompose(&nodes);
    assert_not_decomposed(&result);
    assert_true(isnan(result.gap));
    nodes = additive_nodes();
    nodes.values[SHM][3][SPIN] = NAN;
    result = decompose(&nodes);
    assert_not_decomposed(&result);
    assert_true(isnan(result.gap));
}

static void without_any_node_nothing_is_known(void **state)
{
    (void)state;
    struct nodes nodes;
    for (size_t index = 0; index < sizeof nodes / sizeof(double); index++)
        (&nodes.values[0][0][0])[index] = NAN;
    struct shapley_result result = decompose(&nodes);
    assert_not_decomposed(&result);
    assert_true(isnan(result.gap));
}

/* --- The shape -------------------------------------------------------------------------------- */

static void nodes_are_numbered_with_the_last_factor_fastest(void **state)
{
    (void)state;
    const struct shapley_lattice lattice = {.factors = FACTORS, .steps = {1, 3, 1}};
    const struct nodes nodes = {.values = {{{0.0}}}};
    for (size_t mechanism = 0; mechanism < 2; mechanism++) {
        for (size_t taken = 0; taken < 4; taken++) {
            for (size_t wait = 0; wait < 2; wait++) {
                const size_t node[] = {mechanism, taken, wait};
                const double *address = &nodes.values[mechanism][taken][wait];
                assert_int_equal(shapley_node(&lattice, node), address - &nodes.values[0][0][0]);
            }
        }
    }
}

static void one_factor_of_one_step_is_the_gap(void **state)
{
    (void)state;
    const double values[] = {8.0, 5.0};
    const struct shapley_lattice lattice = {.factors = 1, .steps = {1}, .values = values};
    struct shapley_result result = shapley_decompose(&lattice);
    assert_int_equal(result.orders, 1);
    assert_contribution(&result, 0, 3.0, 3.0, 3.0);
}

/* 8! / (2! 2! 2! 2!) orders; in each of them every step is worth 1. */
static void the_largest_lattice(void **state)
{
    (void)state;
    double values[81];
    const struct shapley_lattice lattice = {.factors = 4, .steps = {2, 2, 2, 2}, .values = values};
    for (size_t node = 0; node < COUNT(values); node++)
        values[node] = 10.0 - (double)(node / 27 + node / 9 % 3 + node / 3 % 3 + node % 3);
    struct shapley_result result = shapley_decompose(&lattice);
    assert_int_equal(result.orders, 2520);
    for (size_t factor = 0; factor < 4; factor++)
        assert_contribution(&result, factor, 2.0, 2.0, 2.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_interaction_each_has_its_own_effect),
        cmocka_unit_test(an_interaction_of_two_is_shared),
        cmocka_unit_test(steps_of_one_factor_add_up),
        cmocka_unit_test(an_interaction_goes_to_the_first_step),
        cmocka_unit_test(a_harmful_factor_stays_negative),
        cmocka_unit_test(a_negative_gap_is_taken_apart_too),
        cmocka_unit_test(a_pipe_without_one_copy_leaves_15_orders),
        cmocka_unit_test(the_mean_is_over_the_orders_that_are_left),
        cmocka_unit_test(a_pipe_that_cannot_spin_leaves_10_orders),
        cmocka_unit_test(one_way_through_is_enough),
        cmocka_unit_test(without_a_corner_nothing_is_known),
        cmocka_unit_test(without_any_node_nothing_is_known),
        cmocka_unit_test(nodes_are_numbered_with_the_last_factor_fastest),
        cmocka_unit_test(one_factor_of_one_step_is_the_gap),
        cmocka_unit_test(the_largest_lattice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
