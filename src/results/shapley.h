/*
 * A gap taken apart: how much of the difference between two measured things does each factor
 * explain by which they differ? Knows numbers only: no units, no cells, no names of factors.
 *
 * The way from the one thing to the other is made of steps. Each factor has one step or more, its
 * own steps have a fixed sequence (4 copies, 3, 2, 1), and steps of different factors can be taken
 * in any order. What stands between two steps is a node, and every node is a thing that can be
 * measured by itself. A step's worth, the value before it less the value behind it, depends on
 * where on the way it is taken; so each factor gets the MEAN, over all orders, of what its steps
 * are worth together. In every order the steps together are worth the gap, and so are the means.
 *
 * This is the Shapley value (L. S. Shapley: A value for n-person games, in: Contributions to the
 * Theory of Games II, 1953, pages 307-317) of the steps as players, summed per factor; with a fixed
 * sequence among some players it is the mean over the orders that keep it (U. Faigle, W. Kern: The
 * Shapley value for cooperative games under precedence constraints, International Journal of Game
 * Theory 21, 1992, pages 249-266).
 *
 * RESTRICTED here to admissible orders: those all of whose nodes have a value, because some nodes
 * can't exist or were not measured. Contributions then still add up to the gap, but a factor is
 * seen only from the nodes there are, and factors that are alike in all nodes there are need not
 * get alike contributions. How much the choice of the order matters at all is what least and most
 * show.
 */
#ifndef SHAPLEY_H
#define SHAPLEY_H

#include <stddef.h>

#define SHAPLEY_MOST_FACTORS 4
#define SHAPLEY_MOST_STEPS   8 /* of all factors together */

/*
 * The nodes: values[shapley_node()], of which there are the product of (steps[factor] + 1). NAN is
 * a node that is missing. There are 1 to SHAPLEY_MOST_FACTORS factors with together 1 to
 * SHAPLEY_MOST_STEPS steps. The caller owns the values.
 */
struct shapley_lattice {
    size_t factors;
    size_t steps[SHAPLEY_MOST_FACTORS];
    const double *values;
};

/* What a factor is worth, in the unit of the values; below 0 when its steps raise the value. */
struct shapley_contribution {
    double mean;  /* over the admissible orders */
    double least; /* of one admissible order */
    double most;
};

struct shapley_result {
    double gap;    /* the first node's value less the last one's; NAN when one of them is missing */
    size_t orders; /* that are admissible */
    struct shapley_contribution factors[SHAPLEY_MOST_FACTORS]; /* NAN when orders is 0 */
};

/* The index of the node at which taken[factor] steps of each factor have been taken: that of the
 * last factor varies fastest; the first node is 0. */
size_t shapley_node(const struct shapley_lattice *lattice, const size_t *taken);

/* Goes through all orders, 8! at most. */
struct shapley_result shapley_decompose(const struct shapley_lattice *lattice);

#endif
