#include "results/shapley.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* One order of the steps: the factor of the first, the second, ... */
struct order {
    size_t factors[SHAPLEY_MOST_STEPS];
    size_t count;
};

size_t shapley_node(const struct shapley_lattice *lattice, const size_t *taken)
{
    size_t node = 0;
    for (size_t factor = 0; factor < lattice->factors; factor++)
        node = node * (lattice->steps[factor] + 1) + taken[factor];
    return node;
}

/* All steps of the first factor, then those of the second, ...: the smallest number that can be
 * written with these digits. */
static struct order first_order(const struct shapley_lattice *lattice)
{
    struct order order = {.count = 0};
    for (size_t factor = 0; factor < lattice->factors; factor++) {
        for (size_t step = 0; step < lattice->steps[factor]; step++)
            order.factors[order.count++] = factor;
    }
    return order;
}

static void swap(size_t *left, size_t *right)
{
    size_t kept = *left;
    *left = *right;
    *right = kept;
}

/*
 * The next larger number of the same digits (E. W. Dijkstra: A Discipline of Programming, 1976,
 * chapter 13), so that each order comes once although steps of one factor are alike. False after
 * the last.
 */
static bool next_order(struct order *order)
{
    size_t *factors = order->factors;
    size_t place = order->count - 1;
    while (place > 0 && factors[place - 1] >= factors[place])
        place--;
    if (place == 0)
        return false;
    size_t larger = order->count - 1;
    while (factors[larger] <= factors[place - 1])
        larger--;
    swap(&factors[place - 1], &factors[larger]);
    for (size_t end = order->count - 1; place < end; place++, end--)
        swap(&factors[place], &factors[end]);
    return true;
}

/* What each factor is worth in this order; false when a node on its way is missing. */
static bool walk(const struct shapley_lattice *lattice, const struct order *order,
                 double worth[static SHAPLEY_MOST_FACTORS])
{
    size_t taken[SHAPLEY_MOST_FACTORS] = {0};
    double before = lattice->values[0];
    memset(worth, 0, SHAPLEY_MOST_FACTORS * sizeof *worth);
    for (size_t step = 0; step < order->count; step++) {
        size_t factor = order->factors[step];
        taken[factor]++;
        double behind = lattice->values[shapley_node(lattice, taken)];
        if (isnan(before) || isnan(behind))
            return false;
        worth[factor] += before - behind;
        before = behind;
    }
    return true;
}

static void add_order(struct shapley_result *result, size_t factors, const double *worth)
{
    for (size_t factor = 0; factor < factors; factor++) {
        struct shapley_contribution *contribution = &result->factors[factor];
        bool first = result->orders == 0;
        /* The sum until all orders are seen. */
        contribution->mean = first ? worth[factor] : contribution->mean + worth[factor];
        contribution->least = first ? worth[factor] : fmin(contribution->least, worth[factor]);
        contribution->most = first ? worth[factor] : fmax(contribution->most, worth[factor]);
    }
    result->orders++;
}

struct shapley_result shapley_decompose(const struct shapley_lattice *lattice)
{
    struct shapley_result result = {.gap = lattice->values[0] -
                                           lattice->values[shapley_node(lattice, lattice->steps)]};
    for (size_t factor = 0; factor < SHAPLEY_MOST_FACTORS; factor++)
        result.factors[factor] =
            (struct shapley_contribution){.mean = NAN, .least = NAN, .most = NAN};
    struct order order = first_order(lattice);
    do {
        double worth[SHAPLEY_MOST_FACTORS];
        if (walk(lattice, &order, worth))
            add_order(&result, lattice->factors, worth);
    } while (next_order(&order));
    for (size_t factor = 0; factor < lattice->factors && result.orders > 0; factor++)
        result.factors[factor].mean /= (double)result.orders;
    return result;
}
