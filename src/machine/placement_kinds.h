/*
 * Every kind of pair of CPUs that the machine has, for measuring all of them, and every pair with
 * its kind. Unlike the words of placement.h, of which several may mean the same two CPUs, each pair
 * has exactly one kind; the first that fits:
 *
 *   same     one CPU twice
 *   sibling  two hardware threads of one core
 *   far      two packages
 *   node     two memory nodes of one package
 *   l2       two cores that share a cache below the last level
 *   cache    two cores that share the last-level cache. Where no two cores of the whole machine are
 *            known to share a cache: two cores of a package
 *   package  two cores of a package without a common last-level cache
 *
 * Where the machine has several kinds of cores, numbered k0, k1, ... from the least performance up
 * as hwloc ranks them, the kinds of writer and reader are part of the word: cache-k0-k1. Chooses
 * only among the CPUs that the process may use.
 */
#ifndef PLACEMENT_KINDS_H
#define PLACEMENT_KINDS_H

#include "base/failure.h"
#include "machine/cpu.h"
#include "machine/topology.h"

#include <stddef.h>

#define PLACEMENT_WORD_BYTES 24 /* letters, digits and '-' */

/* The beginning of the words of pairs by number: pair-W-R. */
#define PLACEMENT_PAIR_PREFIX "pair-"

struct placement_pair {
    char word[PLACEMENT_WORD_BYTES]; /* its name as a placement */
    char kind[PLACEMENT_WORD_BYTES];
    struct cpu_pair cpus;
};

/*
 * One pair per kind, in the order above from near to far (same, sibling, l2, cache, package, node,
 * far): the one with the lowest writer, then the lowest reader. Word and kind are the same. With
 * several kinds of cores each direction between two of them is a kind of its own.
 *
 * Both functions return 0 and set *pairs, which the caller frees, and *count (at least 1); or
 * -ENODEV when none of the allowed CPUs is known to hwloc; or -ENOMEM.
 */
int placement_kinds_choose(hwloc_topology_t machine, hwloc_const_cpuset_t allowed,
                           struct placement_pair **pairs, size_t *count, struct failure *failure);

/* Every unordered pair and each CPU with itself, as pair-W-R with W at most R, by rising W, then R.
 * Here a kind between two kinds of cores names the lower first, whichever writes. */
int placement_pairs_list(hwloc_topology_t machine, hwloc_const_cpuset_t allowed,
                         struct placement_pair **pairs, size_t *count, struct failure *failure);

#endif
